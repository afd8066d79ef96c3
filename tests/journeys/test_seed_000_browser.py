"""The article's page in a real browser, from another origin: "Hello foo!" for who may call, "Oops foo!" for who not."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys import story

ServePage = Callable[..., str]


class Wire:
    """What came over the network, also what the browser then hid from the page."""

    def __init__(self, page: Page, api: str) -> None:
        self._gets: set[str] = set()
        self._statuses: dict[str, int] = {}
        self._api = api
        session = page.context.new_cdp_session(page)
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.responseReceivedExtraInfo", self._received)
        session.send("Network.enable")

    def _sent(self, event: dict[str, Any]) -> None:
        request = event["request"]
        if request["method"] == "GET" and self._api in request["url"]:
            self._gets.add(event["requestId"])

    def _received(self, event: dict[str, Any]) -> None:
        self._statuses[event["requestId"]] = event["statusCode"]

    @property
    def gets(self) -> list[int | None]:
        """The statuses of the answers to GETs of the API."""
        return [self._statuses.get(request) for request in self._gets]


@dataclass(frozen=True)
class Visit:
    """What a visitor saw, and what the API had answered to the page's GETs."""

    alert: str
    result: dict[str, Any]
    gets: list[int | None]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def visit(page: Page, address: str, api: str) -> Visit:
    """Open the page and wait for its alert."""
    wire = Wire(page, api)
    with page.expect_event("dialog", timeout=20_000) as waiting:
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(address, wait_until="commit")
    return Visit(waiting.value.message, page.evaluate("window.result"), wire.gets)


def the_page(aws: story.Clients, product: Any, serve_page: ServePage, api: str, pool: str) -> str:
    archive = aws("apigateway").get_sdk(restApiId=api, stageName=story.STAGE, sdkType="javascript")["body"].read()
    endpoint = f"http://localhost:{product.port}"
    return serve_page(archive, region=product.region, identity_pool_id=pool, endpoint=endpoint)


def test_a_visitor_who_may_call_sees_the_mocks_answer(
    aws: story.Clients, product: Any, page: Page, serve_page: ServePage
) -> None:
    api, pool = story.guarded_mock(aws("apigateway")), story.create_pool(aws)
    story.create_visitors(aws, pool, story.invoke_policy(product.region, product.account, api))
    seen = visit(page, the_page(aws, product, serve_page, api, pool), api)
    assert seen.alert == "Hello foo!", seen.result
    assert (seen.result["status"], seen.result["data"]) == (200, story.GREETING)
    assert seen.gets == [200]


def test_a_visitor_whose_role_lost_its_permission_sees_the_error_callback(
    aws: story.Clients, product: Any, page: Page, serve_page: ServePage
) -> None:
    """As on AWS a refusal has no CORS headers of its own, so that the page learns only that the call failed."""
    api, pool = story.guarded_mock(aws("apigateway")), story.create_pool(aws)
    role = story.create_visitors(aws, pool, story.invoke_policy(product.region, product.account, api))
    address = the_page(aws, product, serve_page, api, pool)
    aws("iam").delete_role_policy(RoleName=role, PolicyName="invoke")
    seen = visit(page, address, api)
    assert seen.alert == "Oops foo!"
    assert seen.result["status"] is None
    assert seen.gets == [403]


def test_a_refusal_with_cors_headers_is_legible_to_the_page(
    aws: story.Clients, product: Any, page: Page, serve_page: ServePage
) -> None:
    gateway = aws("apigateway")
    api, pool = story.guarded_mock(gateway), story.create_pool(aws)
    story.create_visitors(aws, pool, policy=None)
    header = "gatewayresponse.header.Access-Control-Allow-Origin"
    gateway.put_gateway_response(restApiId=api, responseType="DEFAULT_4XX", responseParameters={header: "'*'"})
    story.deploy(gateway, api)
    seen = visit(page, the_page(aws, product, serve_page, api, pool), api)
    assert seen.alert == "Oops foo!"
    assert seen.result["status"] == 403
    assert "is not authorized to perform: execute-api:Invoke" in json.dumps(seen.result["data"])


def test_a_page_without_credentials_cannot_call(
    aws: story.Clients, product: Any, page: Page, serve_page: ServePage
) -> None:
    api, pool = story.guarded_mock(aws("apigateway")), story.create_pool(aws)
    page.goto(the_page(aws, product, serve_page, api, pool).replace("index.html", "lib/"), wait_until="commit")
    url = f"http://{api}.execute-api.{product.region}.localhost:{product.port}/{story.STAGE}/demo"
    wire = Wire(page, api)
    assert page.evaluate("url => fetch(url).then(() => 'read', error => error.name)", url) == "TypeError"
    assert wire.gets == [403]
