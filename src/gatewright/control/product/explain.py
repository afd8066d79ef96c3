"""`POST /_gatewright/explain`: why a request is refused, told of the last one that was kept, or of a rehearsal.

In: JSON with `method` and `url`, perhaps a `caller` (ARN, `role/NAME` or `user/NAME`). Out: the chain of steps, and
what to change. Law: a rehearsal performs nothing: it finds the method, and asks the policies as if the caller had
signed.
"""

from urllib.parse import urlsplit

import msgspec

from gatewright.control.ports import Ports
from gatewright.control.product.access import admit, invalid, shown
from gatewright.control.product.decisions import find_principal
from gatewright.control.product.ports import Outside
from gatewright.control.product.requests import gather, with_advice
from gatewright.core.arn import assumed_role_arn
from gatewright.core.identity import Caller, PrincipalType
from gatewright.core.trace import Kept
from gatewright.storage.principals import Principal
from gatewright.storage.traces import Wanted, list_requests
from gatewright.wire.http import Request, Response

_LONGEST = 8_192  # bytes of the question
_SESSION = "rehearsal"
_LOOKED_AT = 50  # kept requests of the same method and path


class Question(msgspec.Struct, forbid_unknown_fields=True):
    """What is asked; with a `caller` a rehearsal is wanted in any case."""

    method: str
    url: str
    caller: str = ""


async def explain_request(request: Request, ports: Ports, outside: Outside) -> Response:
    """Answer why.

    Raises:
        PageError: the caller may not ask, or what is asked cannot be understood.
    """
    admit(request, ports, "ExplainRequest")
    question = _read(request)
    place = urlsplit(question.url)
    kept = None if question.caller else await _last(question.method.upper(), place.netloc, place.path or "/", ports)
    if kept is not None:
        return shown(request, 200, {**with_advice(kept, outside), "rehearsed": False})
    caller = _caller(find_principal(question.caller, ports), ports) if question.caller else None
    imagined = Request(
        question.method.upper(),
        place.path or "/",
        place.query,
        (("host", place.netloc.rpartition("@")[2].lower()),),
        client=request.client,
        scheme=place.scheme,
        request_id=request.request_id,
        received=ports.clock.now(),
    )
    return shown(request, 200, {**with_advice(outside.rehearse(imagined, caller), outside), "rehearsed": True})


def _read(request: Request) -> Question:
    if len(request.body) > _LONGEST:
        raise invalid(f"The question is longer than {_LONGEST} bytes.")
    try:
        question = msgspec.json.decode(request.body, type=Question)
        place = urlsplit(question.url)
    except (msgspec.DecodeError, ValueError) as error:
        raise invalid(f'Ask with JSON such as {{"method": "GET", "url": "http://…"}}: {error}') from None
    if place.scheme not in ("http", "https") or not place.netloc:
        raise invalid("url must be a whole URL, with its scheme and host.")
    return question


async def _last(method: str, host: str, path: str, ports: Ports) -> Kept | None:
    """Return the last request of this method and path; the one for this host, where there were several hosts."""
    await gather(ports)
    async with ports.storage.reading() as session:
        found, _ = await list_requests(session, Wanted(method=method, path=path), _LOOKED_AT)
    by_host = [kept for kept in found if kept.host == host.lower()]
    by_path = [kept for kept in found if kept.path.startswith(("/_aws/", "/restapis/"))]
    return next(iter(by_host or by_path), None)


def _caller(principal: Principal, ports: Ports) -> Caller:
    """Return the caller that a role or user would be: of a role, a session without tags of its own."""
    account = principal.arn.split(":", 5)[4]
    if principal.trust_policy is None:
        return Caller(
            account=account,
            arn=principal.arn,
            user_id=principal.unique_id,
            type=PrincipalType.USER,
            tags=principal.tags,
        )
    name = principal.arn.rsplit("/", 1)[-1]
    return Caller(
        account=account,
        arn=assumed_role_arn(account, name, _SESSION),
        user_id=f"{principal.unique_id}:{_SESSION}",
        type=PrincipalType.ASSUMED_ROLE,
        role_arn=principal.arn,
        role_id=principal.unique_id,
        session_name=_SESSION,
        issued_at=ports.clock.now(),
        expires_at=ports.clock.now() + 3_600,
        tags=principal.tags,
    )
