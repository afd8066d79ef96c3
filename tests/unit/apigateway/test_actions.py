"""Every operation has its action, as the model routes it."""

import re

import botocore.session
import pytest

from gatewright.services.apigateway.actions import ROUTES
from gatewright.services.apigateway.service import APIGATEWAY

MODEL = botocore.session.get_session().get_service_model("apigateway")


def test_every_operation_has_an_action() -> None:
    assert set(APIGATEWAY.operations) == set(ROUTES)


@pytest.mark.parametrize("operation", sorted(ROUTES))
def test_an_action_is_the_verb_and_the_path_of_its_operation(operation: str) -> None:
    model = MODEL.operation_model(operation)
    places = {
        shape.serialization["name"]: name
        for name, shape in model.input_shape.members.items()
        if shape.serialization.get("location") == "uri"
    }
    path = re.sub(r"\{(\w+)\}", lambda found: f"{{{places[found[1]]}}}", model.http["requestUri"])
    assert ROUTES[operation] == (model.http["method"], path)
