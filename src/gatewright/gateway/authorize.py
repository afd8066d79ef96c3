"""May this caller invoke this method? One answer for each kind of authorization.

In: a match. Out: an `Authorized`, which is the only thing that the rest of the story takes. Law: there is no way to
make one but through the authorizer of the method; a kind of authorization that is not built is refused, never passed.
Source: API Gateway developer guide, "How API Gateway resource policies affect authorization workflow".
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from gatewright.core.address import StageAddress
from gatewright.core.identity import Caller
from gatewright.core.trace import Trace
from gatewright.gateway.authorizers import aws_iam, cognito_user_pools, resource_policy
from gatewright.gateway.context import build_context
from gatewright.gateway.errors import AuthorizerConfigurationError
from gatewright.gateway.live import Match
from gatewright.gateway.velocity import Context

if TYPE_CHECKING:
    from gatewright.gateway.ports import Ports


class Authorized:
    """A request that may go on, and who sent it. `$context` is built when something first asks for it."""

    __slots__ = ("_address", "_context", "caller", "claims", "match")

    def __init__(
        self, match: Match, address: StageAddress, caller: Caller | None, claims: Mapping[str, str] | None = None
    ) -> None:
        self.match = match
        self.caller = caller
        self.claims = claims  # of the caller's token, where the method wants one
        self._address = address
        self._context: Context | None = None

    @property
    def touched(self) -> bool:
        """Whether a template or a mapping has seen `$context`, and may have written overrides into it."""
        return self._context is not None

    def context(self) -> Context:
        """Return `$context`, one for the whole invocation: a response template sees what a request template set."""
        if self._context is None:
            match = self.match
            self._context = Context(
                build_context(match.request, self._address, match.stage, match, self.caller, self.claims)
            )
        return self._context


async def authorize(match: Match, address: StageAddress, ports: "Ports", trace: Trace) -> Authorized:
    """Let a request pass, or refuse it in the words of its method's authorization.

    Raises:
        GatewayError: it may not pass; the class says why.
    """
    kind = match.method.authorization
    if kind == "AWS_IAM":
        return Authorized(match, address, aws_iam.authorize(match, ports, trace))
    if kind == "NONE":
        resource_policy.authorize_anonymous(match, ports, trace)
        return Authorized(match, address, None)
    if kind == cognito_user_pools.TYPE:
        return Authorized(match, address, None, cognito_user_pools.authorize(match, ports, trace))
    raise AuthorizerConfigurationError(
        reason=f"authorizationType {kind} is not implemented: NONE, AWS_IAM and COGNITO_USER_POOLS are"
    )
