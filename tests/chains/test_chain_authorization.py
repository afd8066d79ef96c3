"""NONE and AWS_IAM from the request line to the answer."""

import dataclasses
import json
from typing import Any

import msgspec
import pytest

from gatewright.wire.http import Request
from tests.chains.gateway_world import ACCOUNT, ALLOW_DEV, API, NOW, REGION, REQUEST_ID, World, mock

ARN = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{API}/dev"
MASKED = f"arn:aws:execute-api:{REGION}:********3333:{API}/dev"


def statement(effect: str, resource: str | list[str], **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": "execute-api:Invoke", "Resource": resource, **more}


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def everybody(effect: str, resource: str, **more: Any) -> dict[str, Any]:
    return statement(effect, resource, Principal="*", **more)


@pytest.fixture
def guarded(world: World) -> World:
    world.deploy({"/demo": [mock(authorization="AWS_IAM")], "/pets/{id}": [mock(authorization="AWS_IAM")]})
    return world


async def test_an_unsigned_request_is_refused_as_the_article_shows(guarded: World) -> None:
    got = await guarded.call("GET", "/demo")
    assert (got.status, json.loads(got.body)) == (403, {"message": "Missing Authentication Token"})
    assert got.header("x-amzn-ErrorType") == "MissingAuthenticationTokenException"
    assert got.header("Content-Type") == "application/json"


async def test_a_signed_request_of_a_role_that_may_is_let_in(guarded: World) -> None:
    got = await guarded.call("GET", "/demo", signer=guarded.session(guarded.role()))
    assert (got.status, got.body) == (200, b'{"hello":"world"}')


async def test_the_root_of_the_account_is_let_in(guarded: World) -> None:
    assert (await guarded.call("GET", "/demo", signer=guarded.root)).status == 200


async def test_a_role_without_a_policy_is_refused_in_awss_words(guarded: World) -> None:
    got = await guarded.call("GET", "/demo", signer=guarded.session(guarded.role(policy=None)))
    who = f"arn:aws:sts::{ACCOUNT}:assumed-role/Visitor/visit"
    message = f"User: {who} is not authorized to perform: execute-api:Invoke on resource: {MASKED}/GET/demo"
    assert (got.status, json.loads(got.body)) == (403, {"Message": message})
    assert got.header("x-amzn-ErrorType") == "AccessDeniedException"


async def test_an_explicit_deny_is_named(guarded: World) -> None:
    role = guarded.role(policy=policy(statement("Allow", "*"), statement("Deny", f"{ARN}/GET/demo")))
    got = await guarded.call("GET", "/demo", signer=guarded.session(role))
    assert got.status == 403
    assert json.loads(got.body)["Message"].endswith(f"{MASKED}/GET/demo with an explicit deny")


async def test_the_resource_is_the_path_that_was_asked_for(guarded: World) -> None:
    signer = guarded.session(guarded.role(policy=policy(statement("Allow", f"{ARN}/GET/pets/7"))))
    assert (await guarded.call("GET", "/pets/7", signer=signer)).status == 200
    assert (await guarded.call("GET", "/pets/%37", signer=signer)).status == 200
    assert (await guarded.call("GET", "/pets/7/", signer=signer)).status == 200
    assert (await guarded.call("GET", "/pets/8", signer=signer)).status == 403
    assert (await guarded.call("GET", "/pets/7%2F7", signer=signer)).status == 403


async def test_the_root_resource_ends_with_a_slash(world: World) -> None:
    world.deploy({"/": [mock(authorization="AWS_IAM")]})
    got = await world.call("GET", "", signer=world.session(world.role(policy=None)))
    assert json.loads(got.body)["Message"].endswith(f"{MASKED}/GET/")


async def test_a_wrong_secret_is_told_what_should_have_been_signed(guarded: World) -> None:
    signer = msgspec.structs.replace(guarded.session(guarded.role()), secret_access_key="guess")
    got = await guarded.call("GET", "/demo", signer=signer)
    assert (got.status, got.header("x-amzn-ErrorType")) == (403, "InvalidSignatureException")
    message = json.loads(got.body)["message"]
    assert message.startswith("The request signature we calculated does not match the signature you provided.")
    assert "The Canonical String for this request should have been" in message
    assert "String-to-Sign" in message


async def test_an_unknown_key_and_a_foreign_token_are_refused_alike(guarded: World) -> None:
    mine, other = guarded.session(guarded.role()), guarded.session(guarded.role("Other"))
    for signer in (
        msgspec.structs.replace(mine, access_key_id="AKIANOBODYNOBODYNOBO", session_token=None),
        msgspec.structs.replace(mine, session_token=None),
        msgspec.structs.replace(mine, session_token=other.session_token),
        msgspec.structs.replace(mine, session_token="garbage"),
        msgspec.structs.replace(guarded.root, session_token=mine.session_token),
    ):
        got = await guarded.call("GET", "/demo", signer=signer)
        assert (got.status, got.header("x-amzn-ErrorType")) == (403, "UnrecognizedClientException")
        assert got.body == b'{"message":"The security token included in the request is invalid."}'


async def test_an_expired_session_says_so(guarded: World) -> None:
    signer = guarded.session(guarded.role(), lasts=60)
    guarded.now += 61
    got = await guarded.call("GET", "/demo", signer=signer)
    assert (got.status, got.header("x-amzn-ErrorType")) == (403, "ExpiredTokenException")
    assert got.body == b'{"message":"The security token included in the request is expired"}'


async def test_a_session_that_was_let_in_expires_all_the_same(guarded: World) -> None:
    signer = guarded.session(guarded.role(), lasts=60)
    assert (await guarded.call("GET", "/demo", signer=signer)).status == 200
    guarded.now += 61
    assert (await guarded.call("GET", "/demo", signer=signer)).status == 403


async def test_a_session_ends_with_its_role(guarded: World) -> None:
    role = guarded.role()
    signer = guarded.session(role)
    assert (await guarded.call("GET", "/demo", signer=signer)).status == 200
    guarded.principals.put(role.arn, None)
    assert (await guarded.call("GET", "/demo", signer=signer)).status == 403


async def test_an_old_signature_is_refused(guarded: World) -> None:
    request = guarded.request("GET", "/demo", signer=guarded.session(guarded.role()))
    late = Request(
        request.method,
        request.path,
        request.query,
        request.headers,
        request.body,
        request.client,
        request_id=REQUEST_ID,
        received=NOW + 360,
    )
    got = await guarded.send(late)
    assert (got.status, got.header("x-amzn-ErrorType")) == (403, "InvalidSignatureException")
    assert json.loads(got.body)["message"].startswith("Signature expired:")


async def test_something_that_is_no_signature_is_incomplete(guarded: World) -> None:
    got = await guarded.call("GET", "/demo", headers={"authorization": "Bearer abc"})
    assert (got.status, got.header("x-amzn-ErrorType")) == (403, "IncompleteSignatureException")


async def test_a_changed_body_is_refused(guarded: World) -> None:
    guarded.deploy({"/demo": [mock("POST", authorization="AWS_IAM")]})
    signer = guarded.session(guarded.role())
    request = guarded.request("POST", "/demo", body=b"{}", signer=signer)
    assert (await guarded.send(request)).status == 200
    changed = Request(
        request.method,
        request.path,
        request.query,
        request.headers,
        b'{"a":1}',
        request.client,
        request_id=REQUEST_ID,
        received=NOW,
    )
    assert (await guarded.send(changed)).status == 403


# --- what limits a session


async def test_a_session_policy_only_narrows(guarded: World) -> None:
    role = guarded.role()
    pets = policy(statement("Allow", f"{ARN}/GET/pets/*"))
    signer = guarded.session(role, policies=(pets,))
    assert (await guarded.call("GET", "/pets/1", signer=signer)).status == 200
    assert (await guarded.call("GET", "/demo", signer=signer)).status == 403
    weak = guarded.session(guarded.role("Weak", policy=None), policies=(policy(statement("Allow", "*")),))
    assert (await guarded.call("GET", "/demo", signer=weak)).status == 403


async def test_a_boundary_only_narrows(guarded: World) -> None:
    role = guarded.role(boundary=policy(statement("Allow", f"{ARN}/GET/pets/*")))
    signer = guarded.session(role)
    assert (await guarded.call("GET", "/pets/1", signer=signer)).status == 200
    assert (await guarded.call("GET", "/demo", signer=signer)).status == 403


# --- what is remembered of decisions


async def test_a_remembered_allow_ends_with_the_policy_that_gave_it(guarded: World) -> None:
    signer = guarded.session(guarded.role())
    assert (await guarded.call("GET", "/demo", signer=signer)).status == 200
    assert len(guarded.ports.decisions) == 1
    guarded.role(policy=None)  # published anew, the same role without its policy
    assert (await guarded.call("GET", "/demo", signer=signer)).status == 403


async def test_a_remembered_deny_ends_with_the_policy_that_gave_it(guarded: World) -> None:
    signer = guarded.session(guarded.role(policy=None))
    assert (await guarded.call("GET", "/demo", signer=signer)).status == 403
    guarded.role()
    assert (await guarded.call("GET", "/demo", signer=signer)).status == 200


async def test_a_remembered_allow_ends_with_the_deployment(guarded: World) -> None:
    signer = guarded.session(guarded.role())
    assert (await guarded.call("GET", "/demo", signer=signer)).status == 200
    denied = policy(everybody("Deny", f"{ARN}/GET/demo"))
    guarded.deploy({"/demo": [mock(authorization="AWS_IAM")]}, policy=denied)
    assert (await guarded.call("GET", "/demo", signer=signer)).status == 403


async def test_a_remembered_allow_is_of_one_session_and_one_resource(guarded: World) -> None:
    role = guarded.role()
    assert (await guarded.call("GET", "/demo", signer=guarded.session(role))).status == 200
    narrowed = guarded.session(role, policies=(policy(statement("Allow", f"{ARN}/GET/pets/*")),))
    assert (await guarded.call("GET", "/demo", signer=narrowed)).status == 403
    only_demo = guarded.session(guarded.role("Demo", policy(statement("Allow", f"{ARN}/GET/demo"))))
    assert (await guarded.call("GET", "/demo", signer=only_demo)).status == 200
    assert (await guarded.call("GET", "/pets/1", signer=only_demo)).status == 403


async def test_what_depends_on_the_request_is_not_remembered(guarded: World) -> None:
    here = statement("Allow", "*", Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})
    signer = guarded.session(guarded.role(policy=policy(here)))
    assert (await guarded.call("GET", "/demo", signer=signer)).status == 200
    assert (await guarded.call("GET", "/demo", signer=signer, client="198.51.100.1")).status == 403
    assert (await guarded.call("GET", "/demo", signer=signer)).status == 200


