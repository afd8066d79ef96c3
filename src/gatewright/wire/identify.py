"""Which operation a request to an AWS endpoint calls.

In: a request and the catalogue. Out: a `Target`, or `Unidentified` in the words and the shape of the protocol it most
likely speaks.
Law: identification proves nothing and permits nothing. The evidence is taken in a fixed order, and contradictions
between it and the signature are for the verifier to find: `X-Amz-Target`, the scope of the credentials, the host,
`Action`, and last the routes.
Source: AWS general reference, "Signing AWS API requests"; Smithy, "AWS protocols".
"""

from collections.abc import Mapping, Sequence
from urllib.parse import unquote

from gatewright.wire.codecs import form
from gatewright.wire.codecs.scalars import Unreadable
from gatewright.wire.faults import Fault
from gatewright.wire.http import Request
from gatewright.wire.models import Catalogue
from gatewright.wire.target import Target

__all__ = ["Target", "Unidentified", "identify", "target_for"]

_NO_VERSION = "NO_VERSION_SPECIFIED"  # AWS's own word for a missing Version
_OTHERS_PATHS = (("apigateway", "/v2/", "apigatewayv2"),)  # services that share a signing name are told apart by path
_SPEAK_XML = frozenset({"cloudfront", "route53", "s3"})  # and read no other error
_NAMING = frozenset({"Action", "Version"})
_NOT_HERE_YET = {  # the second label of a host name -> whose it is at AWS
    "auth": "domains of user pools, with the hosted sign-in pages and the OAuth 2.0 endpoints",
    "cloudfront": "CloudFront distributions",
}
_Scope = tuple[str | None, str | None]  # region, service


class Unidentified(Fault):
    """No operation of ours is meant. `protocol` is the best guess at what the caller reads."""

    def __init__(self, protocol: str, code: str, message: str, status: int) -> None:
        super().__init__(code, message, status)
        self.protocol = protocol


def identify(request: Request, catalogue: Catalogue) -> Target:
    """Find the operation that a request calls.

    Raises:
        Unidentified: there is none, or none of ours.
    """
    scope = _scope(request)
    header = request.header("x-amz-target")
    if header is not None:
        return _by_target_header(request, header, scope, catalogue)
    protocol, name = _guess(request), scope[1]
    if name is not None:
        services = catalogue.by_signing_name.get(name, ())
    else:
        services, region, name = _by_host(request, catalogue)
        scope = region, None
    if name is not None and not services:
        raise _not_ours(name, protocol, catalogue)
    try:
        return _by_content(request, services, scope, protocol, catalogue)
    except Unreadable as error:
        code = "MalformedInput" if protocol == "query" else "SerializationException"
        raise Unidentified(protocol, code, str(error), 400) from None


def target_for(
    catalogue: Catalogue,
    service: str,
    operation: str,
    path_params: Mapping[str, str] | None = None,
    scope: _Scope = (None, None),
) -> Target:
    """Return the target of an operation that is known by its name.

    Raises:
        KeyError: there is no such service, or no such operation.
    """
    model = catalogue.operation(service, operation)
    if model is None:
        raise KeyError(operation)
    return Target(
        service,
        operation,
        model,
        catalogue.service(service),
        catalogue.protocol(service),
        path_params or {},
        scope[0],
        scope[1],
    )


def _scope(request: Request) -> _Scope:
    """Return region and service of the credential scope, wherever it stands; a malformed one says nothing."""
    header = request.header("authorization")
    if header is not None and header.startswith("AWS4-"):
        credential = header.partition("Credential=")[2].partition(",")[0].strip()
    elif "X-Amz-Credential=" in request.query:
        credential = unquote(request.query.partition("X-Amz-Credential=")[2].partition("&")[0])
    else:
        return None, None
    parts = credential.split("/")
    return (parts[-3], parts[-2]) if len(parts) >= 5 and parts[-2] else (None, None)


def _guess(request: Request) -> str:
    """Guess the protocol of a request that has no `X-Amz-Target`."""
    content_type = (request.header("content-type") or "").lower()
    if content_type.startswith("application/x-amz-json"):
        return "json"
    if "Action=" in request.query or content_type.startswith(form.FORM):
        return "query"
    return "rest-xml" if "xml" in content_type else "rest-json"


