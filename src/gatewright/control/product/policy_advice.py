"""What to change about policies."""

import json
from typing import Any

from gatewright.control.product.suggestions import Advice
from gatewright.core.trace import EXECUTE_API, Kept, Step
from gatewright.policy.decision import Outcome, PolicyKind

_MISSES = 3  # that are worth a sentence each


def about_policies(kept: Kept, step: Step) -> list[Advice]:
    """Return what to do about a request that policies do not allow."""
    details = step.details
    kind = str(details.get("policy_kind", ""))
    if details.get("outcome") == Outcome.EXPLICIT_DENY:
        return [
            Advice(
                f"Statement {details.get('statement')} of the {kind} {_named(details.get('policy'))} denies it, and a "
                "deny wins over every allow. If this request should pass, narrow that statement: leave the resource "
                "out with NotResource, or add a condition."
            )
        ]
    near = [_near(miss) for miss in list(details.get("near_misses") or ())[:_MISSES]]
    return [*near, _missing(kept, details, kind)] if kind else near


def _near(miss: dict[str, Any]) -> Advice:
    what = f"its {miss['element']}"
    if miss["element"] == "Condition":
        what = f"its condition {miss.get('operator')} on {miss.get('key')}"
    seen = _listed(miss.get("seen")) or "nothing: the request does not have it"
    needs = "leaves out" if str(miss["element"]).startswith("Not") else "needs"
    told = (
        f"Statement {miss['statement']} of the {miss['policy_kind']} {_named(miss['policy'])} would allow it, but "
        f"{what} {needs} {_listed(miss['needed'])}, and the request has {seen}."
    )
    if miss.get("unresolved"):
        told += f" No value for {_listed(miss['unresolved'])}."
    return Advice(told)


def _missing(kept: Kept, details: Any, kind: str) -> Advice:
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Action": str(details.get("action", "")),
        "Resource": str(details.get("resource", "")),
    }
    who = str(details.get("caller", kept.caller))
    if kind == PolicyKind.IDENTITY:
        return Advice(f"Allow it in a policy of {_whose(who)}, with this statement:", _written(statement))
    if kind == PolicyKind.BOUNDARY:
        text = f"The permissions boundary of {_whose(who)} does not allow it. Add to the boundary:"
        return Advice(text, _written(statement))
    if kind == PolicyKind.SESSION:
        return Advice(
            "The session was made with a session policy that does not allow it (visitors of an identity pool always "
            "have one). Ask for a session without it, or with this statement in it:",
            _written(statement),
        )
    if kind == PolicyKind.TRUST:
        del statement["Resource"]
        statement = {"Effect": "Allow", "Principal": _principal(who), "Action": statement["Action"]}
        text = "The role's trust policy must allow the caller. Add to it (with the condition that says whose users):"
        return Advice(text, _written(statement))
    principal: Any = "*" if who.startswith("an anonymous") else {"AWS": who}
    statement = {"Effect": "Allow", "Principal": principal, **{k: v for k, v in statement.items() if k != "Effect"}}
    deploy = " Then deploy the API: a resource policy counts from the next deployment." * (kept.plane == EXECUTE_API)
    return Advice(f"The resource's own policy must allow the caller. Add to it:{deploy}", _written(statement))


def _whose(caller: str) -> str:
    """Return whose policies count for a caller: of a session, its role's."""
    kind, _, name = caller.split(":", 5)[-1].partition("/")
    return f"the role {name.split('/')[0]}" if kind == "assumed-role" else f"the {kind} {name}".strip()


def _principal(who: str) -> Any:
    return {"Federated": "cognito-identity.amazonaws.com"} if who.startswith("an anonymous") else {"AWS": who}


def _written(statement: dict[str, Any]) -> str:
    return json.dumps(statement, indent=2)


def _named(policy: object) -> str:
    return f'"{policy}"' if policy else ""


def _listed(values: Any) -> str:
    return " or ".join(f'"{value}"' for value in values or ())