async def test_a_remembered_decision_is_for_the_very_caller_it_was_made_for(guarded: World) -> None:
    signer = guarded.session(guarded.role())
    assert (await guarded.call("GET", "/demo", signer=signer)).status == 200
    ((key, (caller, decision)),) = guarded.ports.decisions._known.items()
    assert guarded.ports.decisions.get(key, caller) is decision
    same_but_another = msgspec.structs.replace(caller)  # such as a key that was published again with other tags
    assert guarded.ports.decisions.get(key, same_but_another) is None


async def test_the_last_decision_about_a_session_is_found_with_it_and_nowhere_else(guarded: World) -> None:
    signer = guarded.session(guarded.role())
    for _ in range(2):
        assert (await guarded.call("GET", "/demo", signer=signer)).status == 200
    guarded.ports.decisions._known.clear()
    assert (await guarded.call("GET", "/demo", signer=signer)).status == 200
    assert not guarded.ports.decisions._known
    assert (await guarded.call("GET", "/pets/1", signer=signer)).status == 200
    assert len(guarded.ports.decisions) == 1
    guarded.role("Other", policy=None)  # a change elsewhere
    assert (await guarded.call("GET", "/pets/1", signer=signer)).status == 200
    guarded.role(policy=policy(statement("Allow", f"{ARN}/GET/demo")))
    assert (await guarded.call("GET", "/pets/1", signer=signer)).status == 403
    assert (await guarded.call("GET", "/demo", signer=signer)).status == 200


