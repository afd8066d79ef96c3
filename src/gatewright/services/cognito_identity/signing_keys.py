"""The key that signs identity tokens, and the key set that others verify them with.

Law: one key for the installation, made when the first pool allows the classic flow; the private half is sealed in its
row, the public half is published. RS512, as Cognito signs. Source: Cognito developer guide, "Identity pools
authentication flow".
"""

import asyncio
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from gatewright.control.service import Call
from gatewright.core import ids
from gatewright.core.jwt import VerifyingKey, new_key, sign
from gatewright.services.cognito_identity.tables import SigningKeyRow
from gatewright.storage.keys import SECRETS

SHELF = "cognito-identity.signing-key"
ALGORITHM = "RS512"


async def must_have_signing_key(call: Call) -> None:
    """Make the signing key where there is none yet."""
    if await call.session.scalar(select(SigningKeyRow.key_id).limit(1)) is not None:
        return
    pair = await asyncio.to_thread(new_key, ids.request_id())
    row = SigningKeyRow(
        key_id=pair.key_id,
        algorithm=ALGORITHM,
        sealed_private=call.keys.seal(SECRETS, pair.private_pem, pair.key_id.encode()),
        public_pem=pair.public_pem,
        created_at=call.now,
    )
    call.session.add(row)
    await call.session.flush()
    call.publish(SHELF, pair.key_id)


async def signed(call: Call, claims: dict[str, Any]) -> str:
    """Return the token for claims, signed with the newest key."""
    query = select(SigningKeyRow).order_by(SigningKeyRow.created_at.desc()).limit(1)
    row = await call.session.scalar(query)
    assert row is not None  # a pool with the classic flow had it made
    private = call.keys.open(SECRETS, row.sealed_private, row.key_id.encode())
    return await asyncio.to_thread(sign, claims, key_id=row.key_id, algorithm=row.algorithm, private_pem=private)


def jwks(keys: Iterable[VerifyingKey]) -> dict[str, Any]:
    """Return the key set; `keys` is the shelf `cognito-identity.signing-key`."""
    return {"keys": [dict(key.jwk()) for key in keys]}
