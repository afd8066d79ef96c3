"""Where a request was addressed to, once its host and path were read. Made by the edge, read by both planes."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class StageAddress:
    """A stage of a REST API and the path below it. Nothing of it is changed, but for where it led to."""

    api_id: str
    stage_name: str
    path: str  # as received, percent-encoded, below the stage: "/demo", or "" for the bare stage
    base_path: str  # what stands before it in the request's path: "/dev", "/_aws/execute-api/{api}/dev"
    domain_name: str  # the Host without its port: $context.domainName
    region: str | None = None  # where the address names one; it must then be the stage's
    led_to: Any = field(default=None, compare=False, repr=False)  # `gateway/live.py` keeps its last `Route` here
