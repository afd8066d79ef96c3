"""What the product's pages need beyond the control plane: told by whoever assembles the product."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from gatewright.core.identity import Caller
from gatewright.core.trace import Kept
from gatewright.wire.http import Request


@dataclass(frozen=True, slots=True)
class Outside:
    """The product around its pages."""

    reset: Callable[[], Awaitable[None]]
    # Tell what would happen to a request, asked by a caller, or by nobody; nothing is performed.
    rehearse: Callable[[Request, Caller | None], Kept]
    # The paths that a deployed stage has, and the stages that there are: for "did you mean".
    stages: Callable[[], list[str]]  # {api_id}/{stage_name}
    methods: Callable[[str, str], list[str]]  # API id, stage name -> "GET /demo"
