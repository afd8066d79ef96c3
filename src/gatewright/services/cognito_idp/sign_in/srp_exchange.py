"""One exchange of SRP over the wire, for a user's password and for a device's: the same numbers, another identity.

In: `SRP_A`; then the claim. Out: the parameters of the challenge; then whether the claim is right. Law: the server's
half travels sealed in the secret block, so that nothing is kept for exchanges that nobody ends.
Source: Cognito API reference, `RespondToAuthChallenge`, `PASSWORD_VERIFIER` and `DEVICE_PASSWORD_VERIFIER`.
"""

import re
from base64 import b64decode
from collections.abc import Mapping
from typing import NamedTuple

from gatewright.control.service import Call
from gatewright.services.cognito_idp.faults import invalid_parameter
from gatewright.services.cognito_idp.sign_in import srp
from gatewright.services.cognito_idp.sign_in.challenges import (
    Challenge,
    followed_by,
    open_secret_block,
    seal_secret_block,
)
from gatewright.services.cognito_idp.users.passwords import Verifier
from gatewright.storage.user_pools import UserPoolClient

_TIMESTAMP = re.compile(r"[A-Z][a-z]{2} [A-Z][a-z]{2} [1-3]?[0-9] [0-2][0-9]:[0-5][0-9]:[0-6][0-9] UTC [0-9]{4}")
_NUMBER = 384  # bytes of a number of the group
_PRIVATE = 32


def required(parameters: Mapping[str, str], name: str) -> str:
    """Return a parameter.

    Raises:
        Fault: `InvalidParameterException`: it is missing.
    """
    value = parameters.get(name)
    if not value:
        raise invalid_parameter(f"Missing required parameter {name}")
    return value


def ask(call: Call, challenge: Challenge, name: str, kept: Verifier, srp_a: str) -> dict[str, str]:
    """Return the parameters of the challenge in which the client proves what it knows.

    Raises:
        Fault: `InvalidParameterException`: `SRP_A` is no number of the group.
    """
    try:
        client_public = srp.read_public(srp_a)
    except srp.BadPublicValue:
        raise invalid_parameter("SRP_A is not a number that an SRP client sends.") from None
    ephemeral = srp.exchange(kept.verifier)
    asked = followed_by(
        challenge,
        name,
        srp_private=ephemeral.private.to_bytes(_PRIVATE, "big"),
        srp_server=ephemeral.public.to_bytes(_NUMBER, "big"),
        srp_client=client_public.to_bytes(_NUMBER, "big"),
    )
    return {
        "SALT": f"{kept.salt:x}",
        "SECRET_BLOCK": seal_secret_block(call.keys, asked),
        "SRP_B": f"{ephemeral.public:x}",
    }


class Claimed(NamedTuple):
    """A claim, and the exchange that it is about."""

    challenge: Challenge
    block: bytes
    timestamp: str
    signature: bytes

    def is_by(self, kept: Verifier, group: str, username: str) -> bool:
        """Say whether somebody made the claim who knows what the verifier was made of."""
        ephemeral = srp.Ephemeral(_number(self.challenge.srp_private), _number(self.challenge.srp_server))
        key = srp.session_key(_number(self.challenge.srp_client), ephemeral, kept.verifier)
        if key is None:
            return False
        return srp.is_claim(self.signature, srp.claim(key, group, username, self.block, self.timestamp))


async def read_claim(call: Call, client: UserPoolClient, name: str, answers: Mapping[str, str]) -> Claimed:
    """Return the claim in the answers to a challenge.

    Raises:
        Fault: `InvalidParameterException`; `NotAuthorizedException` where the secret block is not ours, or too old.
    """
    challenge, block = await open_secret_block(call, client, name, required(answers, "PASSWORD_CLAIM_SECRET_BLOCK"))
    timestamp = required(answers, "TIMESTAMP")
    if not _TIMESTAMP.fullmatch(timestamp):
        raise invalid_parameter("TIMESTAMP is not in the form EEE MMM d HH:mm:ss UTC yyyy, in English.")
    try:
        signature = b64decode(required(answers, "PASSWORD_CLAIM_SIGNATURE"), validate=True)
    except ValueError:
        raise invalid_parameter("PASSWORD_CLAIM_SIGNATURE is not Base64.") from None
    return Claimed(challenge, block, timestamp, signature)


def _number(plain: bytes) -> int:
    return int.from_bytes(plain, "big")
