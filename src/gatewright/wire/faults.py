"""`Fault`: the one error family of the control plane. Rendered by the protocol of the call, nowhere else."""

from collections.abc import Mapping
from typing import Any


class Fault(Exception):
    """An AWS error: what a client sees as `ClientError` with this code and message.

    `status` None means: as the service's model says for this code, else 400. `fields` are further members of the
    error's shape. `headers` are sent as they are.
    """

    def __init__(
        self,
        code: str,
        message: str,
        status: int | None = None,
        fields: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.fields: Mapping[str, Any] = fields or {}
        self.headers: Mapping[str, str] = headers or {}