async def test_a_decision_that_could_not_be_written_down_is_remembered_and_offered_again_later(guarded: World) -> None:
    offered: list[str] = []

    def full(_asked: object, _policies: object, _decision: object, pattern: str) -> bool:
        offered.append(pattern)
        return len(offered) == 3

    guarded.ports = dataclasses.replace(guarded.ports, decided=full)
    signer = guarded.session(guarded.role())
    for later, so_far in ((0, 1), (59, 1), (70, 2), (120, 2), (140, 3), (900, 3), (4_000, 3)):
        guarded.now = NOW + later
        signer = signer if later < 3_600 else guarded.session(guarded.role())
        assert (await guarded.call("GET", "/demo", signer=signer)).status == 200
        assert len(offered) == so_far + (later > 3_600)


async def test_remembered_decisions_are_bounded(world: World) -> None:
    world.deploy({"/{proxy+}": [mock(authorization="AWS_IAM")]})
    signer = world.session(world.role())
    for index in range(60):
        assert (await world.call("GET", f"/p{index}", signer=signer)).status == 200
    known = type(world.ports.decisions)(most=10)
    assert len(world.ports.decisions) == 60
    for index, (caller, decision) in enumerate(list(world.ports.decisions._known.values())):
        known.put(index, caller, decision)
    assert len(known) == 10


