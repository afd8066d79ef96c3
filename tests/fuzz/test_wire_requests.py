"""Whatever comes in, the way out is parameters that fit their shapes, or a `Fault` that can be written down."""

import json
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

import pytest
from botocore.model import Shape
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from gatewright.wire.codecs.json import is_document
from gatewright.wire.faults import Fault
from gatewright.wire.http import Request
from gatewright.wire.identify import Target, Unidentified, identify, target_for
from gatewright.wire.models import Catalogue
from gatewright.wire.protocols import parse, render_fault
from gatewright.wire.validate import validate
from tests.chance import examples

CATALOGUE = Catalogue(["apigateway", "iam", "sts", "cognito-identity", "cognito-idp", "cloudfront", "route53"])
BY_PROTOCOL = {
    protocol: [
        (service, name)
        for service in CATALOGUE.services
        if CATALOGUE.protocol(service) == protocol
        for name in CATALOGUE.service(service).operation_names
    ]
    for protocol in ("json", "query", "rest-json", "rest-xml")
}
TYPES = {
    "json": "application/x-amz-json-1.1",
    "query": "application/x-www-form-urlencoded",
    "rest-json": "application/json",
    "rest-xml": "application/xml",
}
PYTHON = {
    "string": str,
    "integer": int,
    "long": int,
    "boolean": bool,
    "float": float,
    "double": float,
    "timestamp": datetime,
    "blob": bytes,
    "structure": dict,
    "list": list,
    "map": dict,
}
RELAXED = examples(150, suppress_health_check=list(HealthCheck))
LATIN = st.text(st.characters(max_codepoint=255), max_size=30)


def fits(shape: Shape, value: Any) -> None:
    """Fail if a value that was read does not have the type of its shape, all the way down."""
    if value is None or is_document(shape):
        return
    assert isinstance(value, PYTHON[shape.type_name]), (shape, value)
    assert isinstance(value, bool) == (shape.type_name == "boolean")
    if shape.type_name == "string":
        value.encode()
        assert "\0" not in value
    for name, item in value.items() if shape.type_name == "structure" else ():
        fits(shape.members[name], item)
    for item in value if shape.type_name == "list" else ():
        fits(shape.member, item)
    for key, item in value.items() if shape.type_name == "map" else ():
        fits(shape.key, key)
        fits(shape.value, item)


def answer(target: Target, request: Request) -> None:
    try:
        params = parse(target, request)
        if target.model.input_shape is not None:
            fits(target.model.input_shape, params)
        validate(target, params)
    except Fault as fault:
        written(target, fault)


def written(spoken: Target | str, fault: Fault) -> None:
    response = render_fault(spoken, fault, "id")
    assert 400 <= response.status < 500 or response.status == 501
    assert fault.code.encode() in response.body or response.header("x-amzn-ErrorType") == fault.code
    for _, value in response.headers:
        assert "\n" not in value
        assert "\r" not in value


@RELAXED
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH"]),
    path=st.sampled_from(["/", "/restapis", "/restapis/%ff", "/2020-05-31/distribution/x", ""]) | LATIN,
    query=LATIN
    | st.sampled_from(["Action=GetRole&Version=2010-05-08", "mode=import&%zz", "X-Amz-Credential=a/b/c/iam/d"]),
    headers=st.lists(
        st.tuples(st.sampled_from(["x-amz-target", "authorization", "content-type", "host"]), LATIN)
        | st.sampled_from(
            [
                ("x-amz-target", "AWSCognitoIdentityService.GetId"),
                *(("content-type", each) for each in TYPES.values()),
                *(
                    ("authorization", f"AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/{name}/aws4_request, x")
                    for name in ("iam", "apigateway", "s3", "cloudfront", "cognito-identity", "cognito-idp")
                ),
                ("host", "sts.us-east-1.localhost:4566"),
            ]
        ),
        max_size=4,
    ),
    body=st.binary(max_size=60) | st.sampled_from([b"Action=ListRoles&Version=2010-05-08", b"{}", b"[]", b"<a/>"]),
)
def test_any_request_is_identified_or_refused(
    method: str, path: str, query: str, headers: list[tuple[str, str]], body: bytes
) -> None:
    request = Request(method, path, query, tuple(headers), body)
    try:
        target = identify(request, CATALOGUE)
    except Unidentified as refusal:
        written(refusal.protocol, refusal)
    else:
        answer(target, request)


@pytest.mark.parametrize("protocol", list(BY_PROTOCOL))
@RELAXED
@given(data=st.data())
def test_any_bytes_are_read_or_refused(protocol: str, data: st.DataObject) -> None:
    service, operation = data.draw(st.sampled_from(BY_PROTOCOL[protocol]))
    body = data.draw(st.binary(max_size=100) | st.text(max_size=50).map(str.encode))
    request = Request("POST", "/", data.draw(LATIN), (("content-type", TYPES[protocol]),), body)
    answer(target_for(CATALOGUE, service, operation), request)


