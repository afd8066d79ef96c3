"""Whatever arrives on a socket is answered or refused: never a 500, never an unhandled exception, never silence.

Two sources: bytes that are anything, and valid signed requests with a few things changed. Every answer is looked at,
and so is the log; at the end the server must serve as it did.
"""

# ruff: noqa: E501 - tables of raw requests read better in one line each
import json
import logging
import random
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.settings import Settings
from tests.chance import examples, seeds
from tests.running import Running, in_process
from tests.security import scene
from tests.security.attacker import FORM, Pen, answers, ask, say, text_of
from tests.services.cognito_idp.signing_in import PASSWORD, by_password, make_user

QUICK = examples(60)


JSON_TYPE = ("Content-Type", "application/x-amz-json-1.1")
FLOWS = [f"ALLOW_{name}" for name in ("USER_PASSWORD_AUTH", "USER_SRP_AUTH", "USER_AUTH", "REFRESH_TOKEN_AUTH")]


class Watched:
    """A server with something in it, and everything that it said in its log."""

    def __init__(self, running: Running, log: list[Any]) -> None:
        self.running = running
        self.port = running.port
        self.log = log
        self.api_id = scene.build_api(running, verb="ANY", path="{proxy+}")
        self.open_id = scene.build_api(running, authorization="NONE", verb="ANY", path="{proxy+}")
        self.pool_id = scene.build_pool(running)
        idp = running.client("cognito-idp")
        made = idp.create_user_pool(PoolName="people", AutoVerifiedAttributes=["email"])
        self.people_id = str(made["UserPool"]["Id"])
        app = idp.create_user_pool_client(UserPoolId=self.people_id, ClientName="app", ExplicitAuthFlows=FLOWS)
        self.client_id = str(app["UserPoolClient"]["ClientId"])
        make_user(idp, self.people_id, email="jane@example.com", email_verified="true")
        tokens = by_password(idp, self.client_id)["AuthenticationResult"]
        self.access_token, self.refresh_token = str(tokens["AccessToken"]), str(tokens["RefreshToken"])

    def throw(self, data: bytes, pieces: int = 1) -> None:
        """Send bytes; whatever comes back must be HTTP, and no failure of ours."""
        said = say(self.port, data, pieces=pieces)
        for answer in answers(said):
            assert answer.status < 500 or answer.status == 501, (answer, data[:2000])
            assert "Traceback" not in answer.text
        assert not self.log, (self.log, data[:2000])

    def still_serves(self) -> bool:
        path = f"/_aws/execute-api/{self.api_id}/dev/x"
        return Pen(service="execute-api", at=time.time()).ask(self.port, "GET", path).status == 200


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    said: list[Any] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.levelno >= logging.WARNING and not record.name.startswith(("botocore", "urllib3")):
                said.append(record.getMessage())

    ear = Ear()
    logging.getLogger().addHandler(ear)
    try:
        with in_process(Settings(data=tmp_path_factory.mktemp("fuzz"), port=0, dev=True)) as running:
            yield Watched(running, said)
    finally:
        logging.getLogger().removeHandler(ear)