# --- resource policies


@pytest.mark.parametrize(
    ("resource_policy", "status"),
    [
        (None, 200),
        (policy(everybody("Allow", f"{ARN}/GET/demo")), 200),
        (policy(everybody("Allow", f"{ARN}/POST/demo")), 403),
        (policy(everybody("Allow", f"{ARN}/*"), everybody("Deny", f"{ARN}/GET/demo")), 403),
        (policy(everybody("Allow", f"{ARN}/*", Condition={"IpAddress": {"aws:SourceIp": "203.0.113.7"}})), 200),
        (policy(everybody("Allow", f"{ARN}/*", Condition={"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}})), 403),
        (policy(statement("Allow", f"{ARN}/*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})), 403),
    ],
)
async def test_an_open_method_passes_only_where_the_resource_policy_allows(
    world: World, resource_policy: Any, status: int
) -> None:
    world.deploy({"/demo": [mock()]}, policy=resource_policy)
    got = await world.call("GET", "/demo")
    assert got.status == status
    if status == 403:
        start = f"User: anonymous is not authorized to perform: execute-api:Invoke on resource: {MASKED}/GET/demo"
        assert json.loads(got.body)["Message"].startswith(start)


async def test_a_signature_on_an_open_method_proves_nothing(world: World) -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/Visitor"
    world.deploy({"/demo": [mock()]}, policy=policy(statement("Allow", f"{ARN}/*", Principal={"AWS": role})))
    assert (await world.call("GET", "/demo", signer=world.session(world.role()))).status == 403


IDENTITY = {"allow": ALLOW_DEV, "silent": None, "deny": policy(statement("Deny", "*"))}
RESOURCE = {
    "allow": policy(everybody("Allow", f"{ARN}/*")),
    "silent": policy(everybody("Allow", f"{ARN}/GET/other")),
    "deny": policy(everybody("Deny", f"{ARN}/*")),
}


@pytest.mark.parametrize(
    ("identity", "resource", "same", "other"),
    [
        ("allow", "allow", 200, 200),
        ("allow", "silent", 200, 403),
        ("allow", "deny", 403, 403),
        ("silent", "allow", 200, 403),
        ("silent", "silent", 403, 403),
        ("silent", "deny", 403, 403),
        ("deny", "allow", 403, 403),
        ("deny", "silent", 403, 403),
        ("deny", "deny", 403, 403),
    ],
)
async def test_identity_and_resource_policies_meet_as_in_tables_a_and_b(
    world: World, identity: str, resource: str, same: int, other: int
) -> None:
    world.deploy({"/demo": [mock(authorization="AWS_IAM")]}, policy=RESOURCE[resource])
    at_home = world.session(world.role("Home", IDENTITY[identity]))
    abroad = world.session(world.role("Abroad", IDENTITY[identity], account="999988887777"))
    assert (await world.call("GET", "/demo", signer=at_home)).status == same
    assert (await world.call("GET", "/demo", signer=abroad)).status == other


@pytest.mark.parametrize("authorization", ["NONE", "AWS_IAM"])
async def test_a_resource_policy_that_cannot_be_read_lets_nobody_in(world: World, authorization: str) -> None:
    world.deploy({"/demo": [mock(authorization=authorization)]}, policy='{"Version":"2012-10-17"}')
    got = await world.call("GET", "/demo", signer=world.root if authorization == "AWS_IAM" else None)
    assert (got.status, got.body) == (500, b'{"message":"Internal server error"}')


@pytest.mark.parametrize("kind", ["CUSTOM", "COGNITO_USER_POOLS", "", "none"])
async def test_an_authorization_that_is_not_built_lets_nobody_in(world: World, kind: str) -> None:
    world.deploy({"/demo": [mock(authorization=kind)]})
    got = await world.call("GET", "/demo", signer=world.root)
    assert (got.status, got.header("x-amzn-ErrorType")) == (500, "AuthorizerConfigurationException")


# --- who it was


async def test_the_context_knows_the_visitor_of_an_identity_pool(world: World) -> None:
    names = [
        "cognitoIdentityId",
        "cognitoIdentityPoolId",
        "cognitoAuthenticationType",
        "userArn",
        "caller",
        "accountId",
    ]
    template = "{" + ",".join(f'"{name}":"$context.identity.{name}"' for name in names) + "}"
    from tests.chains.gateway_world import answer

    world.deploy({"/demo": [mock(authorization="AWS_IAM", responses=(answer(200, template),))]})
    role = world.role()
    claims = {
        "cognito-identity.amazonaws.com:sub": ("us-east-1:identity",),
        "cognito-identity.amazonaws.com:aud": ("us-east-1:pool",),
        "cognito-identity.amazonaws.com:amr": ("unauthenticated",),
    }
    got = await world.call("GET", "/demo", signer=world.session(role, context=claims))
    assert json.loads(got.body) == {
        "cognitoIdentityId": "us-east-1:identity",
        "cognitoIdentityPoolId": "us-east-1:pool",
        "cognitoAuthenticationType": "unauthenticated",
        "userArn": f"arn:aws:sts::{ACCOUNT}:assumed-role/Visitor/visit",
        "caller": f"{role.unique_id}:visit",
        "accountId": ACCOUNT,
    }


# --- why


async def test_a_refusal_is_kept_with_its_reason(guarded: World) -> None:
    await guarded.call("GET", "/demo", signer=guarded.session(guarded.role(policy=None)))
    trace, summary = guarded.sink.kept[-1]
    assert (summary.status, summary.error_type, summary.path) == (403, "AccessDeniedException", "/dev/demo")
    assert [step.name for step in trace.steps] == ["find", "match", "authenticate", "authorize", "answer"]
    assert summary.caller == f"arn:aws:sts::{ACCOUNT}:assumed-role/Visitor/visit"
    assert "execute-api:Invoke" in guarded.sink.reasons


async def test_a_wrong_signature_is_kept_with_what_was_computed(guarded: World) -> None:
    signer = msgspec.structs.replace(guarded.session(guarded.role()), secret_access_key="guess")
    await guarded.call("GET", "/demo", signer=signer)
    trace, _ = guarded.sink.kept[-1]
    details = trace.steps[2].details
    assert details["string_to_sign"].startswith("AWS4-HMAC-SHA256\n")
    assert str(signer.session_token) not in str(trace.steps)


async def test_a_success_is_kept_only_where_wanted(guarded: World) -> None:
    signer = guarded.session(guarded.role())
    await guarded.call("GET", "/demo", signer=signer)
    assert not guarded.sink.kept
    guarded.sink.wants_success = True
    await guarded.call("GET", "/demo", signer=signer)
    trace, summary = guarded.sink.kept[-1]
    story = ["find", "match", "authenticate", "authorize", "map_request", "integrate", "map_response", "answer"]
    assert [step.name for step in trace.steps] == story
    assert summary.caller.endswith("assumed-role/Visitor/visit")
