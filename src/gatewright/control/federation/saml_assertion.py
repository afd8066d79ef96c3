"""What a signed SAML assertion says, and whether it is meant for us, now.

In: an `Assertion` element whose signature has been verified. Out: an `Assertion`. Law: what AWS demands must be there:
the issuer of the metadata, AWS as audience and as recipient, a bearer confirmation that has not run out, and an issue
no longer than five minutes ago. Clocks may differ by a minute.
Source: IAM user guide, "Configuring SAML assertions for the authentication response"; SAML 2.0 Core, 2.5; SAML 2.0
Profiles, 4.1.4.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from gatewright.control.federation.login import LoginRefused, Problem

ASSERTION = "{urn:oasis:names:tc:SAML:2.0:assertion}"
PROTOCOL = "{urn:oasis:names:tc:SAML:2.0:protocol}"
ATTRIBUTES = "https://aws.amazon.com/SAML/Attributes/"
_AUDIENCES = frozenset({"https://signin.aws.amazon.com/saml", "urn:amazon:webservices"})
_RECIPIENT = "signin.aws.amazon.com/saml"  # or with a region before it
_BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
_REDEEM_SECONDS = 300.0
_SKEW = 60.0
_FORMATS = "urn:oasis:names:tc:SAML:2.0:nameid-format:"
_OLD_FORMATS = "urn:oasis:names:tc:SAML:1.1:nameid-format:"


class Assertion(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider asserts of somebody."""

    issuer: str
    subject: str
    subject_type: str  # persistent, transient, or the whole URI of another format
    recipient: str
    attributes: Mapping[str, list[str]]
    roles: tuple[tuple[str, str], ...]  # role ARN, provider ARN
    session_ends_at: float | None  # SessionNotOnOrAfter, seconds since the epoch

    def one(self, name: str) -> str | None:
        """Return the only value of one of AWS's attributes, None where it is absent.

        Raises:
            LoginRefused: it has several.
        """
        values = self.attributes.get(f"{ATTRIBUTES}{name}")
        if not values:
            return None
        if len(values) > 1:
            raise LoginRefused(Problem.MALFORMED, f"{name} has more than one value")
        return values[0]


def read_assertion(element: Any, entity_id: str, now: float) -> Assertion:
    """Return what an assertion says, if it is from the provider, for AWS, and for now.

    Raises:
        LoginRefused: it is not.
    """
    issuer = _text(element.find(f"{ASSERTION}Issuer"))
    if not issuer or issuer != entity_id:
        raise LoginRefused(Problem.ISSUER, f"it says that it is from {issuer[:200]}")
    issued = moment(element.get("IssueInstant"), "IssueInstant")
    if issued > now + _SKEW:
        raise LoginRefused(Problem.TOO_EARLY, "IssueInstant is in the future")
    _check_conditions(element, now)
    recipient = _check_confirmation(element, now)
    if issued + _REDEEM_SECONDS <= now:
        raise LoginRefused(Problem.EXPIRED, "it must be redeemed within 5 minutes of issuance")
    name = element.find(f"{ASSERTION}Subject/{ASSERTION}NameID")
    if not _text(name):
        raise LoginRefused(Problem.MISSING, "NameID")
    attributes = _attributes(element)
    return Assertion(
        issuer=issuer,
        subject=_text(name),
        subject_type=_type(name.get("Format")),
        recipient=recipient,
        attributes=attributes,
        roles=tuple(_roles(attributes.get(f"{ATTRIBUTES}Role", []))),
        session_ends_at=_session_end(element),
    )


def _text(element: Any) -> str:
    return "" if element is None else "".join(element.itertext()).strip()


def _type(form: str | None) -> str:
    if form is None:
        return f"{_OLD_FORMATS}unspecified"
    return form.removeprefix(_FORMATS)


def moment(text: str | None, what: str) -> float:
    """Return a time of XML Schema in seconds since the epoch.

    Raises:
        LoginRefused: it is absent, or no time.
    """
    try:
        parsed = datetime.fromisoformat(text or "")
    except ValueError:
        raise LoginRefused(Problem.MISSING, what) from None
    return (parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=UTC)).timestamp()


def _check_conditions(element: Any, now: float) -> None:
    conditions = element.find(f"{ASSERTION}Conditions")
    if conditions is None:
        raise LoginRefused(Problem.MISSING, "Conditions")
    _check_window(conditions, now)
    restrictions = conditions.findall(f"{ASSERTION}AudienceRestriction")
    if not restrictions:
        raise LoginRefused(Problem.MISSING, "AudienceRestriction")
    for restriction in restrictions:  # every one must be satisfied
        audiences = {_text(audience) for audience in restriction.findall(f"{ASSERTION}Audience")}
        if audiences.isdisjoint(_AUDIENCES):
            raise LoginRefused(Problem.AUDIENCE, "its audience is not AWS")


def _check_window(element: Any, now: float) -> None:
    before, after = element.get("NotBefore"), element.get("NotOnOrAfter")
    if before is not None and moment(before, "NotBefore") > now + _SKEW:
        raise LoginRefused(Problem.TOO_EARLY, "NotBefore is in the future")
    if after is not None and moment(after, "NotOnOrAfter") <= now:
        raise LoginRefused(Problem.EXPIRED, "NotOnOrAfter has passed")


def _check_confirmation(element: Any, now: float) -> str:
    """Return the recipient of the one bearer confirmation.

    Raises:
        LoginRefused: there is none for AWS that still counts.
    """
    confirmations = element.findall(f"{ASSERTION}Subject/{ASSERTION}SubjectConfirmation")
    bearers = [one for one in confirmations if one.get("Method") == _BEARER]
    data = bearers[0].find(f"{ASSERTION}SubjectConfirmationData") if len(bearers) == 1 else None
    if data is None or data.get("NotOnOrAfter") is None or data.get("Recipient") is None:
        raise LoginRefused(Problem.MISSING, "one SubjectConfirmation with NotOnOrAfter and Recipient")
    _check_window(data, now)
    recipient = str(data.get("Recipient"))
    host = recipient.removeprefix("https://")
    if host == recipient or not (host == _RECIPIENT or host.endswith(f".{_RECIPIENT}")) or "/" in host[:-5]:
        raise LoginRefused(Problem.AUDIENCE, "its recipient is not AWS")
    return recipient


def _attributes(element: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for attribute in element.findall(f"{ASSERTION}AttributeStatement/{ASSERTION}Attribute"):
        values = [_text(value) for value in attribute.findall(f"{ASSERTION}AttributeValue")]
        found.setdefault(attribute.get("Name", ""), []).extend(values)
    return found


def _roles(pairs: list[str]) -> list[tuple[str, str]]:
    """Return the roles and their providers; the two ARNs of a pair may come in either order."""
    found = []
    for pair in pairs:
        arns = [arn.strip() for arn in pair.split(",")]
        role = next((arn for arn in arns if ":role/" in arn), None)
        provider = next((arn for arn in arns if ":saml-provider/" in arn), None)
        if role is not None and provider is not None and len(arns) == 2:
            found.append((role, provider))
    return found


def _session_end(element: Any) -> float | None:
    ends = [one.get("SessionNotOnOrAfter") for one in element.findall(f"{ASSERTION}AuthnStatement")]
    moments = [moment(end, "SessionNotOnOrAfter") for end in ends if end is not None]
    return min(moments) if moments else None
