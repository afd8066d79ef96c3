"""CONTRACT: users and roles as both planes see them.

The `iam` service publishes them on the shelf `iam.principal`, by ARN; the policy engine reads their policies from here.
"""

from collections.abc import Mapping
from functools import cached_property

from gatewright.policy.audience import open_provider
from gatewright.policy.document import Policy, PolicyKind, parse_policy

SHELF = "iam.principal"


class Principal:
    """A user or a role and what limits it. Policies are parsed at first use: most of 10,000 roles are asleep."""

    def __init__(
        self,
        *,
        arn: str,
        unique_id: str,
        documents: Mapping[str, str],
        boundary: str | None = None,
        trust_policy: str | None = None,
        tags: Mapping[str, str] | None = None,
        max_session_duration: int = 3600,
    ) -> None:
        self.arn = arn
        self.unique_id = unique_id  # AROA… or AIDA…
        self.documents = documents  # policy name or ARN -> JSON text: inline, managed, and the groups'
        self.boundary_document = boundary
        self.trust_policy = trust_policy  # JSON text; roles only
        self.tags: Mapping[str, str] = tags or {}
        self.max_session_duration = max_session_duration  # seconds; roles only

    @cached_property
    def policies(self) -> tuple[Policy, ...]:
        """The identity policies."""
        return tuple(parse_policy(text, name=name) for name, text in self.documents.items())

    @cached_property
    def boundary(self) -> Policy | None:
        """The permissions boundary, if there is one."""
        if self.boundary_document is None:
            return None
        return parse_policy(self.boundary_document, kind=PolicyKind.BOUNDARY, name="permissions boundary")

    @cached_property
    def trust(self) -> Policy | None:
        """The trust policy: who may become this role. None for users."""
        if self.trust_policy is None:
            return None
        return parse_policy(self.trust_policy, kind=PolicyKind.TRUST, name="trust policy")

    @cached_property
    def open_provider(self) -> str | None:
        """A shared identity provider all of whose users could take this role: then none may."""
        return None if self.trust_policy is None else open_provider(self.trust_policy)
