import pytest

from tests.services.policies import allow, document, refused, session, trust, trust_account, trust_pool, user_with

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


def _principal(iam):
    return iam.get_role(RoleName="R")["Role"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["AWS"]


def _trusting(iam, *names):
    names = names[0] if len(names) == 1 else list(names)
    text = {"Effect": "Allow", "Principal": {"AWS": names}, "Action": "sts:AssumeRole"}
    return iam.create_role(RoleName="R", AssumeRolePolicyDocument=document(text))["Role"]["Arn"]


def test_a_user_made_anew_under_an_old_name_is_not_trusted(aws):
    iam = aws("iam")
    key = user_with(aws, "Ann", allow("sts:AssumeRole"))
    arn, user_id = f"arn:aws:iam::{ACCOUNT}:user/Ann", iam.get_user(UserName="Ann")["User"]["UserId"]
    role = _trusting(iam, arn, ACCOUNT.replace("0", "1"))
    aws("sts", key=key).assume_role(RoleArn=role, RoleSessionName="me")
    iam.delete_access_key(UserName="Ann", AccessKeyId=key[0])
    iam.delete_user_policy(UserName="Ann", PolicyName="p0")
    iam.delete_user(UserName="Ann")
    assert user_id in _principal(iam)
    again = user_with(aws, "Ann", allow("sts:AssumeRole"))
    assert refused(aws("sts", key=again).assume_role, RoleArn=role, RoleSessionName="me")[0] == "AccessDenied"
    assert user_id in _principal(iam)


def test_a_role_made_anew_under_an_old_name_is_not_trusted(aws):
    iam = aws("iam")
    text = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}

    def first():
        iam.create_role(RoleName="First", AssumeRolePolicyDocument=document(text))
        iam.put_role_policy(RoleName="First", PolicyName="p", PolicyDocument=allow("sts:AssumeRole"))
        taken = ann.assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/First", RoleSessionName="me")["Credentials"]
        return session(aws, taken, "sts")

    ann = aws("sts", key=user_with(aws, "Ann", allow("sts:AssumeRole")))
    chain = first()
    target = _trusting(iam, f"arn:aws:iam::{ACCOUNT}:role/First")
    chain.assume_role(RoleArn=target, RoleSessionName="two")
    iam.delete_role_policy(RoleName="First", PolicyName="p")
    iam.delete_role(RoleName="First")
    assert _principal(iam).startswith("AROA")
    assert refused(first().assume_role, RoleArn=target, RoleSessionName="two")[0] == "AccessDenied"


def test_trust_follows_a_user_who_is_renamed_and_not_the_name(aws):
    iam = aws("iam")
    key = user_with(aws, "Ann", allow("sts:AssumeRole"))
    role = _trusting(iam, f"arn:aws:iam::{ACCOUNT}:user/Ann")
    iam.update_user(UserName="Ann", NewUserName="Anna")
    assert _principal(iam) == f"arn:aws:iam::{ACCOUNT}:user/Anna"
    aws("sts", key=key).assume_role(RoleArn=role, RoleSessionName="me")
    other = user_with(aws, "Ann", allow("sts:AssumeRole"))
    assert refused(aws("sts", key=other).assume_role, RoleArn=role, RoleSessionName="me")[0] == "AccessDenied"


def test_an_arn_that_is_spelled_with_escapes_is_found_too(aws):
    iam = aws("iam")
    user_with(aws, "Ann")
    text = document({"Effect": "Allow", "Principal": {"AWS": "ARN"}, "Action": "sts:AssumeRole"})
    spelled = text.replace("ARN", f"arn:aws:iam::{ACCOUNT}:user\\/A\\u006en")
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=spelled)
    user_id = iam.get_user(UserName="Ann")["User"]["UserId"]
    for key in iam.list_access_keys(UserName="Ann")["AccessKeyMetadata"]:
        iam.delete_access_key(UserName="Ann", AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName="Ann")
    assert _principal(iam) == user_id


def test_a_name_in_a_condition_is_left_as_it_was_written(aws):
    iam = aws("iam")
    user_with(aws, "Ann")
    arn = f"arn:aws:iam::{ACCOUNT}:user/Ann"
    text = document(
        {
            "Effect": "Allow",
            "Principal": {"AWS": arn},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:PrincipalArn": arn}},
        }
    )
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=text)
    iam.update_user(UserName="Ann", NewUserName="Anna")
    statement = iam.get_role(RoleName="R")["Role"]["AssumeRolePolicyDocument"]["Statement"][0]
    assert statement["Condition"]["StringEquals"]["aws:PrincipalArn"] == arn
    assert statement["Principal"]["AWS"].endswith("/Anna")
