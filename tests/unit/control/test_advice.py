"""Every kind of refusal has a suggestion; nothing is suggested where nothing was refused."""

from typing import Any

import pytest

from gatewright.control.product.advice import advise
from gatewright.control.product.ports import Outside
from gatewright.core.trace import EXECUTE_API, Kept, Outcome, Step
from gatewright.policy.decision import PolicyKind
from gatewright.storage.credentials import CredentialProblem
from gatewright.wire.sigv4.refusal import Kind


def outside(stages: list[str] | None = None, methods: list[str] | None = None) -> Outside:
    async def reset() -> None:
        raise AssertionError

    def rehearse(*_: Any) -> Kept:
        raise AssertionError

    return Outside(reset, rehearse, lambda: stages or [], lambda *_: methods or [])


def kept(name: str, reason: str = "because", plane: str = EXECUTE_API, **details: Any) -> Kept:
    step = Step(name, Outcome.REFUSED, reason, details)
    return Kept(
        request_id="r",
        at=0.0,
        method="GET",
        host="localhost:4566",
        path="/_aws/execute-api/abc/dev/pets",
        status=403,
        plane=plane,
        api_id="abc",
        stage_name="dev",
        caller="arn:aws:sts::111122223333:assumed-role/app/session",
        steps=(step,),
    )


STEPS = (
    "visitor",
    "address",
    "identify",
    "find",
    "limits",
    "match",
    "parse",
    "perform",
    "authorize",
    "map_request",
    "integrate",
    "map_response",
    "password",
    "lockout",
    "sign-in",
    "second factor",
    "refresh token",
    "access token",
)


@pytest.mark.parametrize("name", STEPS)
def test_every_step_that_can_stop_a_request_has_a_suggestion(name: str) -> None:
    assert advise(kept(name), outside())


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_of_refused_signature_has_a_suggestion(kind: Kind) -> None:
    assert advise(kept("authenticate", kind=kind.value), outside())


def test_every_problem_of_a_key_has_a_suggestion_of_its_own() -> None:
    told = {}
    for problem in CredentialProblem:
        if problem is not CredentialProblem.TOKEN_EXPIRED:
            told[problem] = advise(kept("authenticate", kind="unknownKey", problem=problem.value), outside())[0].text
    assert len(set(told.values())) == len(told)


@pytest.mark.parametrize("kind", list(PolicyKind))
@pytest.mark.parametrize("name", ["authorize", "trust"])
def test_every_kind_of_policy_that_is_silent_has_a_suggestion(kind: PolicyKind, name: str) -> None:
    found = advise(kept(name, outcome="implicitDeny", policy_kind=kind.value, action="a:B", resource="*"), outside())
    assert '"a:B"' in found[-1].snippet


def test_a_step_that_only_a_service_has_is_told_by_its_reason() -> None:
    assert "The device is another user's" in advise(kept("device", "The device is another user's."), outside())[0].text
    assert "use a key of a user" in advise(kept("authorize", "Root: use a key of a user", "sts"), outside())[0].text


def test_nothing_is_suggested_where_nothing_was_refused() -> None:
    answered = Kept(request_id="r", at=0.0, method="GET", host="h", path="/", status=404)
    assert advise(answered, outside()) == []


def test_a_stage_of_another_api_with_nearly_the_same_name_is_suggested() -> None:
    assert "abd/dev" in advise(kept("find"), outside(stages=["abd/dev", "zzzzzzzzzz/prod"]))[0].text


def test_a_path_below_every_kind_of_address_is_compared_below_its_stage() -> None:
    methods = outside(methods=["GET /pet", "POST /pets"])
    assert "POST" in advise(kept("match"), methods)[0].text
