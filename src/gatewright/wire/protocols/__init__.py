"""AWS's protocols, one file each, behind three functions: read a call, write its answer, write its fault.

In: a `Target` and a request, a result or a fault. Out: parameters with the model's member names (`datetime` in UTC,
`bytes`, numbers, strings, lists, dicts), or a response. Law: whatever bytes come in, the way out is parameters or a
`Fault`. Members of a result that are None are left out; a member that the model does not have is a bug, and raises
`TypeError`.
Source: Smithy, "AWS protocols".
"""

from collections.abc import Mapping
from typing import Any, Protocol

from gatewright.wire.codecs.scalars import Unreadable
from gatewright.wire.faults import Fault
from gatewright.wire.http import Request, Response
from gatewright.wire.protocols import aws_json, query, rest_json, rest_xml
from gatewright.wire.shapes import ServiceModel
from gatewright.wire.target import Target

MAX_BODY = 10 * 1024 * 1024  # bytes; AWS's services differ, none that we have takes more
MAX_UNSIGNED_BODY = 256 * 1024  # bytes, where nobody has proven anything yet; the largest such call is a SAML assertion


class Speaks(Protocol):
    """What each module of a protocol has."""

    MALFORMED: str  # the code of an unreadable request
    TOO_LARGE: str

    def parse(self, target: Target, request: Request) -> dict[str, Any]:
        """Read the parameters of a call."""
        ...

    def serialize(self, target: Target, result: Mapping[str, Any], request_id: str) -> Response:
        """Write the answer of a call."""
        ...

    def render_fault(self, service: ServiceModel | None, fault: Fault, request_id: str) -> Response:
        """Write a fault."""
        ...


_PROTOCOLS: Mapping[str, Speaks] = {"json": aws_json, "query": query, "rest-json": rest_json, "rest-xml": rest_xml}


def parse(target: Target, request: Request) -> dict[str, Any]:
    """Read the parameters of a call; whether they are valid is for `validate` to say.

    Raises:
        Fault: the request is malformed, too large, or of the wrong content type.
    """
    protocol = _PROTOCOLS[target.protocol]
    if len(request.body) > MAX_UNSIGNED_BODY and len(request.body) > (limit := _limit(target)):
        message = f"The request must not be larger than {limit} bytes."
        raise Fault(protocol.TOO_LARGE, message, 413)
    try:
        return protocol.parse(target, request)
    except Unreadable as error:
        raise Fault(protocol.MALFORMED, str(error), 400) from None
    except RecursionError:
        raise Fault(protocol.MALFORMED, "The request is nested too deeply.", 400) from None


def _limit(target: Target) -> int:
    return MAX_UNSIGNED_BODY if target.unsigned else MAX_BODY


def serialize(target: Target, result: Mapping[str, Any] | None, request_id: str) -> Response:
    """Write the answer of a call; None is an empty result.

    Raises:
        TypeError: the result does not fit the model's output: a bug of the service.
    """
    return _PROTOCOLS[target.protocol].serialize(target, result or {}, request_id)


def render_fault(spoken: Target | str, fault: Fault, request_id: str) -> Response:
    """Write a fault in the protocol of a call, or in one by its name where no call was identified."""
    if isinstance(spoken, str):
        return _PROTOCOLS[spoken].render_fault(None, fault, request_id)
    return _PROTOCOLS[spoken.protocol].render_fault(spoken.service_model, fault, request_id)
