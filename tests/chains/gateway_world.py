"""A gateway with everything it needs in memory: stages built by hand, roles with policies, real sealed sessions, real
signatures.
"""

import json
from typing import Any

from gatewright.core.address import StageAddress
from gatewright.core.clock import FixedClock
from gatewright.core.identity import Caller, PrincipalType
from gatewright.core.trace import Trace
from gatewright.gateway.deployment import (
    ApiSnapshot,
    GatewayResponse,
    Integration,
    IntegrationResponse,
    Method,
    MethodResponse,
    PublishedStage,
    Resource,
    freeze,
)
from gatewright.gateway.invoke import invoke
from gatewright.gateway.live import StageFinder
from gatewright.gateway.ports import Ports, RequestSummary
from gatewright.storage.credentials import ACCESS_KEYS, Credentials, TemporaryCredentials, root_key
from gatewright.storage.keys import Keys
from gatewright.storage.principals import SHELF, Principal
from gatewright.storage.snapshots import Shelf
from gatewright.wire.http import Request, Response
from gatewright.wire.sigv4.sign import Credentials as SigningCredentials
from gatewright.wire.sigv4.sign import sign

ACCOUNT = "111122223333"
REGION = "us-east-1"
API = "abcde12345"
NOW = 1_790_000_000.0
HOST = f"{API}.execute-api.{REGION}.localhost:4566"
REQUEST_ID = "0a1b2c3d-0000-4000-8000-000000000001"

