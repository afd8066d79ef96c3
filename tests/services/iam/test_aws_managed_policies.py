import pytest

from gatewright.policy.aws_managed import aws_managed_policies
from gatewright.policy.document import parse_policy
from gatewright.policy.scope_down import document as scope_down
from tests.services.policies import refused, trust_account, user_with

NAMED = {
    "AdministratorAccess",
    "PowerUserAccess",
    "ReadOnlyAccess",
    "IAMFullAccess",
    "AmazonAPIGatewayInvokeFullAccess",
    "AmazonAPIGatewayAdministrator",
    "AmazonAPIGatewayPushToCloudWatchLogs",
    "AmazonCognitoPowerUser",
    "AmazonCognitoReadOnly",
    "AmazonCognitoUnAuthedIdentitiesSessionPolicy",
    "AWSLambdaBasicExecutionRole",
}


def attached(aws, name):
    """Return IAM as a user with one of AWS's policies."""
    key = user_with(aws, "Ann")
    aws("iam").attach_user_policy(UserName="Ann", PolicyArn=f"arn:aws:iam::aws:policy/{name}")
    return aws("iam", key=key)


def test_the_policies_of_this_chain_are_there_and_in_the_policy_language():
    policies = aws_managed_policies().values()
    assert {policy.name for policy in policies} >= NAMED
    for policy in policies:
        assert parse_policy(policy.document, current_version=True).statements
        assert policy.created_at <= policy.updated_at
    assert parse_policy(scope_down()).statements


def test_they_are_listed_by_scope_and_by_use(aws):
    iam = aws("iam")
    listed = iam.list_policies(Scope="AWS", MaxItems=1000)["Policies"]
    assert {policy["PolicyName"] for policy in listed} >= NAMED
    assert iam.list_policies(Scope="Local")["Policies"] == []
    assert iam.list_policies(Scope="AWS", OnlyAttached=True)["Policies"] == []
    attached(aws, "ReadOnlyAccess")
    (used,) = iam.list_policies(OnlyAttached=True)["Policies"]
    assert (used["PolicyName"], used["AttachmentCount"]) == ("ReadOnlyAccess", 1)
    paths = iam.list_policies(PathPrefix="/service-role/")["Policies"]
    assert {policy["Path"] for policy in paths} == {"/service-role/"}


def test_read_only_reads_and_changes_nothing(aws):
    me = attached(aws, "ReadOnlyAccess")
    me.list_users()
    me.get_account_summary()
    assert refused(me.create_user, UserName="Bob")[0] == "AccessDenied"


def test_a_power_user_has_everything_but_iam(aws):
    me = attached(aws, "PowerUserAccess")
    me.list_roles()
    me.create_service_linked_role(AWSServiceName="ops.apigateway.amazonaws.com")
    assert refused(me.list_users)[0] == "AccessDenied"


def test_nobody_changes_them(aws):
    iam, arn = aws("iam"), "arn:aws:iam::aws:policy/ReadOnlyAccess"
    for operation in (iam.delete_policy, lambda **p: iam.tag_policy(**p, Tags=[{"Key": "a", "Value": "b"}])):
        assert refused(operation, PolicyArn=arn)[0] == "AccessDenied"


@pytest.mark.parametrize(
    ("service", "role", "policy"),
    [
        ("ops.apigateway.amazonaws.com", "AWSServiceRoleForAPIGateway", "APIGatewayServiceRolePolicy"),
        (
            "email.cognito-idp.amazonaws.com",
            "AWSServiceRoleForAmazonCognitoIdpEmailService",
            "AmazonCognitoIdpEmailServiceRolePolicy",
        ),
        (
            "cognito-idp.amazonaws.com",
            "AWSServiceRoleForAmazonCognitoIdp",
            "AmazonCognitoIdpServiceRolePolicy",
        ),
    ],
)
def test_a_services_role_has_its_policy_and_nobody_else_may_have_it(aws, service, role, policy):
    iam = aws("iam")
    iam.create_service_linked_role(AWSServiceName=service)
    (found,) = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    assert found["PolicyName"] == policy
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust_account())
    assert refused(iam.attach_role_policy, RoleName="R", PolicyArn=found["PolicyArn"]) == (
        "PolicyNotAttachable",
        "Cannot attach a Service Role Policy to a Customer Role.",
    )
