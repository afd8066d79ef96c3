"""Wycheproof's JWS and JWK cases, both files whole: forgeries are refused, what our algorithms signed is verified.

The files judge libraries that know every algorithm. `REFUSED` names each case that they call valid and that is refused
here all the same, by the policy that refuses it; a test for each policy shows that the signature is right and that it
is this policy, and nothing else, that stands in its way. No case is left out.
"""

import hmac
import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512

from gatewright.core.jwks import read_key_set
from gatewright.core.jwt import BadToken, VerifyingKey, take_apart, verify

HERE = Path(__file__).parent
HASHES = {"256": SHA256(), "384": SHA384(), "512": SHA512()}

REFUSED = {
    "RSASSA-PSS is none of our algorithms": "jws 272-275 287 288 320-323 325-328 346 350",
    "a symmetric key is none that an issuer publishes": "jws 1 348 352 357-359 376 377 jwk 2 13-15",
    "a message has one spelling: no foreign characters": "jws 372 373",
    "a message without a payload is no token": "jws 259 264 268",
    "a key is for an algorithm that exists: ES521 is a slip for ES512": "jws 347 351",
}
PSS_KEY, SYMMETRIC, MISSPELT, EMPTY, MISNAMED = REFUSED
VERIFIED = "jws 18 33 260-263 265-267 269-271 345 349 378 jwk 5"
# What is refused before any arithmetic: what cannot be read, and what was signed by a key that counts for nothing. All
# else is judged by its signature. (jws 367 and 370 say that their padding is wrong, and have none: they are jws 357.)
UNREADABLE = (
    "jws 3 4 6 7 9-17 20 21 23 24 26-30 35 36 38 39 41-45 259 264 268 272 320 325 341-344 "
    "360-366 368 369 371-375 jwk 8 9"
)
WITHOUT_KEY = "jws 1-17 272-344 346-348 350-377 jwk 2-4 6-26"


class Case(NamedTuple):
    """One message, the keys of its group, and what becomes of it by Wycheproof."""

    name: str
    keys: list[Mapping[str, Any]]  # the public ones, or where a group has none, what there is
    message: str
    valid: bool


def cases(file: str, name: str) -> Iterator[Case]:
    """Read a file's cases."""
    for group in json.loads((HERE / file).read_text())["testGroups"]:
        found = group.get("public") or group["private"]
        for case in group["tests"]:
            yield Case(f"{name} {case['tcId']}", found.get("keys", [found]), case["jws"], case["result"] == "valid")


def named(listed: str) -> list[str]:
    """Spell a list out: `jws 1-3 jwk 5` is jws 1, jws 2, jws 3, jwk 5."""
    names, file = [], ""
    for word in listed.split():
        if word.isalpha():
            file = word
            continue
        first, _, last = word.partition("-")
        names += [f"{file} {number}" for number in range(int(first), int(last or first) + 1)]
    return names


CASES = [*cases("json_web_signature_test.json", "jws"), *cases("json_web_key_test.json", "jwk")]
BY_NAME = {case.name: case for case in CASES}
POLICIES = {name: policy for policy, listed in REFUSED.items() for name in named(listed)}


def refused_by(policy: str) -> pytest.MarkDecorator:
    """Run a test with each case that a policy refuses."""
    return pytest.mark.parametrize(
        "case", [BY_NAME[name] for name in named(REFUSED[policy])], ids=lambda case: case.name
    )


def published(keys: list[Mapping[str, Any]], **changed: str | None) -> dict[str, VerifyingKey]:
    """Return what is left of a published key set; a `changed` member has another value, or with None is not there."""
    entries = [{name: value for name, value in {**key, **changed}.items() if value is not None} for key in keys]
    return _read(json.dumps({"keys": entries}).encode())


_read = lru_cache(maxsize=64)(read_key_set)  # a group's cases have the same keys


def is_verified(message: str, known: Mapping[str, VerifyingKey]) -> bool:
    """Verify a message by known keys, as logins are."""
    try:
        apart = take_apart(message)
        apart.must_be_signed_by(known.get(apart.key_id))
    except BadToken:
        return False
    return True


