"""Explanations: they name what missed, with the value needed and the value seen."""

from random import Random

from gatewright.core.identity import anonymous
from gatewright.policy.decision import PolicyKind
from gatewright.policy.evaluate import PolicySet, decide
from gatewright.policy.explain import explain, story
from gatewright.wire.http import Request
from tests.fuzz import policy_cases
from tests.unit.policy.asking import (
    RESOURCE,
    allow,
    deny,
    identity,
    policy,
    question,
    resource_policy,
    session,
    user,
)


def test_a_near_miss_names_the_condition_the_value_needed_and_the_value_seen() -> None:
    condition = {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"]}}
    asked = question(http=Request("GET", "/", client="203.0.113.9"))
    (trail,) = explain(asked, identity(allow(Sid="FromHome", Condition=condition))).policies
    (statement,) = trail.statements
    assert (statement.name, statement.effect, statement.applied, statement.near) == ("FromHome", "Allow", False, True)
    assert statement.miss is not None
    assert statement.miss.element == "Condition"
    assert (statement.miss.operator, statement.miss.key) == ("IpAddress", "aws:SourceIp")
    assert statement.miss.needed == ("10.0.0.0/8", "192.0.2.0/24")
    assert statement.miss.seen == ("203.0.113.9",)


def test_a_missing_key_is_seen_as_nothing() -> None:
    told = story(explain(question(), identity(allow(Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}))))
    assert 'Bool aws:MultiFactorAuthPresent needs "true" and the request has nothing' in told


def test_variables_are_shown_filled_in_and_those_without_a_value_are_named() -> None:
    pattern = "arn:aws:execute-api:*:*:${aws:username}/*"
    (trail,) = explain(question(user()), identity(allow(pattern))).policies
    assert trail.statements[0].miss is not None
    assert trail.statements[0].miss.needed == ("arn:aws:execute-api:*:*:exampleuser/*",)
    told = story(explain(question(session()), identity(allow(pattern))))
    assert 'no value for "aws:username"' in told


def test_resources_actions_and_principals_are_near_misses_each_in_their_way() -> None:
    policies = PolicySet(
        identity=(policy(allow("arn:aws:execute-api:*:*:other/*"), allow(action="s3:*")),),
        resource=resource_policy(allow(Principal={"AWS": "444455556666"})),
    )
    own, theirs = explain(question(), policies).policies
    resource, action = own.statements
    assert resource.miss is not None
    assert resource.miss.element == "Resource"
    assert resource.miss.seen == (RESOURCE,)
    assert action.miss is not None
    assert action.miss.element == "Action"
    assert not action.near
    assert theirs.statements[0].miss is not None
    assert theirs.statements[0].miss.element == "Principal"
    assert theirs.statements[0].miss.needed == ("AWS: 444455556666",)


def test_the_story_is_legible() -> None:
    policies = PolicySet(
        identity=(
            policy(allow("arn:aws:execute-api:*:*:other/*", Sid="Other"), allow(action="s3:*"), deny(Sid="Stop")),
        )
    )
    assert story(explain(question(), policies)).splitlines() == [
        "arn:aws:iam::111122223333:user/exampleuser",
        "  asks for execute-api:Invoke",
        f"  on {RESOURCE}",
        '  and is denied explicitly. Statement Stop of the identity-based policy "p" denies it explicitly.',
        '- the identity-based policy "p"',
        '    Allow Other: does not apply, Resource needs "arn:aws:execute-api:*:*:other/*" '
        f'and the request has "{RESOURCE}"',
        "    Deny Stop: applies",
        "    1 statement is about other actions",
    ]
    assert "no policy applies" in story(explain(question(anonymous()), PolicySet()))


def test_an_explanation_tells_what_was_decided_and_its_statements_bear_it_out() -> None:
    for seed in range(300):
        request, policies = policy_cases.for_engine(policy_cases.random_case(Random(f"explain/{seed}")))
        explanation = explain(request, policies)
        assert explanation.decision == decide(request, policies)
        applied = {(s.effect) for trail in explanation.policies for s in trail.statements if s.applied}
        assert (explanation.decision.outcome.value == "explicitDeny") == ("Deny" in applied)
        assert all((s.miss is None) == s.applied for trail in explanation.policies for s in trail.statements)
        assert story(explanation)


def test_the_kinds_of_policies_are_told_apart() -> None:
    every = PolicySet(
        identity=(policy(allow()),),
        boundary=policy(allow(), kind=PolicyKind.IDENTITY),  # a managed policy that serves as a boundary
        session=(policy(allow(), kind=PolicyKind.SESSION),),
        resource=resource_policy(allow(Principal="*")),
    )
    kinds = [trail.kind for trail in explain(question(session()), every).policies]
    assert kinds == [PolicyKind.IDENTITY, PolicyKind.BOUNDARY, PolicyKind.SESSION, PolicyKind.RESOURCE]
