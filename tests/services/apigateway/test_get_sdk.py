"""GetSdk, GetSdkTypes, GetSdkType through boto3."""

import io
import re
import zipfile
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.journeys import story


def get_sdk(gateway: Any, api: str, sdk_type: str = "javascript", stage: str = story.STAGE, **more: Any) -> Any:
    return gateway.get_sdk(restApiId=api, stageName=stage, sdkType=sdk_type, **more)


def client_code(gateway: Any, api: str) -> str:
    archive = zipfile.ZipFile(io.BytesIO(get_sdk(gateway, api)["body"].read()))
    return archive.read("apiGateway-js-sdk/apigClient.js").decode()


def refusal(gateway: Any, *arguments: Any, **named: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        get_sdk(gateway, *arguments, **named)
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


def test_an_sdk_comes_as_an_attached_archive(aws: story.Clients) -> None:
    gateway = aws("apigateway")
    answer = get_sdk(gateway, story.guarded_mock(gateway))
    assert answer["contentType"] == "application/octet-stream"
    assert re.fullmatch(r'attachment; filename="javascript_[\d-]{10}_\d\d-\d\dZ\.zip"', answer["contentDisposition"])
    assert zipfile.ZipFile(io.BytesIO(answer["body"].read())).testzip() is None


def test_the_address_in_the_sdk_is_the_one_that_answers(aws: story.Clients, product: Any) -> None:
    gateway = aws("apigateway")
    api = story.guarded_mock(gateway)
    url = f"http://{api}.execute-api.{product.region}.localhost:{product.port}/{story.STAGE}"
    assert f'"invokeUrl": "{url}"' in client_code(gateway, api)


def test_an_sdk_has_what_is_deployed_and_not_what_is_being_edited(aws: story.Clients) -> None:
    gateway = aws("apigateway")
    api, resource = story.create_mock(gateway)
    story.deploy(gateway, api)
    before = client_code(gateway, api)
    story.enable_cors(gateway, api, resource)
    assert '"demoGet"' in before
    assert '"demoOptions"' not in before
    assert client_code(gateway, api) == before
    story.deploy(gateway, api)
    assert '"demoOptions"' in client_code(gateway, api)


def test_another_type_of_sdk_is_refused_by_name(aws: story.Clients) -> None:
    gateway = aws("apigateway")
    code, message = refusal(gateway, story.guarded_mock(gateway), "android")
    assert code == "BadRequestException"
    assert message == "Unsupported SDK type specified: android. Supported SDK types are: javascript"


def test_parameters_are_refused_because_javascript_has_none(aws: story.Clients) -> None:
    gateway = aws("apigateway")
    code, message = refusal(gateway, story.guarded_mock(gateway), parameters={"classPrefix": "X"})
    assert code == "BadRequestException"
    assert "classPrefix" in message


def test_a_stage_or_an_api_that_does_not_exist_has_no_sdk(aws: story.Clients, product: Any) -> None:
    gateway = aws("apigateway")
    api, _ = story.create_mock(gateway)
    assert refusal(gateway, api) == ("NotFoundException", "Invalid stage identifier specified")
    story.deploy(gateway, api)
    assert refusal(gateway, api, stage="prod") == ("NotFoundException", "Invalid stage identifier specified")
    unknown = ("NotFoundException", f"Invalid API identifier specified {product.account}:aaaaaaaaaa")
    assert refusal(gateway, "aaaaaaaaaa") == unknown
    elsewhere = aws("apigateway", region="eu-west-1")
    assert refusal(elsewhere, api)[0] == "NotFoundException"


def test_a_caller_needs_permission_for_an_sdk(aws: story.Clients) -> None:
    api = story.guarded_mock(aws("apigateway"))
    aws("iam").create_user(UserName="reader")
    made = aws("iam").create_access_key(UserName="reader")["AccessKey"]
    key = (made["AccessKeyId"], made["SecretAccessKey"])
    assert refusal(aws("apigateway", key=key), api)[0] == "AccessDeniedException"


def test_the_types_of_sdk_are_listed(aws: story.Clients) -> None:
    gateway = aws("apigateway")
    (javascript,) = gateway.get_sdk_types()["items"]
    assert gateway.get_sdk_types(limit=1)["items"] == [javascript]
    for wrong in ({"limit": 0}, {"position": "made up"}):
        with pytest.raises(gateway.exceptions.BadRequestException):
            gateway.get_sdk_types(**wrong)
    assert (javascript["id"], javascript["friendlyName"]) == ("javascript", "JavaScript")
    one = gateway.get_sdk_type(id="javascript")
    assert {name: one[name] for name in javascript} == javascript
    with pytest.raises(gateway.exceptions.NotFoundException):
        gateway.get_sdk_type(id="cobol")
