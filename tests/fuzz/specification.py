"""The policy language as plainly as it can be said: what the fast engine must agree with, case by case.

In: a `Case` (parsed JSON and simple values). Out: `allowed`, `explicitDeny` or `implicitDeny`.
Law: nothing is compiled, indexed, remembered or imported from the product. Read it beside AWS's pages, not beside
the engine.
AWS: IAM user guide, "Policy evaluation logic", "Condition operators", "Principal", "Variables and tags".
"""

import base64
import ipaddress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Document = dict[str, Any]
Context = dict[str, list[str]]  # names in lower case

STAR, ONE, UNKNOWN = object(), object(), object()


@dataclass
class Case:
    """One question, with everything that may decide it."""

    kind: str  # User, AssumedRole, Account, FederatedUser, Service, Anonymous
    account: str
    arn: str
    role: str | None  # the role behind a session, the user behind a federated user
    provider: str | None
    action: str
    resource: str
    context: Context
    mode: str  # "call", "resource only", "trust"
    same_account: bool
    identity: list[Document] = field(default_factory=list)
    boundary: Document | None = None
    session: list[Document] = field(default_factory=list)
    on_resource: Document | None = None


def decide(case: Case) -> str:
    """Decide one case."""
    everything = [*case.identity, *case.session, *([case.boundary] if case.boundary else [])]
    everything += [case.on_resource] if case.on_resource else []
    if any(applies(s, d, case) for d in everything for s in statements(d) if s["Effect"] == "Deny"):
        return "explicitDeny"
    return "allowed" if is_allowed(case) else "implicitDeny"


def is_allowed(case: Case) -> bool:
    """Tell whether enough policies allow a case that none denies."""
    meant = {name for s in allows(case.on_resource, case) for name in names_meant(s, case)}
    directly = bool(meant & {"itself", "everyone"})
    if case.mode == "resource only" or case.kind in ("Service", "Anonymous"):
        return directly
    own = case.kind == "Account" or any(allows(document, case) for document in case.identity)
    if case.kind == "FederatedUser" and not case.session:
        own = False
    limits = [case.boundary] if case.boundary else []
    narrowed = all(allows(document, case) for document in [*limits, *case.session])
    if case.mode == "trust" or not case.same_account:
        if not meant:
            return False
        if not case.same_account:
            return own and narrowed
    return directly or ((own or "role" in meant) and narrowed)


def statements(document: Document) -> list[Document]:
    """Return a document's statements."""
    return listed(document["Statement"])


def listed(value: Any) -> list[Any]:
    """Return one value or many as many."""
    return value if isinstance(value, list) else [value]


def allows(document: Document | None, case: Case) -> list[Document]:
    """Return the statements of a document that allow the case."""
    found = statements(document) if document else []
    return [s for s in found if s["Effect"] == "Allow" and applies(s, document, case)]


