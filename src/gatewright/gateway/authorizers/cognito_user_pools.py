"""COGNITO_USER_POOLS: the request carries a token of one of the authorizer's user pools.

In: a match. Out: the token's claims. Law: a method without `authorizationScopes` takes ID tokens, one with them access
tokens that have at least one of them, and neither the other; whatever is wrong with a token is answered alike, and only
the trace tells. A token that was proven is remembered for as long as it lives and everything that proved it is still
the very same; then it is proven anew. The API's resource policy, where there is one, must allow the request besides.
Source: API Gateway developer guide, "Control access to REST APIs using Amazon Cognito user pools as an authorizer",
"How API Gateway resource policies affect authorization workflow"; API reference, `Authorizer`.

Assumed: `Bearer ` before the token is cut off; `identityValidationExpression` is matched with the whole of `aud`, and
of an access token, which has none, with `client_id`; a header that comes twice is no token; a missing scope is a 401.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from gatewright.core.trace import Outcome, Step, Trace
from gatewright.gateway.authorizers.resource_policy import authorize_anonymous
from gatewright.gateway.deployment import Authorizer
from gatewright.gateway.errors import AuthorizerConfigurationError, GatewayError, Unauthorized
from gatewright.gateway.limits import CACHED_TOKEN_CHARACTERS, CACHED_TOKENS
from gatewright.gateway.live import Match
from gatewright.gateway.velocity.errors import JavaException
from gatewright.gateway.velocity.patterns import matches
from gatewright.storage.user_pool_tokens import ACCESS, ID, PoolToken, PoolTokenRefused, PoolTokens

if TYPE_CHECKING:
    from gatewright.gateway.ports import Ports

Claims = Mapping[str, str]
TYPE = "COGNITO_USER_POOLS"
SOURCE = "method.request.header."
_BEARER = "bearer "
_NAMED_POOLS = 4  # of an authorizer's, in what is kept of a refusal: there may be a thousand
_DATES = frozenset({"exp", "iat"})
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_Key = tuple[str, str, str, str, str, str]  # API, stage, deployment, authorizer, use, token


class Admitted(msgspec.Struct):
    """A token that was proven, and all that it means at one authorizer, so that it is worked out once."""

    proven: PoolToken
    scopes: tuple[str, ...]  # of an access token
    step: Step  # of the trace
    at: int  # the version of the pools at which it was as it had been proven


class VerifiedTokens:
    """Tokens that were proven, the oldest forgotten first. Only good ones, and none that is very long."""

    __slots__ = ("_known", "_most")

    def __init__(self, most: int = CACHED_TOKENS) -> None:
        self._known: OrderedDict[_Key, Admitted] = OrderedDict()  # the first one is found at once, unlike a dict's
        self._most = most

    def get(self, key: _Key, tokens: PoolTokens, now: float) -> Admitted | None:
        """Return what was proven, if it is not over and what it was proven by is unchanged."""
        known = self._known.get(key)
        if known is None:
            return None
        if known.at != tokens.version and tokens.is_current(known.proven):
            known.at = tokens.version
        if known.proven.expires_at <= now or known.at != tokens.version:
            del self._known[key]
            return None
        return known

    def put(self, key: _Key, admitted: Admitted) -> None:
        """Remember a token that was proven."""
        if len(key[-1]) > CACHED_TOKEN_CHARACTERS:
            return
        if len(self._known) >= self._most:
            self._known.popitem(last=False)
        self._known[key] = admitted

    def __len__(self) -> int:
        return len(self._known)


class Guard(msgspec.Struct, frozen=True):
    """What a method asks of a token, made ready once for each method of a deployment."""

    authorizer: Authorizer
    owner: tuple[str, str, str, str, str]  # API, stage, deployment, authorizer, use
    header: str  # in lower case
    use: str
    pools: tuple[str, ...]  # ids
    scopes: frozenset[str]


def authorize(match: Match, ports: "Ports", trace: Trace) -> Claims:
    """Return the claims of the caller's token, as `$context.authorizer.claims` shows them.

    Raises:
        Unauthorized: there is no token, or it proves nothing, or it is not for this method.
        AccessDenied: the API's resource policy does not allow the request.
        AuthorizerConfigurationError: the method's authorizer is not there, or of a kind that is not built.
    """
    guard: Guard | None = match.method.__dict__.get(TYPE)
    if guard is None:
        guard = match.method.__dict__[TYPE] = _guard_of(match)
    try:
        admitted = _admit(guard, _token(match, guard), match.request.received, ports)
        if guard.scopes and guard.scopes.isdisjoint(admitted.scopes):
            wanted = ", ".join(match.method.settings.authorization_scopes)
            raise Unauthorized(reason=f"the access token has none of the method's scopes: {wanted}")
    except GatewayError as refusal:
        trace.refused(
            "authenticate",
            refusal.reason,
            authorizer=guard.authorizer.name,
            header=guard.authorizer.identity_source.removeprefix(SOURCE),
            use=guard.use,
            pools=guard.pools[:_NAMED_POOLS],
        )
        raise
    trace.steps.append(admitted.step)
    authorize_anonymous(match, ports, trace)
    return ShownClaims(admitted.proven)


def authorizer_of(match: Match) -> Authorizer:
    """Return the authorizer of a method.

    Raises:
        AuthorizerConfigurationError: the deployment has none by this id, or it is of another kind.
    """
    named = match.method.settings.authorizer_id
    found = next((one for one in match.stage.snapshot.api.authorizers if one.id == named), None)
    if found is None or found.type != TYPE or not found.provider_arns:
        raise AuthorizerConfigurationError(reason=f"the deployment has no authorizer {named!r} of the type {TYPE}")
    return found


def _guard_of(match: Match) -> Guard:
    authorizer, snapshot = authorizer_of(match), match.stage.snapshot
    scopes = match.method.settings.authorization_scopes
    use = ACCESS if scopes else ID
    return Guard(
        authorizer=authorizer,
        owner=(snapshot.api.api_id, snapshot.stage_name, snapshot.deployment_id, authorizer.id, use),
        header=authorizer.identity_source.removeprefix(SOURCE).lower(),
        use=use,
        pools=tuple(arn.rpartition("/")[2] for arn in authorizer.provider_arns),
        scopes=frozenset(scopes),
    )


def _admit(guard: Guard, token: str, now: float, ports: "Ports") -> Admitted:
    tokens = ports.pool_tokens
    if tokens is None:
        raise AuthorizerConfigurationError(reason="there are no user pools here")
    key = (*guard.owner, token)
    admitted = ports.verified_tokens.get(key, tokens, now)
    if admitted is None:
        try:
            proven = tokens.prove(token, guard.pools, guard.use, now)
        except PoolTokenRefused as refusal:
            raise Unauthorized(reason=f"the token is refused: {refusal}") from None
        _must_fit(guard.authorizer, proven)
        admitted = _admitted(guard, proven, tokens.version)
        ports.verified_tokens.put(key, admitted)
    return admitted


def _admitted(guard: Guard, proven: PoolToken, version: int) -> Admitted:
    reason = f"the token is of the user pool {proven.pool.id}, for its client {proven.client.client_id}"
    return Admitted(
        proven=proven,
        scopes=tuple(str(proven.claims.get("scope", "")).split()) if guard.use == ACCESS else (),
        step=Step("authenticate", Outcome.PASSED, reason, {"authorizer": guard.authorizer.name, "sub": proven.sub}),
        at=version,
    )


def _token(match: Match, guard: Guard) -> str:
    request, header = match.request, guard.header
    token = (request.index.get(header) or "").strip()
    if not token:
        named = guard.authorizer.identity_source.removeprefix(SOURCE)
        raise Unauthorized(reason=f"the header {named}, where the authorizer looks for the token, is missing or empty")
    if request.is_repeated(header):
        named, times = guard.authorizer.identity_source.removeprefix(SOURCE), len(request.header_values(header))
        raise Unauthorized(reason=f"the header {named} comes {times} times, and which one counts is not clear")
    return token[len(_BEARER) :] if token[: len(_BEARER)].lower() == _BEARER else token


def _must_fit(authorizer: Authorizer, proven: PoolToken) -> None:
    """Refuse a good token that is not for this authorizer."""
    expression = authorizer.identity_validation_expression
    if not expression:
        return
    try:
        fits = matches(proven.client.client_id, expression)
    except JavaException as error:
        raise AuthorizerConfigurationError(reason=f"the validation expression cannot be used: {error}") from error
    if not fits:
        raise Unauthorized(reason="the token's audience does not match the authorizer's validation expression")


class ShownClaims(Mapping[str, str]):
    """Claims as `$context.authorizer.claims` shows them: all of them text, `exp` and `iat` as Java writes dates.

    Most templates read none of them, and so they are read when the first one is. Nobody can change them.
    """

    __slots__ = ("_proven", "_read")

    def __init__(self, proven: PoolToken) -> None:
        self._proven = proven
        self._read: Mapping[str, Any] | None = None

    @property
    def _claims(self) -> Mapping[str, Any]:
        if self._read is None:
            self._read = self._proven.claims
        return self._read

    def __getitem__(self, name: str) -> str:
        return _shown(name, self._claims[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._claims)

    def __len__(self) -> int:
        return len(self._claims)


def _shown(name: str, value: Any) -> str:
    if name in _DATES:
        at = datetime.fromtimestamp(int(value), UTC)
        day, month = _DAYS[at.weekday()], _MONTHS[at.month - 1]
        return f"{day} {month} {at.day:02d} {at.hour:02d}:{at.minute:02d}:{at.second:02d} UTC {at.year}"
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ",".join(value)
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
