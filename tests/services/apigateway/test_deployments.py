"""Deployment and Stage through boto3. Messages and shapes as recorded from AWS."""

from typing import Any

import pytest

from tests.services.apigateway.conftest import ACCOUNT, Api, Refusal

BAD = "BadRequestException"
UNKNOWN_STAGE = ("NotFoundException", "Invalid stage identifier specified")
UNKNOWN_DEPLOYMENT = ("NotFoundException", "Invalid Deployment identifier specified")


def without_metadata(answer: dict[str, Any]) -> dict[str, Any]:
    return {member: value for member, value in answer.items() if member != "ResponseMetadata"}


def patch(*operations: tuple[str, str, str | None]) -> list[dict[str, Any]]:
    return [{"op": op, "path": path} | ({} if value is None else {"value": value}) for op, path, value in operations]


def test_only_a_whole_api_can_be_deployed(api: Api, refusal: Refusal) -> None:
    create = api.client.create_deployment
    assert refusal(create, restApiId=api.id) == (BAD, "The REST API doesn't contain any methods")
    named = api.method()
    assert refusal(create, restApiId=api.id, stageName="dev") == (BAD, "No integration defined for method")
    assert api.client.get_stages(restApiId=api.id)["item"] == []
    api.client.put_integration(**named, type="MOCK")
    assert create(restApiId=api.id)["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert refusal(create, restApiId="fake-api-id") == (
        "NotFoundException",
        f"Invalid API identifier specified {ACCOUNT}:fake-api-id",
    )


