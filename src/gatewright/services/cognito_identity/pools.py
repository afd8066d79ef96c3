"""A pool as the hot path sees it: a frozen snapshot, read from memory."""

from collections.abc import Mapping

import msgspec

from gatewright.control.service import Call
from gatewright.services.cognito_identity.faults import pool_not_found

SHELF = "cognito-identity.pool"


class Pool(msgspec.Struct, frozen=True):
    """An identity pool."""

    identity_pool_id: str
    region: str
    allow_unauthenticated: bool
    allow_classic_flow: bool
    roles: Mapping[str, str]


def find_pool(call: Call, identity_pool_id: str) -> Pool:
    """Return a pool by its id.

    The id names the pool's region. An unsigned call names none but by its host, and a pool is known by its id wherever
    the client thinks that it is; only where the host names another region is there no such pool.

    Raises:
        Fault: `ResourceNotFoundException`.
    """
    pool: Pool | None = call.shelf(SHELF).get(identity_pool_id)
    if pool is None or _is_elsewhere(call, pool.region):
        raise pool_not_found(identity_pool_id)
    return pool


def _is_elsewhere(call: Call, region: str) -> bool:
    service, _, rest = call.request.host.partition(".")
    named = rest.partition(".")[0]
    return service == "cognito-identity" and named.count("-") >= 2 and named != region
