"""A client of the running product, an empty API, and a reader of refusals."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

ACCOUNT = "000000000000"
Refusal = Callable[..., tuple[str, str]]


@dataclass(frozen=True)
class Api:
    """A REST API of a test."""

    id: str
    root: str
    client: Any

    def resource(self, part: str, parent: str | None = None) -> str:
        """Create a resource and return its id."""
        made = self.client.create_resource(restApiId=self.id, parentId=parent or self.root, pathPart=part)
        return str(made["id"])

    def method(self, resource: str | None = None, verb: str = "GET", **settings: Any) -> dict[str, str]:
        """Put a method and return the parameters that name it."""
        named = {"restApiId": self.id, "resourceId": resource or self.root, "httpMethod": verb}
        self.client.put_method(**named, **{"authorizationType": "NONE", **settings})
        return named

    def mock(
        self, resource: str | None = None, verb: str = "GET", body: str = '{"ok":true}', **settings: Any
    ) -> dict[str, str]:
        """Put a method that answers 200 and a body, and return the parameters that name it."""
        named = self.method(resource, verb, **settings)
        self.client.put_method_response(**named, statusCode="200")
        self.client.put_integration(**named, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
        self.client.put_integration_response(**named, statusCode="200", responseTemplates={"application/json": body})
        return named

    def deploy(self, stage: str = "dev", **settings: Any) -> str:
        """Deploy the API to a stage and return the deployment's id."""
        return str(self.client.create_deployment(restApiId=self.id, stageName=stage, **settings)["id"])


@pytest.fixture
def apigateway(aws: Callable[..., Any]) -> Any:
    """A client that sends whatever it is given, so that the product has to refuse it."""
    return aws("apigateway", parameter_validation=False)


@pytest.fixture
def api(apigateway: Any) -> Api:
    """An API with nothing but its root."""
    made = apigateway.create_rest_api(name="pets")
    return Api(made["id"], made["rootResourceId"], apigateway)


@pytest.fixture
def refusal() -> Refusal:
    """Call an operation that must be refused, and return the code and the message."""

    def refused(operation: Callable[..., Any], **params: Any) -> tuple[str, str]:
        with pytest.raises(ClientError) as caught:
            operation(**params)
        error = caught.value.response["Error"]
        return error["Code"], error["Message"]

    return refused
