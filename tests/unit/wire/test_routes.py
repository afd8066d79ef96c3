"""Paths and patterns."""

import pytest

from gatewright.wire.codecs.scalars import Unreadable
from gatewright.wire.routes import Router

ROUTER = Router(
    [
        ("List", "GET", "/things"),
        ("Import", "POST", "/things?mode=import"),
        ("Create", "POST", "/things"),
        ("Flag", "GET", "/things?acl"),
        ("Get", "GET", "/things/{id}"),
        ("Special", "GET", "/things/special"),
        ("Child", "GET", "/things/{id}/child"),
        ("File", "GET", "/files/{path+}"),
        ("FileMeta", "GET", "/files/{path+}/meta"),
        ("Slash", "GET", "/slash/{id}/end/"),
    ]
)


@pytest.mark.parametrize(
    ("method", "path", "query", "operation", "labels"),
    [
        ("GET", "/things", "", "List", {}),
        ("GET", "/things", "acl", "Flag", {}),
        ("GET", "/things", "acl=x", "Flag", {}),
        ("POST", "/things", "", "Create", {}),
        ("POST", "/things", "mode=import", "Import", {}),
        ("POST", "/things", "mode=other", "Create", {}),
        ("POST", "/things", "a=b&mode=%69mport", "Import", {}),
        ("GET", "/things/special", "", "Special", {}),
        ("GET", "/things/special/child", "", "Child", {"id": "special"}),
        ("GET", "/things/a%2Fb", "", "Get", {"id": "a/b"}),
        ("GET", "/things/a%252Fb", "", "Get", {"id": "a%2Fb"}),
        ("GET", "/things/a+b", "", "Get", {"id": "a+b"}),
        ("GET", "/things/%C3%A9", "", "Get", {"id": "é"}),
        ("GET", "/things/{id}", "", "Get", {"id": "{id}"}),
        ("GET", "/files/a/b%2Fc", "", "File", {"path": "a/b/c"}),
        ("GET", "/files/a/b/meta", "", "FileMeta", {"path": "a/b"}),
        ("GET", "/files/meta", "", "File", {"path": "meta"}),
        ("GET", "/slash/x/end/", "", "Slash", {"id": "x"}),
    ],
)
def test_a_path_is_matched_and_decoded_once(
    method: str, path: str, query: str, operation: str, labels: dict[str, str]
) -> None:
    assert ROUTER.match(method, path, query) == (operation, labels)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "things",
        "/",
        "/things/",
        "//things",
        "/things//child",
        "/things/../things",
        "/things/.",
        "/th%69ngs",
        "/slash/x/end",
        "/files/",
        "/files/a//b",
    ],
)
def test_a_path_that_could_be_read_in_two_ways_matches_nothing(path: str) -> None:
    assert ROUTER.match("GET", path, "") is None


def test_a_method_without_routes_matches_nothing() -> None:
    assert ROUTER.match("PATCH", "/things", "") is None


@pytest.mark.parametrize("path", ["/things/%", "/things/%4", "/things/%zz", "/things/%ff"])
def test_a_label_that_cannot_be_decoded_is_refused(path: str) -> None:
    with pytest.raises(Unreadable):
        ROUTER.match("GET", path, "")
