"""For each known mistake of a client: the refusal says which it was. The client's side is computed here, by hand."""

from collections.abc import Callable
from hashlib import sha256
from hmac import digest

import pytest

from gatewright.wire.http import Request
from gatewright.wire.sigv4.canonical import canonical_request, string_to_sign
from gatewright.wire.sigv4.diagnose import evidence, explain, reason
from gatewright.wire.sigv4.masking import masked, masked_query
from gatewright.wire.sigv4.refusal import Dialect, Kind, SignatureRefused, words
from gatewright.wire.sigv4.scope import read_authorization
from gatewright.wire.sigv4.sign import signing_key
from gatewright.wire.sigv4.verify import verify

NOW = 1_790_000_000.0
STAMP = "20260921T141320Z"
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "a-session-token-that-nobody-may-see"
SIGNED = ("content-type", "host", "x-amz-date", "x-amz-security-token")


class Client:
    """A request as it arrives, and the signature of a client that may have signed another."""

    def __init__(self, **more: object) -> None:
        self.method = str(more.get("method", "POST"))
        self.path = str(more.get("path", "/_aws/execute-api/abc/dev/a%20b//c"))
        self.query = str(more.get("query", "b=2&a=1&empty=&plus=x%20y"))
        self.body = bytes(str(more.get("body", '{"a": 1}')).encode())
        self.headers = {
            "host": "127.0.0.1:4566",
            "content-type": "application/json;charset=UTF-8",
            "x-amz-date": STAMP,
            "x-amz-security-token": TOKEN,
            **dict(more.get("headers", {})),  # type: ignore[call-overload]
        }

    def text(self) -> str:
        """The canonical request that the server computes."""
        request = Request(self.method, self.path, self.query, tuple(self.headers.items()), self.body)
        return canonical_request(request, SIGNED, sha256(self.body).hexdigest(), service="execute-api")

    def refused(self, signed_text: str, secret: str = SECRET, scope: str = "us-east-1/execute-api") -> SignatureRefused:
        """Return the explained refusal of a client that signed this text."""
        claimed = "20260921/us-east-1/execute-api/aws4_request"
        key = signing_key(secret, "20260921", *scope.split("/"))
        to_sign = string_to_sign(signed_text, STAMP, f"20260921/{scope}/aws4_request")
        signature = digest(key, to_sign.encode(), "sha256").hex()
        authorization = (
            f"AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/{claimed}, SignedHeaders={';'.join(SIGNED)}, "
            f"Signature={signature}"
        )
        headers = (*self.headers.items(), ("authorization", authorization))
        request = Request(self.method, self.path, self.query, headers, self.body)
        claim = read_authorization(request)
        assert claim is not None
        with pytest.raises(SignatureRefused) as caught:
            verify(request, claim, SECRET, NOW, services=("execute-api",), region="us-east-1")
        assert caught.value.kind is Kind.MISMATCH
        explain(caught.value, request, claim, SECRET)
        return caught.value


