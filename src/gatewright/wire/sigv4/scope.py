"""What a request says about its own signature: whose, for what, when, over which headers.

In: a request. Out: an `Authorization`, nothing of which is proven yet; or None, where the request carries no signature.
Law: one request has one reading. Whatever could be read in two ways (two `Authorization` headers, a header beside query
parameters, a parameter twice) is refused, even where AWS would choose one.

AWS pages: IAM user guide, "Authentication methods" (header and query parameters), "Elements of an AWS API request
signature". The messages are AWS's; a header is quoted by its SHA-256 only, as AWS does since 2023.
"""

from base64 import b64encode
from functools import lru_cache
from hashlib import sha256
from urllib.parse import unquote_plus

import msgspec

from gatewright.wire.http import Request
from gatewright.wire.sigv4.canonical import to_bytes
from gatewright.wire.sigv4.dates import header_date, is_dated, iso_date
from gatewright.wire.sigv4.refusal import Kind, SignatureRefused

ALGORITHM = "AWS4-HMAC-SHA256"
TERMINATOR = "aws4_request"
LONGEST_EXPIRY = 604_800  # seconds: seven days

_CACHED_LENGTH = 512  # characters; what is longer is parsed each time, so that the cache stays below 16 MB
_HEADER_TERMS = frozenset({"Credential", "SignedHeaders", "Signature"})
_QUERY_NEEDED = ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date")
_QUERY_TERMS = frozenset({*_QUERY_NEEDED, "X-Amz-Expires", "X-Amz-Security-Token"})
_QUERY_SIGNED = frozenset({"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature"})

_BEFORE_KEY = f"{ALGORITHM} Credential="
# date, region, service, terminator, signed headers; with the access key id before them
_AfterKey = tuple[str, str, str, str, tuple[str, ...]]
_Scope = tuple[str, str, str, str, str, tuple[str, ...]]


class Authorization(msgspec.Struct, frozen=True, gc=False):
    """A claim, not a proof. `signed_headers` are lower-case, sorted, and each there once."""

    access_key_id: str
    date: str  # YYYYMMDD, of the credential scope
    region: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str
    amz_date: str  # YYYYMMDDTHHMMSSZ
    signed_at: float  # the same moment in seconds since the epoch
    session_token: str | None = None
    presigned: bool = False
    expires: int | None = None  # seconds from `signed_at`, where a presigned request says so
    terminator: str = TERMINATOR

    @property
    def scope(self) -> str:
        """The credential scope, `date/region/service/aws4_request`."""
        return f"{self.date}/{self.region}/{self.service}/{self.terminator}"

    def __repr__(self) -> str:
        """Show what may be logged: neither the signature nor the session token."""
        return f"Authorization({self.access_key_id}/{self.scope}, signed {self.amz_date})"


def read_authorization(request: Request) -> Authorization | None:
    """Read the claim of a request: None where there is no signature of any kind.

    Raises:
        SignatureRefused: the claim is malformed, incomplete, or can be read in more than one way.
    """
    text = request.header("authorization")
    # With an escape in it, a query may hold the same names without showing them.
    terms = _query_terms(request.query) if "X-Amz-" in request.query or "%" in request.query else None
    if text is None:
        if not terms or not _QUERY_SIGNED & terms.keys():
            return None
        return _from_query(request, terms)
    if terms:
        raise _incomplete(
            "Only one auth mechanism allowed: either the Authorization header or X-Amz-… query parameters. "
            f"The query has {', '.join(sorted(terms))}."
        )
    if request.is_repeated("authorization"):
        raise _incomplete("Only one Authorization header is allowed.")
    return _from_header(request, text)


def _from_header(request: Request, text: str) -> Authorization:
    before, _, signature = text.rpartition("Signature=")
    scope = _scope_before_signature(before) if len(before) <= _CACHED_LENGTH else None
    if scope is None or len(signature) != 64 or not signature.isascii() or not _is_word(signature):
        scope, signature = _read_header(text, dated=is_dated(request))
    amz_date, signed_at = header_date(request)
    key, date, region, service, terminator, signed_headers = scope
    return Authorization(
        key,
        date,
        region,
        service,
        signed_headers,
        signature,
        amz_date,
        signed_at,
        request.header("x-amz-security-token"),
        False,
        None,
        terminator,
    )


def _is_word(text: str) -> bool:
    """Say that a text has no blank and no comma, which would end the term; cheaper than `isalnum`."""
    return "," not in text and len(text.split(None, 1)) == 1


def _scope_before_signature(before: str) -> _Scope | None:
    """Read what an `Authorization` header says before its signature, or None if it is odd."""
    head, _, rest = before.partition("/")
    key = head[len(_BEFORE_KEY) :]
    if not key.isalnum() or not head.startswith(_BEFORE_KEY):
        return None
    after = _after_key(rest)
    return None if after is None else (key, *after)


@lru_cache(maxsize=4_096)
def _after_key(rest: str) -> _AfterKey | None:
    """Read what is the same for every key of a region and a day, such as
    `20260131/us-east-1/sts/aws4_request, SignedHeaders=host;x-amz-date, `.
    """
    if not rest.endswith((",", " ")):
        return None
    words = rest.replace(",", " ").split()
    if len(words) != 2 or rest[:1].isspace() or not words[1].startswith("SignedHeaders="):
        return None
    try:
        _, date, region, service, terminator = _credential(f"key/{words[0]}")
        return date, region, service, terminator, _signed_headers(words[1][14:])
    except SignatureRefused:
        return None


