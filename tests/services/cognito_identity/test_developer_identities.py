"""Developer-authenticated identities: the developer's server signs for its users."""

import base64
import json

import pytest

from tests.services.cognito_identity.conftest import ACCOUNT, Club
from tests.services.policies import allow, refused, session, user_with

NAME = "login.mycompany.myapp"
PROVIDER = "cognito-identity.amazonaws.com"


@pytest.fixture
def club(aws, idp):
    return Club(aws, idp, DeveloperProviderName=NAME, AllowClassicFlow=False)


def register(club, user, **more):
    logins = {NAME: user, **more.pop("Logins", {})}
    return club.pools.get_open_id_token_for_developer_identity(IdentityPoolId=club.pool, Logins=logins, **more)


def claims_of(token):
    text = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def test_a_developer_s_user_has_one_identity_and_a_token_for_it(club):
    answer = register(club, "ann")
    assert register(club, "ann")["IdentityId"] == answer["IdentityId"]
    assert register(club, "bob")["IdentityId"] != answer["IdentityId"]
    claims = claims_of(answer["Token"])
    assert (claims["sub"], claims["aud"], claims["iss"]) == (answer["IdentityId"], club.pool, f"https://{PROVIDER}")
    assert claims["amr"] == ["authenticated", NAME, f"{NAME}:{club.pool}:ann"]
    assert claims["exp"] - claims["iat"] == 900
    assert club.logins_of(answer["IdentityId"]) == [NAME]
    long = claims_of(register(club, "ann", TokenDuration=86_400)["Token"])
    assert long["exp"] - long["iat"] == 86_400


def test_the_token_gets_credentials_by_either_flow(club, aws):
    answer = register(club, "ann")
    enhanced = club.credentials(answer["IdentityId"], Logins={PROVIDER: answer["Token"]})
    session(aws, enhanced["Credentials"], "iam").list_users()
    basic = aws("sts").assume_role_with_web_identity(
        RoleArn=club.roles["authenticated"], RoleSessionName="me", WebIdentityToken=answer["Token"]
    )
    session(aws, basic["Credentials"], "iam").list_users()


def test_the_token_is_good_for_its_own_identity_and_pool_only(club, aws, idp):
    ann, bob = register(club, "ann"), register(club, "bob")
    mismatch = refused(
        club.pools.get_credentials_for_identity, IdentityId=bob["IdentityId"], Logins={PROVIDER: ann["Token"]}
    )
    assert mismatch[0] == "NotAuthorizedException"
    assert mismatch[1].startswith("Logins don't match.")
    other = club.pools.create_identity_pool(
        IdentityPoolName="o", AllowUnauthenticatedIdentities=True, DeveloperProviderName=NAME
    )["IdentityPoolId"]
    stranger = club.pools.get_id(IdentityPoolId=other)["IdentityId"]
    for identity_id in (stranger, club.get_id()):
        code, _ = refused(
            club.pools.get_credentials_for_identity, IdentityId=identity_id, Logins={PROVIDER: ann["Token"]}
        )
        assert code == "NotAuthorizedException"


def test_a_visitor_s_token_is_no_login(aws, idp):
    club = Club(aws, idp, DeveloperProviderName=NAME)
    visitor = club.get_id()
    token = club.pools.get_open_id_token(IdentityId=visitor)["Token"]
    code, _ = refused(club.pools.get_credentials_for_identity, IdentityId=visitor, Logins={PROVIDER: token})
    assert code == "NotAuthorizedException"


def test_a_developer_s_user_cannot_be_claimed_without_the_developer_s_signature(club):
    ann = register(club, "ann")["IdentityId"]
    for call, more in (
        (club.pools.get_id, {"IdentityPoolId": club.pool}),
        (club.pools.get_credentials_for_identity, {"IdentityId": ann}),
        (club.pools.get_open_id_token, {"IdentityId": ann}),
    ):
        assert refused(call, Logins={NAME: "ann"}, **more)[0] == "NotAuthorizedException"


