"""What the engine answers: a reasoned value, made once per statement where it can be.

Out: a `Decision` says what was decided, by which statement or for want of which policy, in a sentence, in AWS's words,
and whether the answer may be kept.
AWS: IAM user guide, "Troubleshoot access denied error messages" (the wording of `aws_phrase`).
"""

from enum import StrEnum

import msgspec


class Outcome(StrEnum):
    """The decisions, by the names that `SimulatePrincipalPolicy` gives them."""

    ALLOWED = "allowed"
    EXPLICIT_DENY = "explicitDeny"
    IMPLICIT_DENY = "implicitDeny"


class PolicyKind(StrEnum):
    """What a policy is to the request, in AWS's words."""

    IDENTITY = "identity-based policy"
    RESOURCE = "resource-based policy"
    TRUST = "role trust policy"
    SESSION = "session policy"
    BOUNDARY = "permissions boundary"


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """One decision and what it rests on."""

    outcome: Outcome
    reason: str
    kind: PolicyKind | None = None  # of the policy that decided, or that would have had to allow
    policy: str = ""  # its name
    statement: str = ""  # the Sid, or #1, #2, … where it has none
    cacheable: bool = False  # the same caller, action and resource will be answered alike as long as policies stay

    @property
    def allowed(self) -> bool:
        """Tell whether the request may pass."""
        return self.outcome is Outcome.ALLOWED

    def aws_phrase(self, action: str) -> str:
        """Return the end of AWS's access-denied message; empty for an allowed request."""
        if self.outcome is Outcome.ALLOWED or self.kind is None:
            return ""
        if self.outcome is Outcome.EXPLICIT_DENY:
            article = "an" if self.kind is PolicyKind.IDENTITY else "a"
            return f"with an explicit deny in {article} {self.kind.value}"
        return f"because no {self.kind.value} allows the {action} action"


def quoted(policy: str, kind: PolicyKind) -> str:
    """Return how a sentence names a policy."""
    return f'the {kind.value} "{policy}"' if policy else f"the {kind.value}"
