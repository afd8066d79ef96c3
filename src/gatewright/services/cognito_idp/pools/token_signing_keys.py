"""The keys that sign a pool's tokens: one for ID tokens and one for access tokens, as AWS has them.

Law: the private half is sealed in its row with the key's id as context; the public half is published with the pool.
Keys are replaced a year after they were made, by the first sign-in after that; the old ones verify until the last token
that they signed has expired, and are deleted when the next ones are made.
Assumed: a year, because AWS does not say when it replaces keys.
Source: Cognito developer guide, "Verifying JSON web tokens".
"""

import asyncio
import secrets
from base64 import b64encode
from collections.abc import Sequence

from sqlalchemy import delete, select

from gatewright.control.service import Call
from gatewright.core.jwt import KeyPair, new_key
from gatewright.services.cognito_idp.tables import SigningKeyRow
from gatewright.storage.keys import SECRETS
from gatewright.storage.user_pools import POOLS_SHELF, UserPool

ALGORITHM = "RS256"
TOKEN_USES = ("id", "access")
_YEAR = 365 * 86_400.0
_LONGEST_TOKEN = 86_400.0  # seconds that an ID or access token can be good
_ID_BYTES = 32  # AWS's key ids too are 32 bytes in Base64


async def make_key_pairs() -> Sequence[KeyPair]:
    """Make a key for each kind of token, beside the event loop; ask before a transaction is open, as it takes long."""
    made = (asyncio.to_thread(new_key, b64encode(secrets.token_bytes(_ID_BYTES)).decode()) for _ in TOKEN_USES)
    return await asyncio.gather(*made)


def add_keys(call: Call, user_pool_id: str, pairs: Sequence[KeyPair]) -> None:
    """Add a pool's keys; whoever adds them publishes the pool."""
    for token_use, pair in zip(TOKEN_USES, pairs, strict=True):
        call.session.add(
            SigningKeyRow(
                key_id=pair.key_id,
                user_pool_id=user_pool_id,
                token_use=token_use,
                algorithm=ALGORITHM,
                sealed_private=call.keys.seal(SECRETS, pair.private_pem, pair.key_id.encode()),
                public_pem=pair.public_pem,
                created_at=call.now,
                retires_at=None,
            )
        )


def are_old(pool: UserPool, now: float) -> bool:
    """Say whether a pool's keys are to be replaced."""
    return any(now >= key.created_at + _YEAR for key in pool.signing.values())


async def rotate_keys(call: Call, pool: UserPool) -> None:
    """Replace a pool's keys, once, however many sign-ins find them old; in a call that reads."""
    pairs = await make_key_pairs()

    async def replace(inner: Call) -> None:
        rows = await inner.session.scalars(select(SigningKeyRow).where(SigningKeyRow.user_pool_id == pool.id))
        current = [row for row in rows if row.retires_at is None]
        if not any(inner.now >= row.created_at + _YEAR for row in current):
            return
        await inner.session.execute(
            delete(SigningKeyRow).where(SigningKeyRow.user_pool_id == pool.id, SigningKeyRow.retires_at <= inner.now)
        )
        for row in current:
            row.retires_at = inner.now + _LONGEST_TOKEN
        add_keys(inner, pool.id, pairs)
        await inner.session.flush()
        inner.publish(POOLS_SHELF, pool.id)

    await call.apart(replace)