def _read_header(text: str, *, dated: bool) -> tuple[_Scope, str]:
    """Read an `Authorization` header in full, in whatever order its terms are.

    Raises:
        SignatureRefused: in AWS's words, what is wrong with it.
    """
    hashed = b64encode(sha256(to_bytes(text)).digest()).decode()
    algorithm, *words = text.replace(",", " ").split() or [""]
    if not algorithm:
        raise _incomplete("Authorization header cannot be empty.")
    if "=" in algorithm:
        raise _incomplete(
            "Authorization header must begin with the algorithm name, which cannot include an equal-sign."
        )
    if algorithm.startswith("AWS") and algorithm != ALGORITHM:
        raise _incomplete(f"Unsupported AWS 'algorithm': '{algorithm}'.")
    terms: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise _incomplete(
                "Invalid key=value pair (missing equal-sign) in Authorization header "
                f"(hashed with SHA-256 and encoded with Base64): '{hashed}'."
            )
        if name in terms:
            raise _incomplete(f"Authorization header has '{name}' twice.")
        terms[name] = value
    lacking = [f"'{name}' parameter" for name in ("Credential", "Signature", "SignedHeaders") if name not in terms]
    if not dated:
        lacking.append("existence of either a 'X-Amz-Date' or a 'Date' header")
    if lacking:
        sentences = " ".join([f"Authorization header requires {what}." for what in lacking])
        raise _incomplete(f"{sentences} (Hashed with SHA-256 and encoded with Base64) Authorization={hashed}")
    if algorithm != ALGORITHM or terms.keys() != _HEADER_TERMS:
        raise _incomplete(f"Authorization header must be '{ALGORITHM}' with Credential, SignedHeaders and Signature.")
    if not terms["Signature"].isascii():
        raise _incomplete("Signature must be hexadecimal.")
    return (*_credential(terms["Credential"]), _signed_headers(terms["SignedHeaders"])), terms["Signature"]


def _query_terms(query: str) -> dict[str, list[str]]:
    """Collect the signature's own parameters, by their decoded names."""
    terms: dict[str, list[str]] = {}
    for part in query.split("&"):
        name, _, value = part.partition("=")
        name = unquote_plus(name)
        if name in _QUERY_TERMS:
            terms.setdefault(name, []).append(unquote_plus(value))
    return terms


def _from_query(request: Request, terms: dict[str, list[str]]) -> Authorization:
    for name, values in terms.items():
        if len(values) > 1:
            raise _incomplete(f"The query has '{name}' {len(values)} times.")
    found = {name: values[0] for name, values in terms.items()}
    lacking = [f"AWS query-string parameters must include '{name}'." for name in _QUERY_NEEDED if not found.get(name)]
    if lacking:
        raise _incomplete(f"{' '.join(lacking)} Re-examine the query-string parameters.")
    if found["X-Amz-Algorithm"] != ALGORITHM:
        raise _incomplete(f"Unsupported AWS 'algorithm': '{found['X-Amz-Algorithm']}'.")
    if request.header("x-amz-security-token") is not None:
        raise _incomplete(
            "A presigned request has its session token in the query, not in an X-Amz-Security-Token header."
        )
    if not found["X-Amz-Signature"].isascii():
        raise _incomplete("X-Amz-Signature must be hexadecimal.")
    key, date, region, service, terminator = _credential(found["X-Amz-Credential"])
    amz_date, signed_at = iso_date(found["X-Amz-Date"])
    return Authorization(
        access_key_id=key,
        date=date,
        region=region,
        service=service,
        signed_headers=_signed_headers(found["X-Amz-SignedHeaders"]),
        signature=found["X-Amz-Signature"],
        amz_date=amz_date,
        signed_at=signed_at,
        session_token=found.get("X-Amz-Security-Token"),
        presigned=True,
        expires=_expiry(found["X-Amz-Expires"]) if "X-Amz-Expires" in found else None,
        terminator=terminator,
    )


def _credential(text: str) -> tuple[str, str, str, str, str]:
    """Take a credential apart. It is not quoted in the message: people paste the secret where the key id belongs."""
    parts = text.split("/")
    if len(parts) != 5 or not parts[0]:
        raise _incomplete(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, "
            f"got {len([part for part in parts if part])} elements."
        )
    return parts[0], parts[1], parts[2], parts[3], parts[4]


def _signed_headers(text: str) -> tuple[str, ...]:
    """Read the list of signed headers into its one canonical form: lower-case, sorted, each name once."""
    names = text.lower().split(";")
    if "" in names:
        raise _incomplete("SignedHeaders must be header names, separated by semicolons.")
    return tuple(sorted(set(names)))


def _expiry(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 7 or not 1 <= int(text) <= LONGEST_EXPIRY:
        raise _incomplete(f"X-Amz-Expires must be a number of seconds from 1 to {LONGEST_EXPIRY}.")
    return int(text)


def _incomplete(message: str) -> SignatureRefused:
    return SignatureRefused(Kind.INCOMPLETE, message)
