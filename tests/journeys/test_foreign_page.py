"""V1 in a real browser: a page of a foreign site, which knows the development key, tries every way there is."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page, sync_playwright

from gatewright.wire.sigv4.sign import Credentials, presign, sign
from tests.journeys.conftest import CHROMIUM, QUIET
from tests.running import Running

FORM = "application/x-www-form-urlencoded"
PAGE = """<!doctype html><title>win a prize</title><body><script>
const urls = %s, signed = %s, tried = [];
const ways = [["img", "src"], ["script", "src"], ["iframe", "src"], ["link", "href"], ["video", "src"]];
for (const [tag, attribute] of ways) {
  const element = document.createElement(tag);
  if (tag === "link") element.rel = "stylesheet";
  tried.push(new Promise(done => { element.onload = element.onerror = done; setTimeout(done, 2000); }));
  element[attribute] = urls[tag];
  document.body.append(element);
}
for (const mode of ["cors", "no-cors"]) tried.push(fetch(urls[mode], {mode}).catch(() => 0));
tried.push(fetch(signed.url, {method: "POST", headers: signed.headers, body: signed.body}).catch(() => 0));
tried.push(fetch(urls.reset, {method: "POST", mode: "no-cors"}).catch(() => 0));
navigator.sendBeacon(urls.beacon, "x");
Promise.all(tried).then(() => { window.over = true; });
</script>"""


@pytest.fixture
def foreign(product: Running) -> Iterator[tuple[Page, str]]:
    """A browser to which prize.example is a server of ours, with the attacker's page on it."""
    import json

    def attack(name: str) -> str:
        url = f"http://localhost:{product.port}/?Action=CreateUser&Version=2010-05-08&UserName={name}"
        return presign("GET", url, (), Credentials("test", "test"), "iam", "us-east-1", time.time(), 60)

    ways = ("img", "script", "iframe", "link", "video", "cors", "no-cors", "beacon")
    urls = {way: attack(way) for way in ways} | {"reset": f"http://localhost:{product.port}/_gatewright/reset"}
    body = "Action=CreateUser&Version=2010-05-08&UserName=fetch"
    url = f"http://localhost:{product.port}/"
    headers = {"Content-Type": FORM}
    root = Credentials("test", "test")
    headers |= sign("POST", url, list(headers.items()), body.encode(), root, "iam", "us-east-1", time.time())
    page = PAGE % (json.dumps(urls), json.dumps({"url": url, "headers": headers, "body": body}))

    class Serve(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Serve)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://prize.example:{server.server_port}/"
    rules = "--host-resolver-rules=MAP prize.example 127.0.0.1"
    # Without the browser's own protection of local networks, which not every browser has.
    features = ("LocalNetworkAccessChecks", "PrivateNetworkAccessSendPreflights", "BlockInsecurePrivateNetworkRequests")
    bare = f"--disable-features={','.join(features)}"
    with (
        sync_playwright() as playwright,
        closing(playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, rules, bare])) as chromium,
    ):
        yield chromium.new_page(), address
    server.shutdown()


def test_v1_a_foreign_page_in_a_real_browser_changes_nothing(product: Running, foreign: tuple[Page, str]) -> None:
    iam = product.client("iam")
    iam.create_user(UserName="alice")
    page, address = foreign
    statuses: dict[str, int] = {}
    page.on("response", lambda answer: statuses.update({answer.url.partition("UserName=")[2][:7]: answer.status}))
    page.goto(address)
    page.wait_for_function("window.over === true", timeout=20_000)
    assert [user["UserName"] for user in iam.list_users()["Users"]] == ["alice"]
    assert 403 in statuses.values(), "the browser itself kept the page from trying: nothing was tested"
    assert set(statuses.values()) <= {200, 403}
    assert [name for name, status in statuses.items() if status == 200 and name] == []
