"""The `Principal` and `NotPrincipal` elements: does a statement speak of this caller, and as what?

In: the element of a statement, and a `Caller`. Out: a `Via`: by which of its names the caller was meant.
Law: which name was used matters. A role's ARN in a resource policy is limited by the role's boundary and the session's
policies; the session's own ARN is not; an account's ARN only delegates to the account's own policies.
No wildcard but `*` alone, so that part of a name can never be matched.
AWS: IAM user guide, "AWS JSON policy elements: Principal" and "NotPrincipal", "Policy evaluation logic".
"""

from collections.abc import Mapping
from enum import IntEnum

import msgspec

from gatewright.core.identity import Caller, PrincipalType


class Via(IntEnum):
    """The name by which a caller was meant; a higher one grants more directly."""

    NOBODY = 0  # not meant
    ACCOUNT = 1  # the caller's account: its own policies must allow, too
    ROLE = 2  # the role behind the session, or the user behind the federated user
    EVERYONE = 3  # *
    ITSELF = 4  # the user, the session, the service, the federated provider, the root


class Principals(msgspec.Struct, frozen=True):
    """A compiled `Principal` (or `NotPrincipal`) element."""

    written: tuple[str, ...]
    negated: bool
    deny: bool
    everyone: bool
    strangers: bool  # whether `*` includes anonymous and federated callers and services: no trust policy's Allow does
    accounts: frozenset[str]
    names: frozenset[str]  # ARNs and unique ids of users, roles and sessions
    services: frozenset[str]
    federated: frozenset[str]

    def via(self, caller: Caller) -> Via:
        """Tell as what this statement means the caller."""
        if self.negated:
            return self._excepted(caller)
        if self.everyone and (self.strangers or self.deny or _is_known(caller)):
            return Via.EVERYONE
        return self._named(caller)

    def _named(self, caller: Caller) -> Via:
        kind = caller.type
        if kind is PrincipalType.SERVICE:
            return Via.ITSELF if caller.arn in self.services else Via.NOBODY
        if kind is PrincipalType.ANONYMOUS:
            return Via.ITSELF if caller.federated_provider in self.federated else Via.NOBODY
        if kind is PrincipalType.ACCOUNT:
            return Via.ITSELF if caller.account in self.accounts else Via.NOBODY
        if caller.arn in self.names or caller.user_id in self.names:
            return Via.ITSELF
        if caller.role_arn in self.names or caller.role_id in self.names:
            return Via.ROLE
        return Via.ACCOUNT if caller.account in self.accounts else Via.NOBODY

    def _excepted(self, caller: Caller) -> Via:
        """Read `NotPrincipal`, against the caller where its names disagree.

        AWS validates the account, then the role, then the session: a Deny spares only a caller all of whose names are
        listed, and an Allow reaches only one none of whose names is.
        """
        listed = self._listed(caller)
        if self.deny:
            return Via.NOBODY if all(listed) else Via.EVERYONE
        meant = not any(listed) and (self.strangers or _is_known(caller))
        return Via.EVERYONE if meant else Via.NOBODY

    def _listed(self, caller: Caller) -> tuple[bool, ...]:
        if self.everyone:
            return (True,)
        if caller.type is PrincipalType.SERVICE:
            return (caller.arn in self.services,)
        if caller.type is PrincipalType.ANONYMOUS:
            return (caller.federated_provider in self.federated,)
        in_account = caller.account in self.accounts
        if caller.type is PrincipalType.ACCOUNT:
            return (in_account,)
        itself = caller.arn in self.names or caller.user_id in self.names
        if caller.role_arn is None:
            return (itself, in_account)
        return (itself, caller.role_arn in self.names or caller.role_id in self.names, in_account)


def _is_known(caller: Caller) -> bool:
    return caller.type not in (PrincipalType.ANONYMOUS, PrincipalType.SERVICE)


def _account_of(text: str) -> str | None:
    if len(text) == 12 and text.isascii() and text.isdigit():
        return text
    parts = text.split(":")
    is_root = len(parts) == 6 and parts[0] == "arn" and parts[2] == "iam" and parts[5] == "root"
    return parts[4] if is_root else None


def compile_principals(
    element: Mapping[str, tuple[str, ...]], *, negated: bool, deny: bool, strangers: bool
) -> Principals:
    """Compile a principal map; `"*"` is given as `{"AWS": ("*",)}`, which AWS treats alike."""
    accounts: set[str] = set()
    names: set[str] = set()
    for text in element.get("AWS", ()):
        account = _account_of(text)
        if account is not None:
            accounts.add(account)
        elif text != "*":
            names.add(text)
    return Principals(
        written=tuple(f"{kind}: {text}" for kind, texts in element.items() for text in texts),
        negated=negated,
        deny=deny,
        everyone="*" in element.get("AWS", ()),
        strangers=strangers,
        accounts=frozenset(accounts),
        names=frozenset(names),
        services=frozenset(element.get("Service", ())),
        federated=frozenset(element.get("Federated", ())),
    )