def test_the_operations_need_a_signature_that_iam_allows(club, aws):
    key = user_with(aws, "Nobody", allow("iam:*"))
    mine = aws("cognito-identity", key=key)
    code, message = refused(
        mine.get_open_id_token_for_developer_identity, IdentityPoolId=club.pool, Logins={NAME: "ann"}
    )
    assert code == "AccessDeniedException"
    assert "cognito-identity:GetOpenIdTokenForDeveloperIdentity" in message


def test_tags_in_the_call_become_tags_of_the_session(club, aws):
    club.roles["authenticated"] = club.role("Tagged", tags=True)
    red = {"StringEquals": {"aws:PrincipalTag/team": "red"}}
    club.iam.put_role_policy(RoleName="Tagged", PolicyName="p", PolicyDocument=allow("iam:ListUsers", Condition=red))
    club.pools.set_identity_pool_roles(IdentityPoolId=club.pool, Roles=club.roles)
    answer = register(club, "ann", PrincipalTags={"team": "red"})
    taken = club.credentials(answer["IdentityId"], Logins={PROVIDER: answer["Token"]})
    session(aws, taken["Credentials"], "iam").list_users()
    plain = register(club, "ann")
    taken = club.credentials(plain["IdentityId"], Logins={PROVIDER: plain["Token"]})
    assert refused(session(aws, taken["Credentials"], "iam").list_users)[0] == "AccessDenied"


def test_an_existing_identity_gets_the_developer_s_login(club):
    visitor = club.get_id()
    assert register(club, "ann", IdentityId=visitor)["IdentityId"] == visitor
    member = club.get_id("bob")
    assert register(club, "bob", IdentityId=member)["IdentityId"] == member
    assert sorted(club.logins_of(member)) == sorted([NAME, club.idp.name])
    code, _ = refused(
        club.pools.get_open_id_token_for_developer_identity,
        IdentityPoolId=club.pool,
        Logins={NAME: "ann"},
        IdentityId=member,
    )
    assert code == "DeveloperUserAlreadyRegisteredException"


def test_other_logins_are_proven_and_linked_with_it(club):
    answer = register(club, "ann", Logins=club.login("ann"))
    assert club.get_id("ann") == answer["IdentityId"]
    code, _ = refused(
        club.pools.get_open_id_token_for_developer_identity,
        IdentityPoolId=club.pool,
        Logins={NAME: "eve", club.idp.name: "nonsense"},
    )
    assert code == "NotAuthorizedException"


@pytest.mark.parametrize(
    ("logins", "words"),
    [({}, NAME), ({"other.provider": "ann"}, NAME), ({NAME: "x" * 1_025}, NAME)],
)
def test_the_developer_s_login_must_be_there(club, logins, words):
    code, message = refused(
        club.pools.get_open_id_token_for_developer_identity, IdentityPoolId=club.pool, Logins=logins
    )
    assert code == "InvalidParameterException"
    assert words in message


def test_a_pool_without_a_developer_provider_has_no_developer_s_users(club):
    other = club.pools.create_identity_pool(IdentityPoolName="o", AllowUnauthenticatedIdentities=True)
    code, message = refused(
        club.pools.get_open_id_token_for_developer_identity,
        IdentityPoolId=other["IdentityPoolId"],
        Logins={NAME: "ann"},
    )
    assert code == "InvalidParameterException"
    assert "DeveloperProviderName" in message


def lookup(club, **more):
    return club.pools.lookup_developer_identity(IdentityPoolId=club.pool, **more)


def test_users_and_identities_are_found_by_each_other(club):
    ann = register(club, "ann")["IdentityId"]
    assert lookup(club, DeveloperUserIdentifier="ann")["IdentityId"] == ann
    assert lookup(club, IdentityId=ann)["DeveloperUserIdentifierList"] == ["ann"]
    assert lookup(club, IdentityId=ann, DeveloperUserIdentifier="ann")["IdentityId"] == ann
    bob = register(club, "bob")["IdentityId"]
    ask = club.pools.lookup_developer_identity
    assert refused(ask, IdentityPoolId=club.pool, IdentityId=bob, DeveloperUserIdentifier="ann")[0] == (
        "ResourceConflictException"
    )
    assert refused(ask, IdentityPoolId=club.pool, DeveloperUserIdentifier="eve")[0] == "ResourceNotFoundException"
    assert refused(ask, IdentityPoolId=club.pool)[0] == "InvalidParameterException"


