"""What the journeys run on: the npm clients, and a real browser that has pages from another origin."""

import functools
import io
import shutil
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from gatewright.settings import Settings
from tests.javascript import JS
from tests.journeys import story
from tests.journeys.callers import Guarded, Key
from tests.journeys.site import QuietHandler, Site, foreign_site
from tests.running import Running, in_process

PAGES = Path(__file__).parent / "pages"
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The npm clients; a missing folder is a broken set-up, not a reason to skip."""
    folder = JS / "node_modules"
    assert (folder / "aws-sdk").is_dir(), "the npm clients are missing: run `npm ci` in tests/js (make test does)"
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with (
        sync_playwright() as playwright,
        closing(playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))) as chromium,
    ):
        yield chromium


@pytest.fixture
def serve_page(tmp_path: Path, node_modules: Path) -> Iterator[Callable[..., str]]:
    """Lay out a page as a reader does, serve it on a port of its own, and return its address.

    Called with the SDK's archive and the values of the page's blanks.
    """
    servers: list[ThreadingHTTPServer] = []

    def serve(archive: bytes, host: str = "localhost", **blanks: str) -> str:
        folder = tmp_path / f"site{len(servers)}"
        zipfile.ZipFile(io.BytesIO(archive)).extractall(folder)
        root = folder / "apiGateway-js-sdk"
        shutil.copytree(node_modules / "aws-sdk/dist", root / "dist")
        shutil.copy(PAGES / "index.html", root)
        script = (PAGES / "script.js").read_text()
        for name, value in blanks.items():
            script = script.replace(f"[{name.replace('_', '-')}]", value)
        (root / "script.js").write_text(script)
        server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(QuietHandler, directory=root))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://{host}:{server.server_address[1]}/index.html"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def operated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A running product as an operator has it: without `--dev`, so that pages of every origin are answered."""
    key = ("AKIAOPERATOR00000000", "a-secret-of-forty-characters-for-a-test0")
    data = tmp_path_factory.mktemp("operated")
    settings = Settings(data=data, port=0, root_access_key_id=key[0], root_secret_access_key=key[1])
    with in_process(settings) as running:
        running.key = key
        yield running


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, node_modules: Path) -> Iterator[Site]:
    """A web site of a foreign origin, and a browser that visits it."""
    with foreign_site(tmp_path_factory.mktemp("site"), CHROMIUM, QUIET) as opened:
        yield opened


@pytest.fixture
def guarded(aws: story.Clients, product: Any) -> Guarded:
    api = story.guarded_mock(aws("apigateway"), ("GET", "POST"))
    policy = story.invoke_policy(product.region, product.account, api)
    pool = story.create_pool(aws)
    story.create_visitors(aws, pool, policy)
    visitor = story.visit(aws, pool)
    iam = aws("iam")
    iam.create_user(UserName="caller")
    iam.put_user_policy(UserName="caller", PolicyName="invoke", PolicyDocument=policy)
    made = iam.create_access_key(UserName="caller")["AccessKey"]
    return Guarded(
        url=f"http://{api}.execute-api.{product.region}.localhost:{product.port}/{story.STAGE}/demo",
        port=product.port,
        region=product.region,
        user=Key(made["AccessKeyId"], made["SecretAccessKey"]),
        visitor=Key(visitor["AccessKeyId"], visitor["SecretKey"], visitor["SessionToken"]),
    )
