"""The one engine of patch operations, without a database."""

import contextlib
import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.services.apigateway.accounts import ACCOUNT
from gatewright.services.apigateway.deployments import DEPLOYMENT
from gatewright.services.apigateway.gateway_responses import GATEWAY_RESPONSE
from gatewright.services.apigateway.integration_responses import INTEGRATION_RESPONSE
from gatewright.services.apigateway.integration_settings import INTEGRATION
from gatewright.services.apigateway.method_responses import METHOD_RESPONSE
from gatewright.services.apigateway.methods import METHOD
from gatewright.services.apigateway.patches import Patchable, Target, apply_patches, entries, flag, listing, plain, text
from gatewright.services.apigateway.resources import RESOURCE
from gatewright.services.apigateway.rest_api_settings import REST_API
from gatewright.services.apigateway.stage_settings import STAGE
from gatewright.wire.faults import Fault
from tests.chance import examples

NOUN = Patchable(
    targets=(
        Target("/name", {"replace": text("name")}),
        Target("/on", {"replace": flag("on")}),
        entries("/templates/{contentType}", "no such type"),
    ),
    refuse=plain,
)


def patched(value: dict[str, Any], *operations: tuple[str, str, str | None], noun: Patchable = NOUN) -> dict[str, Any]:
    return apply_patches(noun, value, [{"op": op, "path": path, "value": new} for op, path, new in operations])


def refused(*operations: tuple[str, str, str | None], noun: Patchable = NOUN) -> str:
    with pytest.raises(Fault) as caught:
        patched({}, *operations, noun=noun)
    return caught.value.message


def test_operations_are_applied_in_order() -> None:
    value = patched({"name": "a"}, ("replace", "/name", "b"), ("replace", "/name", "c"), ("replace", "/on", "TRUE"))
    assert value == {"name": "c", "on": True}


def test_escapes_of_json_pointers_are_read_in_the_right_order() -> None:
    value = patched({}, ("add", "/templates/application~1json", "x"), ("add", "/templates/a~01b", "y"))
    assert value == {"templates": {"application/json": "x", "a~1b": "y"}}


def test_an_entry_that_was_the_last_takes_the_map_along() -> None:
    value = {"templates": {"a": "x"}}
    assert patched(value, ("remove", "/templates/a", None)) == {}
    assert value == {"templates": {"a": "x"}}


def test_an_entry_that_is_not_there_cannot_be_replaced_or_removed() -> None:
    assert refused(("replace", "/templates/a", "x")) == refused(("remove", "/templates/a", None)) == "no such type"


@pytest.mark.parametrize(
    "path", ["", "/", "name", "/name/", "//name", "/templates", "/templates/", "/templates/a/b", "/Name"]
)
def test_a_path_that_is_not_in_the_table_does_not_exist(path: str) -> None:
    assert refused(("replace", path, "x")) == f"Invalid patch path {path}"


def test_an_operation_that_a_path_does_not_have_is_answered_with_those_it_has() -> None:
    assert refused(("add", "/name", "x")) == "Invalid patch operation specified. Must be one of: [replace]"
    assert refused(("copy", "/templates/a", "x")) == (
        "Invalid patch operation specified. Must be one of: [add, replace, remove]"
    )


def test_nouns_that_list_their_paths_do_so_for_the_operation_that_was_asked() -> None:
    noun = Patchable(NOUN.targets, listing)
    assert refused(("add", "/name", "x"), noun=noun) == (
        "Invalid patch path  '/name' specified for op 'add'. Must be one of: [/templates/{contentType}]"
    )
    assert refused(("test", "/name", "x"), noun=noun) == (
        "Invalid patch path  '/name' specified for op 'test'. Please choose supported operations"
    )


NOUNS = {
    "Account": (ACCOUNT, {}),
    "Deployment": (DEPLOYMENT, {}),
    "GatewayResponse": (GATEWAY_RESPONSE, {"responseParameters": {}}),
    "Integration": (INTEGRATION, {"type": "MOCK", "requestTemplates": {"a/b": "x"}}),
    "IntegrationResponse": (INTEGRATION_RESPONSE, {"statusCode": "200"}),
    "Method": (METHOD, {"authorizationType": "NONE", "apiKeyRequired": False}),
    "MethodResponse": (METHOD_RESPONSE, {"statusCode": "200"}),
    "Resource": (RESOURCE, {"parentId": "a", "pathPart": "b"}),
    "RestApi": (REST_API, {"name": "x", "endpointConfiguration": {"types": ["EDGE"], "ipAddressType": "ipv4"}}),
    "Stage": (STAGE, {"deploymentId": "d", "variables": {"a": "1"}}),
}

ODD_VALUES = st.sampled_from(["9" * 5_000, "-1", "\u0663", "\u00b2", "1e9", "NaN", "\0", "\ud800", "a" * 5_000, "[]"])
paths = st.one_of(
    st.none(),
    st.text(max_size=20),
    st.sampled_from([target.path for noun, _ in NOUNS.values() for target in noun.targets]),
    st.lists(st.text("~01/{}ab*", max_size=4), max_size=6).map(lambda parts: "/" + "/".join(parts)),
)
operations = st.fixed_dictionaries(
    {"op": st.sampled_from(["add", "remove", "replace", "move", "test", "copy", ""]), "path": paths},
    optional={"value": st.none() | ODD_VALUES | st.text(max_size=20), "from": st.text(max_size=5)},
)


@examples(150)
@given(name=st.sampled_from(sorted(NOUNS)), patches=st.lists(operations, max_size=3))
def test_any_patch_is_applied_or_refused_and_never_touches_the_old_value(
    name: str, patches: list[dict[str, Any]]
) -> None:
    noun, value = NOUNS[name]
    before = copy.deepcopy(value)
    with contextlib.suppress(Fault):
        apply_patches(noun, value, patches)
    assert value == before
