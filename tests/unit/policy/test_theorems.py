"""What must be true of every decision, each said once with the smallest example and once with random policies."""

from random import Random

import msgspec
import pytest

from gatewright.policy.document import PolicyKind
from gatewright.policy.evaluate import Decision, PolicySet, decide
from tests.fuzz import policy_cases
from tests.unit.policy.asking import (
    ACCOUNT,
    allow,
    ask,
    deny,
    identity,
    outcome,
    policy,
    question,
    resource_policy,
    root,
    session,
    user,
)

SEEDS = range(250)


def random_question(seed: int) -> tuple[Random, "tuple[object, PolicySet]"]:
    random = Random(f"theorem/{seed}")
    return random, policy_cases.for_engine(policy_cases.random_case(random))


def more_open(before: Decision, after: Decision) -> bool:
    return after.allowed and not before.allowed


def test_default_deny() -> None:
    assert outcome(PolicySet()) == "implicitDeny"


def test_deny_trumps_allow_whatever_their_order() -> None:
    assert outcome(identity(allow(), deny())) == "explicitDeny"
    assert outcome(identity(deny(), allow())) == "explicitDeny"


def test_the_root_of_the_account_needs_no_allow_but_obeys_a_deny_of_the_resource() -> None:
    assert outcome(PolicySet(), root()) == "allowed"
    refusing = resource_policy(deny(Principal="*"))
    assert outcome(PolicySet(resource=refusing), root()) == "explicitDeny"


def test_a_decision_does_not_depend_on_the_order_of_statements_or_policies() -> None:
    for seed in SEEDS:
        _, (request, policies) = random_question(seed)
        turned = msgspec.structs.replace(policies, identity=policies.identity[::-1], session=policies.session[::-1])
        assert decide(request, turned).outcome is decide(request, policies).outcome


def test_adding_a_deny_never_opens() -> None:
    for seed in SEEDS:
        random, (request, policies) = random_question(seed)
        extra = policy_cases.document(random, PolicyKind.IDENTITY)
        for statement in extra["Statement"]:
            statement["Effect"] = "Deny"
        more = (*policies.identity, policy_cases.parsed(extra, PolicyKind.IDENTITY))
        assert not more_open(
            decide(request, policies), decide(request, msgspec.structs.replace(policies, identity=more))
        )


def test_adding_an_allow_never_closes() -> None:
    for seed in SEEDS:
        random, (request, policies) = random_question(seed)
        extra = policy_cases.document(random, PolicyKind.IDENTITY)
        for statement in extra["Statement"]:
            statement["Effect"] = "Allow"
        more = (*policies.identity, policy_cases.parsed(extra, PolicyKind.IDENTITY))
        assert not more_open(
            decide(request, msgspec.structs.replace(policies, identity=more)), decide(request, policies)
        )


def test_a_boundary_only_narrows() -> None:
    for seed in SEEDS:
        random, (request, policies) = random_question(seed)
        boundary = policy_cases.parsed(policy_cases.document(random, PolicyKind.BOUNDARY), PolicyKind.BOUNDARY)
        free = msgspec.structs.replace(policies, boundary=None)
        assert not more_open(decide(request, free), decide(request, msgspec.structs.replace(free, boundary=boundary)))


def test_a_session_policy_only_narrows() -> None:
    narrowed_once = 0
    for seed in SEEDS:
        random, (request, policies) = random_question(seed)
        if not policies.session:  # a federated user's first session policy is what gives it anything
            continue
        extra = policy_cases.parsed(policy_cases.document(random, PolicyKind.SESSION), PolicyKind.SESSION)
        more = msgspec.structs.replace(policies, session=(*policies.session, extra))
        before, after = decide(request, policies), decide(request, more)
        assert not more_open(before, after)
        narrowed_once += before.allowed and not after.allowed
    assert narrowed_once, "the cases never met"


def test_another_account_is_let_in_only_by_both_sides() -> None:
    for seed in SEEDS:
        _, (request, policies) = random_question(seed)
        across = msgspec.structs.replace(policies, same_account=False)
        if request.caller.type.value not in ("User", "AssumedRole") or not decide(request, across).allowed:
            continue
        if policies.mode.value == "resource only":
            continue
        assert not decide(request, msgspec.structs.replace(across, resource=None)).allowed
        assert not decide(request, msgspec.structs.replace(across, identity=())).allowed


