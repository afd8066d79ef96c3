"""Users of a user pool log in at an identity pool: roles, mappings, tags, and who is refused."""

import pytest

from tests.services.policies import allow, document, refused, session
from tests.user_pool_people import People, now, said

PREFIX = "cognito-identity.amazonaws.com"


class Club:
    """An identity pool that takes the users of a user pool."""

    def __init__(self, product, people, *, check=False):
        self.pools, self.iam = product.client("cognito-identity"), product.client("iam")
        self.people = people
        provider = {
            "ProviderName": people.provider,
            "ClientId": people.client_id,
            "ServerSideTokenCheck": check,
        }
        self.pool = self.pools.create_identity_pool(
            IdentityPoolName="club", AllowUnauthenticatedIdentities=False, CognitoIdentityProviders=[provider]
        )["IdentityPoolId"]
        self.roles = {"authenticated": self.role("Member")}
        self.pools.set_identity_pool_roles(IdentityPoolId=self.pool, Roles=self.roles)

    def role(self, name):
        trust = {
            "Effect": "Allow",
            "Principal": {"Federated": PREFIX},
            "Action": ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"],
            "Condition": {
                "StringEquals": {f"{PREFIX}:aud": self.pool},
                "ForAnyValue:StringLike": {f"{PREFIX}:amr": "authenticated"},
            },
        }
        return self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust))["Role"]["Arn"]

    def enter(self, token):
        logins = {self.people.provider: token}
        identity = self.pools.get_id(IdentityPoolId=self.pool, Logins=logins)["IdentityId"]
        return self.pools.get_credentials_for_identity(IdentityId=identity, Logins=logins)

    def refusal(self, token):
        return refused(self.pools.get_id, IdentityPoolId=self.pool, Logins={self.people.provider: token})


@pytest.fixture
def people(product):
    made = People(product)
    made.person("jane", email="jane@example.com")
    return made


@pytest.fixture
def club(product, people):
    return Club(product, people)


def role_of(aws, answer):
    return session(aws, answer["Credentials"], "sts").get_caller_identity()["Arn"].split("/")[1]


def test_a_user_gets_credentials_of_the_authenticated_role(aws, club, people):
    answer = club.enter(people.sign_in()["IdToken"])
    assert role_of(aws, answer) == "Member"
    assert club.pools.describe_identity(IdentityId=answer["IdentityId"])["Logins"] == [people.provider]
    assert club.enter(people.sign_in()["IdToken"])["IdentityId"] == answer["IdentityId"]


def test_a_user_pool_may_be_called_by_its_issuer_and_stays_the_same_provider(product, club, people):
    token = people.sign_in()["IdToken"]
    own = said(token)["iss"].removeprefix("http://")  # what Amplify makes of it
    assert own == f"localhost:{product.port}/{people.id}"
    identity = club.enter(token)["IdentityId"]
    assert club.pools.get_id(IdentityPoolId=club.pool, Logins={own: token})["IdentityId"] == identity
    club.pools.get_credentials_for_identity(IdentityId=identity, Logins={own: token})
    assert club.pools.describe_identity(IdentityId=identity)["Logins"] == [people.provider]
    for wrong in (f"localhost:1/{people.id}", f"localhost:{product.port}/us-east-1_Other0000", f"http://{own}"):
        code, message = refused(club.pools.get_id, IdentityPoolId=club.pool, Logins={wrong: token})
        assert (code, message) == (
            "NotAuthorizedException",
            "Token is not from a supported provider of this identity pool.",
        )
    club.pools.unlink_identity(IdentityId=identity, Logins={own: token}, LoginsToRemove=[own])
    assert club.pools.get_id(IdentityPoolId=club.pool, Logins={own: token})["IdentityId"] != identity


def test_two_users_of_one_pool_are_not_one_identity(club, people):
    people.person("rose")
    jane, rose = people.sign_in()["IdToken"], people.sign_in("rose")["IdToken"]
    own = said(jane)["iss"].removeprefix("http://")
    logins = {people.provider: jane, own: rose}
    code, message = refused(club.pools.get_id, IdentityPoolId=club.pool, Logins=logins)
    assert (code, message) == ("NotAuthorizedException", "Invalid login token. Two logins are of the same provider.")


def test_an_access_token_is_no_login(club, people):
    code, message = club.refusal(people.sign_in()["AccessToken"])
    assert (code, message) == (
        "NotAuthorizedException",
        "Invalid login token. Missing a required claim: aud",
    )