def test_merged_users_are_one_and_pages_list_them_all(club):
    first = register(club, "u0")["IdentityId"]
    for number in range(1, 5):
        source = register(club, f"u{number}")["IdentityId"]
        merged = club.pools.merge_developer_identities(
            SourceUserIdentifier=f"u{number}",
            DestinationUserIdentifier="u0",
            DeveloperProviderName=NAME,
            IdentityPoolId=club.pool,
        )
        assert merged["IdentityId"] == first
        assert register(club, f"u{number}")["IdentityId"] == first
        assert refused(club.pools.get_credentials_for_identity, IdentityId=source)[0] == "NotAuthorizedException"
    page = lookup(club, IdentityId=first, MaxResults=2)
    users = page["DeveloperUserIdentifierList"]
    while "NextToken" in page:
        page = lookup(club, IdentityId=first, MaxResults=2, NextToken=page["NextToken"])
        users += page["DeveloperUserIdentifierList"]
    assert sorted(users) == [f"u{number}" for number in range(5)]
    forged = refused(
        club.pools.lookup_developer_identity, IdentityPoolId=club.pool, IdentityId=first, NextToken="forged"
    )
    assert forged[0] == "InvalidParameterException"


def test_merging_users_of_two_people_of_one_public_provider_is_refused(club):
    register(club, "ann", Logins=club.login("ann"))
    register(club, "bob", Logins=club.login("bob"))
    merge = {"SourceUserIdentifier": "ann", "DestinationUserIdentifier": "bob", "DeveloperProviderName": NAME}
    code, _ = refused(club.pools.merge_developer_identities, IdentityPoolId=club.pool, **merge)
    assert code == "ResourceConflictException"
    merge["DestinationUserIdentifier"] = "nobody"
    code, _ = refused(club.pools.merge_developer_identities, IdentityPoolId=club.pool, **merge)
    assert code == "ResourceNotFoundException"
    merge["DeveloperProviderName"] = "other.provider"
    code, _ = refused(club.pools.merge_developer_identities, IdentityPoolId=club.pool, **merge)
    assert code == "InvalidParameterException"


def test_an_unlinked_user_s_token_counts_no_more(club, aws):
    answer = register(club, "ann", TokenDuration=86_400)
    ann = answer["IdentityId"]
    unlink = {"IdentityPoolId": club.pool, "DeveloperProviderName": NAME, "DeveloperUserIdentifier": "ann"}
    other = register(club, "bob")["IdentityId"]
    assert refused(club.pools.unlink_developer_identity, IdentityId=other, **unlink)[0] == "ResourceConflictException"
    club.pools.unlink_developer_identity(IdentityId=ann, **unlink)
    code, _ = refused(club.pools.get_credentials_for_identity, IdentityId=ann, Logins={PROVIDER: answer["Token"]})
    assert code == "NotAuthorizedException"
    code, _ = refused(
        aws("sts").assume_role_with_web_identity,
        RoleArn=club.roles["authenticated"],
        RoleSessionName="me",
        WebIdentityToken=answer["Token"],
    )
    assert code == "InvalidIdentityToken"
    assert register(club, "ann")["IdentityId"] != ann


def test_an_identity_holds_twenty_logins_at_most(club):
    first = register(club, "u0")["IdentityId"]
    for number in range(1, 20):
        register(club, f"u{number}", IdentityId=first)
    code, message = refused(
        club.pools.get_open_id_token_for_developer_identity,
        IdentityPoolId=club.pool,
        Logins={NAME: "u20"},
        IdentityId=first,
    )
    assert code == "ResourceConflictException"
    assert "20" in message
    assert ACCOUNT not in message
