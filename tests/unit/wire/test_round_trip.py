"""Every operation of every service: what botocore sends is what we read, what we write is what botocore reads."""

from typing import Any

import pytest
from botocore.model import Shape
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from gatewright.wire.identify import identify, target_for
from gatewright.wire.protocols import parse, serialize
from tests.chance import examples
from tests.unit.wire.calls import CATALOGUE, OPERATIONS, SERVICES, filled, read, sent, values


def model_of(service: str, operation: str) -> Any:
    return CATALOGUE.service(service).operation_model(operation)


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_a_call_with_every_member_is_identified_and_read(service: str, operation: str) -> None:
    shape = model_of(service, operation).input_shape
    params = filled(shape) if shape is not None else {}
    request = sent(service, operation, params)
    target = identify(request, CATALOGUE)
    assert (target.service, target.operation) == (service, operation)
    assert parse(target, request) == params


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_an_answer_with_every_member_is_read_by_botocore(service: str, operation: str) -> None:
    model = model_of(service, operation)
    result = filled(model.output_shape) if model.output_shape is not None else {}
    response = serialize(target_for(CATALOGUE, service, operation), result, "some-request-id")
    parsed = read(service, model, response)
    metadata = parsed.pop("ResponseMetadata")
    assert parsed == result
    assert metadata["HTTPHeaders"]["x-amzn-requestid"] == "some-request-id"


@pytest.mark.parametrize("service", SERVICES)
@examples(60, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_call_is_read_as_it_was_meant(service: str, data: st.DataObject) -> None:
    operation = data.draw(st.sampled_from(list(CATALOGUE.service(service).operation_names)))
    shape = model_of(service, operation).input_shape
    params = data.draw(values(shape)) if shape is not None else {}
    for name, member in shape.members.items() if shape is not None else ():
        if member.serialization.get("location") == "uri":
            params[name] = params.get(name) or "some"
    params = travelling(params, shape)
    if CATALOGUE.protocol(service) == "query":
        params = pruned(params)
    request = sent(service, operation, params)
    target = identify(request, CATALOGUE)
    assert target.operation == operation
    assert parse(target, request) == params


def travelling(params: dict[str, Any], shape: Shape | None) -> dict[str, Any]:
    """Leave out what HTTP cannot carry: other characters than ASCII in headers, and an empty body."""
    kept = {}
    for name, value in params.items():
        member = shape.members[name] if shape is not None else None
        in_header = member is not None and member.serialization.get("location") == "header"
        if in_header and isinstance(value, str) and (not value.isascii() or value != value.strip()):
            continue
        if shape is not None and shape.serialization.get("payload") == name and not value:
            continue
        kept[name] = "x" if value in (".", "..") else value
    return kept


def pruned(value: Any) -> Any:
    """Leave out what is empty: the query protocol has no words for it."""
    if isinstance(value, dict):
        return {
            name: item for name, item in ((name, pruned(item)) for name, item in value.items()) if item not in ({}, [])
        }
    if isinstance(value, list):
        return [item for item in map(pruned, value) if item not in ({}, [])]
    return value


@pytest.mark.parametrize("service", SERVICES)
@examples(60, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_answer_is_read_by_botocore(service: str, data: st.DataObject) -> None:
    operation = data.draw(st.sampled_from(list(CATALOGUE.service(service).operation_names)))
    model = model_of(service, operation)
    result = travelling(data.draw(values(model.output_shape)), model.output_shape) if model.output_shape else {}
    response = serialize(target_for(CATALOGUE, service, operation), result, "some-request-id")
    parsed = read(service, model, response)
    del parsed["ResponseMetadata"]
    payload = model.output_shape.serialization.get("payload") if model.output_shape else None
    own = (payload, "contentType")  # every payload has a type, and botocore reads an empty one as well
    parsed = {name: value for name, value in parsed.items() if name in result or name not in own}
    assert parsed == result