def swap(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    return change


PATH = "/_aws/execute-api/abc/dev/a%2520b/c"
QUERY = "a=1&b=2&empty=&plus=x%20y"

MISTAKES = {
    "no port": (swap("host:127.0.0.1:4566", "host:127.0.0.1"), "another Host"),
    "localhost": (swap("host:127.0.0.1:4566", "host:localhost:4566"), "another Host"),
    "aws's host": (swap("host:127.0.0.1:4566", "host:abc.execute-api.us-east-1.amazonaws.com"), "another Host"),
    "path encoded once": (swap(PATH, "/_aws/execute-api/abc/dev/a%20b//c"), "not encoded once more"),
    "path decoded": (swap(PATH, "/_aws/execute-api/abc/dev/a b//c"), "decoded path"),
    "path not normalised": (swap(PATH, "/_aws/execute-api/abc/dev/a%2520b//c"), "did not normalise"),
    "path below the stage's address": (swap(PATH, "/dev/a%2520b/c"), "only a part of the path"),
    "query not sorted": (swap(QUERY, "b=2&a=1&empty=&plus=x%20y"), "in the order sent"),
    "space as plus": (swap(QUERY, "a=1&b=2&empty=&plus=x+y"), "spaces as +"),
    "no equal-sign": (swap(QUERY, "a=1&b=2&empty&plus=x%20y"), "without their equal-sign"),
    "no query": (swap(QUERY, ""), "no query"),
    "empty body": (swap(sha256(b'{"a": 1}').hexdigest(), sha256(b"").hexdigest()), "an empty body"),
    "unsigned payload": (swap(sha256(b'{"a": 1}').hexdigest(), "UNSIGNED-PAYLOAD"), "UNSIGNED-PAYLOAD"),
    "body written anew": (
        swap(sha256(b'{"a": 1}').hexdigest(), sha256(b'{"a":1}').hexdigest()),
        "another body",
    ),
    "content type": (swap("application/json;charset=UTF-8", "application/json"), "another Content-Type"),
    "token left out": (
        lambda text: text.replace(f"x-amz-security-token:{TOKEN}\n", ""),
        "left the session token out",
    ),
    "no empty line": (swap(f"{TOKEN}\n\n", f"{TOKEN}\n"), "left out the empty line"),
    "method in lower case": (swap("POST\n", "post\n"), "the method post"),
    "another method": (swap("POST\n", "GET\n"), "the method GET"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_the_mistake_of_a_client_is_named(name: str) -> None:
    change, told = MISTAKES[name]
    client = Client()
    refused = client.refused(change(client.text()))
    kept = evidence(refused)
    assert len(kept["mistakes"]) == 1
    assert told in kept["mistakes"][0]
    assert kept["remedies"]
    assert told in reason(refused)


def test_the_first_line_that_differs_is_shown_from_both_sides() -> None:
    client = Client()
    kept = evidence(client.refused(swap("host:127.0.0.1:4566", "host:127.0.0.1")(client.text())))
    assert (kept["client_line"], kept["server_line"]) == ("host:127.0.0.1", "host:127.0.0.1:4566")


def test_two_mistakes_at_once_are_both_named() -> None:
    client = Client()
    text = swap("host:127.0.0.1:4566", "host:127.0.0.1")(client.text())
    text = swap("application/json;charset=UTF-8", "application/json")(text)
    kept = evidence(client.refused(text))
    assert len(kept["mistakes"]) == 2


@pytest.mark.parametrize("scope", ["us-east-1/apigateway", "eu-west-1/execute-api"])
def test_a_signature_for_another_region_or_service_than_claimed_is_named(scope: str) -> None:
    client = Client()
    kept = evidence(client.refused(client.text(), scope=scope))
    assert "another region or service" in kept["mistakes"][0]
    assert kept["client_line"] == scope


@pytest.mark.parametrize("secret", [f"{SECRET}\n", f"{SECRET} ", SECRET.replace("+", "%2B").replace("/", "%2F")])
def test_a_secret_that_was_spoiled_on_its_way_is_named(secret: str) -> None:
    client = Client()
    assert "secret access key" in evidence(client.refused(client.text(), secret=secret))["mistakes"][0]


def test_runs_of_blanks_that_were_signed_as_they_are_are_named() -> None:
    client = Client(headers={"content-type": "text/plain;  charset=utf-8"})
    text = client.text().replace("text/plain; charset=utf-8", "text/plain;  charset=utf-8")
    assert "blanks" in evidence(client.refused(text))["mistakes"][0]


def test_a_wrong_secret_is_none_of_the_mistakes() -> None:
    client = Client()
    kept = evidence(client.refused(client.text(), secret="another secret altogether"))
    assert kept["mistakes"] == ()
    assert "secret" in reason(client.refused(client.text(), secret="another secret altogether"))


def test_a_presigned_url_whose_token_was_added_afterwards_is_named() -> None:
    terms = (
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAEXAMPLE%2F20260921%2Fus-east-1%2Fexecute-api"
        f"%2Faws4_request&X-Amz-Date={STAMP}&X-Amz-Expires=300&X-Amz-SignedHeaders=host"
    )
    headers = (("host", "127.0.0.1:4566"),)
    signed = canonical_request(Request("GET", "/", terms, headers), ("host",), sha256(b"").hexdigest(), service="s")
    scope = "20260921/us-east-1/execute-api/aws4_request"
    key = signing_key(SECRET, "20260921", "us-east-1", "execute-api")
    signature = digest(key, string_to_sign(signed, STAMP, scope).encode(), "sha256").hex()
    request = Request("GET", "/", f"{terms}&X-Amz-Security-Token={TOKEN}&X-Amz-Signature={signature}", headers)
    claim = read_authorization(request)
    assert claim is not None
    with pytest.raises(SignatureRefused) as caught:
        verify(request, claim, SECRET, NOW, services=("execute-api",), region="us-east-1")
    explain(caught.value, request, claim, SECRET)
    assert "after it had signed" in evidence(caught.value)["mistakes"][0]
    assert TOKEN not in str(evidence(caught.value))


def test_nothing_secret_is_kept_of_a_refusal() -> None:
    client = Client(query="access_token=hush&q=1", headers={"x-amz-security-token": TOKEN})
    refused = client.refused(client.text(), secret="another")
    assert "hush" not in str(evidence(refused))
    assert TOKEN not in str(evidence(refused))
    assert SECRET not in str(evidence(refused))


def test_what_is_found_out_is_never_answered() -> None:
    client = Client()
    refused = client.refused(swap("host:127.0.0.1:4566", "host:127.0.0.1")(client.text()))
    assert "another Host" not in words(refused, Dialect.EXECUTE_API).message


def test_only_headers_that_are_known_to_be_harmless_are_shown() -> None:
    text = "GET\n/\n\nhost:h\nx-my-password:hush\n\nhost;x-my-password\nabc"
    assert "hush" not in masked(text)
    assert "x-my-password:(4 characters, not shown)" in masked(text)
    assert "host:h" in masked(text)


def test_parameters_whose_names_say_that_they_are_secret_are_hidden() -> None:
    assert masked_query("a=1&api_key=x&X-Amz-Credential=AKIA&code=y&X-Amz-Security-Token=zzz") == (
        "a=1&api_key=(1 characters, not shown)&X-Amz-Credential=AKIA&code=(1 characters, not shown)"
        "&X-Amz-Security-Token=(3 characters, not shown)"
    )


def test_a_request_with_very_many_headers_is_kept_short() -> None:
    headers = "".join(f"h{number}:{'v' * 1000}\n" for number in range(500))
    assert len(masked(f"GET\n/\n\n{headers}\nnames\nhash")) < 48 * 600


def test_a_hidden_value_tells_its_own_length_however_often_it_is_hidden() -> None:
    canonical = f"GET\n/\nX-Amz-Security-Token={'t' * 1_300}\nx-amz-security-token:{'t' * 1_300}\n\nhost\nhash"
    once = masked(canonical)
    assert "x-amz-security-token:(1300 characters, not shown)" in once
    assert "X-Amz-Security-Token=(1300 characters, not shown)" in once
    assert masked(once) == once
