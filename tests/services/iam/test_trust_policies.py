import pytest

from tests.services.policies import document, refused, trust, trust_account, trust_pool

ACCOUNT = "000000000000"
COGNITO = {"Federated": "cognito-identity.amazonaws.com"}
WEB = "sts:AssumeRoleWithWebIdentity"


def test_a_trust_policy_that_is_no_policy_is_refused(aws):
    for text in ("{}", "not json", document({"Effect": "Allow", "Action": "sts:AssumeRole"})):
        assert (
            refused(aws("iam").create_role, RoleName="R", AssumeRolePolicyDocument=text)[0] == "MalformedPolicyDocument"
        )
    assert aws("iam").list_roles()["Roles"] == []


def test_a_trust_policy_names_no_resource(aws):
    text = document({"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole", "Resource": "*"})
    code, message = refused(aws("iam").create_role, RoleName="R", AssumeRolePolicyDocument=text)
    assert code == "MalformedPolicyDocument"
    assert "Resource" in message


@pytest.mark.parametrize(
    ("principal", "named"),
    [
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:user/Nobody"}, f'"AWS":"arn:aws:iam::{ACCOUNT}:user/Nobody"'),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:role/Nobody"}, f'"AWS":"arn:aws:iam::{ACCOUNT}:role/Nobody"'),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:user/*"}, f'"AWS":"arn:aws:iam::{ACCOUNT}:user/*"'),
        ({"AWS": "12345"}, '"AWS":"12345"'),
        ({"Service": "nonsense"}, '"SERVICE":"nonsense"'),
        (
            {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/accounts.example"},
            f'"Federated":"arn:aws:iam::{ACCOUNT}:oidc-provider/accounts.example"',
        ),
    ],
)
def test_a_principal_that_does_not_exist_is_refused(aws, principal, named):
    code, message = refused(aws("iam").create_role, RoleName="R", AssumeRolePolicyDocument=trust(principal))
    assert (code, message) == ("MalformedPolicyDocument", f"Invalid principal in policy: {named}")


def test_principals_that_exist_are_taken(aws):
    iam = aws("iam")
    user = iam.create_user(UserName="Ann")["User"]["Arn"]
    principals = [
        {"AWS": [user, ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root", "arn:aws:iam::111122223333:user/Elsewhere"]},
        {"Service": ["lambda.amazonaws.com", "apigateway.amazonaws.com"]},
    ]
    for number, principal in enumerate(principals):
        iam.create_role(RoleName=f"R{number}", AssumeRolePolicyDocument=trust(principal))


def test_update_assume_role_policy_checks_like_create_role(aws):
    iam = aws("iam")
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust_account())
    code, _ = refused(iam.update_assume_role_policy, RoleName="R", PolicyDocument=trust(COGNITO, WEB))
    assert code == "MalformedPolicyDocument"
    iam.update_assume_role_policy(
        RoleName="R", PolicyDocument=trust_pool("us-east-1:11111111-1111-1111-1111-111111111111")
    )
    statement = iam.get_role(RoleName="R")["Role"]["AssumeRolePolicyDocument"]["Statement"][0]
    assert statement["Principal"] == COGNITO


def test_a_trust_policy_that_is_too_long_is_refused(aws):
    text = trust({"AWS": ACCOUNT}, StringEquals={"sts:ExternalId": ["x" * 100] * 25})
    code, message = refused(aws("iam").create_role, RoleName="R", AssumeRolePolicyDocument=text)
    assert (code, message) == ("LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048")