def _requests(watched: Watched) -> list[bytes]:
    """Return valid requests of every kind, signed now."""
    now = time.time()

    def signed(service: str, method: str, target: str, *headers: tuple[str, str], body: bytes = b"") -> bytes:
        return text_of(method, target, Pen(service=service, at=now).headers(method, target, headers, body), body)

    stage = f"/_aws/execute-api/{watched.api_id}/dev"
    document = scene.trust_of(watched.pool_id).replace('"', "%22").replace(" ", "+")
    return [
        signed("sts", "POST", "/", FORM, body=b"Action=GetCallerIdentity&Version=2011-06-15"),
        signed("sts", "GET", "/?Action=GetCallerIdentity&Version=2011-06-15"),
        signed("iam", "POST", "/", FORM, body=b"Action=ListUsers&Version=2010-05-08&MaxItems=3&PathPrefix=%2F"),
        signed("iam", "POST", "/", FORM, body=b"Action=TagRole&Version=2010-05-08&RoleName=visitors&Tags.member.1.Key=a"
               b"&Tags.member.1.Value=b"),
        signed("iam", "POST", "/", FORM, body=b"Action=UpdateAssumeRolePolicy&Version=2010-05-08&RoleName=visitors"
               b"&PolicyDocument=" + document.encode()),
        signed("apigateway", "GET", f"/restapis/{watched.api_id}/resources?embed=methods&limit=3"),
        signed("apigateway", "POST", "/restapis", ("Content-Type", "application/json"), body=b'{"name":"x","tags":{"a":"b"}}'),
        signed("apigateway", "PATCH", f"/restapis/{watched.open_id}", ("Content-Type", "application/json"),
               body=b'{"patchOperations":[{"op":"replace","path":"/name","value":"y"}]}'),
        signed("apigateway", "PATCH", f"/restapis/{watched.open_id}/stages/dev", ("Content-Type", "application/json"),
               body=b'{"patchOperations":[{"op":"replace","path":"/variables/a","value":"y"}]}'),
        signed("cognito-identity", "POST", "/", JSON_TYPE, ("X-Amz-Target", "AWSCognitoIdentityService.ListIdentityPools"),
               body=b'{"MaxResults":10}'),
        text_of("POST", "/", [("Host", "localhost"), JSON_TYPE, ("X-Amz-Target", "AWSCognitoIdentityService.GetId")],
                b'{"IdentityPoolId":"' + watched.pool_id.encode() + b'"}'),
        signed("execute-api", "GET", f"{stage}/a/b?x=1&y=%20", ("Accept", "application/json")),
        signed("execute-api", "POST", f"{stage}/a", ("Content-Type", "application/json"), body=b'{"a":[1,2,{"b":null}]}'),
        text_of("GET", f"/_aws/execute-api/{watched.open_id}/dev/a", [("Host", "localhost")]),
        text_of("OPTIONS", "/", [("Host", "localhost"), ("Origin", "http://localhost"), ("Access-Control-Request-Method", "PUT")]),
        text_of("GET", "/_gatewright/health", [("Host", "localhost")]),
    ]  # fmt: skip


TOKENS = [
    b"\r\n", b"\n", b"\r", b"\x00", b" ", b"\t", b":", b"/", b"//", b"/../", b"%", b"%00", b"%2f", b"%zz", b"?", b"&", b"=",
    b";", b"#", b"\\", b"\"", b"'", b"{", b"}", b"[", b"]", b"<", b">", b"\xff", b"\xc3\xa9", b"\xed\xa0\x80", b"-1", b"0",
    b"99999999999999999999", b"1e999", b"null", b"AWS4-HMAC-SHA256", b"Signature=", b"Credential=", b"X-Amz-Date: x\r\n",
    b"Transfer-Encoding: chunked\r\n", b"Content-Length: 5\r\n", b"Host: x\r\n", b"X-HTTP-Method-Override: DELETE\r\n",
    b"Connection: upgrade\r\n", b"Expect: 100-continue\r\n", b"a" * 5000, b"$context", b"#set($x=1)", b"${aws:username}", b"*",
]  # fmt: skip


def mutated(request: bytes, draw: random.Random) -> bytes:
    """Change a request in one to four places."""
    data = bytearray(request)
    for _ in range(draw.randint(1, 4)):
        at = draw.randrange(len(data) + 1)
        kind = draw.randrange(6)
        if kind == 0 and data:
            data[at % len(data)] = draw.randrange(256)
        elif kind == 1:
            data[at:at] = draw.choice(TOKENS)
        elif kind == 2:
            del data[at : at + draw.randint(1, 40)]
        elif kind == 3:
            other = draw.randrange(len(data) + 1)
            data[at:at] = data[other : other + draw.randint(1, 80)]
        elif kind == 4:
            lines = bytes(data).split(b"\r\n")
            if len(lines) > 2:
                line = draw.randrange(1, len(lines))
                lines.insert(line, lines[draw.randrange(1, len(lines))])
            data = bytearray(b"\r\n".join(lines))
        else:
            data[at : at + 1] = draw.choice(TOKENS)
    return bytes(data)


@pytest.mark.parametrize("seed", seeds(8))
def test_changed_requests_never_break_the_server(watched: Watched, seed: int) -> None:
    draw = random.Random(seed)
    for request in _requests(watched):
        for _ in range(12):
            watched.throw(mutated(request, draw), draw.choice((1, 1, 1, 2, 5)))
    assert watched.still_serves()


