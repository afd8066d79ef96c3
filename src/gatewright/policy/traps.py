"""The traps of the policy language, one function each: a statement that AWS takes, and that does other than it seems.

In: one statement, what its policy is to requests, and the actions of our services. Out: findings. Sources: IAM user
guide, "IAM JSON policy elements" (NotAction, NotPrincipal, Condition), "Multivalued context keys", "Security best
practices"; API Gateway developer guide, "Control access for invoking an API"; Cognito developer guide, "IAM roles".
"""

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Any

from gatewright.policy.condition_keys import MULTIVALUED, NEVER_HERE, every_name, is_known
from gatewright.policy.document import PolicyKind
from gatewright.policy.finding import Finding, Level
from gatewright.policy.grammar import as_list
from gatewright.policy.overlap import covers

_Actions = Callable[[str], frozenset[str] | None]
_Trap = Callable[[dict[str, Any], PolicyKind, _Actions], Iterator[Finding]]

# The service in the ARNs of what the actions of a service are about.
_ARN_SERVICES = {
    "execute-api": {"execute-api"},
    "apigateway": {"apigateway"},
    "iam": {"iam"},
    "sts": {"iam", "sts"},
    "cognito-identity": {"cognito-identity"},
    "cognito-idp": {"cognito-idp"},
}
_POWERFUL = ("iam:PassRole", "sts:AssumeRole")


def _allows(statement: dict[str, Any]) -> bool:
    return bool(statement["Effect"] == "Allow")


def _conditions(statement: dict[str, Any]) -> Iterator[tuple[str, str, list[str]]]:
    for operator, keys in (statement.get("Condition") or {}).items():
        for key, values in keys.items():
            yield operator, key, [str(value) for value in as_list(values)]


def wildcards(statement: dict[str, Any], kind: PolicyKind, actions: _Actions) -> Iterator[Finding]:
    """An Allow of everything."""
    if not _allows(statement) or kind in (PolicyKind.BOUNDARY, PolicyKind.TRUST):
        return
    for action in as_list(statement.get("Action", [])):
        if action == "*" or action.endswith(":*"):
            message = f"It allows {'every action of every service' if action == '*' else f'every action ({action})'}."
            yield Finding(Level.WARNING, "wildcard-action", message, "Name the actions that are needed.")
    if kind is not PolicyKind.RESOURCE and "*" in as_list(statement.get("Resource", [])) and _has_resources(statement):
        message = "It allows its actions on every resource of the account."
        yield Finding(Level.WARNING, "wildcard-resource", message, "Name the resources, with patterns where needed.")


def _has_resources(statement: dict[str, Any]) -> bool:
    """Say whether an action of the statement could name its resource: lists and such cannot."""
    return not all(
        action.partition(":")[2].startswith(("List", "GetAccount", "GetCallerIdentity", "GenerateCredentialReport"))
        for action in as_list(statement.get("Action", ["*"]))
    )


def negations(statement: dict[str, Any], kind: PolicyKind, actions: _Actions) -> Iterator[Finding]:
    """An Allow that names what it does not allow."""
    if not _allows(statement):
        return
    for element in ("NotAction", "NotResource", "NotPrincipal"):
        if element in statement and not (kind is PolicyKind.BOUNDARY and element == "NotAction"):
            message = f"Allow with {element} allows everything else, also what does not exist yet."
            remedy = f"Allow with {element.removeprefix('Not')}, or deny with {element}."
            yield Finding(Level.WARNING, "allow-not", message, remedy)


def absent_keys(statement: dict[str, Any], kind: PolicyKind, actions: _Actions) -> Iterator[Finding]:
    """An Allow whose condition also holds where the key is absent."""
    if not _allows(statement):
        return
    written = list(_conditions(statement))
    guarded = {key.lower() for operator, key, values in written if operator == "Null" and values == ["false"]}
    for operator, key, _ in written:
        if key.lower() in guarded:
            continue
        remedy = f'Add "Null": {{"{key}": "false"}}.'
        if operator.startswith("ForAllValues:"):
            message = f"{operator} on {key} also holds where the request does not have the key: then everybody passes."
            yield Finding(Level.WARNING, "for-all-values", message, remedy)
        elif operator.endswith("IfExists"):
            message = f"{operator} on {key} also holds where the request does not have the key."
            yield Finding(Level.WARNING, "if-exists", message, remedy)
        elif "Not" in operator.rpartition(":")[2] and not operator.startswith("ForAnyValue:"):
            message = f"{operator} on {key} also holds where the request does not have the key."
            yield Finding(Level.NOTE, "negated-absent", message, remedy)


