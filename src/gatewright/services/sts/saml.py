"""`AssumeRoleWithSAML`: whoever a company's identity provider vouches for becomes a role for a while.

Law: the assertion must be proven by the provider's registered metadata, name this very pair of role and provider, and
say a session name; the role's trust policy must allow the provider, with the assertion's values as condition keys. The
session ends with the assertion's, where that is sooner.
Source: STS API reference, `AssumeRoleWithSAML`; IAM user guide, "Configuring SAML assertions for the authentication
response", "Available keys for SAML-based AWS STS federation", "Troubleshoot SAML federation with IAM".
"""

import hashlib
import re
from base64 import b64encode

from gatewright.control.federation.login import LoginRefused, Problem
from gatewright.control.federation.saml import prove_assertion
from gatewright.control.federation.saml_assertion import ATTRIBUTES, Assertion
from gatewright.control.federation.session import (
    SAML,
    STEP,
    FederatedIdentity,
    SessionWanted,
    may_assume,
    session_of,
)
from gatewright.control.service import Call, Params, Result
from gatewright.services.sts.faults import expired_token, invalid_identity_token, not_authorized, validation_error
from gatewright.services.sts.roles import find_role
from gatewright.services.sts.saml_keys import keys_of_attributes
from gatewright.services.sts.session_policies import session_policies
from gatewright.services.sts.sessions import issue, seconds_of, show_role_session
from gatewright.services.sts.source_identity import is_source_identity
from gatewright.services.sts.tags import SessionTags, federated_tags
from gatewright.storage.principals import Principal
from gatewright.storage.providers import SAML_SHELF, SamlProvider
from gatewright.wire.faults import Fault

_OPERATION = "AssumeRoleWithSAML"
_SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
_PRINCIPAL_TAG = f"{ATTRIBUTES}PrincipalTag:"
_SHORTEST, _LONGEST = 900, 43_200


async def assume_role_with_saml(call: Call, params: Params) -> Result:
    """Give the bearer of a SAML assertion temporary credentials of a role.

    Raises:
        Fault: `InvalidIdentityToken`, `ExpiredTokenException`, `AccessDenied`, `ValidationError` …
    """
    provider: SamlProvider | None = call.shelf(SAML_SHELF).get(params["PrincipalArn"])
    if provider is None:
        raise invalid_identity_token("Specified provider doesn't exist.")
    try:
        assertion = await prove_assertion(provider, params["SAMLAssertion"], call.now)
        wanted = _wanted(call, params, assertion)
    except LoginRefused as refusal:
        call.trace.refused("login", str(refusal))
        raise _worded(refusal) from None
    role = find_role(call, params["RoleArn"])
    if role is None or (role.arn, provider.arn) not in assertion.roles:
        call.trace.refused(STEP, f"The role does not exist, or the assertion does not name it with {provider.arn}.")
        raise not_authorized(_OPERATION)
    identity = _identity(call, provider, assertion)
    if not may_assume(call, role, identity, wanted):
        raise not_authorized(_OPERATION)
    _must_fit(params, role, wanted)
    return {
        **issue(call, params, session_of(call, role, wanted, identity)),
        **show_role_session(role, wanted),
        "Subject": assertion.subject,
        "SubjectType": assertion.subject_type,
        "Issuer": assertion.issuer,
        "Audience": assertion.recipient,
        "NameQualifier": _name_qualifier(call, provider, assertion),
    }


def _must_fit(params: Params, role: Principal, wanted: SessionWanted) -> None:
    seconds_of(params, role)
    if wanted.seconds > role.max_session_duration:
        raise validation_error("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")


def _identity(call: Call, provider: SamlProvider, assertion: Assertion) -> FederatedIdentity:
    kept = {
        "saml:namequalifier": (_name_qualifier(call, provider, assertion),),
        "saml:sub": (assertion.subject,),
        "saml:sub_type": (assertion.subject_type,),
    }
    asked = {
        "saml:aud": (assertion.recipient,),
        "saml:iss": (assertion.issuer,),
        "saml:doc": (f"{call.account}/{_friendly_name(provider)}",),
    }
    return FederatedIdentity(
        principal=provider.arn,
        subject=assertion.subject,
        audience=assertion.recipient,
        trust_keys={**keys_of_attributes(assertion.attributes), **kept, **asked},
        session_keys=kept,
        action=SAML,
    )


def _friendly_name(provider: SamlProvider) -> str:
    return provider.arn.rpartition("/")[2]


def _name_qualifier(call: Call, provider: SamlProvider, assertion: Assertion) -> str:
    text = f"{assertion.issuer}{call.account}/{_friendly_name(provider)}"
    return b64encode(hashlib.sha1(text.encode(), usedforsecurity=False).digest()).decode()


def _wanted(call: Call, params: Params, assertion: Assertion) -> SessionWanted:
    """Return the session that the request and the assertion ask for together.

    Raises:
        LoginRefused, Fault: the assertion lacks what AWS demands.
    """
    name = assertion.one("RoleSessionName")
    if name is None:
        raise invalid_identity_token("RoleSessionName is required in AuthnResponse")
    if not _SESSION_NAME.fullmatch(name):
        raise invalid_identity_token("RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}")
    tags = _tags(assertion)
    return SessionWanted(
        name=name,
        seconds=_seconds(call, params, assertion),
        policies=session_policies(call, params),
        tags=tags.tags,
        transitive_tags=tags.transitive,
        source_identity=_source_identity(assertion),
    )


def _source_identity(assertion: Assertion) -> str | None:
    given = assertion.one("SourceIdentity")
    if given is not None and not is_source_identity(given):
        raise invalid_identity_token('Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"')
    return given


def _tags(assertion: Assertion) -> SessionTags:
    names = [name for name in assertion.attributes if name.startswith(_PRINCIPAL_TAG)]
    tags = {name.removeprefix(_PRINCIPAL_TAG): assertion.one(name.removeprefix(ATTRIBUTES)) or "" for name in names}
    return federated_tags(tags, assertion.attributes.get(f"{ATTRIBUTES}TransitiveTagKeys", ()))


def _seconds(call: Call, params: Params, assertion: Assertion) -> int:
    """Return how long the session lives: as long as the request says, or less where the assertion says less."""
    seconds = int(params.get("DurationSeconds") or 3_600)
    given = assertion.one("SessionDuration")
    if given is not None:
        if not given.isascii() or not given.isdigit() or not _SHORTEST <= int(given) <= _LONGEST:
            raise invalid_identity_token(f"SessionDuration in AuthnResponse must be {_SHORTEST} to {_LONGEST}")
        seconds = min(seconds, int(given))
    if assertion.session_ends_at is not None:
        seconds = min(seconds, int(assertion.session_ends_at - call.now))
    if seconds <= 0:
        raise LoginRefused(Problem.EXPIRED, "SessionNotOnOrAfter has passed")
    return seconds


def _worded(refusal: LoginRefused) -> Fault:
    if refusal.problem is Problem.EXPIRED:
        return expired_token(f"Token is expired: {refusal.detail}")
    return invalid_identity_token(
        {
            Problem.MALFORMED: f"Invalid SAML response: {refusal.detail}",
            Problem.MISSING: f"Invalid SAML response: it does not have {refusal.detail}",
            Problem.ISSUER: "Issuer not present in specified provider",
            Problem.AUDIENCE: "Response does not contain the required audience.",
            Problem.TOO_EARLY: f"The SAML response is not valid yet: {refusal.detail}",
            Problem.UNREACHABLE: "The provider's metadata cannot be used: update the SAML provider.",
        }.get(refusal.problem, "Response signature invalid")
    )
