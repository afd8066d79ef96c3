"""Why a signature was refused, and AWS's words for it.

In: what a check saw. Out: `SignatureRefused`, one neutral kind for every caller; `words` turns it into the code, status
and message of one protocol. Law: neither the message nor the details hold a secret; a session token or an API key that
was signed is shown by its length only, unlike on AWS, because messages end up in logs.

AWS pages: IAM user guide, "Troubleshoot signed requests for AWS APIs"; API Gateway developer guide, "Gateway response
types". Where AWS's services differ from one another, what was assumed is written beside the table.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

MISMATCH_MESSAGE = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details."
)


class Kind(StrEnum):
    """What was wrong, in the order in which it is looked for."""

    MISSING = "missing"  # no signature at all
    INCOMPLETE = "incomplete"  # malformed, ambiguous, or a part is missing
    UNSIGNED_HEADER = "unsignedHeader"  # a header that must be signed is not, or one that is signed is not there
    EXPIRED = "expired"  # signed too long ago
    NOT_YET_CURRENT = "notYetCurrent"  # signed in the future
    SCOPE = "scope"  # for another date, region or service
    PAYLOAD = "payload"  # the body is not the one that was signed
    UNKNOWN_KEY = "unknownKey"  # no such access key, or a session token that is not of this key
    TOKEN_EXPIRED = "tokenExpired"  # noqa: S105 - a genuine session token past its time
    MISMATCH = "mismatch"  # the signature itself
    REPLAYED = "replayed"  # right, but used before, where the operator refuses that


class Dialect(StrEnum):
    """How the caller is answered: the protocols by the names that botocore's models give them, and the data plane."""

    QUERY = "query"
    REST_XML = "rest-xml"
    JSON = "json"
    REST_JSON = "rest-json"
    EXECUTE_API = "execute-api"


class Words(NamedTuple):
    """An error as the client sees it. On execute-api `code` is the `x-amzn-ErrorType`."""

    code: str
    status: int
    message: str


class SignatureRefused(Exception):
    """A request that did not prove who sent it.

    `details` explains the refusal to a reader (`canonical_request` and `string_to_sign` once they were computed).
    `difference` is what `diagnose.py` found out about the client's signature: None where nobody looked, else empty
    where nothing was found. It is for traces; it is never answered.
    """

    def __init__(self, kind: Kind, message: str, details: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind
        self.message = message
        self.details: Mapping[str, str] = details or {}
        self.difference: Mapping[str, Any] | None = None

    def because(self, problem: str) -> "SignatureRefused":
        """Return the refusal of a key with what is wrong with it, for the trace; other refusals are not about keys."""
        if self.kind is not Kind.UNKNOWN_KEY:
            return self
        return SignatureRefused(self.kind, self.message, {**self.details, "problem": problem})


def missing() -> SignatureRefused:
    """Return the refusal of a request that carries no signature where one is needed."""
    return SignatureRefused(Kind.MISSING, "Missing Authentication Token")


def unknown_key() -> SignatureRefused:
    """Return the refusal of an access key that does not exist, or of a session token that does not belong to it."""
    return SignatureRefused(Kind.UNKNOWN_KEY, "The security token included in the request is invalid.")


def token_expired() -> SignatureRefused:
    """Return the refusal of temporary credentials that were genuine and have run out."""
    return SignatureRefused(Kind.TOKEN_EXPIRED, "The security token included in the request is expired")


def words(refused: SignatureRefused, dialect: Dialect) -> Words:
    """Say a refusal as AWS says it on this protocol."""
    plain = dialect in (Dialect.QUERY, Dialect.REST_XML)
    code, status = (_QUERY if plain else _JSON)[refused.kind]
    if not plain:
        status = 400 if dialect is Dialect.JSON else 403
    message = refused.message
    if refused.kind is Kind.MISSING and plain:
        message = "Request is missing Authentication Token"
    if refused.kind is Kind.MISMATCH and "canonical_request" in refused.details:
        message += (
            f"\n\nThe Canonical String for this request should have been\n'{refused.details['canonical_request']}'"
            f"\n\nThe String-to-Sign should have been\n'{refused.details['string_to_sign']}'\n"
        )
    return Words(code, status, message)


# IAM and STS answer an expired signature with SignatureDoesNotMatch, although their list of common errors has
# RequestExpired; the message tells the two apart.
_QUERY: Mapping[Kind, tuple[str, int]] = {
    Kind.MISSING: ("MissingAuthenticationToken", 403),
    Kind.INCOMPLETE: ("IncompleteSignature", 400),
    Kind.UNSIGNED_HEADER: ("SignatureDoesNotMatch", 403),
    Kind.EXPIRED: ("SignatureDoesNotMatch", 403),
    Kind.NOT_YET_CURRENT: ("SignatureDoesNotMatch", 403),
    Kind.SCOPE: ("SignatureDoesNotMatch", 403),
    Kind.PAYLOAD: ("SignatureDoesNotMatch", 403),
    Kind.UNKNOWN_KEY: ("InvalidClientTokenId", 403),
    Kind.TOKEN_EXPIRED: ("ExpiredToken", 403),
    Kind.MISMATCH: ("SignatureDoesNotMatch", 403),
    Kind.REPLAYED: ("SignatureDoesNotMatch", 403),
}

# The same codes in the three JSON dialects. AWS's JSON services answer every client error with 400, REST ones and
# execute-api with 403. IncompleteSignatureException is known with 403 on execute-api; assumed the same on rest-json.
_JSON: Mapping[Kind, tuple[str, int]] = {
    Kind.MISSING: ("MissingAuthenticationTokenException", 403),
    Kind.INCOMPLETE: ("IncompleteSignatureException", 403),
    Kind.UNSIGNED_HEADER: ("InvalidSignatureException", 403),
    Kind.EXPIRED: ("InvalidSignatureException", 403),
    Kind.NOT_YET_CURRENT: ("InvalidSignatureException", 403),
    Kind.SCOPE: ("InvalidSignatureException", 403),
    Kind.PAYLOAD: ("InvalidSignatureException", 403),
    Kind.UNKNOWN_KEY: ("UnrecognizedClientException", 403),
    Kind.TOKEN_EXPIRED: ("ExpiredTokenException", 403),
    Kind.MISMATCH: ("InvalidSignatureException", 403),
    Kind.REPLAYED: ("InvalidSignatureException", 403),
}
