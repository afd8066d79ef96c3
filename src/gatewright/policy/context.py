"""The request context: who asks for what, and the value of every condition key.

In: the caller, the action, the resource, and what the service adds (`keys`, names in lower case). Out: values by key.
Law: a key costs nothing until a policy mentions it. What is known of the caller comes from the `Caller` alone, so that
nothing that a request carries can stand in for it.
AWS: IAM user guide, "AWS global condition context keys"; API Gateway developer guide, "AWS condition keys that can be
used in API Gateway resource policies".
"""

from collections.abc import Callable, Mapping

import msgspec

from gatewright.core.clock import iso8601
from gatewright.core.identity import Caller, PrincipalType
from gatewright.wire.http import Request

_PRINCIPAL_TAG = "aws:principaltag/"
_CLAIMS_OF_THE_SESSION = (
    _PRINCIPAL_TAG,
    "cognito-identity.amazonaws.com:",
    "accounts.google.com:",
    "graph.facebook.com:",
    "www.amazon.com:",
    "saml:",
)


class AuthorizationRequest(msgspec.Struct, frozen=True):
    """One question to the policy engine."""

    caller: Caller
    action: str  # as AWS writes it: execute-api:Invoke
    resource: str  # an ARN, or * where the action has no resource
    keys: Mapping[str, tuple[str, ...]] = {}  # what the service knows; names in lower case
    http: Request | None = None  # the HTTP request, where there is one
    region: str = ""
    now: float = 0.0  # seconds since the epoch
    simulated: Mapping[str, tuple[str, ...]] = {}  # for simulations only: overrides every other source

    def values(self, key: str) -> tuple[str, ...]:
        """Return the values of a key given in lower case; empty where the request does not have it."""
        if self.simulated and key in self.simulated:
            return self.simulated[key]
        known = _OF_THE_CALLER.get(key)
        if known is not None:
            return _one(known(self))
        if key.startswith(_PRINCIPAL_TAG):
            wanted = key[len(_PRINCIPAL_TAG) :]
            return tuple(value for name, value in self.caller.tags.items() if name.lower() == wanted)
        claimed = self.caller.context and _of_the_session(self.caller.context, key)
        if claimed:
            return claimed
        given = self.keys.get(key)
        if given is not None:
            return given
        known = _OF_THE_REQUEST.get(key)
        return () if known is None else _one(known(self))


def _one(value: str | None) -> tuple[str, ...]:
    return () if value is None else (value,)


def _of_the_session(context: Mapping[str, tuple[str, ...]], key: str) -> tuple[str, ...]:
    found = context.get(key)
    if found is None and context:
        found = next((values for name, values in context.items() if name.lower() == key), None)
    return found or ()


def _truth(value: bool) -> str:
    return "true" if value else "false"


def _principal_arn(request: AuthorizationRequest) -> str | None:
    """Return the ARN that policies speak of: a session's role, not the session."""
    caller = request.caller
    if caller.type in (PrincipalType.ANONYMOUS, PrincipalType.SERVICE):
        return None
    return caller.role_arn if caller.type is PrincipalType.ASSUMED_ROLE and caller.role_arn else caller.arn


def _header(name: str) -> Callable[[AuthorizationRequest], str | None]:
    def read(request: AuthorizationRequest) -> str | None:
        return None if request.http is None else request.http.header(name)

    return read


def _resource_account(request: AuthorizationRequest) -> str | None:
    parts = request.resource.split(":", 5)
    return parts[4] or None if len(parts) == 6 else None


def _multi_factor(request: AuthorizationRequest) -> str | None:
    return None if request.caller.mfa is None else _truth(request.caller.mfa)


def _multi_factor_age(request: AuthorizationRequest) -> str | None:
    """Return the seconds since the caller showed a code: with the session, or with this very call."""
    if not request.caller.mfa:
        return None
    return str(int(request.now - request.caller.issued_at) if request.caller.issued_at else 0)


def _service_name(request: AuthorizationRequest) -> str | None:
    return request.caller.arn if request.caller.type is PrincipalType.SERVICE else None


_Source = Callable[[AuthorizationRequest], str | None]

# Proven with the credentials: the same for every request of a session.
_OF_THE_CALLER: Mapping[str, _Source] = {
    "aws:principalarn": _principal_arn,
    "aws:principalaccount": lambda request: request.caller.account or None,
    "aws:principaltype": lambda request: None if _service_name(request) else request.caller.type.value,
    "aws:principalisawsservice": lambda request: _truth(request.caller.type is PrincipalType.SERVICE),
    "aws:principalservicename": _service_name,
    "aws:userid": lambda request: request.caller.user_id or None,
    "aws:username": lambda request: request.caller.username,
    "aws:tokenissuetime": lambda request: iso8601(request.caller.issued_at) if request.caller.issued_at else None,
    "aws:multifactorauthpresent": _multi_factor,
    "aws:sourceidentity": lambda request: request.caller.source_identity,
    "aws:federatedprovider": lambda request: request.caller.federated_provider,
}

KEYS_OF_THE_CALLER = frozenset(_OF_THE_CALLER)

# Seen on the wire: may differ from one request to the next. A service may give a better value in `keys`.
_OF_THE_REQUEST: Mapping[str, _Source] = {
    "aws:currenttime": lambda request: iso8601(request.now),
    "aws:epochtime": lambda request: str(int(request.now)),
    "aws:sourceip": lambda request: None if request.http is None else request.http.client,
    "aws:securetransport": lambda request: None if request.http is None else _truth(request.http.scheme == "https"),
    "aws:useragent": _header("user-agent"),
    "aws:referer": _header("referer"),
    "aws:requestedregion": lambda request: request.region or None,
    "aws:resourceaccount": _resource_account,
    "aws:viaawsservice": lambda request: "false",
    "aws:multifactorauthage": _multi_factor_age,
}


def varies(key: str) -> bool:
    """Tell whether a key (lower case) may differ between two requests of one session for the same resource."""
    return not (key in _OF_THE_CALLER or key == "aws:resourceaccount" or key.startswith(_CLAIMS_OF_THE_SESSION))
