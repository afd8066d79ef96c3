"""Random policies and requests over a small vocabulary, so that they meet often.

In: a `random.Random`. Out: a `Case` of the specification, and the same case as the engine takes it.
"""

import json
from random import Random
from typing import Any

from gatewright.core.identity import Caller, PrincipalType
from gatewright.policy.context import AuthorizationRequest
from gatewright.policy.document import Policy, PolicyKind, parse_policy
from gatewright.policy.evaluate import Mode, PolicySet
from tests.fuzz.specification import Case, Document

HERE, THERE = "111111111111", "222222222222"
ROLE = f"arn:aws:iam::{HERE}:role/p/R"
USER = f"arn:aws:iam::{HERE}:user/U"
SESSION = f"arn:aws:sts::{HERE}:assumed-role/R/S"
FEDERATED = f"arn:aws:sts::{HERE}:federated-user/F"
SERVICE = "lambda.amazonaws.com"
PROVIDER = "cognito-identity.amazonaws.com"

ACTIONS = ("svc:Get", "svc:GetItem", "svc:Put", "other:Get")
ACTION_PATTERNS = ("*", "svc:*", "svc:Get*", "SVC:get", "svc:?et", "svc:*t*m", "other:*", "*:*", "svc:Put")
RESOURCES = (
    f"arn:aws:svc:r1:{HERE}:a/b/c",
    f"arn:aws:svc:r1:{HERE}:a:b:c",
    f"arn:aws:svc:r2:{HERE}:x/U/red",
    f"arn:aws:svc:r1:{THERE}:a/b:{HERE}:a/z",
    "arn:aws:svc:::a*b?",
    "*",
)
RESOURCE_PATTERNS = (
    "*",
    f"arn:aws:svc:r1:{HERE}:a/b/c",
    f"arn:aws:svc:*:{HERE}:a/*",
    f"arn:aws:svc:r?:{HERE}:*",
    f"arn:aws:svc:*1:{HERE}:a*c",
    f"arn:aws:svc:r*:{HERE}:?/?/*",
    "arn:aws:svc:*",
    "arn:aws:svc",
    "arn:*:svc:*:*:a/*",
    f"arn:aws:svc:*:1*1:{'a'}:*",
    "arn:aws:svc:::a${*}b${?}",
    f"arn:aws:svc:r2:{HERE}:x/${{aws:username}}/*",
    f"arn:aws:svc:*:{HERE}:x/${{t:owner, 'U'}}/${{t:color}}",
    "arn:aws:svc:r2:*:x/${t:many}/*",
)
TEXTS = ("red", "Red", "green", "", "re*", "r?d", "red/blue", "*")
NUMBERS = ("1", "2", "2.50", "-3", "10", "words")
DATES = ("2020-01-01T00:00:00Z", "2020-01-01T01:00:00+01:00", "2021-06-01T12:00:00.5Z", "1577836800", "never")
ADDRESSES = ("10.0.0.1", "10.0.1.1", "203.0.113.9", "2001:db8::1", "nowhere")
NETWORKS = ("10.0.0.0/24", "10.0.0.0/8", "203.0.113.9", "2001:db8::/32", "0.0.0.0/0")
BINARY = ("cmVk", "Ymx1ZQ==")
ARNS = (SESSION, ROLE, USER, "arn:aws:svc:r1:1:a:b", "none")
ARN_PATTERNS = ("*", ROLE, f"arn:aws:iam::{HERE}:*", "arn:aws:*:*:*:*/R*", "arn:aws:svc:*:a:?", "${t:arn}")
PRINCIPALS = (
    {"AWS": "*"},
    {"AWS": HERE},
    {"AWS": f"arn:aws:iam::{HERE}:root"},
    {"AWS": [USER, SESSION]},
    {"AWS": [ROLE]},
    {"AWS": [FEDERATED, THERE]},
    {"AWS": [SESSION, ROLE, HERE]},
    {"AWS": [USER, HERE]},
    {"Service": SERVICE},
    {"Federated": PROVIDER},
    {"Federated": "accounts.google.com", "AWS": THERE, "Service": [SERVICE]},
)
# key -> values that requests carry, and the operators (with the policies' values) that ask for it
KEYS: dict[str, tuple[str, ...]] = {
    "t:color": TEXTS,
    "t:many": TEXTS,
    "t:owner": ("U", "V", "*"),
    "t:count": NUMBERS,
    "t:when": DATES,
    "t:ip": ADDRESSES,
    "t:flag": ("true", "false", "TRUE", "maybe"),
    "t:bytes": BINARY,
    "t:arn": ARNS,
}
ORDER = ("Equals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals", "NotEquals")
STRINGS = ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike")
FOLDED = ("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase")
TESTS: tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = (
    (
        STRINGS + FOLDED,
        ("t:color", "t:many", "T:Owner"),
        (*TEXTS, "${t:owner}", "${t:none, 'red'}", "${t:none}x", "${$}"),
    ),
    (STRINGS, ("aws:username", "aws:PrincipalTag/Team"), ("U", "*", "blue", "${t:color}")),
    (tuple(f"Numeric{name}" for name in ORDER), ("t:count", "t:color"), NUMBERS[:-1]),
    (tuple(f"Date{name}" for name in ORDER), ("t:when",), DATES[:-1]),
    (("IpAddress", "NotIpAddress"), ("t:ip",), NETWORKS),
    (("Bool",), ("t:flag", "t:none"), ("true", "false", "${t:flag}")),
    (("BinaryEquals",), ("t:bytes",), BINARY),
    (("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"), ("t:arn", "aws:PrincipalArn"), ARN_PATTERNS),
    (("Null",), ("t:color", "t:none", "aws:username"), ("true", "false")),
)


