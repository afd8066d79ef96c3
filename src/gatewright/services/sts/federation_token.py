"""`GetFederationToken`: a user's server gives somebody else a part of the user's permissions.

Law: the session has what the user has *and* the session policies of the request allow; without one it has nothing. It
has no IAM, and of STS only `GetCallerIdentity`. It ends with its user.
Source: STS API reference, `GetFederationToken`.
"""

from gatewright.control.federation.session import above
from gatewright.control.service import Call, Params, Result
from gatewright.core.identity import Caller, PrincipalType
from gatewright.policy.known_limits import FEDERATED_USER
from gatewright.services.sts.faults import access_denied
from gatewright.services.sts.session_policies import packed_percent, session_policies
from gatewright.services.sts.sessions import issue
from gatewright.services.sts.tags import session_tags

_USUAL = 43_200  # seconds
_LONGEST_OF_ROOT = 3_600


def federated_user_arn(call: Call, params: Params) -> str:
    """Return the ARN of the federated user that a request names."""
    return f"arn:aws:sts::{call.account}:federated-user/{params['Name']}"


async def get_federation_token(call: Call, params: Params) -> Result:
    """Give temporary credentials of a federated user.

    Raises:
        Fault: `AccessDenied` for sessions; `MalformedPolicyDocument`, `PackedPolicyTooLarge` …
    """
    user = call.caller
    of_root = user.type is PrincipalType.ACCOUNT
    if user.issued_at or user.type not in (PrincipalType.USER, PrincipalType.ACCOUNT):
        raise access_denied("Cannot call GetFederationToken with session credentials")
    seconds = int(params.get("DurationSeconds") or _USUAL)
    seconds = min(seconds, _LONGEST_OF_ROOT) if of_root else seconds
    policies, tags = session_policies(call, params), session_tags(params).tags
    arn, user_id = federated_user_arn(call, params), f"{call.account}:{params['Name']}"

    def caller(access_key_id: str) -> Caller:
        return Caller(
            account=user.account,
            arn=arn,
            user_id=user_id,
            type=PrincipalType.FEDERATED_USER,
            access_key_id=access_key_id,
            role_arn=user.arn,
            role_id=user.user_id,
            issued_at=call.now,
            expires_at=call.now + seconds,
            # Without a policy of the request nothing may narrow: the engine then grants nothing of the user's.
            session_policies=(*policies, FEDERATED_USER) if policies else (),
            tags=above(user.tags, tags),
            mfa=False,
        )

    answer = {**issue(call, params, caller), "FederatedUser": {"FederatedUserId": user_id, "Arn": arn}}
    if policies or tags:
        answer["PackedPolicySize"] = packed_percent(*policies, *tags, *tags.values())
    return answer
