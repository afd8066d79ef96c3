"""`PolicyExclusionList` of `SimulatePrincipalPolicy`: what would be decided without some of the attached policies?

In: identifiers, by type, by ARN, or by an inline policy's name and holder. Out: a predicate. Law: an identifier that
names nothing excludes nothing; one that is malformed is refused. Source: IAM API reference, "PolicyIdentifier".
"""

from collections.abc import Callable, Mapping
from typing import Any

from gatewright.core.identity import anonymous
from gatewright.policy.context import AuthorizationRequest
from gatewright.policy.match import pattern_set
from gatewright.services.iam.faults import invalid_input
from gatewright.services.iam.held_policies import HeldPolicy

BOUNDARY = "permission-boundary"
_NOTHING = AuthorizationRequest(anonymous(), "", "")  # patterns here have no variables
_Excludes = Callable[[HeldPolicy], bool]


def exclusion(identifiers: list[Mapping[str, Any]]) -> tuple[_Excludes, bool]:
    """Return which attached policies are excluded, and whether the permissions boundary is.

    Raises:
        Fault: `InvalidInput`.
    """
    tests = [_test(identifier) for identifier in identifiers]
    boundary = any(identifier.get("PolicyType") == BOUNDARY for identifier in identifiers)
    return (lambda policy: any(test(policy) for test in tests)), boundary


def _test(identifier: Mapping[str, Any]) -> _Excludes:
    given = [name for name, value in identifier.items() if value is not None]
    if len(given) != 1:
        raise invalid_input("Each PolicyIdentifier must have one of PolicyType, PolicyArn and InlinePolicyIdentifier.")
    if given == ["PolicyType"]:
        return _of_type(identifier["PolicyType"])
    if given == ["PolicyArn"]:
        return _of_arn(identifier["PolicyArn"])
    return _inline(identifier["InlinePolicyIdentifier"])


def _of_type(wanted: str) -> _Excludes:
    return {
        "inline": lambda policy: policy.arn is None,
        "aws-managed": lambda policy: policy.is_aws_managed,
        "user-managed": lambda policy: policy.arn is not None and not policy.is_aws_managed,
    }.get(wanted, lambda policy: False)


def _of_arn(pattern: str) -> _Excludes:
    head, slash, name = pattern.rpartition("/")
    if not pattern.startswith("arn:") or ":policy" not in head or not slash or set(head) & set("*?"):
        raise invalid_input(f"{pattern} is not the ARN of a managed policy, with wildcards in its name only.")
    matches = _pattern(name)
    return lambda policy: (
        policy.arn is not None and policy.arn.startswith(head + "/") and matches(policy.arn[len(head) + 1 :])
    )


def _inline(identifier: Mapping[str, Any]) -> _Excludes:
    # AWS's text speaks of wildcards in the holder's name; its model, which clients keep to, has no character for them.
    wanted = (identifier["PolicyName"], identifier["AttachmentType"], identifier["AttachmentName"])
    return lambda policy: policy.arn is None and (policy.name, policy.holder_noun, policy.holder_name) == wanted


def _pattern(text: str) -> Callable[[str], bool]:
    if text.count("*") > 1:
        raise invalid_input(f"{text} has more than one *.")
    patterns = pattern_set([text])
    return lambda name: patterns.match(name, _NOTHING)
