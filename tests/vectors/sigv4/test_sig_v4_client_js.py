"""AWS's own cases for sigV4Client.js: it signs what AWS signs, and refuses what a browser would change."""

import base64
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from tests.javascript import sign_standalone

CASES: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent / "aws-signing-test-suite-v4.json").read_text(encoding="utf-8")
)

# fetch cannot send the first three; the script sends a path encoded, and signs the token; AWS's last case does not.
NOT_FOR_FETCH = {"get-header-key-duplicate", "get-header-value-order", "get-header-value-multiline"}
ELSEWISE = {"get-space-normalized", "get-utf8", "post-sts-header-after"}
WALKS = {name for name in CASES if "relative" in name or "-dot" in name}
FORMS = {name for name in CASES if "urlencoded" in name}
SIGNED = {name for name in CASES if CASES[name]["context"]["normalize"]} - NOT_FOR_FETCH - ELSEWISE - WALKS


def task(case: dict[str, Any]) -> dict[str, Any]:
    """Tell the script to make a case's request."""
    context = case["context"]
    head, _, body = case["request"].partition("\n\n")
    lines = head.split("\n")
    method, target = lines[0].removesuffix(" HTTP/1.1").split(" ", 1)
    path, _, query = target.partition("?")
    params: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        params.setdefault(name, []).append(value)
    headers: dict[str, str | None] = {"accept": None, "content-type": None}  # null takes ours away
    headers |= dict(line.split(":", 1) for line in lines[1:] if ":" in line)
    if context.get("sign_body"):
        headers["x-amz-content-sha256"] = case["header"]["canonical_request"].rsplit("\n", 1)[1]
    credentials = context["credentials"]
    return {
        "config": {
            "accessKey": credentials["access_key_id"],
            "secretKey": credentials["secret_access_key"],
            "sessionToken": credentials.get("token"),
            "region": context["region"],
            "serviceName": context["service"],
            "endpoint": "https://example.amazonaws.com",
        },
        "request": {
            "method": method,
            "path": path,
            "queryParams": params,
            "headers": headers,
            "date": context["timestamp"],
        },
        "bytes": base64.b64encode(body.encode()).decode(),
    }


@pytest.fixture(scope="module")
def answers() -> dict[str, dict[str, Any]]:
    names = sorted(SIGNED | WALKS)
    return dict(zip(names, sign_standalone(*[task(CASES[name]) for name in names]), strict=True))


def test_most_of_the_suite_is_for_the_script() -> None:
    assert len(SIGNED) == 21
    assert SIGNED >= FORMS
    assert len(WALKS) == 8


@pytest.mark.parametrize("name", sorted(SIGNED))
def test_the_script_signs_as_aws_does(name: str, answers: dict[str, dict[str, Any]]) -> None:
    wanted = re.search(r"^Authorization:(.*)$", CASES[name]["header"]["signed_request"], re.MULTILINE)
    assert wanted is not None
    assert answers[name].get("headers", answers[name])["Authorization"] == wanted[1].strip()


@pytest.mark.parametrize("name", sorted(WALKS))
def test_a_path_that_fetch_would_resolve_is_refused(name: str, answers: dict[str, dict[str, Any]]) -> None:
    assert "is not sent as it stands" in answers[name]["error"]