def test_whose_resource_it_is_stands_in_its_arn_unless_told() -> None:
    own = identity(allow(action="*"))
    assert outcome(own, user("444455556666")) == "implicitDeny"
    assert outcome(own, user()) == "allowed"
    assert outcome(msgspec.structs.replace(own, same_account=True), user("444455556666")) == "allowed"
    for resource in ("*", "arn:aws:s3:::bucket/key", "arn:aws:iam::aws:policy/ReadOnlyAccess"):
        assert outcome(own, user("444455556666"), action="x:Y", resource=resource) == "allowed"


@pytest.mark.parametrize(
    ("narrowing", "expected"),
    [(allow(), "allowed"), (allow("arn:aws:execute-api:*:*:other/*"), "implicitDeny"), (deny(), "explicitDeny")],
)
def test_boundary_and_session_policies_intersect_with_what_is_granted(narrowing: dict[str, str], expected: str) -> None:
    granted = policy(allow())
    boundary = policy(narrowing, kind=PolicyKind.BOUNDARY)
    sessions = (policy(narrowing, kind=PolicyKind.SESSION),)
    assert outcome(PolicySet(identity=(granted,), boundary=boundary)) == expected
    assert outcome(PolicySet(identity=(granted,), session=sessions), session()) == expected
    assert outcome(PolicySet(boundary=policy(allow(), kind=PolicyKind.BOUNDARY))) == "implicitDeny"


def test_every_session_policy_must_allow() -> None:
    wide = policy(allow(), kind=PolicyKind.SESSION)
    narrow = policy(allow("arn:aws:execute-api:*:*:other/*"), kind=PolicyKind.SESSION)
    granted = (policy(allow()),)
    assert outcome(PolicySet(identity=granted, session=(wide, wide)), session()) == "allowed"
    assert outcome(PolicySet(identity=granted, session=(wide, narrow)), session()) == "implicitDeny"


def test_a_decision_names_the_statement_and_the_policy_that_decided() -> None:
    refused = ask(identity(allow(), deny(Sid="NoDemo")))
    assert (refused.policy, refused.statement) == ("p", "NoDemo")
    assert refused.reason == 'Statement NoDemo of the identity-based policy "p" denies it explicitly.'
    assert refused.aws_phrase("execute-api:Invoke") == "with an explicit deny in an identity-based policy"
    silent = ask(PolicySet())
    assert silent.aws_phrase("sts:X") == "because no identity-based policy allows the sts:X action"
    assert ask(identity(allow())).aws_phrase("sts:X") == ""


def test_a_refusal_names_the_kind_of_policy_that_was_silent() -> None:
    granted = (policy(allow()),)
    nothing = policy(allow("arn:aws:s3:::x"), kind=PolicyKind.BOUNDARY)
    assert "no permissions boundary allows" in ask(PolicySet(identity=granted, boundary=nothing)).aws_phrase("a:B")
    assert "no session policy allows" in ask(PolicySet(identity=granted, session=(nothing,)), session()).aws_phrase(
        "a:B"
    )
    across = PolicySet(identity=granted, same_account=False)
    assert "no resource-based policy allows" in ask(across, user("444455556666")).aws_phrase("a:B")


def test_a_decision_is_cacheable_only_where_nothing_that_varies_was_asked() -> None:
    steady = {"StringEquals": {"aws:PrincipalAccount": ACCOUNT, "aws:PrincipalArn": user().arn}}
    assert ask(identity(allow())).cacheable
    assert ask(identity(allow(Condition=steady))).cacheable
    assert not ask(identity(allow(Condition={"DateGreaterThan": {"aws:CurrentTime": "2020-01-01"}}))).cacheable
    assert not ask(identity(allow("arn:aws:execute-api:*:*:${aws:SourceIp}/*"), allow())).cacheable
    other_action = allow(action="s3:Get*", Condition={"Bool": {"aws:SecureTransport": "true"}})
    assert ask(identity(other_action, allow())).cacheable


def test_a_deny_that_did_not_apply_this_time_keeps_an_allow_from_being_cached() -> None:
    night = deny(Condition={"DateLessThan": {"aws:CurrentTime": "2020-01-01"}})
    assert not ask(identity(allow(), night)).cacheable
    silent_boundary = policy(allow("arn:aws:s3:::x"), kind=PolicyKind.BOUNDARY)
    by_ip = resource_policy(allow(Principal="*", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}))
    refused = ask(PolicySet(identity=(policy(allow()),), boundary=silent_boundary, resource=by_ip))
    assert not refused.allowed
    assert not refused.cacheable


def test_repeated_decisions_are_the_same_object_so_that_allowing_costs_no_memory() -> None:
    policies, request = identity(allow()), question()
    assert decide(request, policies) is decide(request, policies)