def misfits(shape: Shape, depth: int = 0) -> st.SearchStrategy[Any]:
    """Return JSON that is mostly of the shape, and sometimes of another type."""
    odd = st.sampled_from(
        [None, True, 1, -1, 1.5, 2**70, 1e300, "", "x", "NaN", "AAAA", "\ud800", "\0", [], {}, [[]], {"a": {}}]
    )
    if depth > 4:
        return odd
    if shape.type_name == "structure" and shape.members:
        members = {
            member.serialization.get("name", name): misfits(member, depth + 1) for name, member in shape.members.items()
        }
        return odd | st.fixed_dictionaries({}, optional=members)
    if shape.type_name == "list":
        return odd | st.lists(misfits(shape.member, depth + 1), max_size=3)
    if shape.type_name == "map":
        return odd | st.dictionaries(st.text(max_size=5), misfits(shape.value, depth + 1), max_size=3)
    return odd


@pytest.mark.parametrize("protocol", ["json", "rest-json"])
@RELAXED
@given(data=st.data())
def test_json_of_the_wrong_types_is_read_or_refused(protocol: str, data: st.DataObject) -> None:
    service, operation = data.draw(st.sampled_from(BY_PROTOCOL[protocol]))
    target = target_for(CATALOGUE, service, operation)
    shape = target.model.input_shape
    body = json.dumps(data.draw(misfits(shape) if shape is not None else st.just({}))).encode()
    answer(target, Request("POST", "/", "", (("content-type", TYPES[protocol]),), body))


@RELAXED
@given(data=st.data())
def test_any_form_is_read_or_refused(data: st.DataObject) -> None:
    service, operation = data.draw(st.sampled_from(BY_PROTOCOL["query"]))
    target = target_for(CATALOGUE, service, operation)
    shape = target.model.input_shape
    names = list(shape.members) if shape is not None else []
    part = st.sampled_from(
        [*names, "member", "entry", "key", "value", "1", "2", "01", "-1", "99999999999", "", "Key", "."]
    )
    name = st.lists(part, min_size=1, max_size=5).map(".".join)
    value = st.sampled_from(["", "x", "true", "7", "%zz", "%ff", "%00", "2026-01-01T00:00:00Z", "0000-00-00T00:00:00Z"])
    pairs = data.draw(st.lists(st.tuples(name, value), max_size=6))
    body = "&".join(f"{name}={value}" for name, value in pairs).encode()
    answer(target, Request("POST", "/", "", (("content-type", TYPES["query"]),), body))


@RELAXED
@given(data=st.data())
def test_any_xml_is_read_or_refused(data: st.DataObject) -> None:
    service, operation = data.draw(st.sampled_from(BY_PROTOCOL["rest-xml"]))
    target = target_for(CATALOGUE, service, operation)

    def element(shape: Shape, name: str, depth: int) -> str:
        if depth < 5 and shape.type_name == "structure":
            chosen = data.draw(st.lists(st.sampled_from(list(shape.members) or ["x"]), max_size=3))
            inside = "".join(element(shape.members[each], each, depth + 1) for each in chosen if each in shape.members)
        elif depth < 5 and shape.type_name == "list":
            item = shape.member.serialization.get("name", "member")
            inside = element(shape.member, item, depth + 1) * data.draw(st.integers(0, 2))
        else:
            inside = escape(data.draw(st.sampled_from(["", "x", "7", "true", "\u00e9", "2026-01-01T00:00:00Z"])))
        name = shape.serialization.get("name", name)
        return f"<{name}>{inside}</{name}>"

    shape = target.model.input_shape
    body = element(shape, "Root", 0).encode() if shape is not None else b""
    answer(target, Request("POST", "/", "", (("content-type", TYPES["rest-xml"]),), body))


@pytest.mark.parametrize("protocol", list(BY_PROTOCOL))
def test_deep_nesting_is_refused_and_crashes_nothing(protocol: str) -> None:
    depth = 100_000
    body = {
        "json": b'{"a":' * depth,
        "rest-json": b"[" * depth,
        "query": b"Tags" + b".member.1" * depth + b"=x",
        "rest-xml": b"<a>" * depth + b"</a>" * depth,
    }[protocol]
    operation = {
        "json": ("cognito-identity", "CreateIdentityPool"),
        "rest-json": ("apigateway", "CreateRestApi"),
        "query": ("iam", "TagRole"),
        "rest-xml": ("cloudfront", "CreateDistribution"),
    }[protocol]
    request = Request("POST", "/", "", (("content-type", TYPES[protocol]),), body)
    with pytest.raises(Fault, match=r"deep"):
        parse(target_for(CATALOGUE, *operation), request)
