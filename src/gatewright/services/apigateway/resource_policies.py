"""A REST API's resource policy: who may call it at all.

In: a policy document as it is saved. Out: compact JSON in which `execute-api:/stage/METHOD/path` has become a whole
ARN of this very API, as AWS expands it; and the form in which the API is read back.
Source: API Gateway developer guide, "API Gateway resource policies".
"""

import json
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
    if len(text.encode(errors="replace")) > limits.POLICY_BYTES:
        raise bad_request(f"{_INVALID} It is longer than {limits.POLICY_BYTES} bytes.")
    prefix = f"arn:aws:execute-api:{region}:{account}:{api_id}/"
    try:
        document = json.loads(text, object_pairs_hook=_without_duplicates)
        statements = document["Statement"]
        for statement in statements if isinstance(statements, list) else [statements]:
            for element in ("Resource", "NotResource"):
                if element in statement:
                    statement[element] = _expanded(statement[element], prefix)
        expanded = json.dumps(document, separators=(",", ":"))
        parse_policy(expanded, kind=PolicyKind.RESOURCE, name="resource policy")
    except (MalformedPolicy, ValueError, KeyError, TypeError, RecursionError):
        raise bad_request(_INVALID) from None
    return expanded


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an element that is written twice: readers would disagree about which one counts."""
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("an element is written twice")
    return dict(pairs)


def _expanded(resources: Any, prefix: str) -> Any:
    if isinstance(resources, str):
        return prefix + resources[len(_SHORT) :] if resources.startswith(_SHORT) else resources
    if not isinstance(resources, list):
        raise TypeError("resources are texts")
    return [_expanded(resource, prefix) for resource in resources]


def escaped(policy: str) -> str:
    """Return a policy as `GetRestApi` answers it: the inside of a JSON string, with `\\"` and `\\/`."""
    return json.dumps(policy)[1:-1].replace("/", "\\/")