def keys(statement: dict[str, Any], kind: PolicyKind, actions: _Actions) -> Iterator[Finding]:
    """A condition on a key that no request has, or that is compared in a way that surprises."""
    for operator, key, values in _conditions(statement):
        known = is_known(key.lower())
        if known is False:
            yield _unknown_key(key)
        if key.lower() in MULTIVALUED and ":" not in operator and operator != "Null":
            message = (
                f"{key} has several values; {operator} without ForAnyValue: or ForAllValues: does not say how many."
            )
            yield Finding(Level.WARNING, "multivalued", message, f"Write ForAnyValue:{operator}.")
        plain = operator.rpartition(":")[2].removesuffix("IfExists")
        if (
            plain.startswith("String")
            and "Like" not in plain
            and any("*" in value.replace("${*}", "") for value in values)
        ):
            message = f"{operator} takes the * in its value for {key} as that character, not as a wildcard."
            yield Finding(Level.WARNING, "literal-wildcard", message, f"Use {plain.replace('Equals', 'Like')}.")


def _unknown_key(key: str) -> Finding:
    if key.lower() in NEVER_HERE:
        message = (
            f"No request to Gatewright has {key}: there are no VPCs, organizations and calls on behalf of services."
        )
        return Finding(Level.WARNING, "unknown-key", message, "It is the same as if the key were absent.")
    near = get_close_matches(key.lower(), every_name(), 1, 0.75)
    remedy = (
        f"Did you mean {near[0]}?"
        if near
        else "Look the key up: a condition on an absent key may let nobody in, or everybody."
    )
    return Finding(Level.WARNING, "unknown-key", f"There is no condition key {key}.", remedy)


def unknown_actions(statement: dict[str, Any], kind: PolicyKind, actions: _Actions) -> Iterator[Finding]:
    """An action that does not exist: the statement does nothing for it."""
    for action in [*as_list(statement.get("Action", [])), *as_list(statement.get("NotAction", []))]:
        service, _, name = action.partition(":")
        known = actions(service.lower())
        if known is None or any(covers(name, one) for one in known):
            continue
        near = get_close_matches(name, sorted(known), 1, 0.7)
        remedy = f"Did you mean {service}:{near[0]}?" if near else f"{service} has: {', '.join(sorted(known)[:8])} …"
        yield Finding(Level.WARNING, "unknown-action", f"There is no action {action}.", remedy)


def resources(statement: dict[str, Any], kind: PolicyKind, actions: _Actions) -> Iterator[Finding]:
    """A resource that none of the statement's actions can be about, or that is not a whole ARN of execute-api."""
    services = {action.partition(":")[0].lower() for action in as_list(statement.get("Action", []))}
    if not services or not services <= _ARN_SERVICES.keys():
        return
    possible = {name for service in services for name in _ARN_SERVICES[service]}
    for resource in as_list(statement.get("Resource", [])):
        parts = resource.split(":", 5)
        if len(parts) < 6:
            continue
        if not any(covers(parts[2], name) for name in possible):
            message = f"{resource} can never be what {' or '.join(sorted(services))} actions are about."
            remedy = f"Name an ARN of {' or '.join(sorted(possible))}."
            if services == {"execute-api"} and parts[2] == "apigateway":
                remedy = "An API is invoked as arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/VERB/PATH."
            yield Finding(Level.WARNING, "wrong-resource", message, remedy)
        elif parts[2] == "execute-api" and parts[5].count("/") < 2 and not parts[5].endswith("*"):
            message = f"{resource} matches no request: an invocation is API/STAGE/VERB/PATH."
            yield Finding(
                Level.WARNING, "wrong-resource", message, f"Write {resource}/*/* for every method of the stage."
            )


def powerful(statement: dict[str, Any], kind: PolicyKind, actions: _Actions) -> Iterator[Finding]:
    """Taking or handing on any role there is."""
    if not _allows(statement) or kind is not PolicyKind.IDENTITY or "*" not in as_list(statement.get("Resource", [])):
        return
    for action in _POWERFUL:
        if statement.get("Condition") is None and action in as_list(statement.get("Action", [])):
            message = f"{action} on every role lets its holder become whatever role trusts the account."
            yield Finding(Level.WARNING, "any-role", message, "Name the roles.")


def principals(statement: dict[str, Any], kind: PolicyKind, actions: _Actions) -> Iterator[Finding]:
    """Everybody, without a condition."""
    if not _allows(statement) or kind not in (PolicyKind.TRUST, PolicyKind.RESOURCE) or statement.get("Condition"):
        return
    principal = statement.get("Principal")
    names = as_list(principal.get("AWS", [])) if isinstance(principal, dict) else [principal]
    if "*" in names:
        remedy = "Name the principals, or add a condition."
        if kind is PolicyKind.TRUST:
            yield Finding(Level.WARNING, "everybody", "Everybody who has AWS credentials may take the role.", remedy)
        else:
            message = "Everybody may do this, also without a signature where the method asks for none."
            yield Finding(Level.NOTE, "everybody", message, remedy)


TRAPS: tuple[_Trap, ...] = (
    wildcards,
    negations,
    absent_keys,
    keys,
    unknown_actions,
    resources,
    powerful,
    principals,
)
