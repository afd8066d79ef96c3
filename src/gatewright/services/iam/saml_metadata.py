"""SAML metadata: what an identity provider says of itself, read without trusting it.

In: the XML document of `CreateSAMLProvider`. Out: `SamlMetadata`, or why it is none. Law: pure; no document type, no
entities (see `wire.codecs.xml`); what could not be used to check an assertion is refused when it is registered.
Source: OASIS, "Metadata for the OASIS Security Assertion Markup Language (SAML) V2.0"; IAM user guide, "Create a SAML
identity provider in IAM".
"""

import base64
import binascii
import xml.etree.ElementTree as ET
from datetime import UTC, datetime

import msgspec

from gatewright.wire.codecs.scalars import Unreadable
from gatewright.wire.codecs.xml import decode

_METADATA = "{urn:oasis:names:tc:SAML:2.0:metadata}"
_SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}"
_PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
_LONGEST_ID = 1_024  # of an entityID, by the standard


class BadMetadata(Exception):  # the operation knows which of its errors this is
    """The document is no metadata of an identity provider; the message says why."""


class SamlMetadata(msgspec.Struct, frozen=True):
    """What registering a provider depends on."""

    entity_id: str
    certificates: int  # for signing
    valid_until: float | None  # seconds since the epoch


def read_metadata(document: str) -> SamlMetadata:
    """Read the metadata of an identity provider.

    Raises:
        BadMetadata: it is not that.
    """
    try:
        root = decode(document.encode())
    except Unreadable as refusal:
        raise BadMetadata(str(refusal)) from None
    if root.tag != f"{_METADATA}EntityDescriptor":
        raise BadMetadata("the root element is not an EntityDescriptor of SAML 2.0")
    entity_id = root.get("entityID") or ""
    if not 0 < len(entity_id) <= _LONGEST_ID:
        raise BadMetadata(f"entityID must have 1 to {_LONGEST_ID} characters")
    roles = [
        role
        for role in root.findall(f"{_METADATA}IDPSSODescriptor")
        if _PROTOCOL in (role.get("protocolSupportEnumeration") or "").split()
    ]
    if not roles:
        raise BadMetadata("there is no IDPSSODescriptor for the SAML 2.0 protocol")
    if not any(
        service.get("Location") for role in roles for service in role.findall(f"{_METADATA}SingleSignOnService")
    ):
        raise BadMetadata("there is no SingleSignOnService with a Location")
    certificates = sum(_certificates(role) for role in roles)
    if not certificates:
        raise BadMetadata("there is no X509Certificate for signing")
    return SamlMetadata(entity_id, certificates, _moment(root.get("validUntil")))


def _certificates(role: ET.Element) -> int:
    """Count a role's certificates for signing; every one must be readable, and its key one that can sign."""
    from cryptography import x509  # a tenth of a second: only who has SAML providers pays it

    found = 0
    for descriptor in role.findall(f"{_METADATA}KeyDescriptor"):
        if descriptor.get("use") == "encryption":
            continue
        for element in descriptor.iter(f"{_SIGNATURE}X509Certificate"):
            try:
                der = base64.b64decode("".join((element.text or "").split()), validate=True)
                x509.load_der_x509_certificate(der).public_key()
            except (binascii.Error, ValueError, TypeError):
                raise BadMetadata("an X509Certificate cannot be read") from None
            except Exception as error:  # the library's own kinds, such as a key of an unknown algorithm
                raise BadMetadata(f"an X509Certificate cannot be used: {type(error).__name__}") from None
            found += 1
    return found


def _moment(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise BadMetadata("validUntil is not a date") from None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