def some(random: Random, values: tuple[Any, ...], most: int = 2) -> Any:
    """Return one value, or a list of a few."""
    chosen = random.sample(values, random.randint(1, min(most, len(values))))
    return chosen[0] if len(chosen) == 1 and random.random() < 0.7 else chosen


def conditions(random: Random) -> Document:
    """Return a Condition element; mostly small, as many conditions seldom all hold."""
    found: Document = {}
    for _ in range(random.choice((0, 0, 1, 1, 2))):
        operators, keys, values = random.choice(TESTS)
        operator = random.choice(operators)
        if operator != "Null":
            operator = random.choice(("", "", "ForAllValues:", "ForAnyValue:")) + operator
            operator += random.choice(("", "", "IfExists"))
        found.setdefault(operator, {})[random.choice(keys)] = some(random, values, 3)
    return found


def statement(random: Random, kind: PolicyKind) -> Document:
    """Return one statement of a policy of this kind."""
    made: Document = {"Effect": random.choice(("Allow", "Allow", "Allow", "Deny"))}
    made[random.choice(("Action", "Action", "Action", "NotAction"))] = some(random, ACTION_PATTERNS)
    if kind is PolicyKind.TRUST:
        made.pop("NotAction", None)
        made["Action"] = random.choice(("*", "sts:*", "sts:AssumeRole", "sts:AssumeRole*"))
    else:
        made[random.choice(("Resource", "Resource", "Resource", "NotResource"))] = some(random, RESOURCE_PATTERNS)
    if kind in (PolicyKind.RESOURCE, PolicyKind.TRUST):
        element = random.choice(("Principal", "Principal", "Principal", "NotPrincipal"))
        made[element] = random.choice(("*", *PRINCIPALS))
    condition = conditions(random)
    if condition:
        made["Condition"] = condition
    return made


def document(random: Random, kind: PolicyKind) -> Document:
    """Return a policy document."""
    many = random.choice((1, 1, 2, 3, 12)) if kind is PolicyKind.IDENTITY else random.choice((1, 2, 3))
    version = random.choice(("2012-10-17", "2012-10-17", "2012-10-17", "2008-10-17"))
    made = {"Version": version, "Statement": [statement(random, kind) for _ in range(many)]}
    if version == "2008-10-17":  # without variables these are no booleans and no ARNs, and would be refused
        made = json.loads(json.dumps(made).replace('"${t:flag}"', '"true"').replace('"${t:arn}"', '"*"'))
    return made


