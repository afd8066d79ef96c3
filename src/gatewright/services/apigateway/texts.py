"""How long names and descriptions may be: one rule for all nouns."""

from collections.abc import Mapping
from typing import Any

from gatewright.services.apigateway import limits
from gatewright.services.apigateway.faults import bad_request


def check_texts(value: Mapping[str, Any], *members: str) -> None:
    """Check the length of free texts.

    Raises:
        Fault: one of the members is longer than 1,024 characters.
    """
    for member in members:
        if len(value.get(member) or "") > limits.NAME_CHARACTERS:
            raise bad_request(f"Invalid {member} specified, can be at most {limits.NAME_CHARACTERS} characters")
