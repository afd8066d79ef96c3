"""rest-xml: as rest-json, with XML in the body. CloudFront and Route 53 speak it; S3 speaks it with bare errors.

In: a target and its request, or a result. Out: parameters, or a response. Law: see `rest.py` for the places,
`codecs/xml.py` for the body. Source: Smithy, "AWS restXml protocol".
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec

from gatewright.wire.codecs import xml
from gatewright.wire.codecs.compiler import AGGREGATES
from gatewright.wire.faults import Fault
from gatewright.wire.http import Request, Response
from gatewright.wire.protocols import rest
from gatewright.wire.protocols.errors import describe
from gatewright.wire.protocols.query import error_members
from gatewright.wire.shapes import OperationModel, ServiceModel
from gatewright.wire.target import Target

MALFORMED = "MalformedInput"
TOO_LARGE = "RequestEntityTooLarge"

_CONTENT_TYPE = "application/xml"
_ACCEPTED = ("", "application/xml", "text/xml")


class _Plan(msgspec.Struct, frozen=True):
    bound: rest.Bindings
    root: str = ""
    namespace: str = ""
    read: rest.ReadBody | None = None  # the body as a document
    write: xml.WriteElement | None = None


def parse(target: Target, request: Request) -> dict[str, Any]:
    """Read the parameters of a call.

    Raises:
        Fault: a document came with the content type of something else.
        Unreadable: something is not what the model says.
    """
    plan = _request_plan(target.model)
    return rest.read_call(plan.bound, plan.read, _ACCEPTED, request, target.path_params)


def serialize(target: Target, result: Mapping[str, Any], request_id: str) -> Response:
    """Write the answer of a call, with the status that the model gives to the operation."""
    plan, bound = _response_plan(target.model), _response_plan(target.model).bound
    status = target.model.http.get("responseCode", 200)
    if bound.status is not None:
        status = result.get(bound.status) or status
    content_type, body = _body(plan, result, target)
    headers = [("x-amzn-RequestId", request_id), *rest.write_headers(bound, result)]
    if body and not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", content_type))
    return Response(status, headers, body)


def _body(plan: _Plan, result: Mapping[str, Any], target: Target) -> tuple[str, bytes]:
    document = rest.document_members(plan.bound, result)
    payload = plan.bound.payload
    value: Any = document
    if payload is not None:
        value = document.pop(payload[0], None)
        if document:
            raise TypeError(f"{target.operation} has no members {sorted(document)}")
        if value is not None and plan.write is None:
            return rest.write_raw_payload(payload[1], value)
    elif plan.write is None and document:
        raise TypeError(f"{target.operation} has no output")
    if value is None or plan.write is None:
        return _CONTENT_TYPE, b""
    out: list[str] = []
    plan.write(value, plan.root, out)
    out[0] += plan.namespace
    return _CONTENT_TYPE, "".join(out).encode()


def render_fault(service: ServiceModel | None, fault: Fault, request_id: str) -> Response:
    """Write a fault as an `ErrorResponse`; S3 has its `Error` alone."""
    answer = describe(service, fault)
    bare = service is not None and service.service_name == "s3"
    kind = "" if bare else f"<Type>{answer.fault_of}</Type>"
    out = [f"{kind}<Code>{xml.text_of(answer.code)}</Code><Message>{xml.text_of(fault.message)}</Message>"]
    bound = rest.bindings(answer.shape)
    out.extend(error_members(answer.shape, rest.document_members(bound, fault.fields)))
    identity = f"<RequestId>{xml.text_of(request_id)}</RequestId>"
    inside = "".join(out)
    namespace = service.metadata.get("xmlNamespace", "") if service is not None else ""
    opening = f'<ErrorResponse xmlns="{namespace}">' if namespace else "<ErrorResponse>"
    text = (
        f"<Error>{inside}{identity}</Error>" if bare else f"{opening}<Error>{inside}</Error>{identity}</ErrorResponse>"
    )
    headers = [("x-amzn-RequestId", request_id), ("Content-Type", _CONTENT_TYPE)]
    headers += [*rest.write_headers(bound, fault.fields), *fault.headers.items()]
    return Response(answer.status, headers, text.encode())


def _document(read: xml.ReadElements) -> rest.ReadBody:
    return lambda body: read([xml.decode(body)])  # clients differ in the root's name, and nothing depends on it


@lru_cache(maxsize=4096)
def _request_plan(model: OperationModel) -> _Plan:
    shape = model.input_shape
    bound = rest.bindings(shape, model.http["requestUri"])
    if bound.payload is not None:
        name, member = bound.payload
        read = _document(xml.Readers().of(member)) if member.type_name in AGGREGATES else None
        return _Plan(bound, xml.element_name(member, name), read=read)
    if shape is None or not bound.document:
        return _Plan(bound)
    return _Plan(
        bound, xml.element_name(shape, shape.name), read=_document(xml.Readers().structure(shape, bound.document))
    )


@lru_cache(maxsize=4096)
def _response_plan(model: OperationModel) -> _Plan:
    shape = model.output_shape
    bound = rest.bindings(shape)
    if bound.payload is not None:
        name, member = bound.payload
        write = xml.Writers().of(member) if member.type_name in AGGREGATES else None
        return _Plan(bound, xml.element_name(member, name), write=write)
    if shape is None or not bound.document:
        return _Plan(bound)
    return _Plan(bound, xml.element_name(shape, shape.name), write=xml.Writers().structure(shape, bound.document))
