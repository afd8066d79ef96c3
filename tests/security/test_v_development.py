"""V1 to V4: a development server's root key is known to every web page, so it answers only whom it should."""

import time
from pathlib import Path

import httpx
import pytest

from gatewright.settings import Settings
from gatewright.wire.sigv4.sign import Credentials, sign
from tests.running import Running, in_process

ROOT = Credentials("test", "test")
FOREIGN = "https://evil.example"
BODY = b"Action=CreateUser&Version=2010-05-08&UserName=mallory"


def _create_user(product: Running, **headers: str) -> httpx.Response:
    given = {"Content-Type": "application/x-www-form-urlencoded", **headers}
    host = given.get("Host", f"127.0.0.1:{product.port}")
    signed = sign("POST", f"http://{host}/", list(given.items()), BODY, ROOT, "iam", "us-east-1", time.time())
    return httpx.post(f"{product.endpoint}/", content=BODY, headers=given | signed)


def _users(product: Running) -> list[str]:
    return [user["UserName"] for user in product.client("iam").list_users()["Users"]]


def test_v1_a_foreign_page_that_signs_with_the_known_key_changes_nothing(product: Running) -> None:
    answer = _create_user(product, Origin=FOREIGN)
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers
    assert _users(product) == []


@pytest.mark.parametrize(
    "origin", [FOREIGN, "null", "http://localhost.evil.example", "https://localhost:1@evil.example"]
)
def test_v1_a_preflight_of_a_foreign_page_is_refused(product: Running, origin: str) -> None:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    answer = httpx.options(f"{product.endpoint}/", headers=asked)
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "origin", ["http://localhost:3000", "http://127.0.0.1:8080", "http://app.localhost", "http://[::1]:80"]
)
def test_v1_a_page_of_the_developers_own_machine_is_answered(product: Running, origin: str) -> None:
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-amz-date"}
    answer = httpx.options(f"{product.endpoint}/", headers=asked)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-headers"] == "x-amz-date"
    answer = _create_user(product, Origin=origin)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"


def test_v1_an_origin_can_be_let_in_by_name(tmp_path: Path) -> None:
    with in_process(Settings(data=tmp_path, port=0, dev=True, allow_origin=("https://app.example",))) as running:
        assert _create_user(running, Origin="https://app.example").status_code == 200
        assert _create_user(running, Origin=FOREIGN).status_code == 403


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "192.168.0.7:4566", "2130706433"])
def test_v2_a_rebound_host_is_refused_at_aws_endpoints_and_our_own_pages(product: Running, host: str) -> None:
    assert _create_user(product, Host=host).status_code == 403
    for method, page in (("GET", "health"), ("POST", "reset"), ("GET", "requests/1")):
        answer = httpx.request(method, f"{product.endpoint}/_gatewright/{page}", headers={"Host": host})
        assert answer.status_code == 403
    assert _users(product) == []


def test_v2_a_foreign_host_among_our_own_paths_is_no_way_in(product: Running) -> None:
    answer = httpx.post(f"{product.endpoint}/_gatewright//reset", headers={"Host": "evil.example"})
    assert answer.status_code in (403, 404)


def test_v4_reset_without_dev_does_not_exist(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, port=0, root_access_key_id="AKIAX", root_secret_access_key="s")
    with in_process(settings) as running:
        assert httpx.post(f"{running.endpoint}/_gatewright/reset").status_code == 404


def test_v4_reset_from_a_foreign_origin_is_refused(product: Running) -> None:
    product.client("iam").create_user(UserName="alice")
    answer = httpx.post(f"{product.endpoint}/_gatewright/reset", headers={"Origin": FOREIGN})
    assert answer.status_code == 403
    assert _users(product) == ["alice"]


def test_v4_reset_by_get_does_nothing(product: Running) -> None:
    product.client("iam").create_user(UserName="alice")
    assert httpx.get(f"{product.endpoint}/_gatewright/reset").status_code == 405
    assert _users(product) == ["alice"]


def test_reset_empties_everything_in_milliseconds(product: Running) -> None:
    product.client("iam").create_user(UserName="alice")
    product.client("apigateway").create_rest_api(name="x")
    product.reset()
    assert _users(product) == []
    assert product.client("apigateway").get_rest_apis()["items"] == []
