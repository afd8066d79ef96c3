"""Every call that the client makes is one that AWS's own model knows: for what is only shown against Gatewright."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest
from botocore.session import Session
from botocore.validate import ParamValidator

from gatewright.client.api import Api


@cache
def _model(service: str) -> Any:
    return Session().get_service_model(service)


def check_every_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compare each call with the model from now on."""
    call = Api.call

    def checked(self: Api, operation: str, parameters: Mapping[str, Any], credentials: Any = None) -> Any:
        model = _model(self.service.name).operation_model(operation)
        sent = {name: value for name, value in parameters.items() if value is not None}
        report = ParamValidator().validate(sent, model.input_shape)
        assert not report.has_errors(), report.generate_report()
        assert set(sent) <= set(model.input_shape.members), "the model has no such member"
        is_open = model.auth_type == "none"
        assert is_open == (credentials is None), "what AWS wants signed is signed, and nothing else"
        target = _model(self.service.name).metadata["targetPrefix"]
        assert self.service.target == target
        return call(self, operation, parameters, credentials)

    monkeypatch.setattr(Api, "call", checked)