def is_readable(message: str) -> bool:
    """Say whether a message comes as far as its signature."""
    try:
        take_apart(message)
    except BadToken:
        return False
    return True


def parts(message: str) -> tuple[str, bytes, bytes]:
    """Take a message apart without our code: its algorithm, what was signed, the signature."""
    signed, _, signature = message.rpartition(".")
    return json.loads(decoded(signed.partition(".")[0]))["alg"], signed.encode(), decoded(signature)


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def is_right_mac(message: str, key: Mapping[str, Any]) -> bool:
    algorithm, signed, signature = parts(message)
    return hmac.compare_digest(hmac.digest(decoded(key["k"]), signed, f"sha{algorithm[2:]}"), signature)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_message_is_verified_where_it_is_valid_and_no_policy_refuses_it(case: Case) -> None:
    assert is_verified(case.message, published(case.keys)) is (case.valid and case.name not in POLICIES)


@refused_by(PSS_KEY)
def test_a_right_pss_signature_is_refused_by_its_algorithm(case: Case) -> None:
    (key,) = case.keys
    algorithm, signed, signature = parts(case.message)
    digest = HASHES[algorithm[2:]]
    n, e = (int.from_bytes(decoded(key[member]), "big") for member in ("n", "e"))
    RSAPublicNumbers(e, n).public_key().verify(signature, signed, PSS(MGF1(digest), digest.digest_size), digest)

    assert algorithm.startswith("PS")
    assert published(case.keys) == {}
    assert published(case.keys, alg=None)[key["kid"]].algorithms == ("RS256", "RS384", "RS512")
    assert not published(case.keys, alg=None)[key["kid"]].verifies(algorithm, signed, signature)


@refused_by(SYMMETRIC)
def test_a_right_mac_is_refused_because_its_key_is_no_public_one(case: Case) -> None:
    assert is_readable(case.message)
    assert any(is_right_mac(case.message, key) for key in case.keys)
    assert published(case.keys) == published(case.keys, alg=None) == {}


@refused_by(MISSPELT)
def test_a_right_mac_is_refused_where_foreign_characters_were_put_between(case: Case) -> None:
    assert is_right_mac(case.message.replace("?", ""), case.keys[0])
    with pytest.raises(BadToken, match="not the one spelling"):
        take_apart(case.message)


@refused_by(EMPTY)
def test_a_right_signature_of_nothing_is_refused_because_nothing_is_no_token(case: Case) -> None:
    (key,) = published(case.keys).values()
    assert key.verifies(*parts(case.message))
    with pytest.raises(BadToken):
        take_apart(case.message)


@refused_by(MISNAMED)
def test_a_right_signature_is_refused_because_no_algorithm_has_the_name_in_its_key(case: Case) -> None:
    assert published(case.keys) == {}
    assert is_verified(case.message, published(case.keys, alg="ES512"))


def test_unreadable_messages_are_refused_whatever_their_key_is_worth() -> None:
    assert [case.name for case in CASES if not is_readable(case.message)] == named(UNREADABLE)


def test_nothing_is_left_of_key_sets_that_are_symmetric_weak_ambiguous_or_for_something_else() -> None:
    assert [case.name for case in CASES if not published(case.keys)] == named(WITHOUT_KEY)


def test_a_payload_that_is_no_json_object_is_never_a_token() -> None:
    for case in CASES:
        with pytest.raises(BadToken):
            verify(case.message, published(case.keys).get)


def test_both_files_are_whole_and_each_valid_case_is_verified_or_refused_by_a_policy() -> None:
    assert [case.name for case in CASES] == named("jws 1-401 jwk 1-26")
    verified = [case.name for case in CASES if is_verified(case.message, published(case.keys))]
    assert verified == named(VERIFIED)
    assert sorted([*verified, *POLICIES]) == sorted(case.name for case in CASES if case.valid)
    assert len(POLICIES) == sum(len(named(listed)) for listed in REFUSED.values())
