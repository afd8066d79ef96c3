"""Maps of `cognito-idp`: what clients send in them for nothing, and what is never shown of them."""

import json

import pytest

from gatewright.wire.faults import Fault
from gatewright.wire.http import Request
from gatewright.wire.identify import target_for
from gatewright.wire.models import Catalogue
from gatewright.wire.protocols import parse
from gatewright.wire.validate import validate

CATALOGUE = Catalogue(["cognito-idp", "cognito-identity"])
INITIATE = target_for(CATALOGUE, "cognito-idp", "InitiateAuth")


def parsed(body: object) -> dict[str, object]:
    headers = (("content-type", "application/x-amz-json-1.1"),)
    return parse(INITIATE, Request("POST", "/", "", headers, json.dumps(body).encode()))


def test_a_null_among_auth_parameters_is_nothing() -> None:
    asked = {"AuthFlow": "REFRESH_TOKEN_AUTH", "ClientId": "c", "AuthParameters": {"REFRESH_TOKEN": "r"}}
    told = {**asked, "AuthParameters": {"REFRESH_TOKEN": "r", "DEVICE_KEY": None}}
    assert parsed(told) == parsed(asked) == asked


def test_no_secret_parameter_is_shown_in_an_error() -> None:
    parameters = {"PASSWORD": "hunter2", "LONG": "x" * 131_073}
    with pytest.raises(Fault) as refused:
        validate(INITIATE, {"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": "c", "AuthParameters": parameters})
    assert "hunter2" not in refused.value.message
    assert "Value at 'authParameters' failed to satisfy constraint" in refused.value.message
