"""V1 to V4: a development server's root key is known to every web page, so it answers only whom it should."""

import time
from pathlib import Path

import httpx
import pytest

from gatewright.settings import Settings
from gatewright.wire.sigv4.sign import Credentials, presign, sign
from tests.running import Running, in_process
from tests.security.attacker import answers, say, text_of

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


def _presigned_create_user(product: Running, name: str = "mallory") -> str:
    url = f"http://127.0.0.1:{product.port}/?Action=CreateUser&Version=2010-05-08&UserName={name}"
    return presign("GET", url, (), ROOT, "iam", "us-east-1", time.time(), 60)


def test_v1_an_image_of_a_foreign_page_is_no_call(product: Running) -> None:
    """A GET that a page makes for an image or a frame has no Origin; the browser says only where it comes from."""
    for mode, destination in (
        ("no-cors", "image"),
        ("no-cors", "script"),
        ("navigate", "iframe"),
        ("navigate", "document"),
    ):
        told = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": destination}
        assert httpx.get(_presigned_create_user(product), headers=told).status_code == 403
    assert _users(product) == []


@pytest.mark.parametrize("site", ["same-origin", "same-site", "none"])
def test_v1_what_the_developer_opens_is_answered(product: Running, site: str) -> None:
    assert httpx.get(_presigned_create_user(product), headers={"Sec-Fetch-Site": site}).status_code == 200
    assert _users(product) == ["mallory"]


def test_v1_a_local_page_of_another_name_is_answered(product: Running) -> None:
    """127.0.0.1 and localhost are two sites to a browser, and one machine to us."""
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost:3000"}
    assert _create_user(product, **headers).status_code == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "PUT"])
def test_v1_no_method_of_a_foreign_page_passes(product: Running, method: str) -> None:
    answer = httpx.request(method, f"{product.endpoint}/restapis", headers={"Origin": FOREIGN})
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("page", ["requests/1", "health", "reset", "nothing"])
def test_v2_a_foreign_frame_reads_none_of_our_own_pages(product: Running, page: str) -> None:
    told = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}
    assert httpx.get(f"{product.endpoint}/_gatewright/{page}", headers=told).status_code == 403


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:80",
        "localhost.",
        "localhost.evil.example.",
        "127.0.0.1.nip.io",
        "0.0.0.0",
        "[::ffff:7f00:1]",
        "[::]",
        "",
    ],
)
def test_v2_a_host_that_only_looks_like_ours_is_refused(product: Running, host: str) -> None:
    bytes_of = text_of("POST", "/_gatewright/reset", [("Host", host)])
    product.client("iam").create_user(UserName="alice")
    (answer,) = answers(say(product.port, bytes_of))
    if host in ("[::ffff:7f00:1]", "0.0.0.0"):  # this machine, by another spelling of its number
        assert answer.status in (200, 403)
        return
    assert answer.status in (400, 403)
    assert _users(product) == ["alice"]


def test_v4_no_spelling_of_the_page_resets_without_dev(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, port=0, root_access_key_id="AKIAX", root_secret_access_key="s")
    with in_process(settings) as running:
        running.key = ("AKIAX", "s")
        running.client("iam").create_user(UserName="alice")
        for path in (
            "/_gatewright/reset",
            "/_gatewright//reset",
            "/_gatewright/./reset",
            "/_gatewright/health/../reset",
            "/_gatewright%2freset",
            "/_GATEWRIGHT/RESET",
            "//_gatewright/reset",
            "/_gatewright/reset/",
            "/_gatewright/reset?dev=1",
        ):
            (answer,) = answers(say(running.port, text_of("POST", path, [("Host", "localhost")])))
            assert answer.status in (400, 403, 404), path
        assert _users(running) == ["alice"]
