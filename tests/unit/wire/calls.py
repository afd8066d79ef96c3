"""Calls as botocore's own serializer sends them, and parameters made up from the models' shapes."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import HeadersDict, create_request_object, prepare_request_dict
from botocore.model import OperationModel, Shape
from botocore.parsers import create_parser
from botocore.response import StreamingBody
from botocore.serialize import create_serializer
from hypothesis import strategies as st

from gatewright.wire.http import Request, Response
from gatewright.wire.models import Catalogue

SERVICES = ("apigateway", "iam", "sts", "cognito-identity", "cognito-idp")
CATALOGUE = Catalogue(SERVICES)
OPERATIONS = [(service, name) for service in SERVICES for name in CATALOGUE.service(service).operation_names]

MOMENT = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)


def scope(name: str, region: str = "eu-west-1") -> tuple[str, str]:
    """Return an `authorization` header whose credential scope names a service."""
    credential = f"AKIDEXAMPLE/20260203/{region}/{name}/aws4_request"
    return "authorization", f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=00"


def sent(service: str, operation: str, params: dict[str, Any], *more: tuple[str, str]) -> Request:
    """Return the request that botocore sends for a call, signed for the service in name only."""
    model = CATALOGUE.service(service).operation_model(operation)
    serializer = create_serializer(CATALOGUE.protocol(service), include_validation=False)
    wanted = serializer.serialize_to_request(params, model)
    prepare_request_dict(wanted, "http://localhost:4566")
    prepared = create_request_object(wanted).prepare()
    url = urlsplit(prepared.url)
    headers = {
        name.lower(): value.decode() if isinstance(value, bytes) else value for name, value in prepared.headers.items()
    }
    headers["host"] = url.netloc
    body = prepared.body or b""
    signed = scope(CATALOGUE.signing_name(service))
    return Request(
        prepared.method,
        url.path or "/",
        url.query,
        (*headers.items(), signed, *more),
        body if isinstance(body, bytes) else body.encode(),
    )


def read(service: str, model: OperationModel, response: Response, shape: Shape | None = None) -> dict[str, Any]:
    """Return what botocore's parser makes of an answer."""
    headers = HeadersDict(response.headers)
    body = StreamingBody(BytesIO(response.body), len(response.body)) if model.has_streaming_output else response.body
    answer = {"status_code": response.status, "headers": headers, "body": body, "context": {}}
    parsed: dict[str, Any] = create_parser(CATALOGUE.protocol(service)).parse(answer, shape or model.output_shape)
    return {name: item.read() if isinstance(item, StreamingBody) else item for name, item in parsed.items()}


def filled(shape: Shape, seen: tuple[str, ...] = ()) -> Any:
    """Make up a value in which every member is there; a shape inside itself is left out."""
    kind = shape.type_name
    if kind == "structure":
        inside = (*seen, shape.name)
        members = {name: member for name, member in shape.members.items() if member.name not in inside}
        return {name: filled(member, inside) for name, member in members.items()}
    if kind == "list":
        return [filled(shape.member, seen)] * 2 if shape.member.name not in seen else []
    if kind == "map":
        return {"first key": filled(shape.value, seen), "second/key&": filled(shape.value, seen)}
    if kind == "string":
        return (shape.metadata.get("enum") or ["a b/c+d%é&=<>\"'"])[0]
    return {
        "integer": 7,
        "long": 2**40,
        "boolean": True,
        "float": 1.5,
        "double": 2.5,
        "timestamp": MOMENT,
        "blob": b"\x00bytes\xff",
    }[kind]


TEXT = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00\r", exclude_categories=("Cs", "Cc", "Cn")), max_size=20
)


def values(shape: Shape, depth: int = 0) -> st.SearchStrategy[Any]:
    """Return all values of a shape that travel unharmed."""
    kind = shape.type_name
    if kind == "structure":
        members = {name: member for name, member in shape.members.items() if depth < 4}
        return st.fixed_dictionaries({}, optional={name: values(member, depth + 1) for name, member in members.items()})
    if kind == "list":
        return st.lists(values(shape.member, depth + 1), min_size=1, max_size=3)
    if kind == "map":
        return st.dictionaries(TEXT.filter(bool), values(shape.value, depth + 1), min_size=1, max_size=3)
    if shape.metadata.get("enum"):
        return st.sampled_from(shape.metadata["enum"])
    return {
        "string": TEXT,
        "integer": st.integers(-(2**31), 2**31 - 1),
        "long": st.integers(-(2**63), 2**63 - 1),
        "boolean": st.booleans(),
        "float": st.floats(allow_nan=False, allow_infinity=False, width=32),
        "double": st.floats(allow_nan=False, allow_infinity=False),
        "timestamp": st.datetimes(datetime(1970, 1, 1), datetime(9999, 1, 1)).map(
            lambda at: at.replace(microsecond=0, tzinfo=UTC)
        ),
        "blob": st.binary(max_size=20),
    }[kind]
