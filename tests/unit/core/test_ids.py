"""The identifiers that AWS hands out: their forms, and that no character is likelier than another."""

import uuid
from collections import Counter

import pytest

from gatewright.core import ids


def test_a_request_id_is_a_random_uuid_of_version_4():
    made = {ids.request_id() for _ in range(2_000)}
    assert len(made) == 2_000
    parsed = [uuid.UUID(one) for one in made]
    assert all(str(one) in made for one in parsed)
    assert {(one.version, one.variant) for one in parsed} == {(4, uuid.RFC_4122)}


@pytest.mark.parametrize(
    ("make", "alphabet"),
    [
        (lambda: ids.access_key_id("ASIA")[4:], "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
        (lambda: ids.lower_id(16), "abcdefghijklmnopqrstuvwxyz0123456789"),
        (lambda: ids.mixed_id(16), "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"),
    ],
    ids=["base32", "lower", "mixed"],
)
def test_every_character_is_as_likely_as_any_other(make, alphabet):
    found = Counter("".join(make() for _ in range(4_000)))
    expected = 64_000 / len(alphabet)
    assert found.keys() == set(alphabet)
    # Seven standard deviations: a table that maps 256 bytes onto 36 characters unfairly is off by far more.
    assert all(abs(count - expected) < 7 * expected**0.5 for count in found.values())


def test_ids_have_the_length_that_was_asked_for():
    assert [len(ids.lower_id(length)) for length in (1, 6, 10, 300)] == [1, 6, 10, 300]
    assert len(ids.access_key_id("AKIA")) == 20
    assert len(ids.unique_id("AROA")) == 21
