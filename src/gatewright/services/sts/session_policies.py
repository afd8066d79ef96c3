"""Session policies: what a session may do at most, beside its role.

In: `Policy` and `PolicyArns` of a request. Out: the documents that the session carries. Law: they only take away. The
inline document and the managed ones are one set of statements, as at AWS: what any of them allows, the session may
have of its role.
Source: IAM user guide, "Policies and permissions in AWS Identity and Access Management", Session policies.
"""

from gatewright.control.service import Call, Params
from gatewright.policy.document import MalformedPolicy, PolicyKind, parse_policy
from gatewright.policy.union import union_of
from gatewright.services.sts.faults import malformed_policy, packed_policy_too_large, validation_error

POLICIES = "iam.policy"  # shelf: ARN -> document of a managed policy's default version
_MOST_ARNS = 10
_INLINE_CHARACTERS = 2_048
_PACKED_CHARACTERS = 4_096  # what a session token has room for, after the seal and the names


def session_policies(call: Call, params: Params) -> tuple[str, ...]:
    """Return the documents that narrow the session: one, or none where it is not narrowed.

    Raises:
        Fault: `MalformedPolicyDocument`, `ValidationError` or `PackedPolicyTooLarge`.
    """
    documents = [*_inline(params), *_managed(call, params)]
    if not documents:
        return ()
    document = union_of(documents)
    if packed_percent(document) > 100:
        raise packed_policy_too_large(packed_percent(document))
    return (document,)


def packed_percent(*texts: str) -> int:
    """Return how much of the room in a session token is used, in percent, rounded up: `PackedPolicySize`."""
    return -(-100 * sum(map(len, texts)) // _PACKED_CHARACTERS)


def _inline(params: Params) -> list[str]:
    document: str | None = params.get("Policy")
    if document is None:
        return []
    if len(document) > _INLINE_CHARACTERS:
        raise validation_error(
            "1 validation error detected: Value at 'policy' failed to satisfy constraint: "
            f"Member must have length less than or equal to {_INLINE_CHARACTERS}"
        )
    try:
        parse_policy(document, kind=PolicyKind.SESSION)
    except MalformedPolicy as refusal:
        raise malformed_policy(str(refusal)) from None
    return [document]


def _managed(call: Call, params: Params) -> list[str]:
    arns = [str(descriptor.get("arn")) for descriptor in params.get("PolicyArns") or ()]
    if len(arns) > _MOST_ARNS:
        raise validation_error(f"You cannot pass more than {_MOST_ARNS} policy ARNs.")
    documents: list[str] = []
    for arn in arns:
        document = call.shelf(POLICIES).get(arn)
        if document is None:
            raise malformed_policy(
                f"The policy {arn} does not exist. Pass ARNs of managed policies of this account or of AWS."
            )
        documents.append(document)
    return documents
