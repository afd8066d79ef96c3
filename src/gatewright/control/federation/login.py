"""What a proven login is, and why one is refused."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

import msgspec


class Problem(Enum):
    """Why a login was refused. The services word each in AWS's way."""

    MALFORMED = "it is not a token or an assertion"
    MISSING = "something that it must say is missing"
    ISSUER = "another issuer made it"
    SIGNATURE = "the signature is not its issuer's"
    AUDIENCE = "it is meant for somebody else"
    EXPIRED = "it has expired"
    TOO_EARLY = "it is not valid yet"
    UNREACHABLE = "the issuer's keys could not be fetched"


class LoginRefused(Exception):  # the service knows which of its errors this is
    """What was brought proves nothing. `detail` says what exactly, without the token."""

    def __init__(self, problem: Problem, detail: str) -> None:
        super().__init__(f"{problem.value}: {detail}")
        self.problem = problem
        self.detail = detail


class Login(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody whom a provider vouches for."""

    provider: str  # what policies call it: login.example.com/tenant, accounts.google.com, a SAML provider's ARN
    subject: str
    audience: str
    methods: tuple[str, ...] = ()  # amr
    claims: Mapping[str, Any] = {}  # all that was vouched for: role mappings and tags are made of it
    expires_at: float = 0.0  # seconds since the epoch
