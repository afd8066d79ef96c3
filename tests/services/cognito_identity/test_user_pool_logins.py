"""Users of a Cognito user pool at an identity pool: their ID tokens, their groups' roles, their attributes."""

import pytest

from tests.services.cognito_identity.conftest import Club
from tests.services.cognito_idp.conftest import PASSWORD
from tests.services.cognito_idp.signing_in import make_user
from tests.services.policies import refused, session


@pytest.fixture
def members(aws, idp):
    """A user pool with Jane, and an identity pool that takes its logins."""
    users = aws("cognito-idp")
    pool = users.create_user_pool(PoolName="users")["UserPool"]["Id"]
    client = users.create_user_pool_client(
        UserPoolId=pool, ClientName="app", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]
    provider = f"cognito-idp.us-east-1.amazonaws.com/{pool}"
    club = Club(aws, idp, CognitoIdentityProviders=[{"ProviderName": provider, "ClientId": client}])
    club.users, club.user_pool, club.client, club.name = users, pool, client, provider
    club.jane = make_user(users, pool)
    return club


def tokens(members, name="jane", client=None):
    return members.users.initiate_auth(
        AuthFlow="USER_PASSWORD_AUTH",
        ClientId=client or members.client,
        AuthParameters={"USERNAME": name, "PASSWORD": PASSWORD},
    )["AuthenticationResult"]


def login(members, name="jane", **more):
    return {members.name: tokens(members, name, **more)["IdToken"]}


def given(aws, answer):
    return session(aws, answer["Credentials"], "sts").get_caller_identity()["Arn"].split("/")[1]


def refusal(members, logins):
    return refused(members.pools.get_id, IdentityPoolId=members.pool, Logins=logins)


def test_a_user_has_one_identity_and_the_authenticated_role(members, aws):
    jane = members.pools.get_id(IdentityPoolId=members.pool, Logins=login(members))["IdentityId"]
    assert members.pools.get_id(IdentityPoolId=members.pool, Logins=login(members))["IdentityId"] == jane
    assert members.logins_of(jane) == [members.name]
    answer = members.credentials(jane, Logins=login(members))
    assert given(aws, answer) == "authenticated"
    make_user(members.users, members.user_pool, "joe")
    assert members.pools.get_id(IdentityPoolId=members.pool, Logins=login(members, "joe"))["IdentityId"] != jane


def test_the_role_of_a_group_is_given_where_the_pool_takes_roles_from_tokens(members, aws):
    staff = members.role("Staff")
    members.users.create_group(UserPoolId=members.user_pool, GroupName="staff", RoleArn=staff)
    members.users.admin_add_user_to_group(UserPoolId=members.user_pool, Username="jane", GroupName="staff")
    mapping = {"Type": "Token", "AmbiguousRoleResolution": "Deny"}
    members.pools.set_identity_pool_roles(
        IdentityPoolId=members.pool,
        Roles=members.roles,
        RoleMappings={f"{members.name}:{members.client}": mapping},
    )
    jane = members.pools.get_id(IdentityPoolId=members.pool, Logins=login(members))["IdentityId"]
    assert given(aws, members.credentials(jane, Logins=login(members))) == "Staff"
    members.users.admin_remove_user_from_group(UserPoolId=members.user_pool, Username="jane", GroupName="staff")
    code = refused(members.pools.get_credentials_for_identity, IdentityId=jane, Logins=login(members))[0]
    assert code == "NotAuthorizedException"


def test_an_access_token_is_no_login(members):
    access = tokens(members)["AccessToken"]
    assert refusal(members, {members.name: access}) == (
        "NotAuthorizedException",
        "Invalid login token. Missing a required claim: aud",
    )


def test_a_client_that_the_pool_does_not_name_or_that_is_gone_vouches_for_nobody(members):
    other = members.users.create_user_pool_client(
        UserPoolId=members.user_pool, ClientName="other", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]
    unsupported = ("NotAuthorizedException", "Token is not from a supported provider of this identity pool.")
    assert refusal(members, login(members, client=other)) == unsupported
    mine = login(members)
    members.pools.get_id(IdentityPoolId=members.pool, Logins=mine)
    members.users.delete_user_pool_client(UserPoolId=members.user_pool, ClientId=members.client)
    assert refusal(members, mine) == unsupported


def test_a_deleted_user_pool_vouches_for_nobody(members):
    mine = login(members)
    jane = members.pools.get_id(IdentityPoolId=members.pool, Logins=mine)["IdentityId"]
    members.users.delete_user_pool(UserPoolId=members.user_pool)
    code = refused(members.pools.get_credentials_for_identity, IdentityId=jane, Logins=mine)[0]
    assert code == "NotAuthorizedException"


def test_a_token_of_another_user_pool_is_refused_by_its_signature(members):
    other = members.users.create_user_pool(PoolName="other")["UserPool"]["Id"]
    client = members.users.create_user_pool_client(
        UserPoolId=other, ClientName="app", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]
    make_user(members.users, other)
    token = tokens(members, client=client)["IdToken"]
    assert refusal(members, {members.name: token})[0] == "NotAuthorizedException"
    elsewhere = f"cognito-idp.us-east-1.amazonaws.com/{other}"
    assert refusal(members, {elsewhere: token})[1] == "Token is not from a supported provider of this identity pool."


@pytest.mark.parametrize("cut", [lambda token: token[:-6] + "AAAAAA", lambda token: "x", lambda token: token + "="])
def test_a_forged_token_is_refused(members, cut):
    forged = {name: cut(token) for name, token in login(members).items()}
    code, message = refusal(members, forged)
    assert code == "NotAuthorizedException"
    assert message.startswith("Invalid login token.")
