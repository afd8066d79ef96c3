from datetime import UTC, datetime, timedelta

from tests.services.policies import allow, deny, refused, session, trust_account, user_with

ACCOUNT = "000000000000"


def test_everybody_may_ask_who_they_are_even_when_denied(aws):
    key = user_with(aws, "Ann", deny("*"))
    me = aws("sts", key=key).get_caller_identity()
    assert me["Account"] == ACCOUNT
    assert me["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/Ann"
    assert me["UserId"].startswith("AIDA")


def test_the_root_user_is_the_account(aws):
    me = aws("sts").get_caller_identity()
    assert (me["UserId"], me["Account"], me["Arn"]) == (ACCOUNT, ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root")


def test_the_account_of_a_key_is_told_for_keys_that_are_known(aws):
    key, _ = user_with(aws, "Ann")
    assert aws("sts").get_access_key_info(AccessKeyId=key)["Account"] == ACCOUNT
    assert refused(aws("sts").get_access_key_info, AccessKeyId="AKIAAAAAAAAAAAAAAAAA")[0] == "ValidationError"


def test_a_session_of_a_user_has_the_user_s_permissions_but_not_iam(aws):
    key = user_with(aws, "Ann", allow("*"))
    answer = aws("sts", key=key).get_session_token(DurationSeconds=900)["Credentials"]
    left = answer["Expiration"] - datetime.now(UTC)
    assert timedelta(minutes=14) < left <= timedelta(minutes=15)
    assert session(aws, answer, "sts").get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/Ann"
    session(aws, answer, "cognito-identity").list_identity_pools(MaxResults=1)
    assert refused(session(aws, answer, "iam").list_users)[0] == "AccessDenied"


def test_a_session_cannot_ask_for_a_session(aws):
    key = user_with(aws, "Ann", allow("*"))
    answer = aws("sts", key=key).get_session_token()["Credentials"]
    assert refused(session(aws, answer, "sts").get_session_token) == (
        "AccessDenied",
        "Cannot call GetSessionToken with session credentials",
    )


def test_a_session_of_a_user_may_assume_a_role(aws):
    aws("iam").create_role(RoleName="R", AssumeRolePolicyDocument=trust_account())
    key = user_with(aws, "Ann", allow("sts:AssumeRole"))
    answer = aws("sts", key=key).get_session_token()["Credentials"]
    session(aws, answer, "sts").assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/R", RoleSessionName="me")


def test_a_deleted_user_s_session_ends_at_once(aws):
    key = user_with(aws, "Ann")
    answer = aws("sts", key=key).get_session_token()["Credentials"]
    aws("iam").delete_access_key(UserName="Ann", AccessKeyId=key[0])
    session(aws, answer, "sts").get_caller_identity()
    aws("iam").delete_user(UserName="Ann")
    assert refused(session(aws, answer, "sts").get_caller_identity)[0] == "InvalidClientTokenId"


def test_a_session_of_the_root_user_lives_for_an_hour_at_most(aws):
    answer = aws("sts").get_session_token(DurationSeconds=43200)["Credentials"]
    assert answer["Expiration"] - datetime.now(UTC) <= timedelta(hours=1)
    assert session(aws, answer, "sts").get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"
