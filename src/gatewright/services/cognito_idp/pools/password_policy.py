"""What a pool asks of passwords, and passwords that fulfil it. Pure, but for the randomness.

Source: Cognito developer guide, "Adding user pool password requirements".
"""

import secrets
import string
from collections.abc import Mapping
from typing import Any

from gatewright.services.cognito_idp.faults import invalid_password

_SYMBOLS = "^$*.[]{}()?-\"!@#%&/\\,><':;|_~`+= "
_GENERATED_SYMBOLS = "^$*.[]{}()?-!@#%&,><:;|_~+="
_GENERATED_LENGTH = 12
_KINDS = (
    ("RequireLowercase", string.ascii_lowercase, "lowercase characters"),
    ("RequireUppercase", string.ascii_uppercase, "uppercase characters"),
    ("RequireNumbers", string.digits, "numeric characters"),
    ("RequireSymbols", _SYMBOLS, "symbol characters"),
)


def check_password(policy: Mapping[str, Any], password: str) -> None:
    """Refuse a password that a policy does not take.

    Raises:
        Fault: `InvalidPasswordException`.
    """
    if len(password) < policy["MinimumLength"]:
        raise invalid_password("Password not long enough")
    if password[:1].isspace() or password[-1:].isspace():
        raise invalid_password("Password must not begin or end with a space")
    for member, characters, words in _KINDS:
        if policy.get(member) and not set(characters).intersection(password):
            raise invalid_password(f"Password must have {words}")


def temporary_password(policy: Mapping[str, Any]) -> str:
    """Return a random password that fulfils a policy, and every policy of the same length."""
    draw = secrets.SystemRandom()
    kinds = (string.ascii_lowercase, string.ascii_uppercase, string.digits, _GENERATED_SYMBOLS)
    length = max(_GENERATED_LENGTH, int(policy["MinimumLength"]))
    picked = [draw.choice(kind) for kind in kinds]
    picked += [draw.choice("".join(kinds)) for _ in range(length - len(kinds))]
    draw.shuffle(picked)
    return "".join(picked)
