"""No IAM identity is asked for (NONE, or a token): the API's resource policy, where there is one, must allow everybody.

In: a match. Out: nothing, or `AccessDenied`. Law: an API without a policy is open, as its owner said; one with a
policy is closed unless a statement allows the request explicitly. A signature on such a method is not looked at: it
proves nothing here.
Source: API Gateway developer guide, "API Gateway resource policy only".
"""

from functools import lru_cache
from typing import TYPE_CHECKING

from gatewright.core.identity import anonymous
from gatewright.core.trace import Outcome, Step, Trace
from gatewright.gateway.authorizers.decisions import must_allow, question, resource_arn
from gatewright.gateway.live import Match
from gatewright.policy.context import AuthorizationRequest
from gatewright.policy.document import Policy
from gatewright.policy.evaluate import Mode, PolicySet, decide
from gatewright.policy.explain import explain

if TYPE_CHECKING:
    from gatewright.gateway.ports import Ports

_ANONYMOUS = anonymous()


@lru_cache(maxsize=16)
def _open(kind: str) -> Step:
    return Step("authorize", Outcome.PASSED, f"authorizationType is {kind}, and the API has no resource policy")


def authorize_anonymous(match: Match, ports: "Ports", trace: Trace) -> None:
    """Let an unsigned request pass where the API's resource policy does.

    Raises:
        AccessDenied: the policy does not allow it.
    """
    policy = match.stage.policy
    if policy is None:
        trace.steps.append(_open(match.method.authorization))
        return
    arn = resource_arn(match)
    key = (match.stage, arn)
    decision = ports.decisions.get(key, None)
    if decision is None:
        decision = decide(*_asked(match, policy, arn))
        ports.decisions.put(key, None, decision)
    must_allow(decision, None, arn, match.stage.snapshot.account, trace, lambda: explain(*_asked(match, policy, arn)))


def _asked(match: Match, policy: Policy, arn: str) -> tuple[AuthorizationRequest, PolicySet]:
    return question(match, _ANONYMOUS, arn), PolicySet(resource=policy, mode=Mode.RESOURCE_ONLY)
