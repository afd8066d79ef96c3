"""Whether the role of an import job would let Cognito write the job's log.

In: the job and the roles as the policy engine sees them. Out: why not, or None. Law: AWS fails a job whose role cannot
be assumed or may not log, and so does this, although the log is kept here (`links.py`); a role that works here works
there. Source: Cognito developer guide, "Creating the CloudWatch Logs IAM role".
"""

from gatewright.control.service import Backstage
from gatewright.core.identity import Caller, PrincipalType
from gatewright.policy.context import AuthorizationRequest
from gatewright.policy.evaluate import Mode, PolicySet, decide
from gatewright.services.cognito_idp.importing.tables import ImportJobRow
from gatewright.storage.principals import SHELF as PRINCIPALS
from gatewright.storage.principals import Principal

_SERVICE = "cognito-idp.amazonaws.com"
_ACTIONS = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents")


def problem_of_role(backstage: Backstage, job: ImportJobRow) -> str | None:
    """Say why a job cannot be logged."""
    role: Principal | None = backstage.snapshots.shelf(PRINCIPALS).get(job.role_arn)
    if role is None or role.trust is None:
        return "The role of CloudWatchLogsRoleArn does not exist."
    account, now = backstage.settings.account, backstage.clock.now()
    service = Caller(account=account, arn=_SERVICE, user_id="", type=PrincipalType.SERVICE)
    question = AuthorizationRequest(service, "sts:AssumeRole", role.arn, region=job.region, now=now)
    if not decide(question, PolicySet(resource=role.trust, mode=Mode.TRUST)).allowed:
        return f"The role of CloudWatchLogsRoleArn does not trust {_SERVICE}."
    session = Caller(
        account=account,
        arn=f"{role.arn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/{job.job_id}",
        user_id=f"{role.unique_id}:{job.job_id}",
        type=PrincipalType.ASSUMED_ROLE,
        role_arn=role.arn,
        role_id=role.unique_id,
        tags=role.tags,
    )
    policies = PolicySet(identity=role.policies, boundary=role.boundary)
    group = f"arn:aws:logs:{job.region}:{account}:log-group:/aws/cognito/userpools/{job.user_pool_id}"
    for action in _ACTIONS:
        if not decide(AuthorizationRequest(session, action, group, region=job.region, now=now), policies).allowed:
            return f"The role of CloudWatchLogsRoleArn is not allowed {action}."
    return None
