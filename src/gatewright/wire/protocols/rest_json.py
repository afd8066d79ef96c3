"""rest-json: method and path name the operation; members stand in path, query, headers and a JSON body (API Gateway).

In: a target and its request, or a result. Out: parameters, or a response. Law: see `rest.py` for the places,
`codecs/json.py` for the body. Source: Smithy, "AWS restJson1 protocol".
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec

from gatewright.wire.codecs import json
from gatewright.wire.codecs.compiler import AGGREGATES
from gatewright.wire.faults import Fault
from gatewright.wire.http import Request, Response
from gatewright.wire.protocols import rest
from gatewright.wire.protocols.errors import ErrorAnswer, describe
from gatewright.wire.shapes import OperationModel, ServiceModel, StructureShape
from gatewright.wire.target import Target

MALFORMED = "SerializationException"
TOO_LARGE = "RequestEntityTooLargeException"

_CONTENT_TYPE = "application/json"
_ACCEPTED = ("", "application/json", "application/x-amz-json-1.1", "application/x-amz-json-1.0")


class _Plan(msgspec.Struct, frozen=True):
    bound: rest.Bindings
    read: rest.ReadBody | None = None  # the body as a document
    write: json.Write | None = None


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
    if payload is not None:
        value = document.pop(payload[0], None)
        if document:
            raise TypeError(f"{target.operation} has no members {sorted(document)}")
        if value is None:
            return _CONTENT_TYPE, b""
        if plan.write is None:
            return rest.write_raw_payload(payload[1], value)
        return _CONTENT_TYPE, json.encode(plan.write(value))
    if plan.write is None:
        if document:
            raise TypeError(f"{target.operation} has no output")
        return _CONTENT_TYPE, b""
    return _CONTENT_TYPE, json.encode(plan.write(document))


def render_fault(service: ServiceModel | None, fault: Fault, request_id: str) -> Response:
    """Write a fault: its name in `x-amzn-ErrorType`, its message and further members in the body or in headers."""
    answer = describe(service, fault)
    headers = [("x-amzn-RequestId", request_id), ("Content-Type", _CONTENT_TYPE), ("x-amzn-ErrorType", answer.name)]
    document: dict[str, Any] = {answer.message_element: fault.message}
    if fault.fields:
        more, in_headers = _error_fields(answer, fault)
        document.update(more)
        headers.extend(in_headers)
    headers.extend(fault.headers.items())
    return Response(answer.status, headers, json.encode(document))


def _error_fields(answer: ErrorAnswer, fault: Fault) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    if answer.shape is None:
        return dict(fault.fields), []
    plan = _error_plan(answer.shape)
    assert plan.write is not None
    document = plan.write(rest.document_members(plan.bound, fault.fields))
    return document, rest.write_headers(plan.bound, fault.fields)


@lru_cache(maxsize=4096)
def _request_plan(model: OperationModel) -> _Plan:
    shape = model.input_shape
    bound = rest.bindings(shape, model.http["requestUri"])
    readers = json.Readers(json.java_words)
    if bound.payload is not None:
        member = bound.payload[1]
        return _Plan(bound, _document(readers.of(member)) if member.type_name in AGGREGATES else None)
    if shape is None or not bound.document:
        return _Plan(bound)
    return _Plan(bound, _document(readers.structure(shape, bound.document)))


def _document(read: json.Read) -> rest.ReadBody:
    return lambda body: read(json.decode(body))


@lru_cache(maxsize=4096)
def _response_plan(model: OperationModel) -> _Plan:
    shape = model.output_shape
    bound = rest.bindings(shape)
    if bound.payload is not None:
        structured = bound.payload[1].type_name in AGGREGATES
        return _Plan(bound, write=json.Writers().of(bound.payload[1]) if structured else None)
    return _Plan(bound, write=json.Writers().structure(shape, bound.document) if shape is not None else None)


@lru_cache(maxsize=1024)
def _error_plan(shape: StructureShape) -> _Plan:
    bound = rest.bindings(shape)
    return _Plan(bound, write=json.Writers().structure(shape, bound.document))
