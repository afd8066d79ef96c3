"""Whatever is sent to a stage is answered, by a gateway that never breaks and never lets anybody in by accident."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.wire.http import Request
from tests.chains.gateway_world import NOW, REQUEST_ID, World, answer, customized, mock
from tests.chance import examples

LATIN = st.characters(min_codepoint=1, max_codepoint=255)
NAMES = st.sampled_from(
    [
        "accept",
        "authorization",
        "connection",
        "content-type",
        "host",
        "x-amz-content-sha256",
        "x-amz-date",
        "x-amz-security-token",
        "x-http-method-override",
        "x-thing",
    ]
)
VALUES = st.one_of(
    st.text(LATIN, max_size=60),
    st.sampled_from(
        [
            "application/json",
            "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/execute-api/aws4_request, SignedHeaders=host, Sig=0",
            "Bearer x.y.z",
            "20260101T000000Z",
            "DELETE",
        ]
    ),
)
REQUESTS = st.builds(
    Request,
    method=st.sampled_from(["GET", "POST", "HEAD", "OPTIONS", "TRACE", "get", ""]),
    path=st.one_of(
        st.text(LATIN, max_size=30),
        st.lists(st.sampled_from(["guarded", "open", "%2e", "..", "a%2Fb", "", ";x", "%zz", "é"]), max_size=5).map(
            "/".join
        ),
    ).map(lambda path: "/dev/" + path),
    query=st.text(LATIN, max_size=60),
    headers=st.lists(st.tuples(NAMES, VALUES), max_size=6).map(tuple),
    body=st.binary(max_size=60),
    client=st.just("203.0.113.7"),
    request_id=st.just(REQUEST_ID),
    received=st.just(NOW),
)
TEMPLATE = '{"a":"$input.params("q")","b":$input.json("$"),"c":"$input.path("$.x")","ip":"$context.identity.sourceIp"}'


@pytest.fixture(scope="module")
def world() -> World:
    world = World()
    echo = answer(200, TEMPLATE, headers={"X-Echo": "context.path"})
    declared = {"200": {"method.response.header.X-Echo": False}}
    world.deploy(
        {
            "/guarded": [mock("ANY", authorization="AWS_IAM")],
            "/guarded/{proxy+}": [mock("ANY", authorization="AWS_IAM")],
            "/open/{id}": [mock("ANY", responses=(echo,), declared=declared)],
        },
        gateway_responses=(
            customized(
                "DEFAULT_4XX",
                headers={"X-Query": "method.request.querystring.q", "X-Thing": "method.request.header.x-thing"},
                response_templates={"application/json": '{"m":$context.error.messageString,"p":"$context.path"}'},
            ),
        ),
    )
    return world


@examples(300)
@given(request=REQUESTS)
async def test_every_request_is_answered_and_none_without_a_signature_is_let_in(world: World, request: Request) -> None:
    with _no_bug():
        response = await world.send(request)
    assert 200 <= response.status <= 599
    assert response.header("x-amzn-RequestId") == REQUEST_ID
    for name, value in response.headers:
        assert not set((name + value).encode("latin-1")) & {0, 10, 13}
    if response.status == 200:
        assert request.path.startswith("/dev/open/")


class _no_bug(logging.Handler):
    """Fails where the gateway logged a bug: then a request broke it."""

    def __enter__(self) -> None:
        self.found: list[str] = []
        logging.getLogger("gatewright.gateway").addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(self.format(record))

    def __exit__(self, *_: object) -> None:
        logging.getLogger("gatewright.gateway").removeHandler(self)
        assert not self.found, self.found
