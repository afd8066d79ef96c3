import pytest

from gatewright.services.cognito_idp.pools.client_settings import allows_flow, readable, validity_seconds, writable
from tests.unit.cognito_idp.pools import client_of, pool_of

ALL = (
    "USER_SRP_AUTH",
    "USER_PASSWORD_AUTH",
    "ADMIN_USER_PASSWORD_AUTH",
    "ADMIN_NO_SRP_AUTH",
    "CUSTOM_AUTH",
    "USER_AUTH",
    "REFRESH_TOKEN",
    "REFRESH_TOKEN_AUTH",
)


@pytest.mark.parametrize(
    ("flows", "allowed"),
    [
        ([], {"USER_SRP_AUTH", "CUSTOM_AUTH", "REFRESH_TOKEN", "REFRESH_TOKEN_AUTH"}),
        (["ALLOW_USER_PASSWORD_AUTH"], {"USER_PASSWORD_AUTH"}),
        (["ALLOW_ADMIN_USER_PASSWORD_AUTH"], {"ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"}),
        (["ALLOW_USER_AUTH"], {"USER_AUTH"}),
        (["CUSTOM_AUTH_FLOW_ONLY"], {"CUSTOM_AUTH", "REFRESH_TOKEN", "REFRESH_TOKEN_AUTH"}),
        (
            ["USER_PASSWORD_AUTH"],
            {"USER_PASSWORD_AUTH", "USER_SRP_AUTH", "CUSTOM_AUTH", "REFRESH_TOKEN", "REFRESH_TOKEN_AUTH"},
        ),
        (
            ["ADMIN_NO_SRP_AUTH"],
            {
                "ADMIN_USER_PASSWORD_AUTH",
                "ADMIN_NO_SRP_AUTH",
                "USER_SRP_AUTH",
                "CUSTOM_AUTH",
                "REFRESH_TOKEN",
                "REFRESH_TOKEN_AUTH",
            },
        ),
    ],
)
def test_a_client_allows_its_flows_and_no_other(flows, allowed):
    client = client_of(ExplicitAuthFlows=flows)
    assert {flow for flow in ALL if allows_flow(client, flow)} == allowed


def test_tokens_are_good_for_as_long_as_the_client_says():
    client = client_of(
        AccessTokenValidity=30,
        IdTokenValidity=3_600,
        TokenValidityUnits={"AccessToken": "minutes", "IdToken": "seconds"},
    )
    assert validity_seconds(client, "AccessToken") == 1_800
    assert validity_seconds(client, "IdToken") == 3_600
    assert validity_seconds(client, "RefreshToken") == 30 * 86_400
    assert validity_seconds(client_of(), "AccessToken") == 3_600


def test_a_unit_without_a_number_does_not_change_the_default():
    client = client_of(TokenValidityUnits={"AccessToken": "minutes"})
    assert validity_seconds(client, "AccessToken") == 3_600


def test_a_client_that_names_no_attributes_has_the_standard_ones():
    pool = pool_of([{"Name": "role"}])
    client = client_of(pool)
    assert "email_verified" in readable(client)
    assert "custom:role" not in readable(client)
    assert "email" in writable(client, pool)
    assert {"sub", "email_verified", "custom:role", "identities"}.isdisjoint(writable(client, pool))


def test_a_client_that_names_attributes_has_those_and_what_the_pool_requires():
    pool = pool_of([{"Name": "role"}, {"Name": "email", "Required": True}])
    client = client_of(pool, ReadAttributes=["custom:role"], WriteAttributes=["custom:role", "email"])
    assert readable(client) == {"sub", "custom:role"}
    assert writable(client, pool) == {"custom:role", "email"}
