import pytest

from tests.services.policies import allow, refused, session, trust_account, user_with

GOOD, BETTER = "Correct-horse-1", "Battery-staple-2"
ALL = {
    "MinimumPasswordLength": 10,
    "RequireSymbols": True,
    "RequireNumbers": True,
    "RequireUppercaseCharacters": True,
    "RequireLowercaseCharacters": True,
}


def test_a_password_is_set_changed_and_taken_away(aws):
    iam = aws("iam")
    iam.create_user(UserName="Ann")
    made = iam.create_login_profile(UserName="Ann", Password=GOOD, PasswordResetRequired=True)["LoginProfile"]
    assert (made["UserName"], made["PasswordResetRequired"]) == ("Ann", True)
    assert iam.get_login_profile(UserName="Ann")["LoginProfile"] == made
    assert refused(iam.create_login_profile, UserName="Ann", Password=GOOD) == (
        "EntityAlreadyExists",
        "Login Profile for user Ann already exists.",
    )
    iam.update_login_profile(UserName="Ann", PasswordResetRequired=False)
    assert not iam.get_login_profile(UserName="Ann")["LoginProfile"]["PasswordResetRequired"]
    assert refused(iam.delete_user, UserName="Ann") == (
        "DeleteConflict",
        "Cannot delete entity, must delete login profile first.",
    )
    iam.delete_login_profile(UserName="Ann")
    for operation in (iam.get_login_profile, iam.delete_login_profile, iam.update_login_profile):
        assert refused(operation, UserName="Ann") == (
            "NoSuchEntity",
            "Login Profile for User Ann cannot be found.",
        )
    iam.delete_user(UserName="Ann")


def test_whoever_knows_the_old_password_sets_a_new_one(aws):
    key = user_with(aws, "Ann", allow("iam:ChangePassword"))
    aws("iam").create_login_profile(UserName="Ann", Password=GOOD, PasswordResetRequired=True)
    me = aws("iam", key=key)
    assert refused(me.change_password, OldPassword="wrong", NewPassword=BETTER)[0] == "AccessDenied"
    me.change_password(OldPassword=GOOD, NewPassword=BETTER)
    assert not aws("iam").get_login_profile(UserName="Ann")["LoginProfile"]["PasswordResetRequired"]
    assert refused(me.change_password, OldPassword=GOOD, NewPassword=BETTER)[0] == "AccessDenied"


def test_only_users_change_their_own_password(aws):
    code, message = refused(aws("iam").change_password, OldPassword=GOOD, NewPassword=BETTER)
    assert (code, message) == ("InvalidUserType", "Only IAM Users can change their own password")


def test_a_user_without_a_password_cannot_change_it(aws):
    me = aws("iam", key=user_with(aws, "Ann", allow("iam:ChangePassword")))
    assert refused(me.change_password, OldPassword=GOOD, NewPassword=BETTER)[0] == "NoSuchEntity"


@pytest.mark.parametrize("password", ["Short1!", "alllowercase", "000000000000", "lower1234", "x"])
def test_without_a_policy_a_password_needs_eight_characters_of_three_kinds(aws, password):
    aws("iam").create_user(UserName="Ann")
    assert refused(aws("iam").create_login_profile, UserName="Ann", Password=password)[0] == "PasswordPolicyViolation"


def test_without_a_policy_the_name_of_the_account_is_no_password(aws):
    aws("iam").create_user(UserName="Ann")
    aws("iam").create_account_alias(AccountAlias="abc-1234")
    assert refused(aws("iam").create_login_profile, UserName="Ann", Password="abc-1234")[0] == "PasswordPolicyViolation"


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("Aa1!", "Password should have a minimum length of 10"),
        ("aaaaaaaa1!", "Password should have at least one uppercase letter"),
        ("AAAAAAAA1!", "Password should have at least one lowercase letter"),
        ("AAAAaaaaa!", "Password should have at least one number"),
        ("AAAAaaaaa1", "Password should have at least one symbol"),
    ],
)
def test_every_rule_of_the_policy_is_enforced(aws, password, message):
    aws("iam").update_account_password_policy(**ALL)
    aws("iam").create_user(UserName="Ann")
    code, said = refused(aws("iam").create_login_profile, UserName="Ann", Password=password)
    assert (code, said) == ("PasswordPolicyViolation", message)
    aws("iam").create_login_profile(UserName="Ann", Password=GOOD)
    assert refused(aws("iam").update_login_profile, UserName="Ann", Password=password)[1] == message


