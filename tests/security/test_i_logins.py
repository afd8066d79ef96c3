"""Rows I4 to I8 of the attack list, where they are about logins: roles that are not offered, identities of others."""

import pytest

from tests.identity_provider import issuer
from tests.services.cognito_identity.conftest import Club
from tests.services.policies import refused

PROVIDER = "cognito-identity.amazonaws.com"


@pytest.fixture
def club(aws):
    with issuer() as running:
        yield Club(aws, running, DeveloperProviderName="dev")


def token_mapping(club, resolution="Deny"):
    mapping = {club.idp.name: {"Type": "Token", "AmbiguousRoleResolution": resolution}}
    club.pools.set_identity_pool_roles(IdentityPoolId=club.pool, Roles=club.roles, RoleMappings=mapping)


def ask(club, identity_id, logins, **more):
    return refused(club.pools.get_credentials_for_identity, IdentityId=identity_id, Logins=logins, **more)[0]


def test_i4_a_role_that_the_token_does_not_offer_is_not_given(club):
    offered, wanted = club.role("Offered"), club.role("Admin")
    for resolution in ("Deny", "AuthenticatedRole"):
        token_mapping(club, resolution)
        ann = club.get_id("ann")
        for roles in ([offered], [], None, offered, f"{wanted}x,{offered}", {"a": wanted}, [wanted + "x"]):
            logins = club.login("ann", **{"cognito:roles": roles})
            assert ask(club, ann, logins, CustomRoleArn=wanted) == "NotAuthorizedException"


def test_i4_a_visitor_cannot_ask_for_a_role(club):
    wanted = club.role("Admin", "unauthenticated")
    code = refused(club.pools.get_credentials_for_identity, IdentityId=club.get_id(), CustomRoleArn=wanted)[0]
    assert code == "InvalidParameterException"


@pytest.mark.parametrize("claims", [{}, {"cognito:roles": ["one", "two"]}, {"cognito:roles": ""}])
def test_i5_where_the_pool_says_deny_nobody_gets_a_default(club, claims):
    token_mapping(club)
    assert ask(club, club.get_id("ann"), club.login("ann", **claims)) == "NotAuthorizedException"


def test_i6_somebody_else_s_identity_is_not_given_for_one_s_own_token(club):
    ann = club.get_id("ann")
    for logins in (club.login("eve"), {PROVIDER: club.idp.token(sub="eve")}, {"dev": "ann"}, {}):
        for call in (club.pools.get_credentials_for_identity, club.pools.get_open_id_token):
            assert refused(call, IdentityId=ann, Logins=logins)[0] in (
                "NotAuthorizedException",
                "InvalidParameterException",
            )
    assert club.logins_of(ann) == [club.idp.name]


def test_i6_naming_another_s_identity_never_takes_it_over(club):
    """Eve proves only herself: whatever id she names, she ends as Eve or nowhere, and Ann keeps what is hers."""
    ann, eve = club.get_id("ann"), club.get_id("eve")
    assert ask(club, ann, club.login("eve")) == "NotAuthorizedException"
    assert club.get_id("ann") == ann
    assert club.get_id("eve") == eve
    assert ask(club, eve, club.login("ann")) == "NotAuthorizedException"


def test_i6_one_bad_token_of_two_fails_the_whole_call(club):
    ann = club.get_id("ann")
    own = club.pools.get_open_id_token_for_developer_identity(IdentityPoolId=club.pool, Logins={"dev": "eve"})
    both = {**club.login("ann"), PROVIDER: own["Token"]}
    assert ask(club, ann, both) == "NotAuthorizedException"
    bad = {**club.login("ann"), PROVIDER: own["Token"][:-6] + "AAAAAA"}
    assert ask(club, ann, bad) == "NotAuthorizedException"


def test_i8_nothing_is_given_after_an_identity_a_login_a_provider_or_a_pool_is_gone(club):
    token = club.pools.get_open_id_token_for_developer_identity(IdentityPoolId=club.pool, Logins={"dev": "ann"})
    ann, bob = token["IdentityId"], club.get_id("bob")
    club.pools.delete_identities(IdentityIdsToDelete=[ann])
    assert ask(club, ann, {PROVIDER: token["Token"]}) == "ResourceNotFoundException"
    assert club.credentials(bob, "bob")
    club.iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=club.provider)
    assert ask(club, bob, club.login("bob")) == "NotAuthorizedException"
    club.pools.delete_identity_pool(IdentityPoolId=club.pool)
    assert ask(club, bob, club.login("bob")) == "ResourceNotFoundException"
