"""The rows G7 to G10 and G15 of the attack list, where they are the gateway's to answer."""

import json

import pytest

from tests.chains.gateway_world import ACCOUNT, API, REGION, World, answer, mock

ARN = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{API}/dev"


@pytest.fixture
def world() -> World:
    return World()


def allowing(resource: str) -> dict[str, object]:
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": f"{ARN}/{resource}"}],
    }


def allowing_all_but(resource: str) -> dict[str, object]:
    everything = allowing("*")
    deny = {"Effect": "Deny", "Action": "execute-api:Invoke", "Resource": f"{ARN}/{resource}"}
    return {**everything, "Statement": [*everything["Statement"], deny]}  # type: ignore[misc]


@pytest.mark.parametrize(
    "path",
    [
        "/%61dmin",
        "/admin/",
        "/%61%64%6d%69%6e",
        "/admin%2f",
        "/public/../admin",
        "/public/%2e%2e/admin",
        "/./admin",
        "//admin",
        "/admin//",
        "/admin%00",
        "/public\\..\\admin",
        "/%5cadmin",
    ],
)
async def test_g7_no_spelling_of_a_path_escapes_a_deny(world: World, path: str) -> None:
    world.deploy({"/admin": [mock(authorization="AWS_IAM")], "/{proxy+}": [mock(authorization="AWS_IAM")]})
    signer = world.session(world.role(policy=allowing_all_but("*/admin")))
    got = await world.call("GET", path, signer=signer)
    assert got.status in (400, 403) or (path == "/admin%2f" and got.status == 200)


@pytest.mark.parametrize("path", ["/admin", "/%61dmin", "/admin/"])
async def test_g7_a_denied_path_is_denied(world: World, path: str) -> None:
    world.deploy({"/admin": [mock(authorization="AWS_IAM")], "/{proxy+}": [mock(authorization="AWS_IAM")]})
    got = await world.call("GET", path, signer=world.session(world.role(policy=allowing_all_but("*/admin"))))
    assert json.loads(got.body)["Message"].endswith("/GET/admin with an explicit deny")


async def test_g7_an_encoded_slash_never_becomes_a_separator(world: World) -> None:
    echo = (answer(200, '$context.resourcePath $input.params("id")'),)
    world.deploy(
        {"/a/{id}": [mock(authorization="AWS_IAM", responses=echo)], "/a/{id}/secret": [mock(authorization="AWS_IAM")]}
    )
    signer = world.session(world.role(policy=allowing("GET/a/1/secret")))
    assert (await world.call("GET", "/a/1%2Fsecret", signer=signer)).status == 403
    signer = world.session(world.role("Slash", policy=allowing("GET/a/1%2Fsecret")))
    assert (await world.call("GET", "/a/1%2fsecret", signer=signer)).body == b"/a/{id} 1/secret"


@pytest.mark.parametrize("path", ["/demo;x=1", "/demo%23", "/demo%3F", "/DEMO", "/demo%20", "/demo%E2%80%AF"])
async def test_g7_what_looks_like_a_path_is_not_it(world: World, path: str) -> None:
    world.deploy({"/demo": [mock()]})
    assert (await world.call("GET", path)).status == 403


async def test_g8_the_method_that_is_executed_is_the_one_that_is_authorized(world: World) -> None:
    def saying(verb: str) -> object:
        return mock(verb, authorization="AWS_IAM", responses=(answer(200, f"{verb} $context.httpMethod"),))

    world.deploy({"/demo": [saying("GET"), saying("POST"), saying("DELETE")]})  # type: ignore[list-item]
    reader = world.session(world.role(policy=allowing("POST/demo")))
    override = {"x-http-method-override": "DELETE"}
    assert (await world.call("POST", "/demo", signer=reader)).body == b"POST POST"
    refused = await world.call("POST", "/demo", signer=reader, headers=override)
    assert refused.status == 403
    assert json.loads(refused.body)["Message"].endswith("/DELETE/demo")
    deleter = world.session(world.role("Deleter", policy=allowing("DELETE/demo")))
    assert (await world.call("POST", "/demo", signer=deleter, headers=override)).body == b"DELETE DELETE"
    assert (await world.call("POST", "/demo", signer=deleter)).status == 403


async def test_g8_an_override_that_is_not_signed_is_refused(world: World) -> None:
    world.deploy({"/demo": [mock("POST", authorization="AWS_IAM"), mock("DELETE", authorization="AWS_IAM")]})
    request = world.request("POST", "/demo", signer=world.session(world.role()))
    added = type(request)(
        request.method,
        request.path,
        headers=(*request.headers, ("x-http-method-override", "DELETE")),
        request_id=request.request_id,
        received=request.received,
    )
    got = await world.send(added)
    assert (got.status, got.header("x-amzn-ErrorType")) == (403, "InvalidSignatureException")


