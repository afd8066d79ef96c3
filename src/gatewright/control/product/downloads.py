"""Files for everybody: the JavaScript signer, as the product ships it.

In: the name of a page. Out: its file, None where there is none. Law: what is here is public and the same in every
installation of a version, so no signature is asked for. `sigV4Client.mjs` is the same code as an ES module, for tools
that take nothing else.
"""

from functools import lru_cache
from pathlib import Path

from gatewright.wire.http import Request, Response

_FILE = Path(__file__).parents[2] / "client" / "js" / "sigV4Client.js"
_SCRIPT, _MODULE = "sigV4Client.js", "sigV4Client.mjs"
# Between these the file is one function, whatever it is wrapped into.
_OPENS = "(function (root, factory) {"
_CODE = "}(globalThis, function () {\n"
_CLOSES = "}));\n"


def find_download(request: Request, page: str) -> Response | None:
    """Return a file. Pages of other origins may import it as a module, which needs the CORS header."""
    if page not in (_SCRIPT, _MODULE) or request.method not in ("GET", "HEAD"):
        return None
    headers = [
        ("Content-Type", "text/javascript; charset=utf-8"),
        ("X-Content-Type-Options", "nosniff"),
        ("Access-Control-Allow-Origin", "*"),
        ("Cache-Control", "public, max-age=3600"),
        ("x-amzn-RequestId", request.request_id),
    ]
    return Response(200, headers, _signer(page))


@lru_cache(maxsize=2)
def _signer(page: str) -> bytes:
    text = _FILE.read_text("utf-8")
    if page == _MODULE:
        comment, _, rest = text.partition(_OPENS)
        code = rest.partition(_CODE)[2].removesuffix(_CLOSES)
        text = f"{comment}export default (function () {{\n{code}}}());\n"
    return text.encode()