def test_a_deployment_is_created_read_patched_and_deleted(api: Api, refusal: Refusal) -> None:
    api.mock(authorizationType="AWS_IAM")
    made = without_metadata(api.client.create_deployment(restApiId=api.id, description="first"))
    assert set(made) == {"id", "createdDate", "description"}
    named = {"restApiId": api.id, "deploymentId": made["id"]}
    assert without_metadata(api.client.get_deployment(**named)) == made
    summary = {"/": {"GET": {"authorizationType": "AWS_IAM", "apiKeyRequired": False}}}
    assert api.client.get_deployment(**named, embed=["apisummary"])["apiSummary"] == summary
    assert api.client.get_deployments(restApiId=api.id)["items"] == [made]
    updated = api.client.update_deployment(**named, patchOperations=patch(("replace", "/description", "better")))
    assert updated["description"] == "better"
    assert refusal(api.client.update_deployment, **named, patchOperations=patch(("replace", "/id", "x"))) == (
        BAD,
        "Invalid patch path  '/id' specified for op 'replace'. Must be one of: [/description]",
    )
    assert api.client.delete_deployment(**named)["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert refusal(api.client.get_deployment, **named) == UNKNOWN_DEPLOYMENT


def test_a_deployment_that_a_stage_uses_stays(api: Api, refusal: Refusal) -> None:
    api.mock()
    first = api.deploy()
    named = {"restApiId": api.id, "deploymentId": first}
    assert refusal(api.client.delete_deployment, **named) == (
        BAD,
        "Active stages pointing to this deployment must be moved or deleted",
    )
    api.deploy()
    assert api.client.delete_deployment(**named)["ResponseMetadata"]["HTTPStatusCode"] == 202


def test_deployments_are_listed_oldest_first(api: Api) -> None:
    api.mock()
    made = [api.deploy() for _ in range(3)]
    first = api.client.get_deployments(restApiId=api.id, limit=2)
    second = api.client.get_deployments(restApiId=api.id, limit=2, position=first["position"])
    assert [item["id"] for item in first["items"] + second["items"]] == made


def test_create_deployment_makes_the_stage_and_later_moves_it(api: Api) -> None:
    api.mock()
    first = api.deploy(stageDescription="for tests", variables={"a": "1"})
    stage = without_metadata(api.client.get_stage(restApiId=api.id, stageName="dev"))
    created = stage.pop("createdDate")
    assert created == stage.pop("lastUpdatedDate")
    assert stage == {
        "stageName": "dev",
        "deploymentId": first,
        "description": "for tests",
        "variables": {"a": "1"},
        "cacheClusterEnabled": False,
        "cacheClusterStatus": "NOT_AVAILABLE",
        "methodSettings": {},
        "tracingEnabled": False,
    }
    second = api.deploy()
    moved = api.client.get_stage(restApiId=api.id, stageName="dev")
    assert (moved["deploymentId"], moved["variables"], moved["createdDate"]) == (second, {"a": "1"}, created)


def test_a_stage_is_created_patched_listed_and_deleted(api: Api, refusal: Refusal) -> None:
    api.mock()
    first = api.deploy()
    second = api.deploy("other")
    named = {"restApiId": api.id, "stageName": "s1"}
    made = api.client.create_stage(**named, deploymentId=first, variables={"var1": "test"}, tags={"k": "v"})
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert (made["deploymentId"], made["variables"], made["tags"]) == (first, {"var1": "test"}, {"k": "v"})
    assert refusal(api.client.create_stage, **named, deploymentId=first)[0] == "ConflictException"
    updated = api.client.update_stage(
        **named,
        patchOperations=patch(
            ("replace", "/description", "stage new"),
            ("replace", "/deploymentId", second),
            ("replace", "/variables/var2", "test2"),
            ("remove", "/variables/var1", None),
            ("replace", "/tracingEnabled", "false"),
        ),
    )
    assert (updated["description"], updated["deploymentId"]) == ("stage new", second)
    assert updated["variables"] == {"var2": "test2"}
    stages = api.client.get_stages(restApiId=api.id, deploymentId=second)["item"]
    assert [stage["stageName"] for stage in stages] == ["other", "s1"]
    assert api.client.delete_stage(**named)["ResponseMetadata"]["HTTPStatusCode"] == 202
    for operation in (api.client.get_stage, api.client.delete_stage, api.client.update_stage):
        assert refusal(operation, **named) == UNKNOWN_STAGE


def test_a_stage_needs_a_deployment_of_its_own_api(api: Api, refusal: Refusal) -> None:
    api.mock()
    deployment = api.deploy()
    other = api.client.create_rest_api(name="other")["id"]
    assert (
        refusal(api.client.create_stage, restApiId=other, stageName="s", deploymentId=deployment) == UNKNOWN_DEPLOYMENT
    )
    moved = patch(("replace", "/deploymentId", "unknown"))
    assert (
        refusal(api.client.update_stage, restApiId=api.id, stageName="dev", patchOperations=moved) == UNKNOWN_DEPLOYMENT
    )


PATHS = (
    "[/deploymentId, /description, /cacheClusterEnabled, /cacheClusterSize, /clientCertificateId, /accessLogSettings, "
    "/accessLogSettings/destinationArn, /accessLogSettings/format, /{resourcePath}/{httpMethod}/metrics/enabled, "
    "/{resourcePath}/{httpMethod}/logging/dataTrace, /{resourcePath}/{httpMethod}/logging/loglevel, "
    "/{resourcePath}/{httpMethod}/throttling/burstLimit/{resourcePath}/{httpMethod}/throttling/rateLimit/{resourcePath}"
    "/{httpMethod}/caching/ttlInSeconds, /{resourcePath}/{httpMethod}/caching/enabled, "
    "/{resourcePath}/{httpMethod}/caching/dataEncrypted, "
    "/{resourcePath}/{httpMethod}/caching/requireAuthorizationForCacheControl, "
    "/{resourcePath}/{httpMethod}/caching/unauthorizedCacheControlHeaderStrategy, /*/*/metrics/enabled, "
    "/*/*/logging/dataTrace, /*/*/logging/loglevel, /*/*/throttling/burstLimit /*/*/throttling/rateLimit "
    "/*/*/caching/ttlInSeconds, /*/*/caching/enabled, /*/*/caching/dataEncrypted, "
    "/*/*/caching/requireAuthorizationForCacheControl, /*/*/caching/unauthorizedCacheControlHeaderStrategy, "
    "/variables/{variable_name}, /tracingEnabled]"
)
LOG_PATHS = "[/accessLogSettings/destinationArn, /accessLogSettings/format]"


@pytest.mark.parametrize(
    ("operation", "message"),
    [
        (
            ("replace", "/documentation_version", "v1"),
            f"Invalid method setting path: /documentation_version. Must be one of: {PATHS}",
        ),
        (("replace", "/tags/tag1", "x"), f"Invalid method setting path: /tags/tag1. Must be one of: {PATHS}"),
        (
            ("remove", "/*/*", None),
            "Cannot remove method setting */* because there is no method setting for this method ",
        ),
        (
            ("remove", "/accessLogSettings/*", None),
            "Cannot remove method setting accessLogSettings/* because there is no method setting for this method ",
        ),
        (
            ("remove", "/accessLogSettings/destinationArn", None),
            "Cannot remove method setting accessLogSettings/destinationArn because there is no method setting for this "
            "method ",
        ),
        (
            ("remove", "/accessLogSettings/randomValue", None),
            "Cannot remove method setting accessLogSettings/randomValue because there is no method setting for this "
            "method ",
        ),
        (
            ("add", "/accessLogSettings/randomValue", "x"),
            f"Invalid accessLogSettings path. Must be one of : {LOG_PATHS}",
        ),
        (("replace", "/accessLogSettings/destinationArn", ""), "Access Log value must not be empty"),
    ],
)
def test_a_wrong_patch_of_a_stage_is_refused_in_aws_words(
    api: Api, refusal: Refusal, operation: tuple[str, str, str | None], message: str
) -> None:
    api.mock()
    api.deploy()
    named = {"restApiId": api.id, "stageName": "dev"}
    assert refusal(api.client.update_stage, **named, patchOperations=patch(operation)) == (BAD, message)


@pytest.mark.parametrize(
    "operation",
    [
        ("replace", "/*/*/throttling/burstLimit", "1"),
        ("replace", "/*/*/logging/loglevel", "INFO"),
        ("replace", "/~1pets/GET/caching/enabled", "true"),
        ("replace", "/cacheClusterEnabled", "true"),
        ("replace", "/cacheClusterSize", "0.5"),
        ("replace", "/clientCertificateId", "abc"),
        ("replace", "/documentationVersion", "v1"),
        ("replace", "/tracingEnabled", "true"),
        ("replace", "/canarySettings/percentTraffic", "10"),
        ("replace", "/accessLogSettings/destinationArn", "arn:aws:logs:us-east-1:000000000000:log-group:x"),
        ("copy", "/deploymentId", None),
    ],
)
def test_a_stage_setting_that_is_not_enforced_is_refused_by_name(
    api: Api, refusal: Refusal, operation: tuple[str, str, str | None]
) -> None:
    api.mock()
    api.deploy()
    named = {"restApiId": api.id, "stageName": "dev"}
    code, message = refusal(api.client.update_stage, **named, patchOperations=patch(operation))
    assert (code, "not supported by Gatewright yet" in message) == (BAD, True), message


@pytest.mark.parametrize(
    "settings",
    [
        {"cacheClusterEnabled": True},
        {"cacheClusterSize": "0.5"},
        {"tracingEnabled": True},
        {"canarySettings": {"percentTraffic": 10}},
    ],
)
def test_neither_create_takes_a_setting_that_is_not_enforced(
    api: Api, refusal: Refusal, settings: dict[str, Any]
) -> None:
    api.mock()
    deployment = api.deploy()
    named = {"restApiId": api.id, "stageName": "new"}
    for code, message in (
        refusal(api.client.create_stage, **named, deploymentId=deployment, **settings),
        refusal(api.client.create_deployment, **named, **settings),
    ):
        assert (code, next(iter(settings)) in message) == (BAD, True)
    assert refusal(api.client.get_stage, **named) == UNKNOWN_STAGE


@pytest.mark.parametrize("name", ["a b", "a/b", "dé", "a.b", "x" * 129, "$default"])
def test_a_stage_name_of_other_characters_is_refused(api: Api, refusal: Refusal, name: str) -> None:
    api.mock()
    assert refusal(api.client.create_deployment, restApiId=api.id, stageName=name)[0] == BAD
    assert api.client.get_deployments(restApiId=api.id)["items"] == []


@pytest.mark.parametrize(
    "variables", [{"a-b": "1"}, {"": "1"}, {"a": ""}, {"a": "<b>"}, {"a": "x" * 513}, {"a" * 65: "x"}]
)
def test_stage_variables_have_the_characters_of_aws(api: Api, refusal: Refusal, variables: dict[str, str]) -> None:
    api.mock()
    assert refusal(api.client.create_deployment, restApiId=api.id, stageName="dev", variables=variables)[0] == BAD


def test_an_api_has_at_most_ten_stages(api: Api, refusal: Refusal) -> None:
    api.mock()
    for number in range(10):
        api.deploy(f"s{number}")
    params = {"restApiId": api.id, "stageName": "s10"}
    assert refusal(api.client.create_deployment, **params)[0] == "LimitExceededException"
    api.deploy("s9")
