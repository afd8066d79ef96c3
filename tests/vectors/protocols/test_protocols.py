"""botocore's own protocol cases, turned round: what its client sends, our server must read, and the other way.

Law: an input case's HTTP request must be read as the case's parameters. An output case's result, written by us, must
be read by botocore's parser as that result; where the case shows a JSON body, ours must mean the same.
"""

import json
import math
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import HeadersDict
from botocore.model import ServiceModel, StructureShape
from botocore.parsers import create_parser

from gatewright.wire.faults import Fault
from gatewright.wire.http import Request, Response
from gatewright.wire.protocols import parse, render_fault, serialize
from gatewright.wire.routes import Router
from gatewright.wire.target import Target

HERE = Path(__file__).parent
IDEMPOTENCY_TOKEN = "00000000-0000-4000-8000-000000000000"

# What a server cannot read back, or what we do not do; each with its reason.
_NOTHING_SENT = "what is empty is not sent, so the server cannot tell it from nothing"
_GZIP = "no operation that we have compresses its requests; the case has no body"
_PATH = "the endpoint has a path of its own; the edge takes it off"
NOT_READ: dict[str, str] = {
    "QueryEmptyQueryMaps": _NOTHING_SENT,
    "RestJsonHttpPrefixHeadersAreNotPresent": _NOTHING_SENT,
    "HttpPrefixHeadersAreNotPresent": _NOTHING_SENT,
    "RestJsonOmitsEmptyListQueryValues": _NOTHING_SENT,
    "RestJsonHttpWithEmptyStructurePayload": _NOTHING_SENT,
    "RestJsonHttpWithHeadersButNoPayload": _NOTHING_SENT,
    "RestJsonQueryPrecedence": "the client drops one of two values, and the server cannot know which",
    "RestXmlQueryPrecedence": "the client drops one of two values, and the server cannot know which",
    "MediaTypeHeaderInputBase64": "the case writes the JSON document as text; botocore does not run it either",
    "RestJsonHostWithPath": _PATH,
    "BodyWithXmlName": "botocore takes the element's name from the wrong place, and does not run it either",
    **dict.fromkeys(("SDKAppliedContentEncoding_" + each for each in ("awsJson1_1", "awsJson1_0", "awsQuery")), _GZIP),
    **dict.fromkeys(("SDKAppliedContentEncoding_" + each for each in ("restJson1", "restXml")), _GZIP),
    "SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsJson1_1": _GZIP,
    "SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsJson1_0": _GZIP,
    "SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsQuery": _GZIP,
    "SDKAppendedGzipAfterProvidedEncoding_restJson1": _GZIP,
    "SDKAppendedGzipAfterProvidedEncoding_restXml": _GZIP,
}
# These cases expect bound parameters in the map of all others as well; the cases of the map itself expect the opposite.
ALL_PARAMETERS = "queryParamsMapOfStringList"
_BOTOCORE = "botocore's parser does not read it as the case says; botocore does not run it either"
NOT_WRITTEN: dict[str, str] = {
    "RestJsonHttpPayloadTraitsWithNoBlobBody": _BOTOCORE,
    "HttpPayloadTraitsWithNoBlobBody": _BOTOCORE,
    "RestJsonHttpPayloadWithUnsetUnion": _BOTOCORE,
    "RestXmlHttpPayloadWithUnsetUnion": _BOTOCORE,
    "RestJsonInputAndOutputWithQuotedStringHeaders": _BOTOCORE,
    "RestJsonInputAndOutputWithTimestampHeaders": _BOTOCORE,
    "InputAndOutputWithTimestampHeaders": _BOTOCORE,
    "MediaTypeHeaderOutputBase64": _BOTOCORE,
    "XmlLists": _BOTOCORE,
    "QueryXmlLists": _BOTOCORE,
    "HttpPrefixHeadersResponse": "the prefix is empty, and takes in the headers that every answer has",
    "IgnoreQueryParamsInResponse": "the operation has no output",
    "AwsJson11DeserializeIgnoreType": "the result has a member that the model has not",
    "RestJsonDeserializesDenseSetMapAndSkipsNull": _BOTOCORE,
    "RestJsonDeserializeIgnoreType": "the result has a member that the model has not",
    "AwsJson10DeserializeIgnoreType": "the result has a member that the model has not",
}
# Where our body may differ from the recorded one: other words for the same moment, an empty body instead of `{}`.
OTHER_BODY = ("DateTimeWith", "andles_empty_output", "andlesEmptyOutput", "nexpected", "Null")


def cases(kind: str, errors: bool = False) -> list[Any]:
    return [
        pytest.param(suite, case, id=f"{path.stem}:{case['id']}")
        for path in sorted((HERE / kind).glob("*.json"))
        for suite in json.loads(path.read_text())
        for case in suite["cases"]
        if ("error" in case) == errors
    ]


