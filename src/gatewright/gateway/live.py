"""A deployed stage, ready to be invoked: what of a snapshot can be prepared once is prepared once.

In: a `StageSnapshot`. Out: a `LiveStage`. Law: compiling is lazy, a stage when it is first found and a method when it
is first invoked, because most of 10,000 stages are asleep; a method that cannot be carried out exactly as configured
is refused with its reason, and does not take its neighbours with it.
"""

from collections.abc import Mapping
from sys import intern
from typing import NamedTuple, Protocol

import msgspec

from gatewright.core.address import StageAddress
from gatewright.core.trace import Outcome, Step, Trace
from gatewright.gateway.deployment import ApiSnapshot, Method, PublishedStage, Resource, StageSnapshot
from gatewright.gateway.errors import ApiConfigurationError, MissingAuthenticationToken
from gatewright.gateway.gateway_responses import LiveGatewayResponse, compile_gateway_responses
from gatewright.gateway.integrations.plan import LiveIntegration, compile_integration
from gatewright.gateway.parameters import Parameters
from gatewright.gateway.paths import canonical_path
from gatewright.gateway.resources import Routes
from gatewright.policy.document import MalformedPolicy, Policy, PolicyKind, parse_policy
from gatewright.wire.http import Request

_MATCHED = "the path belongs to a resource of the deployment, and the resource has the method"


class LiveMethod(msgspec.Struct, frozen=True, dict=True):
    """One verb of one resource, compiled; `problem` says why it cannot be invoked. Its authorizer keeps itself here."""

    resource: Resource
    settings: Method
    integration: LiveIntegration | None
    problem: str = ""
    authorization: str = ""  # the type of authorization, the same object for all methods that have it


class Route(NamedTuple):
    """Where an address led to by a verb: kept on the address, so that the next request finds it there."""

    stage: "LiveStage"
    verb: str
    method: LiveMethod
    path: str  # canonical
    parameters: Mapping[str, str]  # of the path
    arn: str  # what is authorized: the executed verb and the canonical path
    step: Step  # of the trace


class Match(msgspec.Struct, frozen=True, gc=False):
    """A request and the method that it is for. `verb` is what is executed, and so what is authorized."""

    request: Request
    stage: "LiveStage"
    method: LiveMethod
    verb: str
    path: str  # canonical, below the stage
    parameters: Parameters
    route: Route


