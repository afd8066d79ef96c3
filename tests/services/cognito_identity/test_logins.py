"""Logins of OpenID Connect providers: one identity for each user, linked, merged, unlinked, deleted."""

import base64
import time
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from gatewright.storage.keys import SESSIONS, load_keys
from tests.identity_provider import issuer, stranger
from tests.services.cognito_identity.conftest import ACCOUNT
from tests.services.policies import refused, session

DO_NOT_MATCH = (
    "NotAuthorizedException",
    "Logins don't match. Please include at least one valid login for this identity or identity pool.",
)


def forbidden(identity_id):
    return "NotAuthorizedException", f"Access to Identity '{identity_id}' is forbidden."


def test_a_user_has_one_identity_whenever_they_come(club):
    ann = club.get_id("ann")
    assert club.get_id("ann") == ann
    assert club.get_id("bob") != ann
    assert club.logins_of(ann) == [club.idp.name]
    listed = club.pools.list_identities(IdentityPoolId=club.pool, MaxResults=10)["Identities"]
    assert all(entry["Logins"] == [club.idp.name] for entry in listed)


def test_a_user_gets_the_authenticated_role_without_scope_down(club, aws):
    ann = club.get_id("ann")
    answer = club.credentials(ann, "ann")
    assert answer["IdentityId"] == ann
    me = session(aws, answer["Credentials"], "sts").get_caller_identity()
    assert me["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/authenticated/CognitoIdentityCredentials"
    session(aws, answer["Credentials"], "iam").list_users()
    visitor = club.credentials(club.get_id())
    assert refused(session(aws, visitor["Credentials"], "iam").list_users)[0] == "AccessDenied"


def test_many_first_logins_of_one_user_at_once_make_one_identity(club):
    with ThreadPoolExecutor(8) as crowd:
        found = list(crowd.map(lambda _: club.get_id("ann"), range(8)))
    assert len(set(found)) == 1


def test_an_authenticated_identity_is_nobody_s_without_its_login(club):
    ann = club.get_id("ann")
    assert refused(club.pools.get_credentials_for_identity, IdentityId=ann) == forbidden(ann)
    assert refused(club.pools.get_open_id_token, IdentityId=ann) == forbidden(ann)
    assert refused(club.pools.get_credentials_for_identity, IdentityId=ann, Logins=club.login("bob")) == DO_NOT_MATCH
    club.get_id("bob")
    assert refused(club.pools.get_credentials_for_identity, IdentityId=ann, Logins=club.login("bob")) == DO_NOT_MATCH


def test_a_visitor_who_logs_in_keeps_the_identity(club):
    visitor = club.get_id()
    club.credentials(visitor)
    assert club.credentials(visitor, "ann")["IdentityId"] == visitor
    assert club.get_id("ann") == visitor
    assert refused(club.pools.get_credentials_for_identity, IdentityId=visitor) == forbidden(visitor)


def test_a_visitor_who_turns_out_to_be_a_known_user_becomes_that_user(club):
    ann, visitor = club.get_id("ann"), club.get_id()
    assert club.credentials(visitor, "ann")["IdentityId"] == ann
    assert refused(club.pools.get_credentials_for_identity, IdentityId=visitor) == forbidden(visitor)
    assert refused(club.pools.get_credentials_for_identity, IdentityId=visitor, Logins=club.login("ann")) == (
        forbidden(visitor)
    )
    shown = club.pools.list_identities(IdentityPoolId=club.pool, MaxResults=10, HideDisabled=True)["Identities"]
    assert [entry["IdentityId"] for entry in shown] == [ann]
    everyone = club.pools.list_identities(IdentityPoolId=club.pool, MaxResults=10)["Identities"]
    assert len(everyone) == 2


@pytest.fixture
def two(club, aws):
    """The club with a second provider, and what makes logins of it."""
    with issuer() as other:
        arn = other.register(aws("iam"))
        club.pools.update_identity_pool(
            IdentityPoolId=club.pool,
            IdentityPoolName="club",
            AllowUnauthenticatedIdentities=True,
            AllowClassicFlow=True,
            OpenIdConnectProviderARNs=[club.provider, arn],
        )
        yield club, lambda subject: {other.name: other.token(sub=subject)}


def test_a_second_login_is_linked_where_the_first_proves_who_it_is(two):
    club, other = two
    ann = club.get_id("ann")
    assert club.credentials(ann, Logins={**club.login("ann"), **other("annie")})["IdentityId"] == ann
    assert sorted(club.logins_of(ann)) == sorted([club.idp.name, *other("annie")])
    assert club.pools.get_id(IdentityPoolId=club.pool, Logins=other("annie"))["IdentityId"] == ann
    club.credentials(ann, Logins=other("annie"))


def test_two_identities_become_one_where_both_logins_are_proven(two):
    club, other = two
    ann = club.get_id("ann")
    annie = club.pools.get_id(IdentityPoolId=club.pool, Logins=other("annie"))["IdentityId"]
    both = {**club.login("ann"), **other("annie")}
    assert club.credentials(annie, Logins=both)["IdentityId"] == annie
    assert club.get_id("ann") == annie
    assert refused(club.pools.get_credentials_for_identity, IdentityId=ann, Logins=both) == forbidden(ann)


def test_get_id_with_two_logins_merges_into_the_oldest(two):
    club, other = two
    ann = club.get_id("ann")
    club.pools.get_id(IdentityPoolId=club.pool, Logins=other("annie"))
    both = {**other("annie"), **club.login("ann")}
    assert club.pools.get_id(IdentityPoolId=club.pool, Logins=both)["IdentityId"] == ann


def test_two_users_of_one_provider_are_never_one_identity(two):
    club, other = two
    ann = club.get_id("ann")
    club.credentials(ann, Logins={**club.login("ann"), **other("annie")})
    bob = club.pools.get_id(IdentityPoolId=club.pool, Logins={**club.login("bob"), **other("bobby")})["IdentityId"]
    mixed = {**club.login("ann"), **other("bobby")}
    assert refused(club.pools.get_credentials_for_identity, IdentityId=ann, Logins=mixed)[0] == (
        "ResourceConflictException"
    )
    assert refused(club.pools.get_id, IdentityPoolId=club.pool, Logins=mixed)[0] == "ResourceConflictException"
    assert club.get_id("ann") == ann
    assert club.get_id("bob") == bob


def test_one_bad_token_of_two_fails_the_whole_call_and_links_nothing(two):
    club, other = two
    ann = club.get_id("ann")
    bad = {name: token[:-4] + "AAAA" for name, token in other("annie").items()}
    assert refused(club.pools.get_credentials_for_identity, IdentityId=ann, Logins={**club.login("ann"), **bad}) == (
        "NotAuthorizedException",
        "Invalid login token. Couldn't verify signed token.",
    )
    assert club.logins_of(ann) == [club.idp.name]


def test_an_unlinked_login_is_a_new_user_next_time(two):
    club, other = two
    ann = club.get_id("ann")
    both = {**club.login("ann"), **other("annie")}
    club.credentials(ann, Logins=both)
    (provider,) = other("annie")
    club.pools.unlink_identity(IdentityId=ann, Logins=club.login("ann"), LoginsToRemove=[provider])
    assert club.logins_of(ann) == [club.idp.name]
    assert refused(club.pools.get_credentials_for_identity, IdentityId=ann, Logins=other("annie")) == DO_NOT_MATCH
    assert club.pools.get_id(IdentityPoolId=club.pool, Logins=other("annie"))["IdentityId"] != ann


def test_with_the_last_login_gone_nobody_gets_the_identity(club):
    ann = club.get_id("ann")
    club.pools.unlink_identity(IdentityId=ann, Logins=club.login("ann"), LoginsToRemove=[club.idp.name])
    assert refused(club.pools.get_credentials_for_identity, IdentityId=ann) == forbidden(ann)
    assert refused(club.pools.get_credentials_for_identity, IdentityId=ann, Logins=club.login("ann")) == DO_NOT_MATCH
    assert club.get_id("ann") != ann


def test_unlinking_needs_one_s_own_login_and_one_that_is_there(club):
    ann = club.get_id("ann")
    club.get_id("bob")
    unlink = {"IdentityId": ann, "LoginsToRemove": [club.idp.name]}
    assert refused(club.pools.unlink_identity, Logins=club.login("bob"), **unlink) == DO_NOT_MATCH
    assert refused(club.pools.unlink_identity, Logins={}, **unlink) == DO_NOT_MATCH
    unlink["LoginsToRemove"] = ["graph.facebook.com"]
    assert refused(club.pools.unlink_identity, Logins=club.login("ann"), **unlink)[0] == "InvalidParameterException"


def test_a_deleted_identity_gets_nothing_and_its_user_a_new_one(club, aws):
    ann = club.get_id("ann")
    token = club.pools.get_open_id_token(IdentityId=ann, Logins=club.login("ann"))["Token"]
    club.pools.delete_identities(IdentityIdsToDelete=[ann])
    code, _ = refused(club.pools.get_credentials_for_identity, IdentityId=ann, Logins=club.login("ann"))
    assert code == "ResourceNotFoundException"
    assert club.get_id("ann") != ann
    trade = {"RoleArn": club.roles["authenticated"], "RoleSessionName": "me", "WebIdentityToken": token}
    assert refused(aws("sts").assume_role_with_web_identity, **trade)[0] == "InvalidIdentityToken"


def test_the_classic_flow_of_a_user(club, aws):
    ann = club.get_id("ann")
    token = club.pools.get_open_id_token(IdentityId=ann, Logins=club.login("ann"))
    assert token["IdentityId"] == ann
    trade = {"RoleSessionName": "me", "WebIdentityToken": token["Token"]}
    sts = aws("sts")
    taken = sts.assume_role_with_web_identity(RoleArn=club.roles["authenticated"], **trade)
    session(aws, taken["Credentials"], "iam").list_users()
    assert (
        refused(sts.assume_role_with_web_identity, RoleArn=club.roles["unauthenticated"], **trade)[0] == "AccessDenied"
    )


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"aud": "other"}, "Token is not from a supported provider of this identity pool."),
        ({"aud": None}, "Invalid login token. Missing a required claim: aud"),
        ({"iss": "https://elsewhere.example"}, "Invalid login token. Issuer doesn't match providerName"),
        ({"exp": int(time.time()) - 1}, "Invalid login token. Token expired: "),
        ({"key": stranger()}, "Invalid login token. Couldn't verify signed token."),
    ],
)
def test_what_proves_nothing_is_told_in_aws_s_words(club, claims, words):
    logins = {club.idp.name: club.idp.token(**claims)}
    code, message = refused(club.pools.get_id, IdentityPoolId=club.pool, Logins=logins)
    assert code == "NotAuthorizedException"
    assert message.startswith(words)