def test_a_client_that_the_identity_pool_does_not_name_is_refused(club, people):
    other = people.client()
    code, message = club.refusal(people.sign_in(client_id=other)["IdToken"])
    assert (code, message) == (
        "NotAuthorizedException",
        "Token is not from a supported provider of this identity pool.",
    )


def test_a_user_of_another_pool_is_refused(club, product):
    strangers = People(product, "strangers")
    strangers.person("jane")
    assert club.refusal(strangers.sign_in()["IdToken"]) == (
        "NotAuthorizedException",
        "Invalid login token. Issuer doesn't match providerName",
    )


@pytest.mark.parametrize(("claim", "seconds"), [("exp", -1), ("exp", None), ("iat", 60), ("nbf", 60)])
def test_times_are_judged_without_patience(club, people, claim, seconds):
    changed = {claim: None if seconds is None else now() + seconds}
    code, message = club.refusal(people.forged(people.sign_in()["IdToken"], **changed))
    assert code == "NotAuthorizedException"
    assert message.startswith("Invalid login token. ")


def test_a_user_pool_or_client_that_was_deleted_vouches_for_nobody(club, people):
    token = people.sign_in()["IdToken"]
    club.enter(token)
    people.idp.delete_user_pool_client(UserPoolId=people.id, ClientId=people.client_id)
    assert club.refusal(token)[0] == "NotAuthorizedException"
    people.idp.delete_user_pool(UserPoolId=people.id)
    assert club.refusal(token)[0] == "NotAuthorizedException"


ENDINGS = {
    "disabled": lambda people: people.idp.admin_disable_user(UserPoolId=people.id, Username="jane"),
    "signed out": lambda people: people.idp.admin_user_global_sign_out(UserPoolId=people.id, Username="jane"),
    "deleted": lambda people: people.idp.admin_delete_user(UserPoolId=people.id, Username="jane"),
}


@pytest.mark.parametrize("how", ENDINGS)
@pytest.mark.parametrize("check", [True, False])
def test_the_server_side_check_refuses_who_may_not_act_any_more(product, people, how, check):
    club = Club(product, people, check=check)
    token = people.sign_in()["IdToken"]
    club.enter(token)
    ENDINGS[how](people)
    if not check:
        club.enter(token)  # as at AWS: the token's own word counts until it expires
        return
    code, message = club.refusal(token)
    assert (code, message) == (
        "NotAuthorizedException",
        "Invalid login token. The user is signed out, disabled or deleted.",
    )


def test_groups_lead_to_roles_by_the_token(aws, club, people):
    editor = club.role("Editor")
    people.idp.create_group(UserPoolId=people.id, GroupName="editors", RoleArn=editor)
    people.idp.admin_add_user_to_group(UserPoolId=people.id, Username="jane", GroupName="editors")
    mapping = {"Type": "Token", "AmbiguousRoleResolution": "Deny"}
    name = f"{people.provider}:{people.client_id}"
    club.pools.set_identity_pool_roles(IdentityPoolId=club.pool, Roles=club.roles, RoleMappings={name: mapping})
    assert role_of(aws, club.enter(people.sign_in()["IdToken"])) == "Editor"


def test_rules_read_the_claims(aws, club, people):
    staff = club.role("Staff")
    rule = {"Claim": "email", "MatchType": "Contains", "Value": "@example.com", "RoleARN": staff}
    mapping = {"Type": "Rules", "AmbiguousRoleResolution": "Deny", "RulesConfiguration": {"Rules": [rule]}}
    club.pools.set_identity_pool_roles(
        IdentityPoolId=club.pool, Roles=club.roles, RoleMappings={people.provider: mapping}
    )
    assert role_of(aws, club.enter(people.sign_in()["IdToken"])) == "Staff"


def test_claims_become_principal_tags_that_policies_read(aws, club, people):
    club.pools.set_principal_tag_attribute_map(
        IdentityPoolId=club.pool, IdentityProviderName=people.provider, PrincipalTags={"mail": "email"}
    )
    own = "arn:aws:iam::000000000000:user/${aws:PrincipalTag/mail}"
    club.iam.put_role_policy(RoleName="Member", PolicyName="own", PolicyDocument=allow("iam:GetUser", resource=own))
    for name in ("jane@example.com", "joe@example.com"):
        club.iam.create_user(UserName=name)
    mine = session(aws, club.enter(people.sign_in()["IdToken"])["Credentials"], "iam")
    assert mine.get_user(UserName="jane@example.com")["User"]["UserName"] == "jane@example.com"
    assert refused(mine.get_user, UserName="joe@example.com")[0] == "AccessDenied"
