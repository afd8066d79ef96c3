"""Whoever asks the product's pages: the root, or a user with one policy."""

import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from gatewright.cli.server import Server
from gatewright.wire.sigv4.sign import Credentials, sign
from tests.journeys import story
from tests.running import Running

ROOT = Credentials("test", "test")


@pytest.fixture
def pages(product: Running) -> Server:
    """The pages, asked as the root."""
    return Server(product.endpoint, product.region, ROOT)


@pytest.fixture
def pages_as(product: Running) -> Callable[..., Server]:
    """The pages, asked as a user who may do some actions."""

    def make(*actions: str) -> Server:
        iam = product.client("iam")
        iam.create_user(UserName="reader")
        if actions:
            statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
            document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
            iam.put_user_policy(UserName="reader", PolicyName="p", PolicyDocument=document)
        key = iam.create_access_key(UserName="reader")["AccessKey"]
        return Server(product.endpoint, product.region, Credentials(key["AccessKeyId"], key["SecretAccessKey"]))

    return make


class Api:
    """The articles' guarded API, and ways to call it."""

    def __init__(self, product: Running) -> None:
        self.product = product
        self.id = story.guarded_mock(product.client("apigateway"))
        self.pool = story.create_pool(product.client)
        policy = story.invoke_policy(product.region, product.account, self.id)
        self.role = story.create_visitors(product.client, self.pool, policy, "visitors")
        self.visitor = self.visit()

    def visit(self) -> Credentials:
        given = story.visit(self.product.client, self.pool)
        return Credentials(given["AccessKeyId"], given["SecretKey"], given["SessionToken"])

    def url(self, path: str = "/dev/demo") -> str:
        return f"{self.product.endpoint}/_aws/execute-api/{self.id}{path}"

    def call(self, credentials: Credentials | None = None, path: str = "/dev/demo", **more: Any) -> httpx.Response:
        headers: dict[str, str] = {}
        if credentials is not None:
            url = more.get("signed_url", self.url(path))
            service, region = more.get("service", "execute-api"), more.get("region", self.product.region)
            headers = sign("GET", url, [], b"", credentials, service, region, more.get("at", time.time()))
        return httpx.get(self.url(path), headers=headers)

    def explained(self, pages: Server, answer: httpx.Response) -> dict[str, Any]:
        return pages.get(f"requests/{answer.headers['x-amzn-requestid']}")


@pytest.fixture
def api(product: Running) -> Api:
    return Api(product)


def stopped(told: dict[str, Any]) -> dict[str, Any]:
    """Return the step that stopped a request."""
    found: dict[str, Any] = next(step for step in told["steps"] if step["outcome"] == "refused")
    return found


def advice(told: dict[str, Any]) -> str:
    """Return all that is suggested."""
    return "\n".join(f"{one['text']}\n{one['snippet']}" for one in told["advice"])