def context(random: Random) -> dict[str, list[str]]:
    """Return what the service knows of the request."""
    given = {key: [random.choice(values)] for key, values in KEYS.items() if random.random() < 0.75}
    if "t:many" in given:
        given["t:many"] = random.sample(TEXTS, random.randint(1, 3))
    return given


CALLERS: tuple[tuple[str, str, str | None, str | None], ...] = (
    ("User", USER, None, None),
    ("AssumedRole", SESSION, ROLE, None),
    ("AssumedRole", SESSION, ROLE, None),
    ("FederatedUser", FEDERATED, USER, None),
    ("Account", f"arn:aws:iam::{HERE}:root", None, None),
    ("Service", SERVICE, None, None),
    ("Anonymous", "", None, None),
    ("Anonymous", "", None, PROVIDER),
)


def random_case(random: Random) -> Case:
    """Return one case."""
    kind, arn, role, provider = random.choice(CALLERS)
    mode = random.choice(("call", "call", "call", "resource only", "trust"))
    on_resource = PolicyKind.TRUST if mode == "trust" else PolicyKind.RESOURCE
    given = context(random)
    return Case(
        kind=kind,
        account=HERE if kind not in ("Service", "Anonymous") else "",
        arn=arn,
        role=role,
        provider=provider,
        action="sts:AssumeRole" if mode == "trust" else random.choice(ACTIONS),
        resource=random.choice(RESOURCES),
        context=given,
        mode=mode,
        same_account=random.random() < 0.7,
        identity=[document(random, PolicyKind.IDENTITY) for _ in range(random.choice((0, 1, 1, 2)))],
        boundary=document(random, PolicyKind.BOUNDARY) if random.random() < 0.25 else None,
        session=[document(random, PolicyKind.SESSION) for _ in range(random.choice((0, 0, 0, 1, 2)))],
        on_resource=document(random, on_resource) if mode == "trust" or random.random() < 0.6 else None,
    )


def for_specification(case: Case) -> Case:
    """Add to the context what AWS derives from the caller, told independently of the product."""
    own: dict[str, list[str]] = {}
    if case.kind == "User":
        own["aws:username"] = ["U"]
        own["aws:principaltag/team"] = ["blue"]
    if case.arn and case.kind != "Service":
        own["aws:principalarn"] = [case.role if case.kind == "AssumedRole" and case.role else case.arn]
    case.context = {**case.context, **own}
    return case


def for_engine(case: Case) -> tuple[AuthorizationRequest, PolicySet]:
    """Return the case as the engine takes it."""
    caller = Caller(
        account=case.account,
        arn=case.arn,
        user_id="",
        type=PrincipalType(case.kind),
        role_arn=case.role,
        federated_provider=case.provider,
        tags={"Team": "blue"} if case.kind == "User" else {},
    )
    request = AuthorizationRequest(
        caller=caller,
        action=case.action,
        resource=case.resource,
        keys={key: tuple(values) for key, values in case.context.items() if key.startswith("t:")},
    )
    modes = {"call": Mode.IDENTITY_AND_RESOURCE, "resource only": Mode.RESOURCE_ONLY, "trust": Mode.TRUST}
    on_resource = PolicyKind.TRUST if case.mode == "trust" else PolicyKind.RESOURCE
    return request, PolicySet(
        identity=tuple(parsed(document, PolicyKind.IDENTITY) for document in case.identity),
        boundary=parsed(case.boundary, PolicyKind.BOUNDARY) if case.boundary else None,
        session=tuple(parsed(document, PolicyKind.SESSION) for document in case.session),
        resource=parsed(case.on_resource, on_resource) if case.on_resource else None,
        same_account=case.same_account,
        mode=modes[case.mode],
    )


def parsed(document: Document, kind: PolicyKind) -> Policy:
    """Compile a document, from text as the product does."""
    return parse_policy(json.dumps(document), kind=kind, name=kind.value)
