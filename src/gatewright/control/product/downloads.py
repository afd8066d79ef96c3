"""Files for everybody: the JavaScript signer, as the product ships it.

In: the name of a page. Out: its file, None where there is none. Law: what is here is public and the same in every
installation of a version, so no signature is asked for.
"""

from functools import lru_cache
from pathlib import Path

from gatewright.wire.http import Request, Response

_SIGNER = "sigV4Client.js"
_FOLDER = Path(__file__).parents[2] / "client" / "js"


def find_download(request: Request, page: str) -> Response | None:
    """Return a file. Pages of other origins may import it as a module, which needs the CORS header."""
    if page != _SIGNER or request.method not in ("GET", "HEAD"):
        return None
    headers = [
        ("Content-Type", "text/javascript; charset=utf-8"),
        ("X-Content-Type-Options", "nosniff"),
        ("Access-Control-Allow-Origin", "*"),
        ("Cache-Control", "public, max-age=3600"),
        ("x-amzn-RequestId", request.request_id),
    ]
    return Response(200, headers, _signer())


@lru_cache(maxsize=1)
def _signer() -> bytes:
    return (_FOLDER / _SIGNER).read_bytes()
