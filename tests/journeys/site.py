"""A web site of a foreign origin, and a browser that visits it.

In: a folder of files. Out: pages at `http://shop.example:PORT`, a name that only this browser knows; and the same pages
at `http://localhost:PORT`, where browsers allow what needs https elsewhere.
"""

import functools
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

PATIENCE = 60_000  # milliseconds
SKELETON = '<!doctype html><meta charset="utf-8"><title>shop</title>{scripts}'


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Site:
    """The site and its browser."""

    def __init__(self, folder: Path, browser: Browser, port: int) -> None:
        self.folder = folder
        self.origin = f"http://shop.example:{port}"
        self.local = f"http://localhost:{port}"
        self._browser = browser

    def add_page(self, name: str, *scripts: Path) -> None:
        """Lay out a page that loads these scripts."""
        for script in scripts:
            (self.folder / script.name).write_bytes(script.read_bytes())
        tags = "".join(f'<script src="{script.name}"></script>' for script in scripts)
        (self.folder / name).write_text(SKELETON.format(scripts=tags))

    @contextmanager
    def visit(self, name: str, origin: str | None = None) -> Iterator[Page]:
        """Open a page in a browser profile of its own."""
        context = self._browser.new_context()
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto(f"{origin or self.origin}/{name}")
        yield page
        context.close()


@contextmanager
def foreign_site(folder: Path, chromium: str, options: tuple[str, ...]) -> Iterator[Site]:
    """Serve a folder on a port of its own, and start a browser that knows its name."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(QuietHandler, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    rules = "--host-resolver-rules=MAP shop.example 127.0.0.1"
    with (
        sync_playwright() as playwright,
        closing(playwright.chromium.launch(executable_path=chromium, args=[*options, rules])) as browser,
    ):
        yield Site(folder, browser, server.server_port)
    server.shutdown()
    server.server_close()
