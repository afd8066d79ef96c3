"""One policy question of the data plane: asked of the engine, remembered where the answer cannot change, worded as
AWS words it.

In: a match, a caller, and the policies that govern both. Out: nothing, or `AccessDenied`. Law: an answer is
remembered only where the engine says that nothing but the key of the memory was consulted; the key begins with what
owns it (the very deployment, the very version of the principal's policies) and the answer belongs to the very caller,
so whatever changes makes a new key or another caller.
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Hashable

from gatewright.core.identity import Caller
from gatewright.core.trace import Trace
from gatewright.gateway.errors import AccessDenied, UriTooLong
from gatewright.gateway.limits import ARN_BYTES, CACHED_DECISIONS
from gatewright.gateway.live import Match
from gatewright.policy.context import AuthorizationRequest
from gatewright.policy.evaluate import Decision, Outcome
from gatewright.policy.explain import Explanation
from gatewright.policy.findings import findings

ACTION = "execute-api:Invoke"
_VARIABLE = re.compile(r"\{[^/]*\}")


class DecisionCache:
    """Remembered decisions, oldest forgotten first.

    A decision that could not be written down for want of room is remembered too, and for some seconds only: then it is
    made anew and offered again. So ten thousand callers who all come at once do not pay for the policies each time.
    """

    __slots__ = ("_known", "_most", "_owed")

    def __init__(self, most: int = CACHED_DECISIONS) -> None:
        self._known: OrderedDict[Hashable, tuple[Caller | None, Decision]] = OrderedDict()
        self._owed: dict[Hashable, float] = {}  # of these: until when, in seconds since the epoch
        self._most = most

    def get(self, key: Hashable, caller: Caller | None, now: float = 0.0) -> Decision | None:
        """Return what was decided for this very caller: the same object, so that nothing in it can have changed."""
        known = self._known.get(key)
        if known is None or known[0] is not caller:
            return None
        if self._owed and self._owed.get(key, now) < now:
            return None
        return known[1]

    def put(self, key: Hashable, caller: Caller | None, decision: Decision, until: float | None = None) -> None:
        """Remember a decision, if the engine says that it may be; `until` then, where it is to be made anew."""
        if not decision.cacheable:
            return
        if len(self._known) >= self._most and key not in self._known:
            oldest, _ = self._known.popitem(last=False)
            self._owed.pop(oldest, None)
        self._known[key] = (caller, decision)
        if until is not None:
            self._owed[key] = until
        elif self._owed:
            self._owed.pop(key, None)

    @property
    def owes(self) -> bool:
        """Whether a decision is still to be written down."""
        return bool(self._owed)

    def __len__(self) -> int:
        return len(self._known)


def resource_arn(match: Match) -> str:
    """Return the ARN that an invocation is authorized against.

    Raises:
        UriTooLong: it is longer than API Gateway authorizes.
    """
    arn = match.route.arn
    if len(arn) > ARN_BYTES:
        raise UriTooLong(reason=f"the ARN of this invocation is {len(arn)} bytes long, and {ARN_BYTES} is the most")
    return arn


def question(match: Match, caller: Caller, arn: str) -> AuthorizationRequest:
    """Return what the policy engine is asked: may this caller invoke that, now, from there."""
    request = match.request
    return AuthorizationRequest(caller, ACTION, arn, http=request, region=match.stage.region, now=request.received)


def resource_pattern(match: Match) -> str:
    """Return the ARN with a `*` for each path variable: what a policy would name to allow this method."""
    path = _VARIABLE.sub("*", match.method.resource.path)
    return f"{match.stage.arn_prefix}{match.verb}{path}"


def must_allow(
    decision: Decision, caller: Caller | None, arn: str, account: str, trace: Trace, why: Callable[[], Explanation]
) -> None:
    """Put a decision into the trace, and stop where it is not an allow; only then `why` is asked.

    Raises:
        AccessDenied: in AWS's words, the account masked as AWS masks it.
    """
    who = "anonymous" if caller is None else caller.arn
    if decision.outcome is Outcome.ALLOWED:
        trace.passed("authorize", decision.reason, action=ACTION, resource=arn, caller=who)
        return
    trace.refused("authorize", decision.reason, **findings(why()))
    masked = arn.replace(f":{account}:", f":********{account[-4:]}:", 1)
    explicit = " with an explicit deny" if decision.outcome is Outcome.EXPLICIT_DENY else ""
    raise AccessDenied(
        f"User: {who} is not authorized to perform: {ACTION} on resource: {masked}{explicit}",
        reason=decision.reason,
        message_key="Message",
        caller=caller,
    )
