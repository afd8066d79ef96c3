"""Several documents that together allow what any of them allows, as one document.

In: policy documents, already known to be in the policy language. Out: one document of version 2012-10-17. Why: the
session policies of one request - the inline one and the managed ones - are one set of statements to AWS, while
every *document* of a session must allow by itself here. Source: Cognito developer guide, "IAM roles": services that
only the inline policy or only the managed one lists are open to unauthenticated identities.
"""

import json
from collections.abc import Iterable
from typing import Any

_CURRENT = "2012-10-17"


def union_of(documents: Iterable[str]) -> str:
    """Return the documents' statements in one compact document, in their order."""
    statements: list[dict[str, Any]] = []
    for number, text in enumerate(documents):
        statements += (_renamed(statement, number) for statement in _statements(text))
    return json.dumps({"Version": _CURRENT, "Statement": statements}, separators=(",", ":"))


def _statements(text: str) -> list[dict[str, Any]]:
    if json.loads(text).get("Version") != _CURRENT:
        text = text.replace("${", "${$}{")  # older documents have no variables: what looks like one stays literal
    statements = json.loads(text)["Statement"]
    return [statements] if isinstance(statements, dict) else list(statements)


def _renamed(statement: dict[str, Any], number: int) -> dict[str, Any]:
    """Return a statement whose Sid cannot meet another document's; the first document's stay."""
    if number == 0 or not statement.get("Sid"):
        return statement
    return {**statement, "Sid": f"{statement['Sid']}{number}"}
