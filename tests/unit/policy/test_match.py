"""Wildcards: what they reach, and that they never cost more than they should."""

import time
from random import Random

import pytest

from gatewright.policy.match import Scope, compile_tokens, pattern_set
from gatewright.policy.variables import Keys, MalformedVariable, Wildcard, tokens_of
from tests.chance import seeds
from tests.fuzz import specification


class Values(dict[str, tuple[str, ...]]):
    def values(self, key: str) -> tuple[str, ...]:  # type: ignore[override]
        return self.get(key, ())


NONE: Keys = Values()


def matches(pattern: str, text: str, scope: Scope = Scope.TEXT, keys: Keys = NONE, variables: bool = False) -> bool:
    return pattern_set([pattern], scope=scope, variables=variables).match(text, keys)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("a*b", "ab", True),
        ("a*b", "axxb", True),
        ("ab*ba", "aba", False),  # the two ends may not share a character
        ("*ab*ab*", "abab", True),
        ("*ab*ab*", "ab", False),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("a?*", "a", False),
        ("**", "", True),
        ("", "", True),
        ("", "a", False),
        ("a*", "A", False),
        ("*a?b*", "xxaab", True),
    ],
)
def test_a_star_is_any_run_and_a_question_mark_exactly_one_character(pattern: str, text: str, expected: bool) -> None:
    assert matches(pattern, text) is expected


@pytest.mark.parametrize(
    ("pattern", "resource", "expected"),
    [
        ("arn:aws:execute-api:*:*:*", "arn:aws:execute-api:us-east-1:1:a/dev/GET/x", True),
        ("arn:aws:execute-api:us-east-1:1:a/*/GET/*", "arn:aws:execute-api:us-east-1:1:a/dev/GET/x/y:z", True),
        ("arn:aws:execute-api:us-east-1:1:a/*/GET/*", "arn:aws:execute-api:us-east-1:1:a/dev/POST/x", False),
        ("arn:aws:s3:::a*z", "arn:aws:s3:::a:b:z", True),  # colons of a resource belong to it
        ("arn:aws:svc:us-*-1:1:x", "arn:aws:svc:us-east-1:1:x", True),
        ("arn:aws:svc:us-*-1:1:x", "arn:aws:svc:us-a:b-1:1:x", False),  # not across a segment …
        ("arn:aws:svc:us*:1:x", "arn:aws:svc:us-east-1:2:y:1:x", True),  # … but where it ends one, as AWS documents
        ("arn:aws:svc:us?1:1:x", "arn:aws:svc:us:1:1:x", False),
        ("arn:aws:svc:us?1:1:x:*", "arn:aws:svc:us-1:1:x:2", True),
        ("arn:aws:svc:r?1:?:x:y", "arn:aws:svc:r-1:1:x:y", True),
    ],
)
def test_a_wildcard_of_a_resource_stays_in_its_segment_unless_it_ends_it(
    pattern: str, resource: str, expected: bool
) -> None:
    assert matches(pattern, resource, Scope.RESOURCE_ARN) is expected


@pytest.mark.parametrize(
    ("pattern", "arn", "expected"),
    [
        (
            "arn:aws:someservice:*:111122223333:finance/*",
            "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt",
            False,  # AWS's own example of where ArnLike differs from StringLike
        ),
        ("arn:aws:iam::*:role/*", "arn:aws:iam::1:role/a/b", True),
        ("arn:aws:iam::*:role/*", "arn:aws:iam:::1:role/a", False),
        ("arn:aws:x:::a?b", "arn:aws:x:::a:b", True),
    ],
)
def test_a_wildcard_of_an_arn_condition_never_leaves_its_segment(pattern: str, arn: str, expected: bool) -> None:
    assert matches(pattern, arn, Scope.CONDITION_ARN) is expected
    if "someservice" in pattern:
        assert matches(pattern, arn)


def test_values_of_variables_are_text_and_never_wildcards() -> None:
    greedy = Values({"aws:username": ("*",), "aws:userid": ("a?c",)})
    assert not matches("home/${aws:username}/x", "home/bob/x", keys=greedy, variables=True)
    assert matches("home/${aws:username}/x", "home/*/x", keys=greedy, variables=True)
    assert not matches("${aws:userid}*", "abc", keys=greedy, variables=True)


def test_the_escapes_stand_for_the_characters() -> None:
    assert matches("a${*}b${?}c${$}", "a*b?c$", variables=True)
    assert not matches("a${*}b", "axxb", variables=True)


def test_a_default_stands_in_for_a_missing_value_only() -> None:
    pattern = "x-${t:a, 'none at all'}"
    assert matches(pattern, "x-none at all", variables=True)
    assert not matches(pattern, "x-none at all", keys=Values({"t:a": ("1",)}), variables=True)
    assert not matches(pattern, "x-none at all", keys=Values({"t:a": ("1", "2")}), variables=True)


def test_a_variable_without_a_value_matches_nothing_not_even_itself() -> None:
    assert not matches("${t:a}", "${t:a}", variables=True)
    assert not matches("${t:a}*", "", variables=True)
    assert not matches("${t:a}", "", keys=Values({"t:a": ("1", "2")}), variables=True)


def test_names_of_variables_are_not_case_sensitive() -> None:
    assert matches("${AWS:UserName}", "bob", keys=Values({"aws:username": ("bob",)}), variables=True)


@pytest.mark.parametrize("text", ["${", "${}", "a${aws:username", "${a,b}", "${aws:x, 'y}", "${a{b}}", "${aws:*}"])
def test_a_variable_that_is_not_well_formed_is_refused(text: str) -> None:
    with pytest.raises(MalformedVariable):
        tokens_of(text, wildcards=True, variables=True)


def test_tokens_keep_literals_and_wildcards_apart() -> None:
    assert tokens_of("a*b?", wildcards=True, variables=False) == ("a", Wildcard.STAR, "b", Wildcard.ONE)
    assert tokens_of("a*b?", wildcards=False, variables=True) == ("a*b?",)


@pytest.mark.parametrize("seed", seeds(1))
def test_every_pattern_agrees_with_the_specification(seed: int) -> None:
    random = Random(seed)
    for _ in range(20_000):
        pattern = "".join(random.choices("ab:*?", k=random.randint(0, 14)))
        text = "".join(random.choices("ab:", k=random.randint(0, 12)))
        plain = specification.like(specification.pieces(pattern, {}, False), text)
        assert matches(pattern, text) is plain, (pattern, text)
        if pattern.count(":") >= 5 and set(pattern) != {"*"}:
            bounded = specification.resource_like(pattern, text, {}, False)
            assert matches(pattern, text, Scope.RESOURCE_ARN) is bounded, (pattern, text)
            by_segment = specification.arn_like(specification.pieces(pattern, {}, False), text)
            assert matches(pattern, text, Scope.CONDITION_ARN) is by_segment, (pattern, text)


@pytest.mark.parametrize("pattern", ["a*" * 40 + "b", "*a" * 40 + "b", "?*" * 40 + "b", "*?a" * 30 + "*b"])
@pytest.mark.parametrize("scope", Scope)
def test_no_pattern_makes_matching_slow(pattern: str, scope: Scope) -> None:
    matcher = compile_tokens(tokens_of(pattern, wildcards=True, variables=False), scope)
    began = time.perf_counter()
    assert not matcher.match("a" * 4_000)
    assert time.perf_counter() - began < 0.5  # backtracking would need longer than the test run
