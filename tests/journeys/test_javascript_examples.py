"""The examples in Node and in a browser, run as their first lines say, against a development server."""

import functools
import io
import json
import shutil
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page

from gatewright.settings import Settings
from tests.journeys.site import PATIENCE, QuietHandler
from tests.running import Running, in_process

pytestmark = pytest.mark.xdist_group("javascript-examples")
EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with in_process(Settings(data=tmp_path_factory.mktemp("examples-data"), port=0, dev=True)) as running:
        yield running


@pytest.fixture(scope="module")
def folder(server: Running, node_modules: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The examples as a reader has them: installed, prepared, with the signer that the server gives."""
    folder = tmp_path_factory.mktemp("examples")
    for place in ("node", "browser"):
        shutil.copytree(EXAMPLES / place, folder / place)
        needed = json.loads((folder / place / "package.json").read_text())["dependencies"]
        assert all((node_modules / name).is_dir() for name in needed)
        (folder / place / "node_modules").symlink_to(node_modules)
        signer = "sigV4Client.mjs" if place == "node" else "sigV4Client.js"
        got = httpx.get(f"{server.endpoint}/_gatewright/{signer}").raise_for_status()
        (folder / place / signer).write_bytes(got.content)
    prepared = run(server, folder / "node", "prepare.mjs")
    for place in ("node", "browser"):
        (folder / place / "config.json").write_text(prepared)
    return folder


def run(server: Running, folder: Path, script: str) -> str:
    environ = server.environ() | {"AWS_ENDPOINT_URL": f"http://localhost:{server.port}"}
    done = subprocess.run(["node", script], cwd=folder, env=environ, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_seed_000_in_node_a_visitor_is_refused_unsigned_and_let_in_signed(server: Running, folder: Path) -> None:
    unsigned, demo, mine = run(server, folder / "node", "visitor.mjs").splitlines()
    assert unsigned == 'unsigned: 403 {"message":"Missing Authentication Token"}'
    assert demo.startswith('visitor, /demo: 200 {"message": "Hello, unauthenticated us-east-1:')
    assert mine.startswith("visitor, /mine: 403 ")
    assert "is not authorized to perform: execute-api:Invoke" in mine


def test_seed_001_in_node_a_member_signs_in_and_calls(server: Running, folder: Path) -> None:
    assert '{"message":"Hello, authenticated us-east-1:' in run(server, folder / "node", "member.mjs")


@pytest.fixture(scope="module")
def pages(server: Running, folder: Path, browser: Browser) -> Iterator[str]:
    """The browser's examples, served as `python3 -m http.server` does."""
    config = json.loads((folder / "browser" / "config.json").read_text())
    sdk = server.client("apigateway").get_sdk(restApiId=config["api"], stageName="dev", sdkType="javascript")
    zipfile.ZipFile(io.BytesIO(sdk["body"].read())).extractall(folder / "browser")
    handler = functools.partial(QuietHandler, directory=folder / "browser")
    site = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    yield f"http://localhost:{site.server_port}"
    site.shutdown()
    site.server_close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


def answer(page: Page, begins: str) -> str:
    """Wait for an answer that begins with something."""
    found: Any = page.locator("#answer", has_text=begins)
    found.wait_for()
    return str(found.text_content())


def test_seed_000_on_a_page_a_visitor_calls_and_comes_back_as_the_same(pages: str, page: Page) -> None:
    page.goto(f"{pages}/visitor.html")
    first = answer(page, "200")
    assert "Hello, unauthenticated us-east-1:" in first
    page.reload()
    assert answer(page, "200") == first


def test_seed_001_on_a_page_a_member_signs_in_calls_and_signs_out(folder: Path, pages: str, page: Page) -> None:
    member = json.loads((folder / "browser" / "config.json").read_text())["member"]
    page.goto(f"{pages}/member.html")
    page.fill("[name=username]", member["username"])
    page.fill("[name=password]", "Wrong-horse-1")
    page.click("text=Sign in")
    assert answer(page, "Oops") == "Oops: Incorrect username or password."
    page.fill("[name=password]", member["password"])
    page.click("text=Sign in")
    answer(page, "Signed in.")
    page.reload()  # the session outlives the page
    page.click("text=Call the API")
    assert "Hello, authenticated us-east-1:" in answer(page, "Hello")
    page.click("text=Sign out")
    answer(page, "Signed out.")
    assert page.locator("#login").is_visible()
