"""CONTRACT: the frozen snapshot of a deployed stage.

The `apigateway` service writes it, the gateway reads it. `ApiSnapshot` is what `CreateDeployment` freezes (it is
stored with the deployment as JSON, so that a stage can be moved back to an old deployment); `StageSnapshot` adds
what belongs to the stage and changes at once. Field names are the snake_case of AWS's, values are AWS's own
strings.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from gatewright.gateway.live import LiveStage


class IntegrationResponse(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How one answer of the integration becomes one method response."""

    status_code: str
    selection_pattern: str | None = None  # None or "": the default response
    response_parameters: Mapping[str, str] = {}  # "method.response.header.X" -> mapping expression or 'literal'
    response_templates: Mapping[str, str] = {}  # content type -> VTL
    content_handling: str | None = None


class Integration(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What stands behind a method."""

    type: str  # MOCK | HTTP | HTTP_PROXY | AWS | AWS_PROXY
    http_method: str | None = None
    uri: str | None = None
    request_parameters: Mapping[str, str] = {}  # "integration.request.header.X" -> mapping expression or 'literal'
    request_templates: Mapping[str, str] = {}  # content type -> VTL
    passthrough_behavior: str = "WHEN_NO_MATCH"  # | WHEN_NO_TEMPLATES | NEVER
    content_handling: str | None = None
    timeout_in_millis: int = 29_000
    integration_responses: tuple[IntegrationResponse, ...] = ()


class MethodResponse(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A status code that a method may answer, and the headers that it declares."""

    status_code: str
    response_parameters: Mapping[str, bool] = {}
    response_models: Mapping[str, str] = {}


class Method(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One verb of one resource."""

    http_method: str  # GET … or ANY
    authorization_type: str = "NONE"  # | AWS_IAM | COGNITO_USER_POOLS | CUSTOM
    authorizer_id: str | None = None
    authorization_scopes: tuple[str, ...] = ()
    api_key_required: bool = False
    operation_name: str | None = None
    request_parameters: Mapping[str, bool] = {}
    request_models: Mapping[str, str] = {}
    request_validator_id: str | None = None
    method_responses: tuple[MethodResponse, ...] = ()
    integration: Integration | None = None


class Resource(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One node of the tree, with its whole path: `/`, `/demo`, `/pets/{id}`, `/files/{proxy+}`."""

    id: str
    path: str
    methods: Mapping[str, Method] = {}


class GatewayResponse(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A customized answer for one of AWS's gateway response types, such as `MISSING_AUTHENTICATION_TOKEN`."""

    response_type: str
    status_code: str | None = None
    response_parameters: Mapping[str, str] = {}  # "gatewayresponse.header.X" -> mapping expression or 'literal'
    response_templates: Mapping[str, str] = {}  # content type -> template in which only $context, … is replaced


class Authorizer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who says whether a caller of a method with an `authorizer_id` may pass."""

    id: str
    name: str
    type: str  # COGNITO_USER_POOLS
    provider_arns: tuple[str, ...] = ()  # of user pools
    identity_source: str = ""  # method.request.header.X
    identity_validation_expression: str | None = None  # a pattern of Java's


class ApiSnapshot(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything of a REST API that a deployment freezes."""

    api_id: str
    name: str
    resources: tuple[Resource, ...]
    policy: str | None = None  # resource policy, JSON text, stage-relative resources already expanded
    gateway_responses: tuple[GatewayResponse, ...] = ()
    authorizers: tuple[Authorizer, ...] = ()
    binary_media_types: tuple[str, ...] = ()
    minimum_compression_size: int | None = None
    disable_execute_api_endpoint: bool = False
    api_key_source: str = "HEADER"


class StageSnapshot(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A stage as callers see it now: one deployed API and the stage's own settings."""

    account: str
    region: str
    stage_name: str
    deployment_id: str
    api: ApiSnapshot
    variables: Mapping[str, str] = {}


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(ApiSnapshot).decode


def freeze(api: ApiSnapshot) -> bytes:
    """Return an API as it is stored with its deployment."""
    return _encode(api)


class PublishedStage:
    """A stage on the shelf `apigateway.stage`, by `{api_id}/{stage_name}`.

    It is decoded when it is first called, because most of 10,000 stages are asleep. A change of the stage is a new
    object on the shelf, so `snapshot` is one object for as long as nothing changed.
    """

    __slots__ = (
        "__weakref__",
        "_account",
        "_deployment_id",
        "_frozen",
        "_region",
        "_snapshot",
        "_stage_name",
        "_variables",
        "live",
    )

    def __init__(
        self,
        *,
        account: str,
        region: str,
        stage_name: str,
        deployment_id: str,
        variables: Mapping[str, str],
        frozen: bytes,
    ) -> None:
        self._account = account
        self._region = region
        self._stage_name = stage_name
        self._deployment_id = deployment_id
        self._variables = variables
        self._frozen = frozen
        self._snapshot: StageSnapshot | None = None
        self.live: LiveStage | None = None  # what `live.py` makes of the snapshot when it is first called

    @property
    def snapshot(self) -> StageSnapshot:
        """The stage and its deployed API."""
        if self._snapshot is None:
            self._snapshot = StageSnapshot(
                account=self._account,
                region=self._region,
                stage_name=self._stage_name,
                deployment_id=self._deployment_id,
                api=_decode(self._frozen),
                variables=self._variables,
            )
        return self._snapshot
