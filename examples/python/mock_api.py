"""A MOCK API with one method, `GET /demo`, as API Gateway's console makes it. The three programs here guard it."""

import json
import os
from typing import Any

import boto3

STAGE = "dev"
REGION = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"


def aws(service: str) -> Any:
    """Return a client of an AWS service; `AWS_ENDPOINT_URL` says whether that is Gatewright's or AWS's own."""
    return boto3.client(service, region_name=REGION)


class MockApi:
    """An API that answers by itself. Nothing changes for its callers until it is deployed."""

    def __init__(self, name: str, answer: dict[str, str]) -> None:
        self._gateway = aws("apigateway")
        made = self._gateway.create_rest_api(name=name)
        self.id = made["id"]
        root = self._gateway.get_resources(restApiId=self.id)["items"][0]["id"]
        resource = self._gateway.create_resource(restApiId=self.id, parentId=root, pathPart="demo")["id"]
        self._method = {"restApiId": self.id, "resourceId": resource, "httpMethod": "GET"}
        self._gateway.put_method(**self._method, authorizationType="NONE")
        self._gateway.put_method_response(**self._method, statusCode="200")
        self._gateway.put_integration(
            **self._method, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'}
        )
        self._gateway.put_integration_response(
            **self._method, statusCode="200", responseTemplates={"application/json": json.dumps(answer)}
        )

    def require_iam(self) -> None:
        """Let in only signed requests of whoever IAM allows."""
        self._change({"/authorizationType": "AWS_IAM"})

    def require_token(self, user_pool_arn: str) -> None:
        """Let in only who signed in to a user pool."""
        authorizer = self._gateway.create_authorizer(
            restApiId=self.id,
            name="members",
            type="COGNITO_USER_POOLS",
            providerARNs=[user_pool_arn],
            identitySource="method.request.header.Authorization",
        )
        self._change({"/authorizationType": "COGNITO_USER_POOLS", "/authorizerId": authorizer["id"]})

    def deploy(self) -> None:
        """Make what was changed so for callers."""
        self._gateway.create_deployment(restApiId=self.id, stageName=STAGE)

    def delete(self) -> None:
        """Take it away."""
        self._gateway.delete_rest_api(restApiId=self.id)

    @property
    def url(self) -> str:
        """Where the method is called."""
        endpoint = os.environ.get("AWS_ENDPOINT_URL")
        if endpoint:  # Gatewright: everything is on one port
            return f"{endpoint.rstrip('/')}/_aws/execute-api/{self.id}/{STAGE}/demo"
        return f"https://{self.id}.execute-api.{REGION}.amazonaws.com/{STAGE}/demo"

    def arn(self) -> str:
        """Return the ARN of all its methods, for policies."""
        account = aws("sts").get_caller_identity()["Account"]
        return f"arn:aws:execute-api:{REGION}:{account}:{self.id}/{STAGE}/*/*"

    def _change(self, values: dict[str, str]) -> None:
        changes = [{"op": "replace", "path": path, "value": value} for path, value in values.items()]
        self._gateway.update_method(**self._method, patchOperations=changes)
