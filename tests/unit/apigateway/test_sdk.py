"""The JavaScript SDK as a value: names of functions, the archive, what hostile names do to it."""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import gatewright.services.apigateway.sdk as sdk_package
from gatewright.gateway.deployment import ApiSnapshot, Method, Resource, StageSnapshot
from gatewright.services.apigateway.get_sdk import invoke_url
from gatewright.services.apigateway.sdk.javascript import javascript_sdk
from gatewright.services.apigateway.sdk.methods import method_name, sdk_methods
from gatewright.settings import Settings

SDK = Path(sdk_package.__file__).parent
URL = "http://abc1234567.execute-api.eu-west-1.localhost:4566/dev"

# What the seed's page loads, besides aws-sdk and its own script.
PAGE_FILES = (
    "lib/axios/dist/axios.standalone.js",
    "lib/CryptoJS/rollups/hmac-sha256.js",
    "lib/CryptoJS/rollups/sha256.js",
    "lib/CryptoJS/components/hmac.js",
    "lib/CryptoJS/components/enc-base64.js",
    "lib/url-template/url-template.js",
    "lib/apiGatewayCore/sigV4Client.js",
    "lib/apiGatewayCore/apiGatewayClient.js",
    "lib/apiGatewayCore/simpleHttpClient.js",
    "lib/apiGatewayCore/utils.js",
    "apigClient.js",
)


def api(
    *paths: str, verb: str = "GET", name: str = "MOCK", parameters: Mapping[str, bool] | None = None
) -> ApiSnapshot:
    method = Method(http_method=verb, request_parameters=parameters or {})
    resources = tuple(Resource(id=str(index), path=path, methods={verb: method}) for index, path in enumerate(paths))
    return ApiSnapshot(api_id="abc1234567", name=name, resources=resources)


def stage(snapshot: ApiSnapshot) -> StageSnapshot:
    return StageSnapshot(account="000000000000", region="eu-west-1", stage_name="dev", deployment_id="d1", api=snapshot)


def files(snapshot: ApiSnapshot) -> dict[str, str]:
    archive = zipfile.ZipFile(io.BytesIO(javascript_sdk(stage(snapshot), URL)))
    assert archive.testzip() is None
    return {name.removeprefix("apiGateway-js-sdk/"): archive.read(name).decode() for name in archive.namelist()}


def description(client: str) -> dict[str, Any]:
    """Read the data that a client carries back out of its code."""
    value, _ = json.JSONDecoder().raw_decode(client[client.index("var DESCRIPTION = ") + len("var DESCRIPTION = ") :])
    assert isinstance(value, dict)
    return value


@pytest.mark.parametrize(
    ("path", "verb", "name"),
    [
        ("/", "GET", "rootGet"),
        ("/", "POST", "rootPost"),
        ("/demo", "GET", "demoGet"),
        ("/demo", "OPTIONS", "demoOptions"),
        ("/{a}/{b}/{op}", "GET", "aBOpGet"),
        ("/pets/{petId}", "GET", "petsPetIdGet"),
        ("/streams/{streamID}/subscribe", "POST", "streamsStreamIDSubscribePost"),
        ("/get-track-info-by-tag", "GET", "getTrackInfoByTagGet"),
        ("/get_bookings", "GET", "getBookingsGet"),
        ("/api/v1/parameters/activity", "GET", "apiV1ParametersActivityGet"),
        ("/api/email/delete/{id}", "DELETE", "apiEmailDeleteIdDelete"),
        ("/{proxy+}", "OPTIONS", "proxyOptions"),
        ("/Users", "GET", "usersGet"),
        ("/-", "GET", "rootGet"),
    ],
)
def test_a_function_is_named_after_its_path_and_verb(path: str, verb: str, name: str) -> None:
    assert method_name(path, verb) == name


def test_two_resources_with_the_same_words_get_two_functions() -> None:
    methods = sdk_methods(api("/get-a", "/get_a", "/get/a"))
    assert [(m.name, m.resource) for m in methods] == [
        ("getAGet", "/get-a"),
        ("getAGet2", "/get/a"),
        ("getAGet3", "/get_a"),
    ]


def test_a_number_given_to_one_path_does_not_take_the_name_of_another() -> None:
    methods = sdk_methods(
        ApiSnapshot(
            api_id="a",
            name="a",
            resources=tuple(
                Resource(id=p, path=p, methods={"GET": Method(http_method="GET")}) for p in ("/a-b", "/a_b")
            ),
        )
    )
    assert len({m.name for m in methods}) == 2


def test_any_methods_have_no_function() -> None:
    assert sdk_methods(api("/demo", verb="ANY")) == ()
    assert "apigClient.js" in files(api("/demo", verb="ANY"))