def _by_target_header(request: Request, header: str, scope: _Scope, catalogue: Catalogue) -> Target:
    prefix, _, operation = header.rpartition(".")
    service = catalogue.by_target_prefix.get(prefix)
    if service is None and scope[1] is not None and scope[1] not in catalogue.by_signing_name:
        raise _not_ours(scope[1], "json", catalogue)
    model = catalogue.operation(service, operation) if service is not None else None
    if service is None or model is None or request.method != "POST" or request.path != "/":
        message = f"There is no operation {header[:200]} here: expected POST / with X-Amz-Target: Service.Operation"
        raise Unidentified("json", "UnknownOperationException", message, 400)
    return Target(service, operation, model, catalogue.service(service), catalogue.protocol(service), {}, *scope)


def _by_host(request: Request, catalogue: Catalogue) -> tuple[tuple[str, ...], str | None, str | None]:
    """Return the services, the region and the name in a host such as `sts.eu-west-1.localhost:4566`.

    Raises:
        Unidentified: the name is one of a front door that is not here yet.
    """
    labels = request.host.rpartition(":")[0].split(".") if ":" in request.host else request.host.split(".")
    if len(labels) < 2:
        return (), None, None
    service = catalogue.by_endpoint_prefix.get(labels[0])
    if service is not None:
        return (service,), labels[1] if len(labels) > 2 else None, labels[0]
    if catalogue.knows(labels[0]):
        return (), None, labels[0]
    _refuse_front_doors(labels)
    return (), None, None


def _by_content(
    request: Request, services: Sequence[str], scope: _Scope, protocol: str, catalogue: Catalogue
) -> Target:
    """Find the operation among the services that the signature or the host left, or among all if they said nothing."""
    spoken = {name: catalogue.protocol(name) for name in services or catalogue.services}
    asked = tuple(name for name, each in spoken.items() if each == "query")
    if asked and (protocol == "query" or (services and len(asked) == len(services))):
        return _by_action(request, asked, scope, catalogue)
    for name in services:
        if spoken[name].startswith("rest-"):
            match = catalogue.router(name).match(request.method, request.path, request.query)
            if match is not None:
                return target_for(catalogue, name, match[0], match[1], scope)
    if not services:
        raise Unidentified("rest-json", "MissingAuthenticationTokenException", "Missing Authentication Token", 403)
    for name, start, other in _OTHERS_PATHS:
        if name in services and request.path.startswith(start) and other not in catalogue.services:
            raise _not_ours(other, "rest-json", catalogue)
    if spoken[services[0]] == "json":
        message = "The header X-Amz-Target is missing: it names the operation"
        raise Unidentified("json", "UnknownOperationException", message, 400)
    message = "Unable to determine service/operation name to be authorized"
    raise Unidentified(spoken[services[0]], "AccessDeniedException", message, 403)


def _by_action(request: Request, services: Sequence[str], scope: _Scope, catalogue: Catalogue) -> Target:
    parameters = form.named(request, _NAMING)
    action, version = parameters.get("Action"), parameters.get("Version", _NO_VERSION)
    if not action:
        message = "The request is missing an action or a required parameter: Action"
        raise Unidentified("query", "MissingAction", message, 400)
    for name in services if request.path == "/" and request.method in ("GET", "POST") else ():
        if catalogue.service(name).api_version == version and catalogue.operation(name, action) is not None:
            return target_for(catalogue, name, action, scope=scope)
    message = f"Could not find operation {action[:200]} for version {version[:50]}"
    raise Unidentified("query", "InvalidAction", message, 400)


def _refuse_front_doors(labels: Sequence[str]) -> None:
    """Refuse what is for a host name that is no AWS endpoint, of a kind that is not here yet."""
    what = _NOT_HERE_YET.get(labels[1].lower())
    if what is not None:
        message = f"Gatewright does not have {what} yet. docs/coverage.md lists what it has."
        raise Unidentified("rest-json", "NotImplemented", message, 501)


def _not_ours(name: str, protocol: str, catalogue: Catalogue) -> Unidentified:
    if not catalogue.knows(name):
        message = f"Credential should be scoped to correct service: AWS has no service '{name[:100]}'."
        return Unidentified(protocol, "InvalidSignatureException", message, 403)
    ours = ", ".join(sorted(catalogue.services))
    message = (
        f"Gatewright does not implement the service '{name}'. It has: {ours}. Point this client at another endpoint."
    )
    return Unidentified("rest-xml" if name in _SPEAK_XML else protocol, "NotImplemented", message, 501)