def target_of(suite: dict[str, Any], case: dict[str, Any]) -> Target:
    name = case["given"]["name"]
    description = {"metadata": suite["metadata"], "shapes": suite["shapes"], "operations": {name: case["given"]}}
    service = ServiceModel(description, "vectors")
    model = service.operation_model(name)
    return Target("vectors", name, model, service, suite["metadata"]["protocol"])


def plain(value: Any) -> Any:
    """Write parameters as the cases do: moments as seconds, bytes as text, special floats as words."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


@pytest.mark.parametrize(("suite", "case"), cases("input"))
def test_a_request_that_botocore_sends_is_read_as_its_parameters(suite: dict[str, Any], case: dict[str, Any]) -> None:
    sent, target = case["serialized"], target_of(suite, case)
    path, _, query = sent["uri"].partition("?")
    headers = tuple((name.lower(), value) for name, value in sent.get("headers", {}).items())
    if target.protocol == "json" and "content-type" not in dict(headers):
        headers += (("content-type", "application/x-amz-json-1.0"),)  # some cases show only what they are about
    request = Request(sent.get("method", "POST"), path, query, headers, sent.get("body", "").encode())
    if case["id"] in NOT_READ:
        pytest.skip(NOT_READ[case["id"]])
    if target.protocol.startswith("rest-"):
        http = case["given"]["http"]
        match = Router([(target.operation, http["method"], http["requestUri"])]).match(request.method, path, query)
        assert match is not None
        target = Target("vectors", target.operation, target.model, target.service_model, target.protocol, match[1])
    found = plain(parse(target, request))
    if "token" in found and "token" not in case["params"]:
        assert found.pop("token") == IDEMPOTENCY_TOKEN  # the client fills it in
    expected = present(case["params"])
    if ALL_PARAMETERS not in found:
        expected.pop(ALL_PARAMETERS, None)
    assert found == expected


@pytest.mark.parametrize(("suite", "case"), cases("output"))
def test_an_answer_that_we_write_is_read_by_botocore(suite: dict[str, Any], case: dict[str, Any]) -> None:
    target = target_of(suite, case)
    if case["id"] in NOT_WRITTEN:
        pytest.skip(NOT_WRITTEN[case["id"]])
    shape = target.model.output_shape
    if target.protocol == "query" and shape is not None:
        shape.serialization["resultWrapper"] = f"{target.operation}Result"  # the cases leave it out
    response = serialize(target, floats(case["result"]), "request-id")
    assert plain(read_by_botocore(response, target, shape)) == present(case["result"])
    assert response.status == case["response"]["status_code"]
    recorded = case["response"].get("body", "")
    if target.protocol in ("json", "rest-json") and recorded and not any(each in case["id"] for each in OTHER_BODY):
        written = response.body.decode()
        assert (json.loads(written) if recorded[0] in '{["' else written) == (
            json.loads(recorded) if recorded[0] in '{["' else recorded
        )


@pytest.mark.parametrize(("suite", "case"), cases("output", errors=True))
def test_a_fault_that_we_write_is_read_by_botocore(suite: dict[str, Any], case: dict[str, Any]) -> None:
    target = target_of(suite, case)
    fields = {name: value for name, value in case["error"].items() if name != "Message"}
    response = render_fault(
        target, Fault(case["errorCode"], case.get("errorMessage", "Hi"), fields=fields), "request-id"
    )
    parsed = read_by_botocore(response, target, target.model.output_shape)
    assert parsed["Error"]["Code"] == case["errorCode"]
    assert parsed["Error"]["Message"] == case.get("errorMessage", "Hi")
    assert response.status == case["response"]["status_code"]
    modelled = read_by_botocore(response, target, target.service_model.shape_for_error_code(case["errorCode"]))
    assert {name: modelled[name] for name in fields} == fields


def read_by_botocore(response: Response, target: Target, shape: StructureShape | None) -> dict[str, Any]:
    headers = HeadersDict(response.headers)
    answer = {"status_code": response.status, "headers": headers, "body": response.body, "context": {}}
    parsed: dict[str, Any] = create_parser(target.protocol).parse(answer, shape)
    assert parsed.pop("ResponseMetadata", {"RequestId": "request-id"})["RequestId"] == "request-id"
    return parsed


def present(value: Any) -> Any:
    """Leave out the members that are None, as both sides do."""
    return {key: item for key, item in value.items() if item is not None}


def floats(value: Any) -> Any:
    """Turn the words of special floats, which the cases use, into floats."""
    if isinstance(value, dict):
        return {key: floats(item) for key, item in value.items()}
    return float(value) if value in ("NaN", "Infinity", "-Infinity") else value


def test_the_cases_are_all_there() -> None:
    assert len(cases("input")) == 320
    assert len(cases("output")) + len(cases("output", errors=True)) == 297
