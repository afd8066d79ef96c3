"""May a web identity take a role, and the session that it gets.

In: a role as published, and who the visitor was proven to be. Out: temporary credentials, or the refusal with its
reason in the trace.
Law: one rule for `sts:AssumeRoleWithWebIdentity` and for `GetCredentialsForIdentity`, which is the same step without a
token in between; a trust policy that is open to every identity pool lets in none. Source: IAM user guide, "OIDC
federation"; Cognito developer guide, "IAM roles".
"""

from collections.abc import Callable

import msgspec

from gatewright.control.service import Call
from gatewright.core.arn import assumed_role_arn
from gatewright.core.identity import Caller, PrincipalType
from gatewright.policy.audience import ACTION
from gatewright.policy.context import AuthorizationRequest
from gatewright.policy.decision import Decision, Outcome, PolicyKind
from gatewright.policy.evaluate import Mode, PolicySet, decide
from gatewright.storage.principals import Principal

STEP = "trust"


class WebIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """Who somebody was proven to be by an identity provider."""

    provider: str  # cognito-identity.amazonaws.com
    subject: str
    audience: str
    methods: tuple[str, ...]  # amr: ("unauthenticated",)

    def keys(self) -> dict[str, tuple[str, ...]]:
        """Return the condition keys that the identity brings, into the trust policy and into the session."""
        return {
            f"{self.provider}:aud": (self.audience,),
            f"{self.provider}:sub": (self.subject,),
            f"{self.provider}:amr": self.methods,
        }


class SessionWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The session that is asked for."""

    name: str
    seconds: int
    policies: tuple[str, ...] = ()  # every one must allow


def may_assume(call: Call, role: Principal, identity: WebIdentity, wanted: SessionWanted) -> bool:
    """Say whether a role's trust policy lets the identity in, and put the reason into the trace."""
    decision = _decide(call, role, identity, wanted)
    details = {"action": ACTION, "resource": role.arn, "outcome": decision.outcome.value}
    if decision.allowed:
        call.trace.passed(STEP, decision.reason, **details)
    else:
        call.trace.refused(STEP, decision.reason, **details)
    return decision.allowed


def _decide(call: Call, role: Principal, identity: WebIdentity, wanted: SessionWanted) -> Decision:
    if role.trusts_any_pool:
        return Decision(
            outcome=Outcome.IMPLICIT_DENY,
            reason="The role's trust policy is open to every identity pool: it needs a condition on "
            f"{identity.provider}:aud.",
            kind=PolicyKind.TRUST,
        )
    visitor = Caller(
        account="",
        arn="",
        user_id="",
        type=PrincipalType.ANONYMOUS,
        federated_provider=identity.provider,
        context=identity.keys(),
    )
    question = AuthorizationRequest(
        caller=visitor,
        action=ACTION,
        resource=role.arn,
        keys={"sts:rolesessionname": (wanted.name,), "sts:durationseconds": (str(wanted.seconds),)},
        http=call.request,
        region=call.region,
        now=call.now,
    )
    return decide(question, PolicySet(resource=role.trust, mode=Mode.TRUST))


def session_of(call: Call, role: Principal, identity: WebIdentity, wanted: SessionWanted) -> Callable[[str], Caller]:
    """Return what makes the caller of a role's session, for `Credentials.issue`; the trust policy was asked before."""
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
            tags=role.tags,
            federated_provider=identity.provider,
            context=identity.keys(),
        )

    return caller
