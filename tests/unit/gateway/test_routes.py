"""Exact over `{param}` over `{proxy+}`."""

import pytest

from gatewright.gateway.deployment import Method, Resource
from gatewright.gateway.paths import canonical_path
from gatewright.gateway.resources import Routes

PATHS = [
    "/",
    "/pets",
    "/pets/{id}",
    "/pets/{id}/toys",
    "/pets/mine",
    "/{kind}/all",
    "/files/{proxy+}",
    "/{proxy+}",
    "/Demo",
    "/deep/{a}/{b}/end",
]


def routes(paths: list[str] = PATHS) -> Routes:
    return Routes(
        Resource(id=f"r{index}", path=path, methods={"GET": Method(http_method="GET")})
        for index, path in enumerate(paths)
    )


@pytest.mark.parametrize(
    ("path", "resource", "values"),
    [
        ("/", "/", {}),
        ("/pets", "/pets", {}),
        ("/pets/", "/pets", {}),
        ("/pets/mine", "/pets/mine", {}),
        ("/pets/7", "/pets/{id}", {"id": "7"}),
        ("/pets/a%2Fb", "/pets/{id}", {"id": "a/b"}),
        ("/pets/7/toys", "/pets/{id}/toys", {"id": "7"}),
        ("/pets/mine/toys", "/pets/{id}/toys", {"id": "mine"}),
        ("/cats/all", "/{kind}/all", {"kind": "cats"}),
        ("/files/a/b/c", "/files/{proxy+}", {"proxy": "a/b/c"}),
        ("/files/a%2Fb/c", "/files/{proxy+}", {"proxy": "a%2Fb/c"}),
        ("/files/caf%C3%A9", "/files/{proxy+}", {"proxy": "café"}),
        ("/files", "/{proxy+}", {"proxy": "files"}),
        ("/demo", "/{proxy+}", {"proxy": "demo"}),
        ("/Demo", "/Demo", {}),
        ("/pets/7/nothing", "/{proxy+}", {"proxy": "pets/7/nothing"}),
        ("/deep/1/2/end", "/deep/{a}/{b}/end", {"a": "1", "b": "2"}),
        ("/deep/all", "/{kind}/all", {"kind": "deep"}),
        ("/pets/%7Bid%7D", "/pets/{id}", {"id": "{id}"}),
    ],
)
def test_the_most_specific_resource_is_found(path: str, resource: str, values: dict[str, str]) -> None:
    found = routes().find(canonical_path(path))
    assert found is not None
    assert (found[0].path, dict(found[1])) == (resource, values)


@pytest.mark.parametrize("path", ["//", "//pets", "/pets//", "/pets//toys", "/files//a", "/files/a//b"])
def test_an_empty_segment_is_no_value(path: str) -> None:
    assert routes().find(canonical_path(path)) is None


@pytest.mark.parametrize("path", ["/nothing", "/pets/7/8", "/PETS"])
def test_what_no_resource_matches_is_not_found(path: str) -> None:
    assert routes(["/pets", "/pets/{id}"]).find(canonical_path(path)) is None


def test_a_resource_without_methods_is_not_there() -> None:
    assert Routes([Resource(id="r", path="/a")]).find(canonical_path("/a")) is None
