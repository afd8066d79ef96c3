"""Resource through boto3. Messages and shapes as recorded from AWS."""

from typing import Any

import pytest

from tests.services.apigateway.conftest import Api, Refusal

BAD = "BadRequestException"
UNKNOWN = ("NotFoundException", "Invalid Resource identifier specified")


def paths(api: Api) -> list[str]:
    return [item["path"] for item in api.client.get_resources(restApiId=api.id)["items"]]


def update(api: Api, resource: str, **values: str) -> dict[str, Any]:
    return {
        "restApiId": api.id,
        "resourceId": resource,
        "patchOperations": [{"op": "replace", "path": f"/{name}", "value": value} for name, value in values.items()],
    }


def test_a_resource_is_created_read_renamed_and_deleted_with_its_children(api: Api, refusal: Refusal) -> None:
    assert api.client.get_resources(restApiId=api.id)["items"] == [{"id": api.root, "path": "/"}]
    pets = api.client.create_resource(restApiId=api.id, parentId=api.root, pathPart="pets")
    assert pets.pop("ResponseMetadata")["HTTPStatusCode"] == 201
    assert pets == {"id": pets["id"], "parentId": api.root, "path": "/pets", "pathPart": "pets"}
    child = api.resource("subpets", pets["id"])
    assert paths(api) == ["/", "/pets", "/pets/subpets"]
    renamed = api.client.update_resource(**update(api, pets["id"], pathPart="dogs"))
    assert (renamed["path"], renamed["pathPart"]) == ("/dogs", "dogs")
    assert api.client.get_resource(restApiId=api.id, resourceId=child)["path"] == "/dogs/subpets"
    gone = api.client.delete_resource(restApiId=api.id, resourceId=pets["id"])
    assert gone["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert paths(api) == ["/"]
    assert refusal(api.client.delete_resource, restApiId=api.id, resourceId=child) == UNKNOWN


def test_unknown_resources_and_parents_are_refused_alike(api: Api, refusal: Refusal) -> None:
    assert refusal(api.client.create_resource, restApiId=api.id, parentId="unknown", pathPart="x") == UNKNOWN
    assert refusal(api.client.update_resource, **update(api, "unknown", pathPart="dogs")) == UNKNOWN
    assert refusal(api.client.update_resource, **update(api, api.resource("a"), parentId="unknown")) == UNKNOWN
    assert refusal(api.client.get_resource, restApiId="unknown", resourceId=api.root) == UNKNOWN


def test_a_resource_may_move_but_not_below_itself_nor_onto_a_name_that_is_taken(api: Api, refusal: Refusal) -> None:
    pets = api.resource("pets")
    sub = api.resource("subpets", pets)
    child = api.resource("pets", sub)
    taken = ("ConflictException", "Another resource with the same parent already has this name: pets")
    assert refusal(api.client.update_resource, **update(api, child, parentId=api.root)) == taken
    assert refusal(api.client.update_resource, **update(api, pets, parentId=sub)) == (
        BAD,
        "Resources cannot be cyclical.",
    )
    moved = api.client.update_resource(**update(api, sub, parentId=api.root))
    assert (moved["path"], moved["parentId"]) == ("/subpets", api.root)
    assert refusal(api.client.update_resource, **update(api, sub, pathPart="pets")) == taken
    assert refusal(api.client.create_resource, restApiId=api.id, parentId=api.root, pathPart="pets") == taken


@pytest.mark.parametrize(
    ("operation", "message"),
    [
        (
            {"op": "replace", "path": "/invalid", "value": "x"},
            "Invalid patch path  '/invalid' specified for op 'replace'. Must be one of: [/parentId, /pathPart]",
        ),
        (
            {"op": "remove", "path": "/pathPart"},
            "Invalid patch path  '/pathPart' specified for op 'remove'. Please choose supported operations",
        ),
        (
            {"op": "add", "path": "/pathPart", "value": "x"},
            "Invalid patch path  '/pathPart' specified for op 'add'. Please choose supported operations",
        ),
    ],
)
def test_a_wrong_patch_is_refused_in_aws_words(
    api: Api, refusal: Refusal, operation: dict[str, str], message: str
) -> None:
    named = {"restApiId": api.id, "resourceId": api.resource("pets"), "patchOperations": [operation]}
    assert refusal(api.client.update_resource, **named) == (BAD, message)


def test_the_root_stays_where_it_is(api: Api, refusal: Refusal) -> None:
    assert refusal(api.client.update_resource, **update(api, api.root, pathPart="x")) == (
        BAD,
        "Root resource cannot update its pathPart.",
    )
    assert refusal(api.client.update_resource, **update(api, api.root, parentId=api.root)) == (
        BAD,
        "Root resource cannot update its parentId.",
    )
    assert refusal(api.client.delete_resource, restApiId=api.id, resourceId=api.root)[0] == BAD
    assert paths(api) == ["/"]


def test_proxies_may_stand_at_every_level(api: Api) -> None:
    api.resource("{proxy+}")
    parent = api.resource("parent")
    api.resource("{child}", parent)
    api.resource("{proxy+}", api.resource("child", parent))
    assert paths(api) == ["/", "/parent", "/parent/child", "/parent/child/{proxy+}", "/parent/{child}", "/{proxy+}"]


def test_a_greedy_variable_has_no_children_and_no_variable_sibling(api: Api, refusal: Refusal) -> None:
    proxy = api.resource("{proxy+}")
    assert refusal(api.client.create_resource, restApiId=api.id, parentId=api.root, pathPart="{child}") == (
        BAD,
        "A sibling ({proxy+}) of this resource already has a variable path part -- only one is allowed",
    )
    for part in ("child", "{child}"):
        assert refusal(api.client.create_resource, restApiId=api.id, parentId=proxy, pathPart=part) == (
            BAD,
            "Cannot create a child of a resource with a greedy path variable: {proxy+}",
        )
    parent = api.resource("parent")
    api.resource("x", parent)
    assert refusal(api.client.update_resource, **update(api, parent, pathPart="{all+}"))[0] == BAD


@pytest.mark.parametrize(
    "part", ["", "a/b", "a b", "{", "{}", "{a", "a}", "{+}", "{a}b", "{a++}", "pét", "a%2Fb", "a\n"]
)
def test_a_part_of_other_characters_is_refused(api: Api, refusal: Refusal, part: str) -> None:
    assert refusal(api.client.create_resource, restApiId=api.id, parentId=api.root, pathPart=part) == (
        BAD,
        "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the "
        "beginning and the end.",
    )


def test_methods_are_named_and_with_embed_shown(api: Api) -> None:
    pets = api.resource("pets")
    api.mock(pets)
    plain = api.client.get_resource(restApiId=api.id, resourceId=pets)
    assert plain["resourceMethods"] == {"GET": {}}
    items = api.client.get_resources(restApiId=api.id, embed=["methods"])["items"]
    assert "resourceMethods" not in items[0]
    method = items[1]["resourceMethods"]["GET"]
    assert method["methodIntegration"]["integrationResponses"]["200"]["statusCode"] == "200"


def test_an_api_has_at_most_300_resources(api: Api, refusal: Refusal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gatewright.services.apigateway.limits.RESOURCES", 3)
    api.resource("a")
    api.resource("b")
    params = {"restApiId": api.id, "parentId": api.root, "pathPart": "c"}
    assert refusal(api.client.create_resource, **params)[0] == "LimitExceededException"


def test_resources_are_read_page_by_page(api: Api) -> None:
    for part in "edcba":
        api.resource(part)
    read, position = [], None
    while True:
        page = api.client.get_resources(restApiId=api.id, limit=2, **({"position": position} if position else {}))
        read += [item["path"] for item in page["items"]]
        position = page.get("position")
        if position is None:
            break
    assert read == ["/", "/a", "/b", "/c", "/d", "/e"]
