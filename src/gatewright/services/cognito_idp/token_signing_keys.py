"""The keys that sign a pool's tokens: one for ID tokens and one for access tokens, as AWS has them.

Law: the private half is sealed in its row with the key's id as context; the public half is published with the pool.
Source: Cognito developer guide, "Verifying JSON web tokens".
"""

import asyncio
import secrets
from base64 import b64encode
from collections.abc import Sequence

from gatewright.control.service import Call
from gatewright.core.jwt import KeyPair, new_key
from gatewright.services.cognito_idp.tables import SigningKeyRow
from gatewright.storage.keys import SECRETS

ALGORITHM = "RS256"
TOKEN_USES = ("id", "access")
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
