"""User pools on SQLite and on PostgreSQL: one story, and many writers at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore import UNSIGNED
from botocore.exceptions import ClientError

from tests.services.cognito_idp.conftest import PASSWORD, Inside, attributes, read
from tests.services.cognito_idp.signing_in import by_password
from tests.services.policies import refused


@pytest.fixture
def clients(anywhere):
    return anywhere.client("cognito-idp"), anywhere.client("cognito-idp", signature_version=UNSIGNED)


def make_app(idp, **settings):
    pool = idp.create_user_pool(PoolName="people", AutoVerifiedAttributes=["email"], **settings)["UserPool"]["Id"]
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    client = idp.create_user_pool_client(UserPoolId=pool, ClientName="app", ExplicitAuthFlows=flows)
    return pool, client["UserPoolClient"]["ClientId"]


def test_the_story_is_the_same_on_both_databases(anywhere, clients):
    idp, anyone = clients
    inside = Inside(anywhere)
    pool, app = make_app(
        idp, AliasAttributes=["email"], UsernameConfiguration={"CaseSensitive": False}, Schema=[{"Name": "team"}]
    )
    for number, name in enumerate(("Ärmel", "zoe", "ann")):
        given = attributes(email=f"{number}@Example.com", family_name="Müller", name=name)
        asked = {"ClientId": app, "Username": name, "Password": PASSWORD, "UserAttributes": given}
        anyone.sign_up(**asked)
        code = inside.sent()[-1].code
        wrong = refused(anyone.confirm_sign_up, ClientId=app, Username=name, ConfirmationCode="x")
        assert wrong[0] == "CodeMismatchException"
        anyone.confirm_sign_up(ClientId=app, Username=name.upper(), ConfirmationCode=code)
    assert "AuthenticationResult" in by_password(anyone, app, "0@example.COM")
    listed, token = [], {}
    for _ in range(3):
        answer = idp.list_users(UserPoolId=pool, Filter='family_name ^= "MÜL"', Limit=1, **token)
        listed += [user["Username"] for user in answer["Users"]]
        token = {"PaginationToken": answer["PaginationToken"]} if "PaginationToken" in answer else {}
    assert sorted(listed) == ["ann", "zoe", "Ärmel"]
    assert not token
    named = idp.list_users(UserPoolId=pool, Filter='username ^= "ä"')["Users"]
    assert [user["Username"] for user in named] == ["Ärmel"]
    sub = read(named[0]["Attributes"])["sub"]
    assert len(idp.list_users(UserPoolId=pool, Filter=f'sub ^= "{sub[:13]}"')["Users"]) == 1
    assert len(idp.list_users(UserPoolId=pool, Filter='cognito:user_status ^= "CON"')["Users"]) == 3
    idp.create_group(UserPoolId=pool, GroupName="g", Precedence=1)
    idp.admin_add_user_to_group(UserPoolId=pool, GroupName="g", Username="zoe")
    assert [group["GroupName"] for group in idp.admin_list_groups_for_user(UserPoolId=pool, Username="zoe")["Groups"]]
    anyone.forgot_password(ClientId=app, Username="zoe")
    code = inside.sent()[-1].code
    anyone.confirm_forgot_password(ClientId=app, Username="zoe", ConfirmationCode=code, Password="Another-one-2")
    token = by_password(anyone, app, "zoe", "Another-one-2")["AuthenticationResult"]["AccessToken"]
    anyone.change_password(AccessToken=token, PreviousPassword="Another-one-2", ProposedPassword=PASSWORD)
    anyone.delete_user(AccessToken=token)
    assert idp.list_users_in_group(UserPoolId=pool, GroupName="g")["Users"] == []
    idp.delete_user_pool(UserPoolId=pool)


def outcomes(count, act):
    def attempt(number):
        try:
            act(number)
        except ClientError as error:
            return error.response["Error"]["Code"]
        return "done"

    with ThreadPoolExecutor(8) as threads:
        return list(threads.map(attempt, range(count)))


def test_of_many_who_take_one_name_at_once_exactly_one_wins(clients):
    idp, anyone = clients
    _, app = make_app(idp)
    said = outcomes(8, lambda _: anyone.sign_up(ClientId=app, Username="ann", Password=PASSWORD))
    assert sorted(said) == ["UsernameExistsException"] * 7 + ["done"]


def test_many_guesses_at_once_are_no_more_than_the_limit(anywhere, clients):
    idp, anyone = clients
    _, app = make_app(idp)
    given = attributes(email="ann@example.com")
    anyone.sign_up(ClientId=app, Username="ann", Password=PASSWORD, UserAttributes=given)
    said = outcomes(12, lambda _: anyone.confirm_sign_up(ClientId=app, Username="ann", ConfirmationCode="x"))
    assert sorted(said) == ["CodeMismatchException"] * 5 + ["LimitExceededException"] * 7


def test_a_code_is_spent_once_by_whoever_is_first(anywhere, clients):
    idp, anyone = clients
    _, app = make_app(idp)
    given = attributes(email="ann@example.com")
    anyone.sign_up(ClientId=app, Username="ann", Password=PASSWORD, UserAttributes=given)
    code = Inside(anywhere).sent()[-1].code
    said = outcomes(6, lambda _: anyone.confirm_sign_up(ClientId=app, Username="ann", ConfirmationCode=code))
    assert sorted(said) == ["NotAuthorizedException"] * 5 + ["done"]
