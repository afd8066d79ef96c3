"""Policy documents: AWS's grammar and sizes before a document is stored, and its form in an answer.

Law: a document is stored and answered exactly as it was written. Sizes count no white space, as at AWS. Source: IAM
user guide, "IAM and STS quotas" (character limits); API reference, "RoleDetail" (documents are URL-encoded, RFC
3986).
"""

from urllib.parse import quote

from gatewright.policy.document import MalformedPolicy, PolicyKind, parse_policy
from gatewright.services.iam.faults import malformed_policy
from gatewright.wire.faults import Fault

MANAGED = 6_144
TRUST = 2_048
INLINE = {"user": 2_048, "role": 10_240, "group": 5_120}  # all inline policies of one owner together


def size_of(document: str) -> int:
    """Return a document's size as AWS counts it: characters that are not white space."""
    return sum(1 for character in document if not character.isspace())


def check_document(document: str, kind: PolicyKind = PolicyKind.IDENTITY) -> str:
    """Return a document that is in the policy language.

    Raises:
        Fault: `MalformedPolicyDocument`, in AWS's words.
    """
    try:
        parse_policy(document, kind=kind)
    except MalformedPolicy as refusal:
        raise malformed_policy(str(refusal)) from None
    return document


def check_size(document: str, quota: str, limit: int) -> None:
    """Refuse a document that is too long.

    Raises:
        Fault: `LimitExceeded`.
    """
    if size_of(document) > limit:
        raise Fault("LimitExceeded", f"Cannot exceed quota for {quota}: {limit}", 409)


def encoded(document: str) -> str:
    """Return a document as IAM's answers carry it: percent-encoded; clients decode it."""
    return quote(document, safe="-_.~")
