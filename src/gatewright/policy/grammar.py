"""The grammar of policy documents, and the words in which AWS refuses what breaks it.

In: parsed JSON. Out: the statements, or `MalformedPolicy`.
Law: checks run in the order in which IAM was seen to answer: syntax, version, the "legacy parsing" of effects, dates
and incomplete ARNs, resources, Sids, actions. Trust policies have words of their own.
AWS: IAM user guide, "Grammar of the IAM JSON policy language", "IAM and AWS STS quotas" (characters of a Sid).
"""

import re
from collections.abc import Iterable
from typing import Any

from gatewright.policy import operands
from gatewright.policy.conditions import OPERATORS
from gatewright.policy.decision import PolicyKind

SYNTAX = "Syntax errors in policy."
LEGACY = "The policy failed legacy parsing"

_ELEMENTS = frozenset(
    ("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition")
)
_PAIRS = (("Action", "NotAction"), ("Resource", "NotResource"), ("Principal", "NotPrincipal"))
_PRINCIPAL_TYPES = frozenset(("AWS", "Service", "Federated", "CanonicalUser"))
_PARTITIONS = frozenset(
    ("*", "aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc")
)
_IAM_PATHS = (
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
)
_VENDOR = re.compile(r"[A-Za-z0-9.\-]+|\*")
_SID = re.compile(r"[A-Za-z0-9]*")
_PROVIDER = re.compile(
    r"[A-Za-z0-9.\-]+(?::[0-9]+)?(?:/[^*?]*)?|arn:[a-z\-]+:iam::[0-9]{12}:(?:saml|oidc)-provider/[^*?]+"
)
_PRINCIPAL_ARN = re.compile(
    r"arn:(?:aws[a-z\-]*):(?:iam::[0-9]{12}:(?:root|(?:user|role)/[^*?]+)"
    r"|sts::[0-9]{12}:(?:assumed-role/[^*?/]+/[^*?/]+|federated-user/[^*?]+))"
)
_PRINCIPAL_ID = re.compile(r"(?:AIDA|AROA)[A-Z0-9]{12,}|[0-9]{12}|\*")


class MalformedPolicy(Exception):
    """A document that is refused; `message` is what AWS answers, most often as `MalformedPolicyDocument`."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def as_list(value: Any) -> list[Any]:
    """Return a list as it is and anything else as a list of one, as the language lets both be written."""
    return value if isinstance(value, list) else [value]


def as_text(value: Any) -> str:
    """Return a condition value as text; booleans and numbers may be written without quotes."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def not_json(kind: PolicyKind) -> str:
    """Return the words for text that is no JSON object."""
    return "This policy contains invalid Json" if kind is PolicyKind.TRUST else SYNTAX


def check_document(document: dict[str, Any], kind: PolicyKind, *, current_version: bool) -> list[dict[str, Any]]:
    """Check a whole document and return its statements.

    Raises:
        MalformedPolicy: in AWS's words.
    """
    statements = as_list(document.get("Statement", []))
    _syntax(document, statements, kind)
    if current_version and document.get("Version") != "2012-10-17":
        raise MalformedPolicy("Policy document must be version 2012-10-17 or greater.")
    for statement in statements:
        _legacy(statement)
    for statement in statements:
        if kind is not PolicyKind.TRUST:
            _resources(_strings(statement, "Resource", "NotResource"))
    _sids(statements, kind)
    for statement in statements:
        _actions(_strings(statement, "Action", "NotAction"), kind)
        _completeness(statement, kind)
        _principals(statement, kind)
    return statements


def _refuse_unless(condition: bool, message: str = SYNTAX) -> None:
    if not condition:
        raise MalformedPolicy(message)


def _is_strings(value: Any) -> bool:
    return all(isinstance(item, str) for item in as_list(value))


def _strings(statement: dict[str, Any], *elements: str) -> list[str]:
    return [text for element in elements if element in statement for text in as_list(statement[element])]


