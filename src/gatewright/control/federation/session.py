"""May somebody without AWS credentials take a role, and the session that they get.

In: a role as published, and who was proven to stand there. Out: what makes the session's caller, or the refusal with
its reason in the trace.
Law: one rule for `sts:AssumeRoleWithWebIdentity`, `sts:AssumeRoleWithSAML` and `GetCredentialsForIdentity`, which is
the same step without a token in between. Only the trust policy speaks: it must allow the action, `sts:TagSession`
where tags come with the login, and `sts:SetSourceIdentity` where a source identity does. A trust policy that is open
to everybody whom a shared provider knows lets in nobody.
Source: IAM user guide, "OIDC federation", "Passing session tags in AWS STS", "Monitor and control actions taken with
assumed roles"; Cognito developer guide, "IAM roles".
"""

from collections.abc import Callable, Mapping

import msgspec

from gatewright.control.service import Call
from gatewright.core.arn import assumed_role_arn
from gatewright.core.identity import Caller, PrincipalType
from gatewright.policy.audience import ACTION as WEB_IDENTITY
from gatewright.policy.context import AuthorizationRequest
from gatewright.policy.decision import Decision, Outcome, PolicyKind
from gatewright.policy.evaluate import Mode, PolicySet, decide
from gatewright.policy.explain import explain
from gatewright.policy.findings import findings
from gatewright.storage.principals import Principal

STEP = "trust"
SAML = "sts:AssumeRoleWithSAML"

Keys = Mapping[str, tuple[str, ...]]


class FederatedIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """Who somebody was proven to be by an identity provider."""

    principal: str  # as a trust policy's Federated element names it
    subject: str
    audience: str
    trust_keys: Keys  # condition keys for the trust policy
    session_keys: Keys  # condition keys that stay with the session
    action: str = WEB_IDENTITY


class SessionWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The session that is asked for."""

    name: str
    seconds: int
    policies: tuple[str, ...] = ()  # every one must allow
    tags: Mapping[str, str] = {}
    transitive_tags: tuple[str, ...] = ()
    source_identity: str | None = None

    def keys(self) -> dict[str, tuple[str, ...]]:
        """Return the condition keys that the request brings."""
        keys: dict[str, tuple[str, ...]] = {"sts:rolesessionname": (self.name,)}
        if self.source_identity is not None:
            keys["sts:sourceidentity"] = (self.source_identity,)
        return keys | tag_keys(self.tags, self.transitive_tags)

    def actions(self, action: str) -> tuple[str, ...]:
        """Return all that the trust policy must allow."""
        needed = [action]
        if self.tags:
            needed.append("sts:TagSession")
        if self.source_identity is not None:
            needed.append("sts:SetSourceIdentity")
        return tuple(needed)


def tag_keys(tags: Mapping[str, str], transitive: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Return the condition keys of session tags; they are absent where there are none."""
    keys: dict[str, tuple[str, ...]] = {f"aws:requesttag/{key.lower()}": (value,) for key, value in tags.items()}
    if tags:
        keys["aws:tagkeys"] = tuple(tags)
    if transitive:
        keys["sts:transitivetagkeys"] = transitive
    return keys


def resource_tag_keys(role: Principal) -> dict[str, tuple[str, ...]]:
    """Return the condition keys of the tags that are on the role itself."""
    keys: dict[str, tuple[str, ...]] = {}
    for key, value in role.tags.items():
        keys[f"aws:resourcetag/{key.lower()}"] = keys[f"iam:resourcetag/{key.lower()}"] = (value,)
    return keys


def web_identity(
    provider: str, subject: str, audience: str, methods: tuple[str, ...], *, principal: str | None = None
) -> FederatedIdentity:
    """Return the identity of somebody with a token; `provider` is the prefix of its condition keys."""
    keys: dict[str, tuple[str, ...]] = {f"{provider}:aud": (audience,), f"{provider}:sub": (subject,)}
    if methods:
        keys[f"{provider}:amr"] = methods
    return FederatedIdentity(
        principal=principal or provider, subject=subject, audience=audience, trust_keys=keys, session_keys=keys
    )


def may_assume(call: Call, role: Principal, identity: FederatedIdentity, wanted: SessionWanted) -> bool:
    """Say whether a role's trust policy lets the identity in, and put the reason into the trace."""
    for action in wanted.actions(identity.action):
        decision = _decide(call, role, identity, wanted, action)
        details = {"action": action, "resource": role.arn, "outcome": decision.outcome.value}
        if not decision.allowed:
            asked = _asked(call, role, identity, wanted, action)
            call.trace.refused(STEP, decision.reason, **findings(explain(*asked)) | details)
            return False
        call.trace.passed(STEP, decision.reason, **details)
    return True


def _decide(call: Call, role: Principal, identity: FederatedIdentity, wanted: SessionWanted, action: str) -> Decision:
    if role.open_provider is not None:
        return Decision(
            outcome=Outcome.IMPLICIT_DENY,
            reason=f"The role's trust policy is open to everybody whom {role.open_provider} knows: it needs a "
            f"condition on {role.open_provider}:aud.",
            kind=PolicyKind.TRUST,
        )
    return decide(*_asked(call, role, identity, wanted, action))


def _asked(
    call: Call, role: Principal, identity: FederatedIdentity, wanted: SessionWanted, action: str
) -> tuple[AuthorizationRequest, PolicySet]:
    visitor = Caller(
        account="",
        arn="",
        user_id="",
        type=PrincipalType.ANONYMOUS,
        federated_provider=identity.principal,
        context=identity.trust_keys,
    )
    question = AuthorizationRequest(
        caller=visitor,
        action=action,
        resource=role.arn,
        keys={**wanted.keys(), **resource_tag_keys(role)},
        http=call.request,
        region=call.region,
        now=call.now,
    )
    return question, PolicySet(resource=role.trust, mode=Mode.TRUST)


def above(role: Mapping[str, str], session: Mapping[str, str]) -> Mapping[str, str]:
    """Return a session's principal tags: the role's, with those of the session in their place, whatever their case."""
    if not session:
        return role
    overridden = {key.lower() for key in session}
    return {key: value for key, value in role.items() if key.lower() not in overridden} | dict(session)


def session_of(
    call: Call, role: Principal, wanted: SessionWanted, identity: FederatedIdentity | None = None
) -> Callable[[str], Caller]:
    """Return what makes the caller of a role's session, for `Credentials.issue`; the trust policy was asked before.

    `identity` is whoever came from outside; without one, another AWS principal has taken the role.
    """
    name = role.arn.rsplit("/", 1)[-1]
    account = role.arn.split(":", 5)[4]

    def caller(access_key_id: str) -> Caller:
        return Caller(
            account=account,
            arn=assumed_role_arn(account, name, wanted.name),
            user_id=f"{role.unique_id}:{wanted.name}",
            type=PrincipalType.ASSUMED_ROLE,
            access_key_id=access_key_id,
            role_arn=role.arn,
            role_id=role.unique_id,
            session_name=wanted.name,
            issued_at=call.now,
            expires_at=call.now + wanted.seconds,
            session_policies=wanted.policies,
            tags=above(role.tags, wanted.tags),
            transitive_tags=wanted.transitive_tags,
            source_identity=wanted.source_identity,
            federated_provider=identity.principal if identity else None,
            context=identity.session_keys if identity else {},
            mfa=None if identity else False,  # AWS: a role's session does not tell how its caller had proven itself
        )

    return caller
