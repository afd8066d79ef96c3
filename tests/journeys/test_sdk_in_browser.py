"""The generated SDK in a real browser: URL parser, XMLHttpRequest and CORS stand between what is signed and sent."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys import story

WILD = "a b+c/é=&'!()*~😀;:@$,[]{}|^\\`\"<>#?%2F"
IN_A_PATH = WILD.replace("\\", "")  # the gateway refuses a backslash in a path, whoever signed it


@pytest.fixture
def sdk_page(
    aws: story.Clients, product: Any, browser: Browser, serve_page: Callable[..., str]
) -> Iterator[tuple[Page, dict[str, str]]]:
    """A page with the SDK of an API that has a resource of each kind, and a visitor's credentials."""
    gateway = aws("apigateway")
    api, demo = story.create_mock(gateway, ("GET", "POST"))
    root = next(item["id"] for item in gateway.get_resources(restApiId=api)["items"] if item["path"] == "/")
    kinds = {"GET": demo, "POST": demo}
    for part in ("pets", "files"):
        parent = gateway.create_resource(restApiId=api, parentId=root, pathPart=part)["id"]
        variable = "{proxy+}" if part == "files" else "{petId}"
        child = gateway.create_resource(restApiId=api, parentId=parent, pathPart=variable)["id"]
        _echo(gateway, api, child)
        story.enable_cors(gateway, api, child)
        kinds[part] = child
    declared = [{"op": "add", "path": "/requestParameters/method.request.querystring.q", "value": "false"}]
    gateway.update_method(restApiId=api, resourceId=demo, httpMethod="GET", patchOperations=declared)
    text = [{"op": "add", "path": "/requestTemplates/text~1plain", "value": '{"statusCode": 200}'}]
    gateway.update_integration(restApiId=api, resourceId=demo, httpMethod="POST", patchOperations=text)
    story.enable_cors(gateway, api, demo, ("GET", "POST"))
    story.require_iam(gateway, api, demo, ("GET", "POST"))
    story.require_iam(gateway, api, kinds["pets"])
    story.require_iam(gateway, api, kinds["files"])
    story.deploy(gateway, api)
    pool = story.create_pool(aws)
    story.create_visitors(aws, pool, story.invoke_policy(product.region, product.account, api))
    visitor = story.visit(aws, pool)

    archive = gateway.get_sdk(restApiId=api, stageName=story.STAGE, sdkType="javascript")["body"].read()
    context = browser.new_context()
    page = context.new_page()
    page.route("**/script.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(serve_page(archive))
    config = {
        "accessKey": visitor["AccessKeyId"],
        "secretKey": visitor["SecretKey"],
        "sessionToken": visitor["SessionToken"],
        "region": product.region,
    }
    yield page, config
    context.close()


def _echo(gateway: Any, api: str, resource: str) -> None:
    """Add a GET that answers with the path parameters that the gateway read."""
    place = {"restApiId": api, "resourceId": resource, "httpMethod": "GET"}
    gateway.put_method(**place, authorizationType="NONE")
    gateway.put_method_response(**place, statusCode="200")
    gateway.put_integration(**place, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    # escapeJavaScript escapes the apostrophe, which JSON must not: AWS's page on $util says to undo it.
    value = r"""$util.escapeJavaScript($input.params('NAME')).replaceAll("\\'", "'")"""
    template = f'{{"path": "{value.replace("NAME", "petId")}{value.replace("NAME", "proxy")}"}}'
    gateway.put_integration_response(**place, statusCode="200", responseTemplates={"application/json": template})


CALL = """async ([config, method, params, body, additional, bytes]) => {
  const sent = bytes ? new Uint8Array(bytes) : body;
  try {
    const { status, data } = await apigClientFactory.newClient(config)[method](params, sent, additional);
    return { status, data };
  } catch (error) {
    return { status: error.status || null, data: error.message };
  }
}"""


def call(page: Page, config: dict[str, str], method: str, *arguments: Any) -> dict[str, Any]:
    padded = [*arguments, *[None] * (4 - len(arguments))]
    result: dict[str, Any] = page.evaluate(CALL, [config, method, *padded])
    return result


def test_whatever_a_page_sends_verifies(sdk_page: tuple[Page, dict[str, str]]) -> None:
    page, config = sdk_page
    ok = {"status": 200, "data": story.GREETING}
    assert call(page, config, "demoGet", {"q": WILD}) == ok
    assert call(page, config, "demoGet", {}, None, {"queryParams": {"b": 2, "a": [WILD, "1"], "": "", "e": ""}}) == ok
    assert call(page, config, "demoPost", {}, {"name": WILD}) == ok
    latin = {"headers": {"Content-Type": "text/plain;charset=latin1"}}
    assert call(page, config, "demoPost", {}, f"  {WILD}\n", latin) == ok
    assert call(page, config, "demoPost", {}, None, None, [0, 255, 128, 13, 10]) == ok
    assert call(page, config, "demoPost", {}, {}) == ok


@pytest.mark.parametrize(
    ("method", "name", "value"),
    [
        ("petsPetIdGet", "petId", IN_A_PATH),
        ("petsPetIdGet", "petId", "..%2f.."),
        ("filesProxyGet", "proxy", f"one/{IN_A_PATH}/three"),
        ("filesProxyGet", "proxy", "%2e%2e/x"),
    ],
)
def test_a_path_parameter_arrives_as_it_was_given(
    sdk_page: tuple[Page, dict[str, str]], method: str, name: str, value: str
) -> None:
    page, config = sdk_page
    answer = call(page, config, method, {name: value})
    assert answer == {"status": 200, "data": {"path": value}}


def test_a_page_that_changes_the_secret_is_refused(sdk_page: tuple[Page, dict[str, str]]) -> None:
    page, config = sdk_page
    answer = call(page, config | {"secretKey": config["secretKey"][::-1]}, "demoGet", {})
    assert answer == {"status": None, "data": "Network Error"}
