"""OpenID Connect: is this token its issuer's, for us, and still good?

In: a provider, a token, the time. Out: a `Login`. Law: the signature is checked before anything in the token is
believed; the issuer must be the very one that was registered, and the audience one of its client ids. `azp`, where it
is there, is who the token is for, and several audiences without it are nobody in particular.
Source: Cognito developer guide, "Open ID Connect providers (identity pools)" (order of the checks, `azp`); OpenID
Connect Core 1.0, "ID Token Validation". AWS speaks of five minutes of patience with clocks: it is given to tokens from
the future (`iat`, `nbf`), and none to expired ones, which is the strict reading.
"""

from typing import Any

from gatewright.control.federation.key_sets import Issuer, KeySets, KeysUnavailable
from gatewright.control.federation.login import Login, LoginRefused, Problem
from gatewright.core.jwt import BadToken, read, unverified_claims
from gatewright.storage.providers import OidcProvider

_SKEW = 300.0  # seconds
_LONGEST_SUBJECT = 255  # characters (OpenID Connect Core, `sub`)
_ISSUERS_WITHOUT_SCHEME = frozenset({"https://accounts.google.com"})  # Google's older tokens say it without https://


async def prove_token(
    key_sets: KeySets, provider: OidcProvider, name: str, token: str, now: float, *, for_anybody: bool = False
) -> Login:
    """Return whom a provider vouches for with a token; `name` is what policies call the provider.

    `for_anybody` leaves it to the caller to look at the audience, where a trust policy says whom it must be.

    Raises:
        LoginRefused: the token proves nothing.
    """
    try:
        said = read(token)
    except BadToken as refusal:
        raise LoginRefused(Problem.MALFORMED, str(refusal)) from None
    claims = said.claims
    if not _is_issuer(claims.get("iss"), provider.url):
        raise LoginRefused(Problem.ISSUER, f"it says that it is from {str(claims.get('iss'))[:200]}")
    try:
        key = await key_sets.find(Issuer(provider.arn, provider.url, provider.thumbprints), said.key_id, now)
    except KeysUnavailable as failure:
        raise LoginRefused(Problem.UNREACHABLE, str(failure)) from None
    try:
        said.must_be_signed_by(key)
    except BadToken as refusal:
        raise LoginRefused(Problem.SIGNATURE, str(refusal)) from None
    _check_times(claims, now)
    return Login(
        provider=name,
        subject=_subject(claims),
        audience=_audience(claims, None if for_anybody else provider.client_ids),
        methods=_methods(claims),
        claims=claims,
        expires_at=float(claims["exp"]),
    )


def issuer_of(token: str) -> str:
    """Return the issuer that a token names, to find the provider that is to be asked; nothing is believed.

    Raises:
        LoginRefused: it is not a JWT.
    """
    try:
        return str(unverified_claims(token).get("iss"))
    except BadToken as refusal:
        raise LoginRefused(Problem.MALFORMED, str(refusal)) from None


def _is_issuer(said: Any, registered: str) -> bool:
    if registered in _ISSUERS_WITHOUT_SCHEME and said == registered.partition("://")[2]:
        return True
    return bool(said == registered)


def _check_times(claims: dict[str, Any], now: float) -> None:
    for claim in ("exp", "iat"):
        if not _is_moment(claims.get(claim)):
            raise LoginRefused(Problem.MISSING, claim)
    if claims["exp"] <= now:
        raise LoginRefused(Problem.EXPIRED, f"{int(claims['exp'])}")
    if claims["iat"] > now + _SKEW or claims["iat"] > claims["exp"]:
        raise LoginRefused(Problem.TOO_EARLY, "iat is in the future")
    if "nbf" in claims and not (_is_moment(claims["nbf"]) and claims["nbf"] <= now + _SKEW):
        raise LoginRefused(Problem.TOO_EARLY, "nbf is in the future")


def _is_moment(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e11


def _subject(claims: dict[str, Any]) -> str:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT:
        raise LoginRefused(Problem.MISSING, "sub")
    return subject


def _audience(claims: dict[str, Any], client_ids: tuple[str, ...] | None) -> str:
    given, party = claims.get("aud"), claims.get("azp")
    audiences = [given] if isinstance(given, str) else given
    if not isinstance(audiences, list) or not audiences or not all(isinstance(one, str) for one in audiences):
        raise LoginRefused(Problem.MISSING, "aud")
    if party is None and len(audiences) > 1:
        raise LoginRefused(Problem.AUDIENCE, "it has several audiences and no azp")
    audience = audiences[0] if party is None else party
    if not isinstance(audience, str) or (client_ids is not None and audience not in client_ids):
        raise LoginRefused(Problem.AUDIENCE, f"it is for {str(audience)[:200]}")
    return audience


def _methods(claims: dict[str, Any]) -> tuple[str, ...]:
    methods = claims.get("amr")
    return tuple(str(method) for method in methods) if isinstance(methods, list) else ()
