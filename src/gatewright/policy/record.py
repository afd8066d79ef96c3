"""One decision as it is recorded: enough to ask later what another policy would have said.

In: what `decide` was asked, and its answer. Out: a `Record`. Law: pure, and free of secrets: of a session only what
condition keys say, of a Referer not the query, no external id.

The other policies of that moment (boundary, session, resource) are not recorded; what they make of the identity
policies' word is: `granted` is the answer where the identity policies allow, `silent` where they say nothing. An
explicit deny of theirs is a deny whatever the others say, so the two are all that a replay needs.
"""

from collections.abc import Mapping

import msgspec

from gatewright.core.identity import Caller, PrincipalType
from gatewright.policy.condition_keys import every_name
from gatewright.policy.context import AuthorizationRequest
from gatewright.policy.decision import Decision, Outcome
from gatewright.policy.document import parse_policy
from gatewright.policy.evaluate import PolicySet, decide

_EVERYTHING = parse_policy(
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}', name="everything"
)
_NAMES = tuple(name for name in every_name() if name != "sts:externalid")
_FIXED = frozenset(every_name())
_LONGEST = 512  # characters of one value
_MOST_KEYS = 64


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One decision about a role or a user; `count` of them in the time between `first_at` and `last_at`."""

    principal: str  # ARN of the role or user
    action: str
    resource: str
    outcome: Outcome
    pattern: str = ""  # the resource with a `*` for each path variable; empty where the resource has none
    granted: Outcome = Outcome.ALLOWED
    silent: Outcome = Outcome.IMPLICIT_DENY
    count: int = 1
    first_at: float = 0.0  # seconds since the epoch
    last_at: float = 0.0
    context: Mapping[str, tuple[str, ...]] = {}  # of the first request: condition keys in lower case

    @property
    def question(self) -> AuthorizationRequest:
        """The request, to be asked again; what was not recorded has no value."""
        caller = Caller(account="", arn="", user_id="", type=PrincipalType.ASSUMED_ROLE)
        absent = dict.fromkeys(_FIXED, ())
        return AuthorizationRequest(caller, self.action, self.resource, simulated={**absent, **self.context})


def record_of(request: AuthorizationRequest, policies: PolicySet, decision: Decision, pattern: str = "") -> Record:
    """Return the record of one decision."""
    caller = request.caller
    identity_of = msgspec.structs.replace
    return Record(
        principal=caller.role_arn or caller.arn,
        action=request.action,
        resource=request.resource,
        outcome=decision.outcome,
        pattern=pattern,
        granted=decide(request, identity_of(policies, identity=(_EVERYTHING,))).outcome,
        silent=decide(request, identity_of(policies, identity=())).outcome,
        first_at=request.now,
        last_at=request.now,
        context=context_of(request),
    )


def context_of(request: AuthorizationRequest) -> dict[str, tuple[str, ...]]:
    """Return every condition key that a request has, and its values."""
    names = [*_NAMES, *(f"aws:principaltag/{name.lower()}" for name in request.caller.tags)]
    names += [name for name in (*request.keys, *(key.lower() for key in request.caller.context)) if name not in _FIXED]
    found: dict[str, tuple[str, ...]] = {}
    for name in dict.fromkeys(names):
        values = request.values(name)
        if values and len(found) < _MOST_KEYS:
            found[name] = tuple(value[:_LONGEST] for value in values)
    if "aws:referer" in found:
        found["aws:referer"] = tuple(value.partition("?")[0] for value in found["aws:referer"])
    return found
