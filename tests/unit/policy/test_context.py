"""Condition keys: where each value comes from, and that nothing of the request can stand in for the caller."""

import pytest

from gatewright.core.identity import anonymous
from gatewright.policy.context import AuthorizationRequest, varies
from gatewright.wire.http import Request
from tests.unit.policy.asking import ROLE, SESSION, question, root, service, session, user

HTTP = Request(
    "GET",
    "/",
    headers=(("user-agent", "aws-cli/2"), ("referer", "https://example.com/")),
    client="203.0.113.9",
    scheme="https",
)


@pytest.mark.parametrize(
    ("key", "of_user", "of_session"),
    [
        ("aws:principalarn", user().arn, ROLE),
        ("aws:principalaccount", "111122223333", "111122223333"),
        ("aws:principaltype", "User", "AssumedRole"),
        ("aws:userid", "AIDAEXAMPLE", "AROAEXAMPLE:examplesession"),
        ("aws:username", "exampleuser", None),
        ("aws:tokenissuetime", None, "2023-11-14T22:13:20Z"),
        ("aws:multifactorauthpresent", None, "true"),
        ("aws:sourceidentity", None, "alice"),
        ("aws:federatedprovider", None, "cognito-identity.amazonaws.com"),
        ("aws:principaltag/team", None, "Blue"),
        ("aws:principalisawsservice", "false", "false"),
        ("aws:viaawsservice", "false", "false"),
        ("aws:currenttime", "2023-11-14T22:15:00Z", "2023-11-14T22:15:00Z"),
        ("aws:epochtime", "1700000100", "1700000100"),
        ("aws:sourceip", "203.0.113.9", "203.0.113.9"),
        ("aws:securetransport", "true", "true"),
        ("aws:useragent", "aws-cli/2", "aws-cli/2"),
        ("aws:referer", "https://example.com/", "https://example.com/"),
        ("aws:requestedregion", "us-east-1", "us-east-1"),
        ("aws:resourceaccount", "111122223333", "111122223333"),
        ("aws:nosuchkey", None, None),
    ],
)
def test_a_key_has_awss_value_or_none(key: str, of_user: str | None, of_session: str | None) -> None:
    visitor = session(
        mfa=True,
        source_identity="alice",
        federated_provider="cognito-identity.amazonaws.com",
        tags={"TEAM": "Blue"},
    )
    assert question(user(), http=HTTP).values(key) == (() if of_user is None else (of_user,))
    assert question(visitor, http=HTTP).values(key) == (() if of_session is None else (of_session,))


def test_root_service_and_anonymous_callers_have_only_what_is_theirs() -> None:
    assert question(root()).values("aws:principalarn") == ("arn:aws:iam::111122223333:root",)
    assert question(root()).values("aws:principaltype") == ("Account",)
    assert question(service()).values("aws:principalservicename") == ("apigateway.amazonaws.com",)
    assert question(service()).values("aws:principalarn") == ()
    for key in ("aws:principalarn", "aws:principalaccount", "aws:userid", "aws:username"):
        assert question(anonymous()).values(key) == ()


def test_what_a_service_adds_cannot_replace_what_is_known_of_the_caller() -> None:
    forged = {
        "aws:username": ("root",),
        "aws:principalaccount": ("999999999999",),
        "aws:principaltag/team": ("admins",),
        "cognito-identity.amazonaws.com:sub": ("someone-else",),
    }
    caller = session(context={"cognito-identity.amazonaws.com:sub": ("me",)})
    asked = question(caller, keys=forged)
    assert asked.values("aws:username") == ()
    assert asked.values("aws:principalaccount") == ("111122223333",)
    assert asked.values("aws:principaltag/team") == ()
    assert asked.values("cognito-identity.amazonaws.com:sub") == ("me",)


def test_what_a_service_knows_better_than_the_wire_wins() -> None:
    assert question(http=HTTP, keys={"aws:sourceip": ("10.0.0.1",)}).values("aws:sourceip") == ("10.0.0.1",)


def test_a_simulation_may_set_every_key() -> None:
    asked = AuthorizationRequest(user(), "a:B", "*", simulated={"aws:username": ("somebody",)})
    assert asked.values("aws:username") == ("somebody",)


def test_tags_are_found_whatever_their_case_and_all_of_them() -> None:
    asked = question(user(tags={"Team": "a", "team": "b"}))
    assert asked.values("aws:principaltag/team") == ("a", "b")


def test_session_claims_are_found_whatever_their_case() -> None:
    asked = question(session(context={"Accounts.Google.com:SUB": ("1",)}))
    assert asked.values("accounts.google.com:sub") == ("1",)


def test_only_what_is_proven_with_the_credentials_is_steady() -> None:
    assert not any(map(varies, ("aws:username", "aws:principaltag/x", "cognito-identity.amazonaws.com:sub")))
    assert all(map(varies, ("aws:sourceip", "aws:currenttime", "s3:prefix", "aws:principaltag", SESSION)))