def _syntax(document: dict[str, Any], statements: list[Any], kind: PolicyKind) -> None:
    _refuse_unless(not document.keys() - {"Version", "Id", "Statement"})
    _refuse_unless(document.get("Version", "2012-10-17") in ("2008-10-17", "2012-10-17"))
    _refuse_unless(isinstance(document.get("Id", ""), str))
    _refuse_unless(bool(statements) and all(isinstance(statement, dict) for statement in statements))
    for statement in statements:
        _statement_syntax(statement, kind)


def _statement_syntax(statement: dict[str, Any], kind: PolicyKind) -> None:
    unknown = sorted(statement.keys() - _ELEMENTS)
    _refuse_unless(not unknown, f"Unknown field {unknown[0]}" if kind is PolicyKind.TRUST and unknown else SYNTAX)
    _refuse_unless(isinstance(statement.get("Sid", ""), str))
    effect = statement.get("Effect")
    if effect is None and kind is PolicyKind.TRUST:
        raise MalformedPolicy("Missing required field Effect")
    _refuse_unless(isinstance(effect, str) and effect.lower() in ("allow", "deny"))
    for one, other in _PAIRS:
        _refuse_unless(not (one in statement and other in statement))
    for element in ("Action", "NotAction", "Resource", "NotResource"):
        _refuse_unless(_is_strings(statement.get(element, [])))
    for element in ("Principal", "NotPrincipal"):
        value = statement.get(element, {})
        _refuse_unless(value == "*" or (isinstance(value, dict) and all(map(_is_strings, value.values()))))
    _condition_syntax(statement.get("Condition", {}))


def _condition_syntax(conditions: Any) -> None:
    _refuse_unless(isinstance(conditions, dict))
    for operator, keys in conditions.items():
        _refuse_unless(isinstance(keys, dict))
        # IAM takes an unknown operator that compares nothing. It restricts nothing, so taking it hides nothing.
        _refuse_unless(not keys or _is_operator(operator))
        for values in keys.values():
            _refuse_unless(all(isinstance(value, str | int | float) for value in as_list(values)))


def _is_operator(operator: str) -> bool:
    prefix, colon, name = operator.rpartition(":")
    if colon and prefix not in ("ForAllValues", "ForAnyValue"):
        return False
    return name.removesuffix("IfExists") in OPERATORS or operator == "Null"


def _legacy(statement: dict[str, Any]) -> None:
    _refuse_unless(statement["Effect"] in ("Allow", "Deny"), LEGACY)
    for operator, keys in statement.get("Condition", {}).items():
        if operator.rpartition(":")[2].startswith("Date"):
            values = [as_text(value) for listed in keys.values() for value in as_list(listed)]
            _refuse_unless(all(operands.moment(value) is not None for value in values), LEGACY)
    for text in _strings(statement, "Resource", "NotResource"):
        parts = segments(text)
        if parts[:2] == ["arn", "aws"] and len(parts) > 2:
            _refuse_unless(parts[2] != "" and (len(parts) >= 6 or "" not in parts), LEGACY)


def segments(resource: str) -> list[str]:
    """Split an ARN pattern at its first five colons; a colon inside `${…}` belongs to the variable."""
    parts = [""]
    inside = False
    for index, character in enumerate(resource):
        if resource.startswith("${", index):
            inside = True
        elif character == "}":
            inside = False
        if character == ":" and not inside and len(parts) < 6:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def complete_arn(resource: str) -> str:
    """Return a resource with `*` for the segments that were left out at its end."""
    if set(resource) == {"*"}:
        return "*"
    return resource + ":*" * (6 - len(segments(resource)))


def variable_too_early(resource: str) -> bool:
    """Tell whether a variable stands before the fifth colon, where AWS allows none."""
    return any("${" in part for part in segments(resource)[:5])


def _resources(resources: Iterable[str]) -> None:
    for resource in resources:
        if set(resource) == {"*"}:
            continue
        parts = segments(resource)
        _refuse_unless(len(parts) > 1, f'Resource {resource} must be in ARN format or "*".')
        whole = ":".join(["arn", *parts[1:], *["*"] * (6 - len(parts))])
        _refuse_unless(parts[1] in _PARTITIONS, f'Partition "{parts[1]}" is not valid for resource "{whole}".')
        _refuse_unless(parts[0] == "arn", f'Resource {resource} must be in ARN format or "*".')
        vendor = parts[2] if len(parts) > 2 else ""
        _refuse_unless(
            vendor != "" and not set(vendor) & set("*?"),
            "Resource vendor must be fully qualified and cannot contain regexes.",
        )
        _place(resource, vendor, parts)


