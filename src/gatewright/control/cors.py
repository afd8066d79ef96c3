"""Browsers at AWS endpoints: the headers that let a page of another origin call an AWS service.

AWS's services answer every origin, because it is the signature that protects them. (With `--dev` the door has already
refused pages that have no business here.)
"""

from gatewright.wire.http import Request, Response

_EXPOSED = "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date"
_MAX_AGE = "172800"  # seconds; two days, as AWS answers


def is_preflight(request: Request) -> bool:
    """Say whether a browser asks beforehand."""
    return request.method == "OPTIONS" and request.header("access-control-request-method") is not None


def preflight(request: Request) -> Response:
    """Allow what was asked for."""
    headers = [
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Allow-Methods", "DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT"),
        ("Access-Control-Max-Age", _MAX_AGE),
        ("x-amzn-RequestId", request.request_id),
    ]
    asked = request.header("access-control-request-headers")
    if asked:
        headers.append(("Access-Control-Allow-Headers", asked))
    return Response(200, headers)


def share(request: Request, response: Response) -> Response:
    """Let the page that asked read the answer."""
    if request.header("origin") is not None:
        response.headers.append(("Access-Control-Allow-Origin", "*"))
        response.headers.append(("Access-Control-Expose-Headers", _EXPOSED))
    return response