class LiveStage:
    """One stage as callers meet it."""

    __slots__ = (
        "_methods",
        "_policy",
        "_policy_problem",
        "_routes",
        "arn_prefix",
        "at",
        "disabled",
        "gateway_responses",
        "region",
        "snapshot",
    )

    def __init__(self, snapshot: StageSnapshot) -> None:
        self.snapshot = snapshot
        self.at = -1  # the version of the shelf at which this was the stage as it is published
        self.region = intern(snapshot.region)  # one object for all, found without going far
        self.disabled = snapshot.api.disable_execute_api_endpoint
        api = snapshot.api
        self.arn_prefix = (
            f"arn:aws:execute-api:{snapshot.region}:{snapshot.account}:{api.api_id}/{snapshot.stage_name}/"
        )
        self.gateway_responses: Mapping[str, LiveGatewayResponse] = compile_gateway_responses(api.gateway_responses)
        self._routes = Routes(api.resources)
        self._methods: dict[tuple[str, str], LiveMethod] = {}  # bounded by the verbs that the snapshot has
        self._policy: Policy | None = None
        self._policy_problem = ""
        if api.policy is not None:
            try:
                self._policy = parse_policy(api.policy, kind=PolicyKind.RESOURCE, name="resource policy")
            except MalformedPolicy as error:
                self._policy_problem = str(error)

    @property
    def policy(self) -> Policy | None:
        """The API's resource policy.

        Raises:
            ApiConfigurationError: there is one and it cannot be read; without it nobody may pass.
        """
        if self._policy_problem:
            raise ApiConfigurationError(reason=f"the API's resource policy cannot be read: {self._policy_problem}")
        return self._policy

    def match(self, request: Request, address: StageAddress, trace: Trace) -> Match:
        """Find the method that a request is for.

        Raises:
            MissingAuthenticationToken: no such resource or verb, as AWS words it.
            MalformedRequest: the path can be read in two ways.
            ApiConfigurationError: the method cannot be carried out as it is configured.
        """
        verb = request.header("x-http-method-override") or request.method
        route: Route | None = address.led_to
        if route is None or route.stage is not self or route.verb != verb:
            route = address.led_to = self._route(address, verb)
        trace.steps.append(route.step)
        return Match(request, self, route.method, verb, route.path, Parameters(request, route.parameters), route)

    def _route(self, address: StageAddress, verb: str) -> Route:
        path = canonical_path(address.path)
        found = self._routes.find(path, verb)
        if found is None:
            raise MissingAuthenticationToken(
                reason=f"no resource of the deployment has a method {verb} for {path.text}"
            )
        resource, values = found
        arn = f"{self.arn_prefix}{verb}{path.text}"
        step = Step("match", Outcome.PASSED, _MATCHED, {"resource": resource.path, "method": verb})
        return Route(self, verb, self._method(resource, verb), path.text, values, arn, step)

    def _method(self, resource: Resource, verb: str) -> LiveMethod:
        method = self._methods.get((resource.id, verb))
        if method is None:
            settings = resource.methods.get(verb) or resource.methods["ANY"]
            method = self._methods[(resource.id, verb)] = compile_method(resource, settings, self.snapshot)
        if method.problem:
            raise ApiConfigurationError(reason=method.problem)
        return method


def compile_stage(snapshot: StageSnapshot) -> LiveStage:
    """Make a snapshot ready to be invoked; its methods are compiled when they are first used."""
    return LiveStage(snapshot)


def compile_method(resource: Resource, settings: Method, snapshot: StageSnapshot) -> LiveMethod:
    """Compile one method; what cannot be carried out becomes its `problem`."""
    problem = _not_carried_out(settings, snapshot.api)
    if not problem and settings.integration is not None:
        try:
            integration = compile_integration(settings, snapshot)
            return LiveMethod(resource, settings, integration, "", intern(settings.authorization_type))
        except ValueError as error:
            problem = f"the integration of {settings.http_method} {resource.path} cannot be carried out: {error}"
    return LiveMethod(resource, settings, None, problem or "the method has no integration")


def _not_carried_out(settings: Method, api: ApiSnapshot) -> str:
    """Name a setting that would have to be enforced and is not built: the control plane refuses it, and so do we."""
    if settings.api_key_required:
        return "apiKeyRequired is set, and usage plans are not implemented"
    if settings.request_validator_id:
        return "a request validator is set, and request validation is not implemented"
    if api.minimum_compression_size is not None:
        return "minimumCompressionSize is set, and compression is not implemented"
    return ""


class StageShelf(Protocol):
    """Where stages are published, by `{api_id}/{stage_name}`."""

    @property
    def version(self) -> int:
        """A number that grows with every change."""
        ...

    def get(self, key: str) -> PublishedStage | None:
        """Return a stage as it is now."""
        ...


class StageFinder:
    """Finds stages by API and name, compiling each at first use; what is published anew is compiled anew."""

    __slots__ = ("_shelf",)

    def __init__(self, shelf: StageShelf) -> None:
        self._shelf = shelf

    def __call__(self, address: StageAddress) -> LiveStage | None:
        """Return the stage as it is now, None where there is none."""
        route: Route | None = address.led_to
        if route is not None and route.stage.at == self._shelf.version:
            return route.stage
        published = self._shelf.get(f"{address.api_id}/{address.stage_name}")
        if published is None:
            return None
        # Kept on what was published, so that both go together, and one look-up finds both.
        live = published.live
        if live is None:
            live = published.live = compile_stage(published.snapshot)
        live.at = self._shelf.version
        return live
