"""json 1.0 and 1.1: `X-Amz-Target` names the operation, the body is one JSON document. Cognito speaks it.

In: a target and its request, or a result. Out: parameters, or a response. Law: the content type must be the
protocol's own, which makes a browser ask for permission before it sends such a call across origins. Source: Smithy,
"AWS JSON 1.1 protocol".
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from gatewright.wire.codecs import json
from gatewright.wire.faults import Fault
from gatewright.wire.http import Request, Response
from gatewright.wire.protocols.errors import describe
from gatewright.wire.shapes import OperationModel, ServiceModel, StructureShape
from gatewright.wire.target import Target

MALFORMED = "SerializationException"
TOO_LARGE = "RequestEntityTooLargeException"

# amazon-cognito-identity-js sends what it does not have as null in AuthParameters, and Cognito takes it for nothing.
_NULL_IS_NOTHING = frozenset({"cognito-idp"})
_CONTENT_TYPES = ("application/x-amz-json-1.1", "application/x-amz-json-1.0")


def parse(target: Target, request: Request) -> dict[str, Any]:
    """Read the parameters of a call; an empty body has none.

    Raises:
        Fault: the content type is not the protocol's.
        Unreadable: the body is not what the model says.
    """
    content_type = request.header("content-type")
    if (
        content_type not in _CONTENT_TYPES
        and (content_type or "").partition(";")[0].strip().lower() not in _CONTENT_TYPES
    ):
        message = f"The Content-Type of {target.operation} must be {_content_type(target.service_model)}"
        raise Fault("UnknownOperationException", message, 404)
    read = _reader(target.model)
    params: dict[str, Any] = {} if read is None or not request.body else read(json.decode(request.body))
    return _without_nulls(params) if target.service in _NULL_IS_NOTHING else params


def _without_nulls(params: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {key: item for key, item in value.items() if item is not None} if value.__class__ is dict else value
        for name, value in params.items()
    }


def serialize(target: Target, result: Mapping[str, Any], request_id: str) -> Response:
    """Write the answer of a call; an operation without output has an empty body."""
    write = _writer(target.model)
    if write is None and result:
        raise TypeError(f"{target.operation} has no output")
    body = b"" if write is None else json.encode(write(result))
    headers = [("x-amzn-RequestId", request_id), ("Content-Type", _content_type(target.service_model))]
    return Response(200, headers, body)


def render_fault(service: ServiceModel | None, fault: Fault, request_id: str) -> Response:
    """Write a fault: `{"__type": …, "message": …}`, with its name in `x-amzn-ErrorType` as well."""
    answer = describe(service, fault)
    document = {"__type": answer.name, answer.message_element: fault.message}
    if fault.fields:
        document.update(_error_writer(answer.shape)(dict(fault.fields)) if answer.shape is not None else fault.fields)
    headers = [
        ("x-amzn-RequestId", request_id),
        ("Content-Type", _content_type(service)),
        ("x-amzn-ErrorType", answer.name),
        *fault.headers.items(),
    ]
    return Response(answer.status, headers, json.encode(document))


def _content_type(service: ServiceModel | None) -> str:
    version = service.metadata.get("jsonVersion", "1.1") if service is not None else "1.1"
    return f"application/x-amz-json-{version}"


@lru_cache(maxsize=4096)
def _reader(model: OperationModel) -> json.Read | None:
    return json.Readers().of(model.input_shape) if model.input_shape is not None else None


@lru_cache(maxsize=4096)
def _writer(model: OperationModel) -> json.Write | None:
    return json.Writers().of(model.output_shape) if model.output_shape is not None else None


@lru_cache(maxsize=1024)
def _error_writer(shape: StructureShape) -> json.Write:
    return json.Writers().of(shape)
