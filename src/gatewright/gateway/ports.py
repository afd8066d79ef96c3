"""What an invocation needs from outside: told by whoever assembles the product, never looked up."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from gatewright.core.address import StageAddress
from gatewright.core.clock import Clock
from gatewright.core.trace import Allowance, Trace
from gatewright.gateway.authorizers.cognito_user_pools import VerifiedTokens
from gatewright.gateway.authorizers.decisions import DecisionCache
from gatewright.gateway.live import LiveStage
from gatewright.policy.context import AuthorizationRequest
from gatewright.policy.evaluate import Decision, PolicySet
from gatewright.storage.credentials import Credentials
from gatewright.storage.user_pool_tokens import PoolTokens


class RequestSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One invocation in a line: what a trace is listed and found by. It holds no header and no body."""

    request_id: str
    at: float  # seconds since the epoch
    method: str
    host: str
    path: str  # without the query string, which may hold a presigned signature
    client: str
    api_id: str
    stage_name: str
    status: int
    error_type: str = ""  # empty where the invocation was answered by its integration
    caller: str = ""  # ARN


class TraceSink(Protocol):
    """Whoever keeps the traces."""

    @property
    def wants_success(self) -> bool:
        """Whether the trace of the invocation that passes now is wanted too: asked once for each."""
        ...

    def keep(self, trace: Trace, summary: RequestSummary) -> None:
        """Keep the trace of one invocation."""
        ...


@dataclass(frozen=True, slots=True)
class Ports:
    """The outside of the gateway."""

    stages: Callable[[StageAddress], LiveStage | None]  # see `live.StageFinder`
    credentials: Credentials
    clock: Clock
    traces: TraceSink
    pool_tokens: PoolTokens | None = None  # proves tokens of user pools; without it nobody passes by one
    verified_tokens: VerifiedTokens = field(default_factory=VerifiedTokens)
    decisions: DecisionCache = field(default_factory=DecisionCache)
    # Told of each decision about a caller that the cache did not have; False: there was no room, offer it again later.
    decided: Callable[[AuthorizationRequest, PolicySet, Decision, str], bool] = lambda *_: True
    diagnoses: Allowance = field(default_factory=Allowance)  # how many wrong signatures a second are looked into
