"""One AWS service that speaks JSON 1.1, called over HTTP.

In: an operation's name and parameters. Out: its result. Law: the address is the one given, else the one that
`AWS_ENDPOINT_URL_…` or `AWS_ENDPOINT_URL` names, else AWS's own; redirects are not followed; what was sent is in no
error, because it may be a password.

AWS page: "Service-specific endpoints" in the SDKs and tools reference guide.
"""

import json
import os
import re
import threading
import weakref
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from gatewright.client.faults import CallRefused, Unreachable
from gatewright.client.signing import sign_headers
from gatewright.core.clock import Clock
from gatewright.wire.sigv4.sign import Credentials

if TYPE_CHECKING:
    import httpx

_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}")
_SECONDS = 30.0


class Service(NamedTuple):
    """What its calls are addressed to."""

    name: str  # of the host, and of the signature's scope
    variable: str  # AWS_ENDPOINT_URL_…
    target: str  # X-Amz-Target, before the operation


COGNITO_IDP = Service("cognito-idp", "COGNITO_IDENTITY_PROVIDER", "AWSCognitoIdentityProviderService")
COGNITO_IDENTITY = Service("cognito-identity", "COGNITO_IDENTITY", "AWSCognitoIdentityService")


class Api:
    """A service at one address. It may be used by several threads at once."""

    def __init__(
        self, service: Service, region: str, endpoint: str | None, http: "httpx.Client | None", clock: Clock
    ) -> None:
        self.service = service
        self.region = region
        self.endpoint = endpoint or _endpoint(service, region)
        self._clock = clock
        self._http = http
        self._making = threading.Lock()

    def call(
        self, operation: str, parameters: Mapping[str, Any], credentials: Credentials | None = None
    ) -> dict[str, Any]:
        """Call an operation; signed where credentials are given.

        Raises:
            CallRefused: the service answered with an error.
            Unreachable: it did not answer.
        """
        body = json.dumps({name: value for name, value in parameters.items() if value is not None}).encode()
        url = f"{self.endpoint.rstrip('/')}/"
        headers = {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"{self.service.target}.{operation}",
        }
        if credentials is not None:
            scope = (self.service.name, self.region, self._clock.now())
            headers |= sign_headers("POST", url, headers.items(), body, credentials, *scope)
        import httpx  # a tenth of a second, which those who only sign need not wait for

        try:
            answer = self._client().post(url, content=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unreachable(f"no answer from {self.endpoint} to {operation}: {error}") from None
        return self._read(operation, answer)

    def _read(self, operation: str, answer: "httpx.Response") -> dict[str, Any]:
        request_id = answer.headers.get("x-amzn-requestid", "")
        try:
            found = json.loads(answer.content or b"{}")
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise Unreachable(f"{self.endpoint} does not answer {operation} as AWS does (status {answer.status_code})")
        if answer.status_code == 200:
            return found
        named = str(found.get("__type") or answer.headers.get("x-amzn-errortype") or f"status {answer.status_code}")
        code = named.rpartition("#")[2].partition(":")[0]
        message = str(found.get("message") or found.get("Message") or "")
        raise CallRefused(code, message, operation, answer.status_code, request_id)

    def _client(self) -> "httpx.Client":
        if self._http is None:
            with self._making:
                if self._http is None:
                    import httpx

                    self._http = httpx.Client(timeout=_SECONDS)
                    weakref.finalize(self, self._http.close)
        return self._http


def region_of_id(identifier: str, mark: str) -> str:
    """Return the region that the id of a pool begins with; it becomes part of a host name, so it is looked at closely.

    Raises:
        ValueError: it is no such id.
    """
    region, found, rest = identifier.partition(mark)
    if not (found and rest and _REGION.fullmatch(region)):
        raise ValueError(f"{identifier!r} is not the id of a pool: such ids begin with a region, as us-east-1{mark}…")
    return region


def _endpoint(service: Service, region: str) -> str:
    named = os.environ.get(f"AWS_ENDPOINT_URL_{service.variable}") or os.environ.get("AWS_ENDPOINT_URL")
    if named and os.environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() != "true":
        return named
    return f"https://{service.name}.{region}.amazonaws.com{'.cn' if region.startswith('cn-') else ''}"
