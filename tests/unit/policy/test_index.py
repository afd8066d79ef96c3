"""The index leaves out what cannot match, and nothing else."""

from random import Random

import pytest

from gatewright.policy.document import Policy
from gatewright.policy.evaluate import PolicySet
from gatewright.policy.index import head_of
from tests.chance import seeds
from tests.unit.policy.asking import ACTION, RESOURCE, allow, deny, outcome, policy, question

PREFIX = "arn:aws:execute-api:us-east-1:111122223333:"


def candidates(parsed: Policy, resource: str = RESOURCE, action: str = ACTION) -> list[str]:
    denies, allows = parsed.index.sides(action.lower(), question())
    return [statement.name for side in (denies, allows) for statement in side.candidates(resource)]


def test_statements_of_other_actions_are_not_asked() -> None:
    parsed = policy(allow(action="s3:*"), allow(action="execute-api:Inv*"), deny(action="iam:*"), allow(action="*"))
    assert candidates(parsed) == ["#2", "#4"]
    assert candidates(parsed, action="iam:GetUser") == ["#3", "#4"]


def test_not_action_covers_all_but_what_it_lists() -> None:
    parsed = policy({"Effect": "Allow", "NotAction": ["iam:*", "EXECUTE-API:invoke"], "Resource": "*"})
    assert candidates(parsed) == []
    assert candidates(parsed, action="s3:GetObject") == ["#1"]


def test_the_number_of_statements_asked_does_not_grow_with_those_about_other_apis() -> None:
    many = policy(*(allow(f"{PREFIX}api{number:05}/*") for number in range(500)), allow(f"{PREFIX}abcde12345/*/GET/*"))
    assert candidates(many) == ["#501"]


@pytest.mark.parametrize(
    "pattern",
    ["*", "arn:aws:execute-api:*", "arn:aws:execute-api", f"{PREFIX}abc*", f"{PREFIX}*/GET/*", f"{PREFIX}${{t:a}}/*"],
)
def test_a_pattern_whose_beginning_is_open_is_always_asked(pattern: str) -> None:
    others = [allow(f"{PREFIX}api{number}/*") for number in range(20)]
    assert candidates(policy(*others, allow(pattern))) == ["#21"]


def test_a_resource_is_found_by_its_beginning() -> None:
    assert head_of(RESOURCE) == f"{PREFIX}abcde12345/"
    assert head_of("arn:aws:lambda:us-east-1:1:function:name") == "arn:aws:lambda:us-east-1:1:function:"
    assert head_of("arn:aws:s3:::bucket") == "arn:aws:s3:::bucket"
    assert head_of("*") == "*"


@pytest.mark.parametrize("seed", seeds(1))
def test_many_statements_decide_as_each_alone_would(seed: int) -> None:
    random = Random(seed)
    pieces = ["a/", "b/", "a:", "*", "a", "b", "?", "${*}"]
    patterns = [PREFIX + "".join(random.choices(pieces, k=random.randint(1, 4))) for _ in range(60)]
    texts = [
        PREFIX + "".join(random.choices(["a/", "b/", "a:", "a", "b", "*"], k=random.randint(1, 4))) for _ in range(200)
    ]
    together = PolicySet(identity=(policy(*map(allow, patterns)),))
    alone = [PolicySet(identity=(policy(allow(pattern)),)) for pattern in patterns]
    for text in texts:
        expected = any(outcome(one, resource=text) == "allowed" for one in alone)
        assert (outcome(together, resource=text) == "allowed") is expected


def test_what_is_remembered_of_actions_is_bounded() -> None:
    parsed = policy(allow())
    for number in range(2_000):
        parsed.index.sides(f"svc:action{number}", question())
    assert len(parsed.index._remembered) <= 512
