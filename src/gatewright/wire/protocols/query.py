"""query: a form with `Action` and `Version` in, XML out. IAM and STS speak it.

In: a target and its request, or a result. Out: parameters, or a response. Law: the parameters of the query string and
of the form are one set; none may be given twice. Source: Smithy, "AWS query protocol".
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from gatewright.wire.codecs import form, xml
from gatewright.wire.faults import Fault
from gatewright.wire.http import Request, Response
from gatewright.wire.protocols.errors import describe
from gatewright.wire.shapes import OperationModel, ServiceModel, StructureShape
from gatewright.wire.target import Target

MALFORMED = "MalformedInput"
TOO_LARGE = "RequestEntityTooLarge"

_FAULT_NAMESPACE = "http://webservices.amazon.com/AWSFault/2005-15-09"  # where no service has been found


def parse(target: Target, request: Request) -> dict[str, Any]:
    """Read the parameters of a call.

    Raises:
        Unreadable: they are not what the model says.
    """
    read = _reader(target.model)
    return {} if read is None else read(form.tree(form.parameters(request)))


def serialize(target: Target, result: Mapping[str, Any], request_id: str) -> Response:
    """Write the answer of a call: its result in a wrapper, and the request's id."""
    out = [f"<{target.operation}Response{_namespace(target.service_model)}>"]
    write, wrapper = _writer(target.model)
    if write is not None:
        write(result, wrapper, out)
    elif result:
        raise TypeError(f"{target.operation} has no output")
    out.append(f"<ResponseMetadata><RequestId>{xml.text_of(request_id)}</RequestId></ResponseMetadata>")
    out.append(f"</{target.operation}Response>")
    return _response(200, out, request_id)


def render_fault(service: ServiceModel | None, fault: Fault, request_id: str) -> Response:
    """Write a fault as an `ErrorResponse`."""
    answer = describe(service, fault)
    out = [
        f"<ErrorResponse{_namespace(service)}><Error><Type>{answer.fault_of}</Type><Code>{xml.text_of(answer.code)}</Code>"
    ]
    out.append(f"<Message>{xml.text_of(fault.message)}</Message>")
    out.extend(error_members(answer.shape, fault.fields))
    out.append(f"</Error><RequestId>{xml.text_of(request_id)}</RequestId></ErrorResponse>")
    response = _response(answer.status, out, request_id)
    response.headers.extend(fault.headers.items())
    return response


def error_members(shape: StructureShape | None, fields: Mapping[str, Any]) -> list[str]:
    """Return the elements of the further members of an error."""
    out: list[str] = []
    for name, value in fields.items():
        if shape is not None:
            member = shape.members[name]
            xml.Writers().of(member)(value, xml.element_name(member, name), out)
        else:
            out.append(f"<{name}>{xml.text_of(str(value))}</{name}>")
    return out


def _namespace(service: ServiceModel | None) -> str:
    uri = service.metadata.get("xmlNamespace", "") if service is not None else _FAULT_NAMESPACE
    return f' xmlns="{uri}"' if uri else ""


def _response(status: int, out: list[str], request_id: str) -> Response:
    return Response(status, [("x-amzn-RequestId", request_id), ("Content-Type", "text/xml")], "".join(out).encode())


@lru_cache(maxsize=4096)
def _reader(model: OperationModel) -> form.ReadNode | None:
    return form.Readers().of(model.input_shape) if model.input_shape is not None else None


@lru_cache(maxsize=4096)
def _writer(model: OperationModel) -> tuple[xml.WriteElement | None, str]:
    shape = model.output_shape
    if shape is None:
        return None, ""
    return xml.Writers().of(shape), shape.serialization.get("resultWrapper", f"{model.name}Result")