def _place(resource: str, vendor: str, parts: list[str]) -> None:
    region = parts[3] if len(parts) > 3 else "*"
    if vendor == "iam":
        _refuse_unless(region in ("", "*"), f"IAM resource {resource} cannot contain region information.")
        path = parts[5] if len(parts) > 5 else "*"
        _refuse_unless(
            path == "*" or path.startswith(_IAM_PATHS),
            f'IAM resource path must either be "*" or start with {", ".join(_IAM_PATHS)}.',
        )
    elif (
        vendor == "s3" and len(parts) > 4 and not parts[4]
    ):  # access points have an account and a region, buckets neither
        _refuse_unless(region in ("", "*"), f"Resource {resource} can not contain region information.")


def _sids(statements: list[dict[str, Any]], kind: PolicyKind) -> None:
    sids = [statement["Sid"] for statement in statements if statement.get("Sid")]
    _refuse_unless(len(set(sids)) == len(sids), "Statement IDs (SID) in a single policy must be unique.")
    if kind not in (PolicyKind.RESOURCE, PolicyKind.TRUST):
        _refuse_unless(
            all(_SID.fullmatch(sid) for sid in sids),
            "Statement IDs (SID) must be alpha-numeric. "
            "Check that your input satisfies the regular expression [0-9A-Za-z]*",
        )


def _actions(actions: Iterable[str], kind: PolicyKind) -> None:
    for action in actions:
        if action != "*":
            vendor, colon, name = action.partition(":")
            _refuse_unless(bool(colon), "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")
            _refuse_unless(_VENDOR.fullmatch(vendor) is not None, f"Vendor {vendor} is not valid")
            _refuse_unless(":" not in name, "Actions/Condition can contain only one colon.")
        if kind is PolicyKind.TRUST:
            of_sts = action.lower().startswith("sts:") or action == "*"
            _refuse_unless(of_sts, "AssumeRole policy may only specify STS AssumeRole actions.")


def _completeness(statement: dict[str, Any], kind: PolicyKind) -> None:
    _refuse_unless(bool(_strings(statement, "Action", "NotAction")), "Policy statement must contain actions.")
    named = "Principal" in statement or "NotPrincipal" in statement
    if kind is PolicyKind.TRUST:
        for element in ("Resource", "NotResource"):
            _refuse_unless(element not in statement, f"Has prohibited field {element}")
    else:
        _refuse_unless(bool(_strings(statement, "Resource", "NotResource")), "Policy statement must contain resources.")
    if kind in (PolicyKind.RESOURCE, PolicyKind.TRUST):
        present = named and (statement.get("Principal") or statement.get("NotPrincipal"))
        _refuse_unless(bool(present), "Missing required field Principal cannot be empty!")
    else:
        _refuse_unless(not named, "Policy document should not specify a principal.")


def _principals(statement: dict[str, Any], kind: PolicyKind) -> None:
    element = statement.get("Principal") or statement.get("NotPrincipal") or {}
    if element == "*":
        return
    for name, values in element.items():
        _refuse_unless(name in _PRINCIPAL_TYPES, f'Invalid principal in policy: "{name}"')
        _refuse_unless(values != [], "Missing required field Principal cannot be empty!")
        for text in as_list(values):
            if name == "AWS":
                known = _PRINCIPAL_ARN.fullmatch(text) or _PRINCIPAL_ID.fullmatch(text)
                _refuse_unless(known is not None, f'Invalid principal in policy: "AWS":"{text}"')
            elif name == "Service":
                valid = re.fullmatch(r"[a-z0-9.\-]+\.[a-z.]+", text)
                _refuse_unless(valid is not None, f'Invalid principal in policy: "SERVICE":"{text}"')
            elif name == "Federated":
                message = "Federated principals must be valid domain names or SAML metadata ARNs"
                _refuse_unless(_PROVIDER.fullmatch(text) is not None, message)
