"""A REST API's resource policy: who may call it at all.

In: a policy document as it is saved. Out: compact JSON in which `execute-api:/stage/METHOD/path` has become a whole
ARN of this very API, as AWS expands it; and the form in which the API is read back.
Source: API Gateway developer guide, "API Gateway resource policies".
"""

import json
from collections.abc import Iterable
from typing import Any

from gatewright.policy.document import MalformedPolicy, PolicyKind, parse_policy
from gatewright.services.apigateway import limits
from gatewright.services.apigateway.faults import bad_request

_SHORT = "execute-api:/"
_INVALID = "Invalid policy document. Please check the policy syntax and ensure that Principals are valid."


def read_policy(text: str, region: str, account: str, api_id: str) -> str:
    """Return a policy as it is stored.

    Raises:
        Fault: it is not a resource policy, or longer than 8,192 bytes.
    """
    if len(text.encode()) > limits.POLICY_BYTES:
        raise bad_request(f"{_INVALID} It is longer than {limits.POLICY_BYTES} bytes.")
    try:
        parse_policy(text, kind=PolicyKind.RESOURCE, name="resource policy")
        document = json.loads(text)
        statements = document["Statement"]
        for statement in statements if isinstance(statements, list) else [statements]:
            for element in ("Resource", "NotResource"):
                if element in statement:
                    statement[element] = _expanded(
                        statement[element], f"arn:aws:execute-api:{region}:{account}:{api_id}/"
                    )
        expanded = json.dumps(document, separators=(",", ":"))
        # What is enforced is the expanded text, so it is the one that must be a policy.
        parse_policy(expanded, kind=PolicyKind.RESOURCE, name="resource policy")
    except (MalformedPolicy, ValueError, KeyError, TypeError):
        raise bad_request(_INVALID) from None
    return expanded


def _expanded(resources: Any, prefix: str) -> Any:
    if isinstance(resources, str):
        return prefix + resources[len(_SHORT) :] if resources.startswith(_SHORT) else resources
    assert isinstance(resources, Iterable)
    return [_expanded(resource, prefix) for resource in resources]


def escaped(policy: str) -> str:
    """Return a policy as `GetRestApi` answers it: the inside of a JSON string, with `\\"` and `\\/`."""
    return json.dumps(policy)[1:-1].replace("/", "\\/")
