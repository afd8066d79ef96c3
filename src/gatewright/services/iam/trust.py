"""Trust policies: what `CreateRole` and `UpdateAssumeRolePolicy` refuse beyond the policy language.

Law: a trust policy names only principals that exist, and never every identity pool of the world. It trusts the very
user or role that had the name when it was written: whoever is made anew under that name is a stranger. While they
exist they are shown by their ARN, whatever it has become; once they are gone, by their unique id, as AWS does.
Source: IAM user guide, "AWS JSON policy elements: Principal"; Cognito developer guide, "IAM roles".
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from gatewright.control.service import Call
from gatewright.core.arn import parse_arn
from gatewright.policy.audience import PROVIDER, open_provider
from gatewright.policy.document import PolicyKind
from gatewright.services.iam.documents import TRUST, check_document, check_size
from gatewright.services.iam.faults import malformed_policy
from gatewright.services.iam.lookup import changed
from gatewright.services.iam.tables import OidcProviderRow, Role, SamlProviderRow, User

_WEB_PROVIDERS = {PROVIDER, "accounts.google.com", "graph.facebook.com", "www.amazon.com"}
_ACCOUNT = re.compile(r"\d{12}")
_SERVICE = re.compile(r"[\w.-]+\.amazonaws\.com(\.cn)?")
_UNIQUE_ID = re.compile(r"(AROA|AIDA)[A-Z2-7]{17}")


async def check_trust_policy(call: Call, document: str) -> str:
    """Return a trust policy that may be stored.

    Raises:
        Fault: `MalformedPolicyDocument` or `LimitExceeded`.
    """
    check_document(document, PolicyKind.TRUST)
    check_size(document, "ACLSizePerRole", TRUST)
    for kind, name in _principals(document):
        if not await _exists(call, kind, name):
            raise malformed_policy(f'Invalid principal in policy: "{kind}":"{name}"')
    shared = open_provider(document)
    if shared == PROVIDER:
        raise malformed_policy(
            f"A trust policy for {PROVIDER} must say which identity pools may assume the role. Add the condition "
            f'{{"StringEquals": {{"{PROVIDER}:aud": "IDENTITY_POOL_ID"}}}} to the statement.'
        )
    if shared is not None:
        raise malformed_policy(
            f"A trust policy for {shared} must say whose app its users come by. Add the condition "
            f'{{"StringEquals": {{"{shared}:aud": "APP_ID"}}}} to the statement.'
        )
    # Those whom it names must be found in the text when they change; JSON can spell an ARN in many ways.
    literal = all(f'"{name}"' in document for _, name in _principals(document))
    return document if literal else json.dumps(json.loads(document))


async def follow_principal(call: Call, old: str, new: str) -> None:
    """Let every trust policy that names a user or role (by its ARN, `old`) name it by `new`: it was renamed, and `new`
    is its ARN, or it was deleted, and `new` is its unique id."""
    mentioning = select(Role).where(Role.trust_policy.contains(old, autoescape=True))
    for role in await call.session.scalars(mentioning):
        document = json.loads(role.trust_policy)
        if _rename(document, old, new):
            role.trust_policy = json.dumps(document)
            await call.session.flush()
            await changed(call, role)


def _rename(document: Any, old: str, new: str) -> bool:
    """Replace a principal in a document, and say whether it was there."""
    found = False
    statements = document["Statement"]
    for statement in [statements] if isinstance(statements, dict) else statements:
        for element in ("Principal", "NotPrincipal"):
            names: Any = statement.get(element)
            given = names.get("AWS") if isinstance(names, dict) else None
            listed = [given] if isinstance(given, str) else given or []
            if old in listed:
                renamed = [new if name == old else name for name in listed]
                names["AWS"] = renamed[0] if isinstance(given, str) else renamed
                found = True
    return found


def _principals(document: str) -> Iterator[tuple[str, str]]:
    statements = json.loads(document)["Statement"]
    for statement in [statements] if isinstance(statements, dict) else statements:
        principal = statement.get("Principal", statement.get("NotPrincipal"))
        for kind, names in principal.items() if isinstance(principal, dict) else ():
            for name in names if isinstance(names, list) else [names]:
                yield kind, name


async def _exists(call: Call, kind: str, name: str) -> bool:
    if name == "*":
        return True
    if kind == "Service":
        return _SERVICE.fullmatch(name) is not None
    if kind == "Federated":
        return name in _WEB_PROVIDERS or await _is_provider(call, name)
    if kind != "AWS":
        return False  # CanonicalUser: AWS takes it in resource policies of S3 only
    return await _aws_principal_exists(call, name)


async def _is_provider(call: Call, name: str) -> bool:
    """Say whether a name is the ARN of a provider of this account; tokens are never checked with another's."""
    try:
        arn = parse_arn(name)
    except ValueError:
        return False
    if arn.service != "iam" or not _ACCOUNT.fullmatch(arn.account):
        return False
    kind = arn.resource.partition("/")[0]
    if kind == "oidc-provider":
        return arn.account == call.account and await _has(call, OidcProviderRow.arn == name)
    return kind == "saml-provider" and arn.account == call.account and await _has(call, SamlProviderRow.arn == name)


async def _aws_principal_exists(call: Call, name: str) -> bool:
    if _ACCOUNT.fullmatch(name):
        return True
    if _UNIQUE_ID.fullmatch(name):
        table, column = (Role, Role.role_id) if name.startswith("AROA") else (User, User.user_id)
        return await call.session.scalar(select(column).select_from(table).where(column == name)) is not None
    try:
        arn = parse_arn(name)
    except ValueError:
        return False
    if arn.service not in {"iam", "sts"} or not _ACCOUNT.fullmatch(arn.account):
        return False
    if arn.account != call.account or arn.resource == "root":
        return True  # another account's principals cannot be looked up
    kind, _, rest = arn.resource.partition("/")
    if arn.service == "sts":
        role = rest.partition("/")[0]
        return kind == "assumed-role" and await _has(call, Role.role_name == role)
    return (kind == "role" and await _has(call, Role.arn == name)) or (
        kind == "user" and await _has(call, User.arn == name)
    )


async def _has(call: Call, condition: object) -> bool:
    return await call.session.scalar(select(1).where(condition)) is not None  # type: ignore[arg-type]