def _resigned(watched: Watched, draw: random.Random) -> bytes:
    """A request whose target, headers and body were changed *before* it was signed, so that it gets past the door."""
    service, method, target, headers, body = draw.choice(
        [
            ("iam", "POST", "/", [FORM], b"Action=CreateRole&Version=2010-05-08&RoleName=a&AssumeRolePolicyDocument=%7B%7D"),
            ("iam", "POST", "/", [FORM], b"Action=PutRolePolicy&Version=2010-05-08&RoleName=visitors&PolicyName=p"
             b"&PolicyDocument=%7B%22Version%22:%222012-10-17%22,%22Statement%22:[]%7D"),
            ("iam", "POST", "/", [FORM], b"Action=ListRoles&Version=2010-05-08&Marker=x&MaxItems=1"),
            ("sts", "POST", "/", [FORM], b"Action=AssumeRole&Version=2011-06-15&RoleSessionName=ab&DurationSeconds=900"
             b"&RoleArn=arn:aws:iam::000000000000:role/visitors&Tags.member.1.Key=a&Tags.member.1.Value=b"),
            ("apigateway", "PUT", f"/restapis/{watched.open_id}/gatewayresponses/DEFAULT_4XX",
             [("Content-Type", "application/json")], b'{"statusCode":"418","responseParameters":{},"responseTemplates":{}}'),
            ("apigateway", "PATCH", f"/restapis/{watched.open_id}/stages/dev", [("Content-Type", "application/json")],
             b'{"patchOperations":[{"op":"replace","path":"/variables/a","value":"y"}]}'),
            ("apigateway", "POST", f"/restapis/{watched.open_id}/deployments", [("Content-Type", "application/json")],
             b'{"stageName":"other","variables":{"a":"b"},"description":"x"}'),
            ("apigateway", "GET", f"/restapis/{watched.open_id}/resources?limit=2&position=x", [], b""),
            ("cognito-identity", "POST", "/", [("X-Amz-Target", "AWSCognitoIdentityService.CreateIdentityPool"),
             ("Content-Type", "application/x-amz-json-1.1")],
             b'{"IdentityPoolName":"x","AllowUnauthenticatedIdentities":true,"IdentityPoolTags":{"a":"b"}}'),
            ("execute-api", "GET", f"/_aws/execute-api/{watched.api_id}/dev/a?x=1", [("Accept", "a/b")], b""),
        ]
    )  # fmt: skip
    where = draw.randrange(3)
    if where == 0:
        text = mutated(target.encode(), draw).decode("latin-1")
        plain = "".join(character for character in text if "!" <= character <= "~" and character != "#")
        target = plain if plain.startswith("/") else f"/{plain}"
    elif body:
        body = mutated(body, draw)
    else:
        value = mutated(b"application/json", draw).decode("latin-1")
        headers = [*headers, ("X-Fuzzed", "".join(each for each in value if each.isprintable()))]
    pen = Pen(service=service, at=time.time())
    return text_of(method, target, pen.headers(method, target, headers, body), body)


@pytest.mark.parametrize("seed", seeds(8))
def test_changed_and_then_signed_requests_never_break_a_service(watched: Watched, seed: int) -> None:
    draw = random.Random(1000 + seed)
    for _ in range(150):
        watched.throw(_resigned(watched, draw))
    assert watched.still_serves()


