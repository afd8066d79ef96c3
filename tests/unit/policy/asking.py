"""Short ways to write policies, callers and questions in tests."""

import json
from typing import Any

from gatewright.core.identity import Caller, PrincipalType
from gatewright.policy.context import AuthorizationRequest
from gatewright.policy.document import Policy, PolicyKind, parse_policy
from gatewright.policy.evaluate import Decision, PolicySet, decide
from gatewright.wire.http import Request

ACCOUNT = "111122223333"
OTHER = "444455556666"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/examplerole"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/examplerole/examplesession"
USER = f"arn:aws:iam::{ACCOUNT}:user/exampleuser"
ACTION = "execute-api:Invoke"
RESOURCE = f"arn:aws:execute-api:us-east-1:{ACCOUNT}:abcde12345/dev/GET/demo"


def user(account: str = ACCOUNT, name: str = "exampleuser", **more: Any) -> Caller:
    return Caller(
        account=account,
        arn=f"arn:aws:iam::{account}:user/{name}",
        user_id="AIDAEXAMPLE",
        type=PrincipalType.USER,
        **more,
    )


def session(account: str = ACCOUNT, **more: Any) -> Caller:
    return Caller(
        account=account,
        arn=SESSION.replace(ACCOUNT, account),
        user_id="AROAEXAMPLE:examplesession",
        type=PrincipalType.ASSUMED_ROLE,
        role_arn=ROLE.replace(ACCOUNT, account),
        role_id="AROAEXAMPLE",
        session_name="examplesession",
        issued_at=1_700_000_000,
        **more,
    )


def root(account: str = ACCOUNT) -> Caller:
    return Caller(account=account, arn=f"arn:aws:iam::{account}:root", user_id=account, type=PrincipalType.ACCOUNT)


def service(name: str = "apigateway.amazonaws.com") -> Caller:
    return Caller(account="", arn=name, user_id="", type=PrincipalType.SERVICE)


def federated(provider: str = "cognito-identity.amazonaws.com") -> Caller:
    return Caller(account="", arn="", user_id="", type=PrincipalType.ANONYMOUS, federated_provider=provider)


def policy(
    *statements: dict[str, Any], kind: PolicyKind = PolicyKind.IDENTITY, version: str | None = "2012-10-17"
) -> Policy:
    document: dict[str, Any] = {"Statement": list(statements)}
    if version is not None:
        document["Version"] = version
    return parse_policy(json.dumps(document), kind=kind, name="p")


def allow(resource: Any = "*", action: Any = ACTION, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(resource: Any = "*", action: Any = ACTION, **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def identity(*statements: dict[str, Any]) -> PolicySet:
    return PolicySet(identity=(policy(*statements),))


def resource_policy(*statements: dict[str, Any]) -> Policy:
    return policy(*statements, kind=PolicyKind.RESOURCE)


def trust(principal: Any, effect: str = "Allow", action: str = "sts:AssumeRole", **more: Any) -> Policy:
    return policy({"Effect": effect, "Principal": principal, "Action": action, **more}, kind=PolicyKind.TRUST)


def question(
    caller: Caller | None = None,
    action: str = ACTION,
    resource: str = RESOURCE,
    keys: dict[str, tuple[str, ...]] | None = None,
    http: Request | None = None,
    now: float = 1_700_000_100,
) -> AuthorizationRequest:
    return AuthorizationRequest(
        caller=caller or user(),
        action=action,
        resource=resource,
        keys=keys or {},
        http=http,
        region="us-east-1",
        now=now,
    )


def ask(policies: PolicySet, caller: Caller | None = None, **more: Any) -> Decision:
    return decide(question(caller, **more), policies)


def outcome(policies: PolicySet, caller: Caller | None = None, **more: Any) -> str:
    return ask(policies, caller, **more).outcome.value


def condition_holds(condition: dict[str, Any], keys: dict[str, tuple[str, ...]] | None = None, **more: Any) -> bool:
    """Tell whether an Allow with this condition applies."""
    return ask(identity(allow(Condition=condition)), keys=keys, **more).allowed
