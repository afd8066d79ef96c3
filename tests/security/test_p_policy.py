"""Attack rows P1 to P5: the policy engine."""

from random import Random

import pytest

from gatewright.core.identity import Caller
from gatewright.policy.decision import PolicyKind
from gatewright.policy.document import Policy
from gatewright.policy.evaluate import PolicySet, decide
from tests.fuzz import specification
from tests.fuzz.policy_cases import for_engine, for_specification, random_case
from tests.unit.policy.asking import (
    ROLE,
    SESSION,
    USER,
    allow,
    condition_holds,
    deny,
    outcome,
    policy,
    resource_policy,
    root,
    session,
    user,
)


@pytest.mark.parametrize("place", ["identity", "boundary", "session", "resource"])
@pytest.mark.parametrize("caller", [user(), session(), root()], ids=["user", "session", "root"])
def test_p1_a_deny_anywhere_denies(place: str, caller: Caller) -> None:
    def made(kind: PolicyKind, name: str) -> Policy:
        of_resource = {"Principal": "*"} if kind is PolicyKind.RESOURCE else {}
        refusing = [deny(**of_resource)] if name == place else []
        return policy(allow(**of_resource), *refusing, kind=kind)

    policies = PolicySet(
        identity=(made(PolicyKind.IDENTITY, ""), made(PolicyKind.IDENTITY, "identity")),
        boundary=made(PolicyKind.BOUNDARY, "boundary"),
        session=(made(PolicyKind.SESSION, ""), made(PolicyKind.SESSION, "session")),
        resource=made(PolicyKind.RESOURCE, "resource"),
    )
    assert outcome(policies, caller) == "explicitDeny"


def test_p1_a_deny_in_other_letters_still_denies() -> None:
    refusing = policy(allow(action="*"), deny(action="EXECUTE-API:invoke*"))
    assert outcome(PolicySet(identity=(refusing,)), action="execute-api:Invoke") == "explicitDeny"
    assert outcome(PolicySet(identity=(refusing,)), action="Execute-Api:INVOKE") == "explicitDeny"


def test_p2_for_all_values_is_true_for_an_absent_and_for_an_empty_key() -> None:
    condition = {"ForAllValues:StringEquals": {"aws:TagKeys": ["cost"]}}
    assert condition_holds(condition)
    assert condition_holds(condition, {"aws:tagkeys": ()})
    assert condition_holds(condition, {"aws:tagkeys": ("",)})
    assert not condition_holds(condition, {"aws:tagkeys": ("cost", "")})
    assert not condition_holds({**condition, "Null": {"aws:TagKeys": "false"}})


SILENT = allow("arn:aws:s3:::elsewhere")
NARROW = {"boundary": policy(SILENT, kind=PolicyKind.BOUNDARY), "session": (policy(SILENT, kind=PolicyKind.SESSION),)}


@pytest.mark.parametrize("limit", NARROW)
def test_p3_a_grant_to_the_role_is_limited_by_boundary_and_session_policy(limit: str) -> None:
    granting = resource_policy(allow(Principal={"AWS": ROLE}))
    assert outcome(PolicySet(resource=granting), session()) == "allowed"
    assert outcome(PolicySet(resource=granting, **{limit: NARROW[limit]}), session()) == "implicitDeny"


@pytest.mark.parametrize("limit", NARROW)
def test_p3_a_grant_to_the_session_is_not_limited_by_an_implicit_deny(limit: str) -> None:
    granting = resource_policy(allow(Principal={"AWS": SESSION}))
    assert outcome(PolicySet(resource=granting, **{limit: NARROW[limit]}), session()) == "allowed"


def test_p3_a_grant_to_the_user_is_not_limited_by_its_boundary() -> None:
    granting = resource_policy(allow(Principal={"AWS": USER}))
    assert outcome(PolicySet(resource=granting, boundary=NARROW["boundary"]), user()) == "allowed"


def test_p3_the_most_direct_of_several_grants_counts_in_any_order() -> None:
    to_role, to_session = allow(Principal={"AWS": ROLE}), allow(Principal={"AWS": SESSION})
    for statements in ((to_role, to_session), (to_session, to_role)):
        policies = PolicySet(resource=resource_policy(*statements), boundary=NARROW["boundary"])
        assert outcome(policies, session()) == "allowed"


def test_p3_an_explicit_deny_limits_even_a_grant_to_the_session() -> None:
    granting = resource_policy(allow(Principal={"AWS": SESSION}))
    refusing = policy(deny(), kind=PolicyKind.SESSION)
    assert outcome(PolicySet(resource=granting, session=(refusing,)), session()) == "explicitDeny"


def test_p3_across_accounts_no_grant_spares_the_callers_own_policies() -> None:
    caller = session("444455556666")
    granting = resource_policy(allow(Principal={"AWS": caller.arn}))
    alone = PolicySet(resource=granting, same_account=False)
    both = PolicySet(resource=granting, identity=(policy(allow()),), same_account=False)
    limited = PolicySet(resource=granting, identity=(policy(allow()),), same_account=False, session=NARROW["session"])
    assert [outcome(policies, caller) for policies in (alone, both, limited)] == [
        "implicitDeny",
        "allowed",
        "implicitDeny",
    ]


@pytest.mark.parametrize("version", [None, "2008-10-17"])
def test_p4_without_the_current_version_a_variable_is_literal_text(version: str | None) -> None:
    pattern = "arn:aws:s3:::home/${aws:username}"
    old = PolicySet(identity=(policy(allow(pattern, action="s3:*"), version=version),))
    asked = {"action": "s3:GetObject"}
    assert outcome(old, resource="arn:aws:s3:::home/exampleuser", **asked) == "implicitDeny"
    assert outcome(old, resource="arn:aws:s3:::home/${aws:username}", **asked) == "allowed"
    new = PolicySet(identity=(policy(allow(pattern, action="s3:*")),))
    assert outcome(new, resource="arn:aws:s3:::home/exampleuser", **asked) == "allowed"
    assert outcome(new, resource="arn:aws:s3:::home/${aws:username}", **asked) == "implicitDeny"


def test_p4_in_conditions_too() -> None:
    condition = {"StringEquals": {"s3:prefix": "${aws:username}"}}
    old = PolicySet(identity=(policy(allow(Condition=condition), version="2008-10-17"),))
    assert outcome(old, keys={"s3:prefix": ("exampleuser",)}) == "implicitDeny"
    assert outcome(old, keys={"s3:prefix": ("${aws:username}",)}) == "allowed"


def test_p4_a_user_cannot_widen_a_policy_by_its_name() -> None:
    starred = PolicySet(identity=(policy(allow("arn:aws:s3:::home/${aws:username}/*", action="s3:*")),))
    asked = {"action": "s3:GetObject", "resource": "arn:aws:s3:::home/victim/secret"}
    assert outcome(starred, user(name="*"), **asked) == "implicitDeny"


def test_p5_the_engine_agrees_with_the_executable_specification() -> None:
    for number in range(2_000):
        case = random_case(Random(f"p5/{number}"))
        request, policies = for_engine(case)
        assert decide(request, policies).outcome.value == specification.decide(for_specification(case)), number
