"""Wycheproof's cases for JWS and JWK: what must be refused is refused, and what our algorithms signed is verified."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from gatewright.core.jwks import read_key_set
from gatewright.core.jwt import BadToken, take_apart, verify

HERE = Path(__file__).parent
OURS = {"RS256", "RS384", "RS512", "ES256", "ES384", "ES512"}


def cases(file: str) -> Iterator[Any]:
    """Every case with the keys of its group: the public ones, or where it has none, what there is."""
    for group in json.loads((HERE / file).read_text())["testGroups"]:
        found = group.get("public") or group["private"]
        keys = found.get("keys", [found])
        for case in group["tests"]:
            yield pytest.param(keys, case, id=f"{case['tcId']}-{case['comment']}")


SIGNATURES = list(cases("json_web_signature_test.json"))
KEYS = list(cases("json_web_key_test.json"))


def is_verified(keys: list[Mapping[str, Any]], message: str) -> bool:
    """Verify a message by a key set that an issuer publishes, as logins are."""
    known = read_key_set(json.dumps({"keys": keys}).encode())
    try:
        apart = take_apart(message)
        apart.must_be_signed_by(known.get(apart.key_id))
    except BadToken:
        return False
    return True


@pytest.mark.parametrize(("keys", "case"), SIGNATURES + KEYS)
def test_a_message_is_verified_only_where_it_must_be(keys: list[Mapping[str, Any]], case: Mapping[str, Any]) -> None:
    may_be_ours = all(key.get("alg") in OURS for key in keys)
    assert is_verified(keys, case["jws"]) is (case["result"] == "valid" and may_be_ours)


@pytest.mark.parametrize(("keys", "case"), SIGNATURES + KEYS)
def test_a_payload_that_is_no_json_object_is_never_a_token(
    keys: list[Mapping[str, Any]], case: Mapping[str, Any]
) -> None:
    with pytest.raises(BadToken):
        verify(case["jws"], read_key_set(json.dumps({"keys": keys}).encode()).get)


def test_the_cases_are_those_that_were_taken() -> None:
    assert (len(SIGNATURES), len(KEYS)) == (128, 20)
    verified = [one.id for one in SIGNATURES + KEYS if is_verified(one.values[0], one.values[1]["jws"])]
    assert verified == [
        "18-acceptsValid",
        "33-acceptsValid",
        "345-Figure13",
        "349-Figure13",
        "378-valid",
        "5-acceptsValid",
    ]
