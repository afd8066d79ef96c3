"""A token, a login or a sign-in that was refused comes with the command that changes it."""

import shlex

import pytest
from msgspec import structs

from gatewright.control.product.advice import Advice, advise
from tests.unit.control.test_advice import kept, outside

GUARD = {"authorizer": "users", "header": "Authorization", "use": "id", "pools": ["us-east-1_abc"]}


def only(*found: Advice) -> Advice:
    (one,) = found
    return one


@pytest.mark.parametrize(
    ("reason", "text", "snippet"),
    [
        (
            "the header Authorization, where the authorizer looks for the token, is missing or empty",
            "Send an ID token of us-east-1_abc in the header Authorization:",
            "gatewright send --token id http://localhost:4566/_aws/execute-api/abc/dev/pets",
        ),
        ("the token is refused: an id token is wanted here, and this is another kind", "authorizationScopes", "login"),
        ("the token is refused: it expired 12 s ago", "refresh it", "gatewright login USER us-east-1_abc CLIENT"),
        ("the token is refused: the signature does not match", "Sign in again", "gatewright login"),
        (
            "the token is refused: it is of none of the user pools, or its pool was deleted",
            "takes tokens of us-east-1_abc only",
            "update-authorizer --rest-api-id abc",
        ),
        ("the access token has none of the method's scopes: pets/read", "authorizationScopes", ""),
    ],
)
def test_a_token_that_an_authorizer_refused(reason: str, text: str, snippet: str) -> None:
    found = only(*advise(kept("authenticate", reason, **GUARD), outside()))
    assert text in found.text
    assert snippet in found.snippet


@pytest.mark.parametrize(
    ("step", "reason", "details"),
    [
        ("authenticate", "the header Authorization … is missing or empty", GUARD),
        ("authenticate", "it is not signed", {"kind": "missing"}),
        ("find", "there is no stage", {}),
        ("match", "there is no such path", {}),
        ("login", "The pool has no provider cognito-idp.$(id).", {"provider": "cognito-idp.$(id)"}),
        ("visitor", "a page of another origin", {"origin": "https://$(id).example"}),
    ],
)
def test_nothing_that_a_client_sent_runs_in_a_command(step: str, reason: str, details: dict[str, object]) -> None:
    sent = structs.replace(kept(step, reason, **details), path="/`id`;$(id)", stage_name="$(id)", host="h$(id)")
    for one in advise(sent, outside()):
        for command in one.snippet.splitlines():
            words = shlex.split(command.rstrip("\\"))
            plain = [shlex.quote(word) for word in words if "id)" in word or "`" in word]
            assert all(quoted in command for quoted in plain), command


def test_a_method_with_scopes_wants_the_access_token() -> None:
    reason = "the header X, where the authorizer looks for the token, is missing or empty"
    found = only(*advise(kept("authenticate", reason, **{**GUARD, "use": "access", "header": "X"}), outside()))
    assert found.text == "Send an access token of us-east-1_abc in the header X:"
    assert "--token access" in found.snippet


@pytest.mark.parametrize(
    ("reason", "snippet"),
    [
        (
            "The pool has no provider cognito-idp.us-east-1.amazonaws.com/us-east-1_abc.",
            "ProviderName=cognito-idp.us-east-1.amazonaws.com/us-east-1_abc,ClientId=CLIENT",
        ),
        ("cognito-idp…: the identity pool does not name the client 1h57kf5cpq17m0eml12EXAMPLE", "ClientId=1h57kf"),
        ("The pool has no provider accounts.example.com.", ""),
    ],
)
def test_a_login_that_an_identity_pool_does_not_know(reason: str, snippet: str) -> None:
    provider = "cognito-idp.us-east-1.amazonaws.com/us-east-1_abc" if "cognito" in reason else "accounts.example.com"
    found = only(*advise(kept("login", reason, provider=provider, identity_pool="us-east-1:p"), outside()))
    assert snippet in found.snippet
    assert not snippet or "--identity-pool-id us-east-1:p " in found.snippet
    assert not snippet or "--no-allow-unauthenticated-identities" in found.snippet, "it opens nothing by the way"


@pytest.mark.parametrize(
    ("reason", "snippet"),
    [
        ("AllowUnauthenticatedIdentities of the pool is false.", "--allow-unauthenticated-identities"),
        ("The pool has no role for unauthenticated identities: set it …", "--roles unauthenticated=arn:aws:iam::"),
        ("The pool has no role for authenticated identities: set it …", "--roles authenticated=arn:aws:iam::"),
        ("The role arn:aws:iam::1:role/x does not exist.", "set-identity-pool-roles --identity-pool-id us-east-1:p"),
        ("AllowClassicFlow of the pool is not true.", ""),
    ],
)
def test_an_identity_pool_that_gives_nothing(reason: str, snippet: str) -> None:
    assert snippet in only(*advise(kept("identity pool", reason, identity_pool="us-east-1:p"), outside())).snippet


def test_a_flow_that_the_client_does_not_have_is_switched_on_by_a_command() -> None:
    refused = kept("perform", "InvalidParameterException: Auth flow not enabled for this client", plane="cognito-idp")
    assert "--explicit-auth-flows ALLOW_USER_SRP_AUTH" in only(*advise(refused, outside())).snippet


def test_an_identity_pool_that_is_open_to_visitors_is_not_closed_by_the_way() -> None:
    name = "cognito-idp.us-east-1.amazonaws.com/us-east-1_abc"
    refused = kept("login", f"The pool has no provider {name}.", provider=name, identity_pool="p", visitors=True)
    assert " --allow-unauthenticated-identities" in only(*advise(refused, outside())).snippet
