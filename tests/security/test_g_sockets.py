"""The rows G7 to G10 and G15, and P1 to P4, through sockets: what the gateway's own tests show, as bytes to the server."""

# ruff: noqa: E501 - the spellings read better in few lines
from collections.abc import Callable

import pytest

from gatewright.wire.sigv4.sign import Credentials
from tests.running import Running
from tests.security import scene
from tests.security.attacker import Answer, Pen, ask, user


class Api:
    """An API with /admin and a greedy rest, all for AWS_IAM, and a caller who may do all but /admin."""

    def __init__(self, running: Running) -> None:
        apigateway = running.client("apigateway")
        api = apigateway.create_rest_api(name="guarded")
        self.api_id, self.port, self.running = str(api["id"]), running.port, running
        for part in ("admin", "{proxy+}"):
            resource = apigateway.create_resource(restApiId=api["id"], parentId=api["rootResourceId"], pathPart=part)
            scene.add_method(running, self.api_id, resource["id"], "ANY", template=f'{{"at":"{part}"}}')
        apigateway.create_deployment(restApiId=self.api_id, stageName="dev")
        self.arn = f"arn:aws:execute-api:us-east-1:000000000000:{self.api_id}/dev"
        self.base = f"/_aws/execute-api/{self.api_id}/dev"

    def caller(self, name: str, *statements: dict[str, object]) -> Callable[..., Answer]:
        """Return a user's way to call."""
        key = user(self.running, name, *statements)

        def call(method: str, path: str, extra: list[tuple[str, str]] | None = None, body: bytes = b"") -> Answer:
            return Pen(key, "execute-api").ask(self.port, method, self.base + path, extra or [], body)

        return call

    def allow(self, what: str = "*") -> dict[str, object]:
        return {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": f"{self.arn}/{what}"}

    def deny(self, what: str, **more: object) -> dict[str, object]:
        return {"Effect": "Deny", "Action": "execute-api:Invoke", "Resource": f"{self.arn}/{what}", **more}


@pytest.fixture
def api(product: Running) -> Api:
    return Api(product)


SPELLINGS = [
    "/admin", "/admin/", "/%61dmin", "/%61%64%6D%69%6E", "//admin", "/./admin", "/x/../admin", "/%2e/admin", "/x/%2e%2e/admin",
    "/admin//", "/admin/.", "/admin%00", "/admin%20", "/admin%2f", "/%2fadmin", "/admin;x=1", "/\\admin", "/%5cadmin", "/admin%09",
    "/admin?x", "/admin%3f", "/admin%23", "/ADMIN", "/adm%C4%B1n", "/%ef%bd%81dmin", "/admin%c0%af", "/admin.", "/admin%e2%80%8b",
]  # fmt: skip


@pytest.mark.parametrize("path", SPELLINGS)
def test_g7_no_spelling_of_a_denied_path_reaches_it(api: Api, path: str) -> None:
    call = api.caller("clerk", api.allow(), api.deny("*/admin"))
    answer = call("GET", path)
    assert answer.status in (200, 400, 403)
    assert '"at":"admin"' not in answer.text
    assert call("GET", "/other").status == 200


def test_g8_the_verb_that_is_executed_is_the_one_that_is_authorized(api: Api) -> None:
    call = api.caller("reader", api.allow("GET/*"))
    assert call("GET", "/x").status == 200
    assert call("DELETE", "/x").status == 403
    for verb in ("DELETE", "delete", "POST", "GET,DELETE", "", "ANY"):
        assert call("GET", "/x", [("X-HTTP-Method-Override", verb)]).status in (400, 403) or verb == ""
    assert call("DELETE", "/x", [("X-HTTP-Method-Override", "GET")]).status in (200, 403)
    writer = api.caller("writer", api.allow("POST/*"))
    assert writer("GET", "/x", [("X-HTTP-Method-Override", "POST")]).status == 200


def test_g8_an_override_that_the_signature_does_not_cover_is_refused(api: Api) -> None:
    key = user(api.running, "anything", api.allow())
    sent = Pen(key, "execute-api").headers("GET", f"{api.base}/x")
    assert ask(api.port, "GET", f"{api.base}/x", sent).status == 200
    for name in ("X-HTTP-Method-Override", "x-http-method-override", "X-Http-Method-OVERRIDE"):
        assert ask(api.port, "GET", f"{api.base}/x", [*sent, (name, "DELETE")]).status == 403


IDENTITIES = [
    ("X-Amzn-Principal", "root"),
    ("X-Amz-User-Arn", "arn:aws:iam::000000000000:root"),
    ("X_Amz_Date", "20260101T000000Z"),
    ("X-Amzn-Caller", "arn:aws:iam::000000000000:root"),
    ("cognito-identity.amazonaws.com:aud", "x"),
    ("aws:PrincipalArn", "arn:aws:iam::000000000000:root"),
    ("X-Amzn-Remapped-Authorization", "AWS4-HMAC-SHA256 Credential=test"),
    ("Proxy-Authorization", "Basic dGVzdDp0ZXN0"),
    ("X-Api-Key", "x"),
]


def test_g9_no_header_gives_anybody_an_identity(api: Api) -> None:
    # A colon ends a header's name: those names are others on the wire, and cannot be signed as they stand.
    for header in IDENTITIES:
        assert ask(api.port, "GET", f"{api.base}/x", [header]).error == "MissingAuthenticationTokenException"
    nobody = api.caller("nobody")
    sent = [header for header in IDENTITIES if not header[0].lower().startswith("x-amz-") and ":" not in header[0]]
    assert nobody("GET", "/x", sent).error == "AccessDeniedException"


@pytest.mark.parametrize(
    "named", ["authorization", "x-amz-date", "host", "x-amz-security-token", "close, authorization"]
)
def test_g10_connection_takes_no_header_away(api: Api, named: str) -> None:
    key = user(api.running, "anything", api.allow())
    sent = Pen(key, "execute-api").headers("GET", f"{api.base}/x")
    assert ask(api.port, "GET", f"{api.base}/x", [*sent, ("Connection", named)]).status == 200
    assert ask(api.port, "GET", f"{api.base}/x", [("Connection", named)]).status == 403


def test_g15_what_is_larger_than_aws_allows_is_refused(api: Api) -> None:
    call = api.caller("anything", api.allow())
    assert call("POST", "/x", [("Content-Type", "text/plain")], b"x" * (10 * 1024 * 1024 + 1)).status == 413
    assert call("GET", "/x", [("X-Long", "x" * 10_300)]).status == 431
    assert call("GET", "/" + "x" * 1_700).status == 414
    assert call("GET", "/x?" + "x" * 11_000).status == 414
    assert call("GET", "/x").status == 200


def test_p1_a_deny_anywhere_denies(api: Api) -> None:
    call = api.caller("clerk", api.allow(), api.allow("GET/x"), api.deny("GET/x"))
    assert call("GET", "/x").status == 403
    assert "explicit deny" in call("GET", "/x").text
    assert call("GET", "/y").status == 200


def test_p2_for_all_values_of_an_absent_key_is_true_as_on_aws(api: Api) -> None:
    condition = {"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}
    assert api.caller("tagged", {**api.allow(), "Condition": condition})("GET", "/x").status == 200
    condition = {"ForAnyValue:StringEquals": {"aws:TagKeys": ["team"]}}
    assert api.caller("other", {**api.allow(), "Condition": condition})("GET", "/x").status == 403


def test_p4_without_the_current_version_a_variable_is_text(api: Api) -> None:
    iam = api.running.client("iam")
    key = user(api.running, "alice")
    for version, expected in (("2012-10-17", 200), ("2008-10-17", 403)):
        document = scene.policy(api.allow("GET/${aws:username}")).replace("2012-10-17", version)
        iam.put_user_policy(UserName="alice", PolicyName="p", PolicyDocument=document)
        assert Pen(key, "execute-api").ask(api.port, "GET", f"{api.base}/alice").status == expected


def test_p4_a_path_that_spells_a_variable_is_text_too(api: Api) -> None:
    call = api.caller("alice", api.allow("GET/${aws:username}"))
    assert call("GET", "/alice").status == 200
    for path in ("/$%7Baws:username%7D", "/*", "/?", "/bob", "/alice/x"):
        assert call("GET", path).status == 403


def test_what_was_let_in_is_shut_out_with_the_next_request(api: Api) -> None:
    """Decisions, opened sessions and signing keys are remembered; none outlives what it came from."""
    iam = api.running.client("iam")
    key = user(api.running, "alice", api.allow())

    def status(with_key: Credentials = key) -> int:
        return Pen(with_key, "execute-api").ask(api.port, "GET", f"{api.base}/x").status

    assert [status(), status()] == [200, 200]
    iam.delete_user_policy(UserName="alice", PolicyName="p")
    assert status() == 403
    iam.put_user_policy(UserName="alice", PolicyName="p", PolicyDocument=scene.policy(api.allow()))
    assert status() == 200
    iam.update_access_key(UserName="alice", AccessKeyId=key.access_key_id, Status="Inactive")
    assert status() == 403
    iam.update_access_key(UserName="alice", AccessKeyId=key.access_key_id, Status="Active")
    assert status() == 200
    iam.delete_access_key(UserName="alice", AccessKeyId=key.access_key_id)
    assert status() == 403
