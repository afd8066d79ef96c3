"""Recorded decisions: what a record says later, replayed against another policy, and the least policy they needed."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from gatewright.policy.context import AuthorizationRequest
from gatewright.policy.document import PolicyKind, parse_policy
from gatewright.policy.evaluate import Outcome, PolicySet, decide
from gatewright.policy.generate import least_policy, written
from gatewright.policy.record import Record, record_of
from gatewright.policy.replay import answer, replay
from gatewright.wire.http import Request
from tests.chance import examples
from tests.unit.policy.asking import ACTION, RESOURCE, allow, deny, identity, policy, resource_policy, session, user

HTTP = Request("GET", "/dev/demo", headers=(("user-agent", "curl"), ("referer", "https://a/b?token=hush")))


def recorded(policies: PolicySet, resource: str = RESOURCE, pattern: str = "", **more: object) -> Record:
    request = AuthorizationRequest(session(**more), ACTION, resource, http=HTTP, now=1_790_000_000.0)
    return record_of(request, policies, decide(request, policies), pattern)


def test_a_record_names_the_role_and_not_the_session() -> None:
    assert recorded(identity(allow())).principal.endswith(":role/examplerole")


def test_a_record_holds_the_condition_keys_and_nothing_secret() -> None:
    record = recorded(identity(allow()), tags={"Team": "blue"}, context={"cognito-identity.amazonaws.com:sub": ("me",)})
    assert record.context["aws:principaltag/team"] == ("blue",)
    assert record.context["cognito-identity.amazonaws.com:sub"] == ("me",)
    assert record.context["aws:sourceip"] == ("127.0.0.1",)
    assert record.context["aws:referer"] == ("https://a/b",)
    external = AuthorizationRequest(session(), "sts:AssumeRole", RESOURCE, {"sts:externalid": ("hush",)})
    assert "hush" not in str(record_of(external, identity(allow()), decide(external, identity(allow()))))


def test_a_record_survives_being_written_down() -> None:
    record = recorded(identity(allow()))
    assert msgspec.json.decode(msgspec.json.encode(record), type=Record) == record


def test_a_policy_that_says_the_same_changes_nothing() -> None:
    assert replay([recorded(identity(allow()))], policy(allow())) == ()
    assert replay([recorded(PolicySet())], policy(allow("arn:aws:s3:::other", "s3:GetObject"))) == ()


def test_a_narrower_policy_loses_a_request() -> None:
    (change,) = replay([recorded(identity(allow()))], policy(allow("arn:aws:execute-api:*:*:other/*")))
    assert (change.record.outcome, change.after) == (Outcome.ALLOWED, Outcome.IMPLICIT_DENY)


def test_a_deny_in_the_new_policy_wins() -> None:
    (change,) = replay([recorded(identity(allow()))], policy(allow(), deny()))
    assert change.after is Outcome.EXPLICIT_DENY
    assert "#2" in change.reason


def test_conditions_are_asked_of_the_recorded_request() -> None:
    record = recorded(identity(allow()), tags={"team": "blue"})
    fits = allow(
        Condition={"StringEquals": {"aws:PrincipalTag/team": "blue"}, "IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}
    )
    assert answer(record, policy(fits))[0] is Outcome.ALLOWED
    misses = allow(Condition={"StringEquals": {"aws:PrincipalTag/team": "red"}})
    assert answer(record, policy(misses))[0] is Outcome.IMPLICIT_DENY
    assert (
        answer(record, policy(allow(Condition={"Null": {"aws:MultiFactorAuthPresent": "true"}})))[0] is Outcome.ALLOWED
    )


def test_what_a_boundary_forbids_stays_forbidden_whatever_the_new_policy_says() -> None:
    boundary = policy(allow("arn:aws:s3:::b", "s3:*"), kind=PolicyKind.BOUNDARY)
    record = recorded(PolicySet(identity=(policy(allow()),), boundary=boundary))
    assert record.outcome is Outcome.IMPLICIT_DENY
    assert replay([record], policy(allow())) == ()


def test_what_the_resource_allows_by_itself_stays_allowed_without_an_identity_policy() -> None:
    own = resource_policy({**allow(), "Principal": {"AWS": session().arn}})
    record = recorded(PolicySet(resource=own, identity=(policy(allow()),)))
    assert record.silent is Outcome.ALLOWED
    assert replay([record], policy(allow("arn:aws:s3:::b", "s3:GetObject"))) == ()
    assert least_policy([record]) is None


def test_the_least_policy_allows_what_was_recorded_and_is_in_the_language() -> None:
    records = [recorded(identity(allow())), recorded(identity(allow()), RESOURCE.replace("GET", "PUT"))]
    document = least_policy(records)
    assert document is not None
    assert replay(records, parse_policy(written(document), current_version=True)) == ()
    assert len(document["Statement"]) == 1


def test_the_least_policy_allows_nothing_that_was_refused() -> None:
    records = [
        recorded(identity(allow())),
        recorded(identity(allow(), deny(f"{RESOURCE}/secret")), f"{RESOURCE}/secret"),
    ]
    document = least_policy(records)
    assert document is not None
    least = parse_policy(written(document))
    assert answer(records[1], least)[0] is Outcome.IMPLICIT_DENY


def test_path_variables_become_wildcards_and_everything_else_stays_as_it_was() -> None:
    pattern = RESOURCE.replace("demo", "pets/*")
    record = recorded(identity(allow()), RESOURCE.replace("demo", "pets/1"), pattern)
    document = least_policy([record])
    assert document is not None
    assert document["Statement"][0]["Resource"] == pattern


@examples(60)
@given(st.text(alphabet="ab*?${}/:-", min_size=1, max_size=12))
def test_a_name_with_wildcards_in_it_widens_nothing(name: str) -> None:
    resource = f"arn:aws:iam::111122223333:role/{name}"
    request = AuthorizationRequest(user(), "iam:GetRole", resource)
    record = record_of(request, identity(allow(action="iam:*")), decide(request, identity(allow(action="iam:*"))))
    document = least_policy([record])
    assert document is not None
    least = PolicySet(identity=(parse_policy(written(document)),))
    assert decide(request, least).allowed
    other = AuthorizationRequest(user(), "iam:GetRole", resource + "x")
    assert not decide(other, least).allowed


def test_a_replayed_request_has_only_the_keys_that_were_recorded() -> None:
    question = msgspec.structs.replace(recorded(identity(allow())), context={}).question
    assert question.values("aws:principalarn") == ()
    assert question.values("aws:sourceip") == ()
    assert question.values("aws:principaltype") == ()