def test_a_text_that_is_no_token_is_told_so(club):
    for text in ("x", "a.b.c", "x" * 30_000):
        code, message = refused(club.pools.get_id, IdentityPoolId=club.pool, Logins={club.idp.name: text})
        assert code == "NotAuthorizedException"
        assert message == "Invalid login token. Not a valid OpenId Connect identity token."


def test_a_provider_that_the_pool_does_not_have_proves_nothing(club):
    for name in ("accounts.google.com", club.idp.url, club.provider, "cognito-identity.amazonaws.com"):
        code, message = refused(club.pools.get_id, IdentityPoolId=club.pool, Logins={name: club.idp.token()})
        assert (code, message) == (
            "NotAuthorizedException",
            "Token is not from a supported provider of this identity pool.",
        )


def test_a_provider_that_iam_has_deleted_proves_nothing_from_the_next_request_on(club):
    ann = club.get_id("ann")
    club.iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=club.provider)
    code, _ = refused(club.pools.get_credentials_for_identity, IdentityId=ann, Logins=club.login("ann"))
    assert code == "NotAuthorizedException"


def test_a_provider_that_is_away_is_told_as_an_external_failure(club):
    club.idp.answer["/keys"] = (503, b"")
    code, _ = refused(club.pools.get_id, IdentityPoolId=club.pool, Logins=club.login())
    assert code == "ExternalServiceException"


def test_identities_of_two_pools_are_strangers(club, aws):
    ann = club.get_id("ann")
    other = club.pools.create_identity_pool(
        IdentityPoolName="other", AllowUnauthenticatedIdentities=False, OpenIdConnectProviderARNs=[club.provider]
    )["IdentityPoolId"]
    assert club.pools.get_id(IdentityPoolId=other, Logins=club.login("ann"))["IdentityId"] != ann


def test_the_session_says_how_its_user_logged_in(club, product):
    """As the methods of an API are told it: `cognitoAuthenticationProvider` is made of it."""
    answer = club.credentials(club.get_id("ann"), "ann")["Credentials"]
    keys = load_keys(product.product.settings.data, None)
    opened = keys.open(SESSIONS, base64.b64decode(answer["SessionToken"]))
    caller = msgspec.msgpack.decode(opened)[2]
    name = club.idp.name
    assert caller["context"]["cognito-identity.amazonaws.com:amr"] == ["authenticated", name, f"{name}:OIDC:ann"]
