"""Exact over `{param}` over `{proxy+}`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


GET = "GET"


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
    found = routes().find(canonical_path(path), GET)
    assert found is not None
    assert (found[0].path, dict(found[1])) == (resource, values)


@pytest.mark.parametrize("path", ["//", "//pets", "/pets//", "/pets//toys", "/files//a", "/files/a//b"])
def test_an_empty_segment_is_no_value(path: str) -> None:
    assert routes().find(canonical_path(path), GET) is None


@pytest.mark.parametrize("path", ["/nothing", "/pets/7/8", "/PETS"])
def test_what_no_resource_matches_is_not_found(path: str) -> None:
    assert routes(["/pets", "/pets/{id}"]).find(canonical_path(path), GET) is None


def test_a_resource_without_methods_is_not_there() -> None:
    assert Routes([Resource(id="r", path="/a")]).find(canonical_path("/a"), GET) is None


def tree(**verbs: str) -> Routes:
    """Return routes from `path = "VERB VERB"`."""
    return Routes(
        Resource(id=f"r{index}", path=path, methods={verb: Method(http_method=verb) for verb in listed.split()})
        for index, (path, listed) in enumerate(verbs.items())
    )


def served_by(found: Routes, verb: str, path: str) -> str | None:
    match = found.find(canonical_path(path), verb)
    return match[0].path if match else None


@pytest.mark.parametrize(
    ("verb", "path", "resource"),
    [
        ("GET", "/jobs/reboot", "/jobs/{operation}"),
        ("GET", "/jobs", "/{proxy+}"),
        ("POST", "/jobs", "/{proxy+}"),
        ("POST", "/jobs/reboot", "/{proxy+}"),
        ("GET", "/cors_only", "/{proxy+}"),
        ("OPTIONS", "/cors_only", "/cors_only"),
    ],
)
def test_a_resource_without_the_verb_leaves_the_request_to_a_greedy_one(verb: str, path: str, resource: str) -> None:
    """Measured on the service (MOCK, NONE): path and verb are resolved together, up to the root."""
    found = tree(**{"/{proxy+}": "ANY", "/jobs": "", "/jobs/{operation}": "GET", "/cors_only": "OPTIONS"})
    assert served_by(found, verb, path) == resource


@pytest.mark.parametrize(
    ("verb", "path", "resource"),
    [
        ("GET", "/users/me", "/users/{userId}"),
        ("PATCH", "/users/me", "/users/me"),
        ("GET", "/users/abc123", "/users/{userId}"),
        ("POST", "/users/me", None),
        ("POST", "/roles/provision", "/roles/provision"),
        ("GET", "/roles/provision", "/roles/{roleId}"),
        ("GET", "/things/real", "/things/real"),
        ("POST", "/things/real", "/things/{proxy+}"),
    ],
)
def test_a_resource_without_the_verb_leaves_the_request_to_its_sibling(
    verb: str, path: str, resource: str | None
) -> None:
    """Measured on the service, by somebody else than the table above."""
    found = tree(
        **{
            "/users/me": "PATCH",
            "/users/{userId}": "GET",
            "/roles/provision": "POST",
            "/roles/{roleId}": "GET",
            "/things/real": "GET",
            "/things/{proxy+}": "POST",
        }
    )
    assert served_by(found, verb, path) == resource


def test_a_specific_any_wins_over_a_general_verb() -> None:
    found = tree(**{"/users/me": "ANY", "/users/{id}": "GET", "/{proxy+}": "GET"})
    assert served_by(found, "GET", "/users/me") == "/users/me"


def test_head_is_not_get() -> None:
    found = tree(**{"/a": "GET", "/b": "ANY"})
    assert served_by(found, "HEAD", "/a") is None
    assert served_by(found, "HEAD", "/b") == "/b"


PARTS = st.sampled_from(["a", "b", "{p}", "{g+}"])
TREES = st.lists(
    st.tuples(st.lists(PARTS, max_size=4), st.sets(st.sampled_from(["GET", "POST", "ANY"]), max_size=2)), max_size=8
)


def by_the_book(paths: dict[str, set[str]], verb: str, segments: list[str]) -> str | None:
    """Say what was measured: of all that match and have the verb, the most specific from left to right."""
    kinds = {"{p}": 1, "{g+}": 2}

    def matches(parts: list[str]) -> bool:
        if parts[-1:] == ["{g+}"]:
            parts, rest = parts[:-1], segments[len(parts) - 1 :]
            return bool(rest) and matches_exactly(parts, segments[: len(parts)])
        return matches_exactly(parts, segments)

    def matches_exactly(parts: list[str], these: list[str]) -> bool:
        return len(parts) == len(these) and all(part in ("{p}", this) for part, this in zip(parts, these, strict=True))

    split = {path: [part for part in path.split("/") if part] for path in paths}
    fitting = [path for path, verbs in paths.items() if verbs & {verb, "ANY"} and matches(split[path])]
    return min(fitting, key=lambda path: [kinds.get(part, 0) for part in split[path]], default=None)


@given(TREES, st.sampled_from(["GET", "POST", "PUT"]), st.lists(st.sampled_from(["a", "b", "c"]), max_size=5))
def test_the_tree_finds_what_the_rule_says(
    drawn: list[tuple[list[str], set[str]]], verb: str, segments: list[str]
) -> None:
    cut = [parts[: parts.index("{g+}") + 1] if "{g+}" in parts else parts for parts, _ in drawn]
    paths = {"/" + "/".join(parts): verbs for parts, (_, verbs) in zip(cut, drawn, strict=True)}
    found = tree(**{path: " ".join(verbs) for path, verbs in paths.items()})
    assert served_by(found, verb, "/" + "/".join(segments)) == by_the_book(paths, verb, segments)
