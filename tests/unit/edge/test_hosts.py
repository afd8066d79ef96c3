"""Where a request is addressed to."""

import pytest

from gatewright.core.address import StageAddress
from gatewright.edge.hosts import Hosts, Place, host_name
from gatewright.wire.http import Request

HOSTS = Hosts("localhost")


def _locate(path: str, host: str = "localhost:4566") -> object:
    return HOSTS.locate(Request("GET", path, headers=(("host", host),)))


@pytest.mark.parametrize(
    ("host", "path", "base"),
    [
        ("abc123.execute-api.us-east-1.localhost:4566", "/dev/pets/1", "/dev"),
        ("ABC123.execute-api.us-east-1.localhost", "/dev/pets/1", "/dev"),
        ("abc123.execute-api.us-east-1.amazonaws.com", "/dev/pets/1", "/dev"),
        ("localhost:4566", "/_aws/execute-api/abc123/dev/pets/1", "/_aws/execute-api/abc123/dev"),
        ("localhost:4566", "/restapis/abc123/dev/_user_request_/pets/1", "/restapis/abc123/dev/_user_request_"),
        ("[::1]:4566", "/_aws/execute-api/abc123/dev/pets/1", "/_aws/execute-api/abc123/dev"),
    ],
)
def test_every_address_of_a_stage_is_the_same_stage(host: str, path: str, base: str) -> None:
    found = _locate(path, host)
    assert isinstance(found, StageAddress)
    assert (found.api_id, found.stage_name, found.path, found.base_path) == ("abc123", "dev", "/pets/1", base)


def test_a_path_below_the_stage_keeps_its_bytes() -> None:
    found = _locate("/dev//a%2Fb/../c%20d", "abc123.execute-api.us-east-1.localhost")
    assert isinstance(found, StageAddress)
    assert found.path == "//a%2Fb/../c%20d"


def test_the_bare_stage_has_an_empty_path() -> None:
    found = _locate("/restapis/abc123/dev/_user_request_")
    assert isinstance(found, StageAddress)
    assert found.path == ""


@pytest.mark.parametrize("path", ["/", "/restapis", "/restapis/abc123", "/restapis/abc123/stages/dev", "/2015/x"])
def test_anything_else_is_an_aws_endpoint(path: str) -> None:
    assert _locate(path) is Place.ENDPOINT


@pytest.mark.parametrize(
    "host", ["x.execute-api.us-east-1.evil.example", "execute-api.us-east-1.localhost", "a.b.c.localhost"]
)
def test_a_host_that_only_looks_like_a_stage_is_none(host: str) -> None:
    assert _locate("/dev/x", host) is Place.ENDPOINT


def test_the_product_itself_has_a_place() -> None:
    assert _locate("/_gatewright/health") is Place.PRODUCT


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("localhost:4566", True),
        ("127.0.0.1:4566", True),
        ("127.8.9.1", True),
        ("[::1]:4566", True),
        ("sts.us-east-1.localhost", True),
        ("sts.us-east-1.amazonaws.com", True),
        ("evil.example", False),
        ("localhost.evil.example", False),
        ("evillocalhost", False),
        ("192.168.1.5", False),
        ("", False),
    ],
)
def test_only_our_own_names_are_ours(host: str, ours: bool) -> None:
    assert HOSTS.is_ours(host_name(host)) is ours


def test_the_host_and_the_path_of_each_request_decide_whatever_was_remembered() -> None:
    hosts = Hosts("localhost")
    path = "/_aws/execute-api/abc123/dev/pets"
    stage_host = "xyz789.execute-api.us-east-1.localhost"
    for _ in range(2):
        by_path = hosts.locate(Request("GET", path, headers=(("host", "localhost"),)))
        by_host = hosts.locate(Request("GET", path, headers=(("host", stage_host),)))
        assert isinstance(by_path, StageAddress)
        assert isinstance(by_host, StageAddress)
        assert (by_path.api_id, by_host.api_id, by_host.stage_name) == ("abc123", "xyz789", "_aws")


def test_what_clients_make_us_remember_is_bounded() -> None:
    hosts = Hosts("localhost")
    for number in range(40_000):
        hosts.locate(Request("GET", f"/p{number}", headers=(("host", "localhost"),)))
    hosts.locate(Request("GET", "/" + "x" * 5_000, headers=(("host", "localhost"),)))
    remembered = list(hosts._located)
    assert len(remembered) <= 16_384
    assert all(len(place) <= 200 for place in remembered)