def test_declared_parameters_go_to_their_places() -> None:
    parameters = {
        "method.request.path.petId": True,
        "method.request.querystring.q.x": False,
        "method.request.querystring.page": True,
        "method.request.header.X-Tenant": False,
    }
    (method,) = sdk_methods(api("/pets/{petId}", parameters=parameters))
    assert method.headers == ("X-Tenant",)
    assert method.query == ("page", "q.x")
    assert method.required == ("petId", "page")


def test_a_path_variable_is_required_without_being_declared() -> None:
    (method,) = sdk_methods(api("/pets/{petId}"))
    assert method.required == ("petId",)


def test_a_greedy_variable_becomes_a_template_that_keeps_slashes_only() -> None:
    (method,) = sdk_methods(api("/files/{proxy+}"))
    assert method.path == "/files{/proxy*}"


def test_a_variable_name_that_is_not_one_in_a_template_is_encoded() -> None:
    (method,) = sdk_methods(api("/pets/{pet:id}"))
    assert (method.path, method.variables[0].variable) == ("/pets/{pet%3Aid}", "pet%3Aid")


def test_the_archive_has_every_file_that_the_page_loads_and_its_licences() -> None:
    contents = files(api("/demo"))
    assert set(PAGE_FILES) <= contents.keys()
    licences = {"lib/axios/LICENSE.txt", "lib/CryptoJS/LICENSE.txt", "lib/url-template/LICENSE.txt"}
    assert licences <= contents.keys()
    assert contents.keys() == set(PAGE_FILES) | licences | {"README.md"}


def test_the_same_deployment_gives_the_same_bytes() -> None:
    first = javascript_sdk(stage(api("/demo", "/")), URL)
    assert first == javascript_sdk(stage(api("/", "/demo")), URL)
    assert first != javascript_sdk(stage(api("/demo")), URL)


def test_the_client_carries_the_address_and_region_of_the_stage() -> None:
    carried = description(files(api("/demo"))["apigClient.js"])
    assert (carried["invokeUrl"], carried["region"]) == (URL, "eu-west-1")
    assert [method["name"] for method in carried["methods"]] == ["demoGet"]


HOSTILE = "x\"'`</script><script>alert(1)</script><!--*/\u2028\u2029\\\n${evil}[x](javascript:1)"


def test_the_name_of_an_api_is_nowhere_in_its_sdk() -> None:
    assert files(api("/demo", name=HOSTILE)) == files(api("/demo", name="MOCK"))


def test_hostile_paths_and_parameters_stay_data() -> None:
    parameters = {f"method.request.header.{HOSTILE}": True, "method.request.querystring.__proto__": False}
    contents = files(api("/demo", f"/{HOSTILE}", f"/{{{HOSTILE}}}", parameters=parameters))
    client = contents["apigClient.js"]
    plain = files(api("/demo"))["apigClient.js"]
    carried = description(client)
    assert carried["methods"][0]["headers"] == [HOSTILE]
    assert all(method["name"].isalnum() for method in carried["methods"])
    assert client.isascii()
    assert "<" not in client[client.index("var DESCRIPTION") : client.index("function credentialsGiven")]
    # Around the data the code is the code of every other SDK.
    assert client[: client.index("var DESCRIPTION")] == plain[: plain.index("var DESCRIPTION")]
    assert client[client.index("function credentialsGiven") :] == plain[plain.index("function credentialsGiven") :]
    functions = contents["README.md"].split("## Functions")[1]
    assert not set("<>\"'[]()$\\") & set(
        functions.split("## Licences")[0].replace("(params, body, additionalParams)", "")
    )


def test_the_vendored_files_are_those_that_the_build_made() -> None:
    recorded = json.loads((SDK / "vendored.json").read_text())
    checked = 0
    for package in recorded.values():
        for name, digest in package["files"].items():
            assert hashlib.sha256((SDK / name).read_bytes()).hexdigest() == digest, name
            checked += 1
    ours = len(list((SDK / "lib/apiGatewayCore").iterdir()))
    assert checked == sum(path.is_file() for path in (SDK / "lib").rglob("*")) - ours


@pytest.mark.parametrize(
    ("settings", "url"),
    [
        (Settings(), "http://abc1234567.execute-api.eu-west-1.localhost:4566/dev"),
        (Settings(port=80, domain="gw.test"), "http://abc1234567.execute-api.eu-west-1.gw.test:80/dev"),
        (
            Settings(domain="gw.example", public_url="https://gw.example/"),
            "https://abc1234567.execute-api.eu-west-1.gw.example/dev",
        ),
        (
            Settings(domain="gw.example", public_url="https://gw.example:8443"),
            "https://abc1234567.execute-api.eu-west-1.gw.example:8443/dev",
        ),
    ],
)
def test_the_address_is_the_one_under_which_the_product_is_reached_from_outside(settings: Settings, url: str) -> None:
    assert invoke_url(settings, stage(api("/demo"))) == url
