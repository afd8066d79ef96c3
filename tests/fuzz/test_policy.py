"""The policy engine against the specification and against nonsense.

A longer run: `python tests/fuzz/run_policy_differential.py 1000000`.
"""

import json
from random import Random

from hypothesis import example, given
from hypothesis import strategies as st

from gatewright.policy.document import MalformedPolicy, Policy, PolicyKind, parse_policy
from gatewright.policy.evaluate import PolicySet, decide
from gatewright.policy.explain import explain, story
from tests.chance import examples
from tests.fuzz import specification
from tests.fuzz.policy_cases import for_engine, for_specification, random_case
from tests.unit.policy.asking import question

ELEMENTS = st.sampled_from(
    [
        "Version",
        "Id",
        "Statement",
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
        "StringEquals",
        "DateLessThan",
        "NumericEquals",
        "IpAddress",
        "ArnLike",
        "Null",
        "ForAllValues:StringLike",
        "AWS",
        "Federated",
        "Service",
    ]
)
WORDS = st.sampled_from(
    [
        "2012-10-17",
        "2008-10-17",
        "Allow",
        "Deny",
        "*",
        "s3:*",
        "sts:AssumeRole",
        "arn:aws:s3:::b",
        "arn:aws:iam::1:user/x",
        "${aws:username}",
        "${",
        "true",
        "2020-01-01",
        "10.0.0.0/8",
        "111122223333",
        "cognito-identity.amazonaws.com",
        "aws:SourceIp",
    ]
)
LEAVES = st.one_of(WORDS, st.text(max_size=12), st.integers(), st.booleans(), st.none(), st.floats(allow_nan=False))
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.one_of(ELEMENTS, WORDS), inner, max_size=5)
    ),
    max_leaves=20,
)
STATEMENTS = st.fixed_dictionaries(
    {"Effect": st.sampled_from(("Allow", "Deny")), "Action": WORDS},
    optional={
        "Resource": st.one_of(WORDS, st.lists(WORDS, max_size=3)),
        "NotResource": WORDS,
        "Principal": st.one_of(WORDS, st.dictionaries(ELEMENTS, WORDS, max_size=2)),
        "Condition": st.dictionaries(ELEMENTS, st.dictionaries(WORDS, LEAVES, max_size=2), max_size=2),
        "Sid": st.text(max_size=5),
    },
)
DOCUMENTS = st.one_of(
    TREES, st.fixed_dictionaries({"Version": st.just("2012-10-17"), "Statement": st.lists(STATEMENTS, max_size=3)})
)


def read(text: str, kind: PolicyKind) -> Policy | None:
    """Return a policy, or None where it was refused with a message; every other exception is a bug."""
    try:
        return parse_policy(text, kind=kind)
    except MalformedPolicy as refusal:
        if not refusal.message:
            raise
        return None


@examples(300)
@given(seed=st.integers(min_value=0, max_value=2**63))
def test_the_engine_agrees_with_the_specification(seed: int) -> None:
    case = random_case(Random(seed))
    request, policies = for_engine(case)
    assert decide(request, policies).outcome.value == specification.decide(for_specification(case))


@examples(400)
@given(document=DOCUMENTS, kind=st.sampled_from(PolicyKind))
@example(document={"Version": "2012-10-17", "Statement": {"Effect": "Allow"}}, kind=PolicyKind.TRUST)
def test_a_document_is_a_policy_or_is_refused_in_words_and_nothing_else_happens(
    document: object, kind: PolicyKind
) -> None:
    parsed = read(json.dumps(document), kind)
    if parsed is None:
        return
    of_resource = kind in (PolicyKind.RESOURCE, PolicyKind.TRUST)
    policies = PolicySet(resource=parsed) if of_resource else PolicySet(identity=(parsed,))
    assert story(explain(question(), policies))


@examples(200)
@given(text=st.text(max_size=200))
def test_text_is_a_policy_or_is_refused_in_words(text: str) -> None:
    assert read(text, PolicyKind.IDENTITY) is None or text.lstrip().startswith("{")