def _calls_of_users(watched: Watched) -> list[tuple[str, dict[str, Any]]]:
    """What people and apps send to a user pool without any signature."""
    client, token = {"ClientId": watched.client_id}, {"AccessToken": watched.access_token}
    secret = {"USERNAME": "jane", "PASSWORD": PASSWORD}
    block = {"PASSWORD_CLAIM_SECRET_BLOCK": "AAAA", "PASSWORD_CLAIM_SIGNATURE": "AAAA", "USERNAME": "jane"}
    moment = {"TIMESTAMP": "Tue Feb 3 04:05:06 UTC 2026"}
    passkey = (
        '{"id":"YQ","rawId":"YQ","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"AA"}}'
    )
    return [
        ("SignUp", {**client, "Username": "joe", "Password": PASSWORD, "UserAttributes": [{"Name": "email", "Value": "j@e.x"}]}),
        ("ConfirmSignUp", {**client, "Username": "jane", "ConfirmationCode": "123456"}),
        ("ForgotPassword", {**client, "Username": "jane", "ClientMetadata": {"a": "b"}}),
        ("ConfirmForgotPassword", {**client, "Username": "jane", "ConfirmationCode": "123456", "Password": PASSWORD}),
        ("InitiateAuth", {**client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": secret}),
        ("InitiateAuth", {**client, "AuthFlow": "USER_SRP_AUTH", "AuthParameters": {"USERNAME": "jane", "SRP_A": "ab" * 384}}),
        ("InitiateAuth", {**client, "AuthFlow": "USER_AUTH", "AuthParameters": {"USERNAME": "jane", "PREFERRED_CHALLENGE": "EMAIL_OTP"}}),
        ("InitiateAuth", {**client, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": {"REFRESH_TOKEN": watched.refresh_token}}),
        ("GetTokensFromRefreshToken", {**client, "RefreshToken": watched.refresh_token}),
        ("RespondToAuthChallenge", {**client, "ChallengeName": "PASSWORD_VERIFIER", "ChallengeResponses": {**block, **moment}}),
        ("RespondToAuthChallenge", {**client, "ChallengeName": "WEB_AUTHN", "Session": "A" * 40,
                                    "ChallengeResponses": {"USERNAME": "jane", "CREDENTIAL": passkey}}),
        ("GetUser", token),
        ("UpdateUserAttributes", {**token, "UserAttributes": [{"Name": "name", "Value": "Jane"}]}),
        ("CompleteWebAuthnRegistration", {**token, "Credential": {"id": "YQ", "response": {"attestationObject": "AA"}}}),
        ("ConfirmDevice", {**token, "DeviceKey": "us-east-1_11111111-2222-4333-8444-555555555555",
                           "DeviceSecretVerifierConfig": {"PasswordVerifier": "AAAA", "Salt": "AAAA"}}),
        ("VerifySoftwareToken", {**token, "UserCode": "123456", "FriendlyDeviceName": "phone"}),
    ]  # fmt: skip


@pytest.mark.parametrize("seed", seeds(4))
def test_changed_calls_of_users_never_break_a_user_pool(watched: Watched, seed: int) -> None:
    draw = random.Random(2000 + seed)
    for operation, params in _calls_of_users(watched):
        target = ("X-Amz-Target", f"AWSCognitoIdentityProviderService.{operation}")
        for _ in range(10):
            body = mutated(json.dumps(params).encode(), draw)
            watched.throw(text_of("POST", "/", [("Host", "localhost"), target, JSON_TYPE], body))
    assert watched.still_serves()


def _pages(watched: Watched) -> list[tuple[str, str]]:
    """Pages, and the service that each is signed for."""
    return [
        ("gatewright", "/_gatewright/requests?limit=5&status=4xx&since=0&method=GET&refused=true&api=x&next=x"),
        ("gatewright", "/_gatewright/outbox?limit=5&since=1.5&to=jane&medium=email&status=mailbox&pool=us-east-1_x"),
        ("gatewright", "/_gatewright/decisions?role=visitors&since=0"),
        ("cognito-idp", f"/{watched.people_id}/.well-known/jwks.json"),
        ("cognito-idp", "/_aws/cognito-idp/import-jobs/import-x?Expires=99999999999&Signature=00"),
    ]


@pytest.mark.parametrize("seed", seeds(2))
def test_changed_addresses_of_pages_never_break_the_product(watched: Watched, seed: int) -> None:
    draw = random.Random(3000 + seed)
    for service, address in _pages(watched):
        for _ in range(40):
            text = mutated(address.encode(), draw).decode("latin-1")
            target = "/" + "".join(each for each in text if "!" <= each <= "~" and each != "#").lstrip("/")
            pen = Pen(service=service, at=time.time())
            watched.throw(text_of("GET", target, pen.headers("GET", target, [], b""), b""))
    assert watched.still_serves()


@QUICK
@given(data=st.binary(min_size=1, max_size=3000), pieces=st.sampled_from([1, 2, 7]))
def test_any_bytes_are_refused_and_the_server_goes_on(watched: Watched, data: bytes, pieces: int) -> None:
    watched.throw(data, pieces)


@QUICK
@given(
    path=st.binary(max_size=200).map(lambda raw: bytes(byte for byte in raw if byte not in b"\r\n ")),
    host=st.text("abc.-:[]@/%localhost", max_size=60),
    method=st.sampled_from(["GET", "POST", "DELETE", "OPTIONS", "HEAD", "PROPFIND", "get", "CONNECT", "PRI"]),
)
def test_any_path_and_any_host_are_answered(watched: Watched, path: bytes, host: str, method: str) -> None:
    head = f"{method} /".encode() + path + f" HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
    said = say(watched.port, head)
    assert said.startswith(b"HTTP/1.1 ")
    status = int(said[9:12])
    assert status < 500 or status == 501
    assert not watched.log


def test_it_serves_as_it_did(watched: Watched) -> None:
    assert watched.still_serves()
    assert ask(watched.port, "GET", "/_gatewright/health").status == 200