def applies(statement: Document, document: Document | None, case: Case) -> bool:
    """Tell whether a statement is about the case."""
    assert document is not None
    variables = document.get("Version") == "2012-10-17"
    return (
        about_action(statement, case)
        and bool(names_meant(statement, case))
        and about_resource(statement, case, variables)
        and all(
            condition(operator, key, listed(values), statement["Effect"], case.context, variables)
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def about_action(statement: Document, case: Case) -> bool:
    """Action names are not case-sensitive."""
    negated = "NotAction" in statement
    patterns = listed(statement["NotAction" if negated else "Action"])
    hit = any(like(pieces(p.lower(), {}, False), case.action.lower()) is True for p in patterns)
    return hit != negated


def about_resource(statement: Document, case: Case, variables: bool) -> bool:
    """An unknown answer (a variable without a value) goes against the request."""
    negated = "NotResource" in statement
    if not negated and "Resource" not in statement:
        return True  # a trust policy
    answers = [
        resource_like(p, case.resource, case.context, variables)
        for p in listed(statement["NotResource" if negated else "Resource"])
    ]
    if True in answers:
        return not negated
    if negated and UNKNOWN in answers:
        return statement["Effect"] == "Deny"
    return negated


def resource_like(pattern: str, resource: str, context: Context, variables: bool) -> object:
    """A `*` that ends a segment reaches beyond it; another wildcard of the first five segments does not."""
    if pattern == "*":
        return True
    items = pieces(pattern, context, variables)
    if UNKNOWN in items:
        return UNKNOWN
    colons = 0
    bounded = []
    for index, item in enumerate(items):
        if item == ":":
            colons += 1
        ends = index + 1 == len(items) or items[index + 1] == ":"
        inside = colons < 5 and not (item is STAR and ends)
        bounded.append((item, inside))
    missing = 5 - colons
    if missing > 0:
        bounded += [(":", False), (STAR, False)] * missing
    return fits(tuple(bounded), resource)


def pieces(pattern: str, context: Context, variables: bool) -> list[object]:
    """Return the characters and wildcards of a pattern, variables filled in as plain characters."""
    found: list[object] = []
    while pattern:
        if variables and pattern.startswith("${"):
            inside, pattern = pattern[2:].split("}", 1)
            if inside in ("*", "?", "$"):
                found.append(inside)
                continue
            key, _, default = inside.partition(",")
            values = context.get(key.strip().lower(), [])
            if len(values) == 1:
                found += values[0]
            elif not values and default:
                found += default.strip().strip("'")
            else:
                found.append(UNKNOWN)
            continue
        found.append({"*": STAR, "?": ONE}.get(pattern[0], pattern[0]))
        pattern = pattern[1:]
    return found


def like(items: list[object], text: str) -> object:
    """Compare without regard to segments."""
    return UNKNOWN if UNKNOWN in items else fits(tuple((item, False) for item in items), text)


def fits(items: tuple[tuple[object, bool], ...], text: str) -> bool:
    """Tell whether a text can be read as the items; one marked as inside never takes a colon."""
    reachable = {0}
    for item, inside in items:
        if item is STAR:
            for start in sorted(reachable):
                for end in range(start + 1, len(text) + 1):
                    if inside and text[end - 1] == ":":
                        break
                    reachable.add(end)
        else:
            reachable = {
                at + 1
                for at in reachable
                if at < len(text) and (text[at] == item or (item is ONE and not (inside and text[at] == ":")))
            }
    return len(text) in reachable


NEGATED = {"NotEquals": "Equals", "NotEqualsIgnoreCase": "EqualsIgnoreCase", "NotLike": "Like"}


def condition(operator: str, key: str, values: list[Any], effect: str, context: Context, variables: bool) -> bool:
    """Tell whether one operator holds for one key."""
    texts = [str(v).lower() if isinstance(v, bool) else str(v) for v in values]
    seen = context.get(key.lower(), [])
    if operator == "Null":
        return ("false" if seen else "true") in texts
    quantifier, _, name = operator.rpartition(":")
    if_exists = name.endswith("IfExists")
    name = name.removesuffix("IfExists")
    negated = "Not" in name
    plain = name.replace("NotEquals", "Equals").replace("NotLike", "Like").replace("NotIp", "Ip")
    if not seen:
        if if_exists or quantifier == "ForAllValues":
            return True
        return negated and not quantifier
    if quantifier and set(seen) == {""}:
        return quantifier == "ForAllValues"
    answers = [one_of(plain, value, texts, context, variables) for value in seen]
    if not negated:
        return all(a is True for a in answers) if quantifier == "ForAllValues" else True in answers
    against = effect == "Deny"  # what a negated test makes of an unknown answer
    if quantifier == "ForAnyValue":
        if all(a is True for a in answers):
            return False
    elif True in answers:
        return False
    return against if unknown_among(plain, texts, context, variables) else True


def unknown_among(plain: str, values: list[str], context: Context, variables: bool) -> bool:
    """Tell whether a value mentions a variable that has no value."""
    if not variables or not plain.startswith(("String", "Arn", "Bool")):
        return False
    return any(UNKNOWN in pieces(value, context, True) for value in values)


def one_of(plain: str, seen: str, values: list[str], context: Context, variables: bool) -> object:
    """Tell whether a value of the request compares with one of the policy's."""
    answers = [compare(plain, seen, value, context, variables) for value in values]
    return True if True in answers else UNKNOWN if UNKNOWN in answers else False


def compare(plain: str, seen: str, value: str, context: Context, variables: bool) -> object:
    """Compare one value of the request with one of the policy."""
    if plain.startswith(("String", "Bool")):
        items = pieces(value, context, variables)
        if UNKNOWN in items:
            return UNKNOWN
        if plain == "StringLike":
            return like(items, seen)
        literal = "".join({STAR: "*", ONE: "?"}.get(item, item) for item in items)  # type: ignore[arg-type, misc]
        return literal == seen if plain == "StringEquals" else literal.lower() == seen.lower()
    if plain.startswith("Arn"):
        return arn_like(pieces(value, context, variables), seen)
    if plain.startswith("Numeric"):
        return ordered(plain.removeprefix("Numeric"), as_number(seen), as_number(value))
    if plain.startswith("Date"):
        return ordered(plain.removeprefix("Date"), as_date(seen), as_date(value))
    if plain == "IpAddress":
        try:
            return ipaddress.ip_address(seen) in ipaddress.ip_network(value, strict=False)
        except ValueError:
            return False
    assert plain == "BinaryEquals"
    return base64.b64decode(seen) == base64.b64decode(value)


def arn_like(items: list[object], seen: str) -> object:
    """Compare segment by segment; the sixth is all that follows the fifth colon."""
    if UNKNOWN in items:
        return UNKNOWN
    if items == [STAR]:
        return True
    segments: list[list[object]] = [[]]
    for item in items:
        if item == ":" and len(segments) < 6:
            segments.append([])
        else:
            segments[-1].append(item)
    texts = seen.split(":", 5)
    return len(texts) == len(segments) and all(like(s, t) for s, t in zip(segments, texts, strict=True))


def ordered(name: str, seen: float | None, value: float | None) -> bool:
    """Compare two numbers; what is none compares with nothing."""
    if seen is None or value is None:
        return False
    return {
        "Equals": seen == value,
        "LessThan": seen < value,
        "LessThanEquals": seen <= value,
        "GreaterThan": seen > value,
        "GreaterThanEquals": seen >= value,
    }[name]


def as_number(text: str) -> float | None:
    """Read a number."""
    try:
        return float(text)
    except ValueError:
        return None


def as_date(text: str) -> float | None:
    """Read seconds since the epoch or an ISO date with a zone."""
    try:
        return float(int(text)) if text.isdigit() else datetime.fromisoformat(text).timestamp()
    except ValueError:
        return None


def names_meant(statement: Document, case: Case) -> set[str]:
    """Tell as what a statement means the caller: itself, the role behind it, its account, or everyone."""
    if "NotPrincipal" in statement:
        chain = callers_chain(statement["NotPrincipal"], case)
        if statement["Effect"] == "Deny":
            return set() if all(chain) else {"everyone"}
        return set() if any(chain) or is_stranger(case) else {"everyone"}
    if "Principal" not in statement:
        return {"itself"}  # an identity policy speaks of its owner
    element = statement["Principal"]
    listed_aws = ["*"] if element == "*" else listed(element.get("AWS", []))
    found = set()
    if "*" in listed_aws and (statement["Effect"] == "Deny" or not is_stranger(case)):
        found.add("everyone")
    if element == "*":
        return found
    if case.kind == "Service":
        return found | ({"itself"} if case.arn in listed(element.get("Service", [])) else set())
    if case.kind == "Anonymous":
        return found | ({"itself"} if case.provider in listed(element.get("Federated", [])) else set())
    account = {case.account, f"arn:aws:iam::{case.account}:root"} & set(listed_aws)
    if account:
        found.add("itself" if case.kind == "Account" else "account")
    if case.kind != "Account" and case.arn in listed_aws:
        found.add("itself")
    if case.role is not None and case.role in listed_aws:
        found.add("role")
    return found


def is_stranger(case: Case) -> bool:
    """No trust policy means services and web identities when it says everyone."""
    return case.mode == "trust" and case.kind in ("Service", "Anonymous")


def callers_chain(element: Any, case: Case) -> list[bool]:
    """Return for each name of the caller whether NotPrincipal lists it."""
    if element == "*" or "*" in listed(element.get("AWS", [])):
        return [True]
    if case.kind == "Service":
        return [case.arn in listed(element.get("Service", []))]
    if case.kind == "Anonymous":
        return [case.provider in listed(element.get("Federated", []))]
    names = listed(element.get("AWS", []))
    account = case.account in names or f"arn:aws:iam::{case.account}:root" in names
    if case.kind == "Account":
        return [account]
    return [case.arn in names, account, *([case.role in names] if case.role else [])]