def test_the_last_passwords_are_not_used_again(aws):
    iam = aws("iam")
    iam.update_account_password_policy(PasswordReusePrevention=2)
    me = aws("iam", key=user_with(aws, "Ann", allow("iam:ChangePassword")))
    iam.create_login_profile(UserName="Ann", Password="first1")
    me.change_password(OldPassword="first1", NewPassword="second2")
    for again in ("first1", "second2"):
        code, _ = refused(me.change_password, OldPassword="second2", NewPassword=again)
        assert code == "PasswordPolicyViolation"
    assert refused(iam.update_login_profile, UserName="Ann", Password="first1")[0] == "PasswordPolicyViolation"
    me.change_password(OldPassword="second2", NewPassword="third3")
    me.change_password(OldPassword="third3", NewPassword="first1")


def test_the_password_policy_is_answered_with_its_defaults(aws):
    iam = aws("iam")
    code, message = refused(iam.get_account_password_policy)
    assert (code, message) == (
        "NoSuchEntity",
        "The Password Policy with domain name 000000000000 cannot be found.",
    )
    iam.update_account_password_policy(MaxPasswordAge=90, RequireNumbers=True)
    policy = iam.get_account_password_policy()["PasswordPolicy"]
    assert policy == {
        "MinimumPasswordLength": 6,
        "RequireSymbols": False,
        "RequireNumbers": True,
        "RequireUppercaseCharacters": False,
        "RequireLowercaseCharacters": False,
        "AllowUsersToChangePassword": False,
        "ExpirePasswords": True,
        "MaxPasswordAge": 90,
    }
    iam.update_account_password_policy()
    policy = iam.get_account_password_policy()["PasswordPolicy"]
    assert not policy["ExpirePasswords"]
    assert "MaxPasswordAge" not in policy
    iam.delete_account_password_policy()
    assert refused(iam.delete_account_password_policy)[1] == (
        "The account policy with name PasswordPolicy cannot be found."
    )


def test_a_policy_may_let_every_user_change_its_own_password_and_nobody_elses(aws):
    iam = aws("iam")
    me = aws("iam", key=user_with(aws, "Ann"))
    iam.create_login_profile(UserName="Ann", Password=GOOD)
    assert refused(me.change_password, OldPassword=GOOD, NewPassword=BETTER)[0] == "AccessDenied"
    iam.update_account_password_policy(AllowUsersToChangePassword=True)
    me.change_password(OldPassword=GOOD, NewPassword=BETTER)
    me.get_account_password_policy()
    late = aws("iam", key=user_with(aws, "Bob"))
    late.get_account_password_policy()
    assert refused(me.update_login_profile, UserName="Bob", Password=GOOD)[0] == "AccessDenied"
    iam.delete_account_password_policy()
    assert refused(me.change_password, OldPassword=BETTER, NewPassword=GOOD)[0] == "AccessDenied"


def test_the_password_is_neither_in_the_database_nor_in_a_refusal(aws, product):
    aws("iam").create_user(UserName="Ann")
    aws("iam").create_login_profile(UserName="Ann", Password=GOOD)
    files = list(product.product.settings.data.glob("gatewright.sqlite3*"))
    assert files
    assert not any(GOOD.encode() in file.read_bytes() for file in files)
    secret = "Never-show-me-1"
    assert secret not in refused(aws("iam").create_login_profile, UserName="Ann", Password=secret)[1]


def test_a_role_session_is_no_user(aws):
    role = aws("iam").create_role(RoleName="R", AssumeRolePolicyDocument=trust_account())["Role"]["Arn"]
    aws("iam").put_role_policy(RoleName="R", PolicyName="p", PolicyDocument=allow("iam:*"))
    taken = aws("sts", key=user_with(aws, "Ann", allow("sts:AssumeRole"))).assume_role(
        RoleArn=role, RoleSessionName="me"
    )
    me = session(aws, taken["Credentials"], "iam")
    assert refused(me.change_password, OldPassword=GOOD, NewPassword=BETTER)[0] == "InvalidUserType"