@pytest.mark.parametrize("value", ["delete", "TRACE", "ANY", "GET, DELETE", "DELETE ", "*"])
async def test_g8_an_override_by_anything_but_one_verb_is_no_method(world: World, value: str) -> None:
    world.deploy({"/demo": [mock("ANY")]})
    assert (await world.call("GET", "/demo", headers={"x-http-method-override": value})).status == 403


async def test_g8_two_overrides_are_no_method(world: World) -> None:
    world.deploy({"/demo": [mock("ANY")]})
    twice = [("x-http-method-override", "GET"), ("x-http-method-override", "DELETE")]
    assert (await world.call("GET", "/demo", headers=twice)).status == 403


IDENTITY = ("sourceIp", "userArn", "caller", "cognitoIdentityId", "accountId", "apiKey")
SPOOFED = {
    "x-forwarded-for": "10.0.0.1",
    "x-real-ip": "10.0.0.1",
    "forwarded": "for=10.0.0.1",
    "x-amzn-iam-user-arn": "arn:aws:iam::1:root",
    "x_amzn_iam_user_arn": "arn:aws:iam::1:root",
    "x-amz-cognito-identity-id": "us-east-1:admin",
    "x-cognito-identity-id": "us-east-1:admin",
    "x-amzn-remapped-authorization": "AWS4-HMAC-SHA256 forged",
    "x-amzn-trace-id": "Root=1-forged",
    "x-amzn-requestid": "forged",
}


async def test_g9_no_header_gives_anybody_an_identity(world: World) -> None:
    template = "{" + ",".join(f'"{name}":"$!context.identity.{name}"' for name in IDENTITY) + "}"
    world.deploy({"/demo": [mock(responses=(answer(200, template),))]})
    plain, spoofed = await world.call("GET", "/demo"), await world.call("GET", "/demo", headers=SPOOFED)
    assert json.loads(spoofed.body) == json.loads(plain.body)
    assert json.loads(spoofed.body)["sourceIp"] == "203.0.113.7"
    assert spoofed.headers == plain.headers


async def test_g9_no_header_satisfies_a_policy(world: World) -> None:
    only_inside = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": "*",
                "Action": "execute-api:Invoke",
                "Resource": "*",
                "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
            }
        ],
    }
    world.deploy({"/demo": [mock()]}, policy=only_inside)
    assert (await world.call("GET", "/demo", headers=SPOOFED)).status == 403
    assert (await world.call("GET", "/demo", client="10.0.0.1")).status == 200


@pytest.mark.parametrize("named", ["authorization", "x-amz-security-token", "x-amz-date", "host"])
async def test_g10_connection_cannot_take_a_header_away(world: World, named: str) -> None:
    world.deploy({"/demo": [mock(authorization="AWS_IAM")], "/open": [mock()]})
    signer = world.session(world.role(policy=None))
    got = await world.call("GET", "/demo", signer=signer, headers={"connection": named})
    assert json.loads(got.body)["Message"].startswith("User: arn:aws:sts::")
    allowed = world.session(world.role("Allowed"))
    assert (await world.call("GET", "/demo", signer=allowed, headers={"connection": named})).status == 200


async def test_g15_an_arn_longer_than_1600_bytes_is_too_long(world: World) -> None:
    world.deploy({"/{proxy+}": [mock(authorization="AWS_IAM")], "/open/{id}": [mock()]})
    signer = world.session(world.role())
    fits = "/" + "a" * (1600 - len(f"{ARN}/GET/"))
    assert (await world.call("GET", fits, signer=signer)).status == 200
    got = await world.call("GET", fits + "a", signer=signer)
    assert (got.status, got.body) == (414, b'{"message":"Request URI too long"}')
    assert (await world.call("GET", "/open/" + "a" * 2000)).status == 200


async def test_g15_header_values_of_more_than_10240_bytes_are_too_large(world: World) -> None:
    world.deploy({"/demo": [mock()]})
    host = len(world.request("GET", "/demo").host)
    assert (await world.call("GET", "/demo", headers={"x-a": "a" * (10_240 - host)})).status == 200
    assert (await world.call("GET", "/demo", headers={"x-a": "a" * (10_241 - host)})).status == 431
    many = [(f"x-{index}", "a" * 100) for index in range(110)]
    assert (await world.call("GET", "/demo", headers=many)).status == 431


async def test_g15_a_body_of_more_than_10_mb_is_too_large(world: World) -> None:
    world.deploy({"/demo": [mock("POST")]})
    limit = 10 * 1024 * 1024
    assert (await world.call("POST", "/demo", body=b" " * limit)).status == 200
    got = await world.call("POST", "/demo", body=b" " * (limit + 1))
    assert (got.status, got.body) == (413, b'{"message":"Request Too Long"}')


async def test_g15_a_url_of_more_than_10240_characters_is_too_long(world: World) -> None:
    world.deploy({"/demo": [mock()]})
    path = len("/dev/demo")
    assert (await world.call("GET", "/demo", query="a" * (10_240 - path))).status == 200
    assert (await world.call("GET", "/demo", query="a" * (10_241 - path))).status == 414