ALLOW_DEV = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "execute-api:Invoke",
            "Resource": f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{API}/dev/*/*",
        }
    ],
}


def mock(
    verb: str = "GET",
    *,
    authorization: str = "NONE",
    request_templates: dict[str, str] | None = None,
    responses: tuple[IntegrationResponse, ...] | None = None,
    declared: dict[str, dict[str, bool]] | None = None,
    passthrough: str = "WHEN_NO_MATCH",
    **more: Any,
) -> Method:
    """Return a MOCK method that answers 200 with `{"hello":"world"}`, unless told otherwise."""
    responses = responses or (answer(200, '{"hello":"world"}'),)
    declared = declared or {}
    return Method(
        http_method=verb,
        authorization_type=authorization,
        method_responses=tuple(
            MethodResponse(status_code=status, response_parameters=declared.get(status, {}))
            for status in dict.fromkeys([response.status_code for response in responses])
        ),
        integration=Integration(
            type="MOCK",
            request_templates={"application/json": '{"statusCode": 200}'}
            if request_templates is None
            else request_templates,
            integration_responses=responses,
            passthrough_behavior=passthrough,
            **more,
        ),
    )


def answer(
    status: int = 200,
    template: str | None = None,
    pattern: str | None = None,
    headers: dict[str, str] | None = None,
    **more: Any,
) -> IntegrationResponse:
    """Return an integration response."""
    templates = {"application/json": template} if template is not None else {}
    return IntegrationResponse(
        status_code=str(status),
        selection_pattern=pattern,
        response_templates=more.pop("templates", templates),
        response_parameters={f"method.response.header.{name}": value for name, value in (headers or {}).items()},
        **more,
    )


class Sink:
    """Keeps traces in a list."""

    def __init__(self) -> None:
        self.wants_success = False
        self.kept: list[tuple[Trace, RequestSummary]] = []

    def keep(self, trace: Trace, summary: RequestSummary) -> None:
        self.kept.append((trace, summary))

    @property
    def reasons(self) -> str:
        return "\n".join(step.reason for step in self.kept[-1][0].steps)


class World:
    """One account, its roles and its stages."""

    def __init__(self) -> None:
        self.stages: Shelf[PublishedStage] = Shelf("apigateway.stage")
        self.deployments = 0
        self.addresses: dict[tuple[object, ...], StageAddress] = {}
        self.principals: Shelf[Principal] = Shelf(SHELF)
        root = root_key(ACCOUNT, "AKIAROOTROOTROOTROOT", "root-secret")
        self.credentials = Credentials(Keys(b"k" * 32), root, Shelf(ACCESS_KEYS), self.principals)
        self.root = SigningCredentials(root.access_key_id, root.secret)
        self.sink = Sink()
        self.now = NOW
        self.ports = Ports(
            stages=StageFinder(self.stages), credentials=self.credentials, clock=FixedClock(NOW), traces=self.sink
        )

    def deploy(
        self,
        resources: dict[str, list[Method]],
        *,
        stage: str = "dev",
        variables: dict[str, str] | None = None,
        **api: Any,
    ) -> None:
        """Deploy an API of these methods, by path."""
        policy = api.pop("policy", None)
        self.deployments += 1
        frozen = ApiSnapshot(
            api_id=API,
            name="MOCK",
            policy=policy if policy is None or isinstance(policy, str) else json.dumps(policy),
            gateway_responses=tuple(api.pop("gateway_responses", ())),
            resources=tuple(
                Resource(id=f"r{index:05d}", path=path, methods={method.http_method: method for method in methods})
                for index, (path, methods) in enumerate(resources.items())
            ),
            **api,
        )
        published = PublishedStage(
            account=ACCOUNT,
            region=REGION,
            stage_name=stage,
            deployment_id=f"d{self.deployments}",
            variables=variables or {},
            frozen=freeze(frozen),
        )
        self.stages.put(f"{API}/{stage}", published)

    def role(
        self, name: str = "Visitor", policy: Any = ALLOW_DEV, *, account: str = ACCOUNT, boundary: Any = None
    ) -> Principal:
        """Make a role with one inline policy."""
        principal = Principal(
            arn=f"arn:aws:iam::{account}:role/{name}",
            unique_id="AROA" + name.upper().ljust(17, "X"),
            documents={"inline": json.dumps(policy)} if policy is not None else {},
            boundary=json.dumps(boundary) if boundary is not None else None,
        )
        self.principals.put(principal.arn, principal)
        return principal

    def session(
        self, role: Principal, *, lasts: float = 3600, policies: tuple[Any, ...] = (), **more: Any
    ) -> SigningCredentials:
        """Assume a role."""
        name, account = role.arn.rsplit("/", 1)[-1], role.arn.split(":")[4]
        issued: TemporaryCredentials = self.credentials.issue(
            lambda key: Caller(
                account=account,
                arn=f"arn:aws:sts::{account}:assumed-role/{name}/visit",
                user_id=f"{role.unique_id}:visit",
                type=PrincipalType.ASSUMED_ROLE,
                access_key_id=key,
                role_arn=role.arn,
                role_id=role.unique_id,
                session_name="visit",
                issued_at=self.now,
                expires_at=self.now + lasts,
                session_policies=tuple(json.dumps(policy) for policy in policies),
                **more,
            )
        )
        return SigningCredentials(issued.access_key_id, issued.secret_access_key, issued.session_token)

    def request(
        self,
        method: str,
        path: str,
        *,
        query: str = "",
        headers: dict[str, str] | list[tuple[str, str]] | None = None,
        body: bytes = b"",
        signer: SigningCredentials | None = None,
        host: str = HOST,
        client: str = "203.0.113.7",
    ) -> Request:
        """Return a request to `/dev` + path, signed where a signer is given."""
        sent = [("host", host), *(headers.items() if isinstance(headers, dict) else headers or [])]
        raw = f"/dev{path}"
        if signer is not None:
            url = f"http://{host}{raw}" + (f"?{query}" if query else "")
            added = sign(method, url, sent, body, signer, "execute-api", REGION, self.now)
            sent += list(added.items())
        return Request(
            method=method,
            path=raw,
            query=query,
            headers=tuple((name.lower(), value) for name, value in sent),
            body=body,
            client=client,
            request_id=REQUEST_ID,
            received=self.now,
        )

    async def send(
        self, request: Request, *, stage: str = "dev", api: str = API, region: str | None = REGION
    ) -> Response:
        """Send a request to a stage."""
        where = (api, stage, request.path.removeprefix("/dev"), "/dev", request.host.partition(":")[0], region)
        address = self.addresses.setdefault(where, StageAddress(*where))  # remembered, as the door remembers it
        return await invoke(request, address, self.ports)

    async def call(self, method: str, path: str, **more: Any) -> Response:
        """Send a request to the stage `dev`."""
        return await self.send(self.request(method, path, **more))


def customized(response_type: str, **settings: Any) -> GatewayResponse:
    """Return a customized gateway response."""
    headers = settings.pop("headers", {})
    return GatewayResponse(
        response_type=response_type,
        response_parameters={f"gatewayresponse.header.{name}": value for name, value in headers.items()},
        **settings,
    )
