"""A SAML identity provider in a few functions: metadata, and responses signed as a test wants them."""

import base64
import time
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml import XMLSigner
from signxml.algorithms import CanonicalizationMethod

ENTITY = "https://idp.example.com/saml"
ASSERTION = "{urn:oasis:names:tc:SAML:2.0:assertion}"
SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"
ATTRIBUTES = "https://aws.amazon.com/SAML/Attributes/"


@cache
def key_pair(name: str = "idp") -> tuple[Any, str]:
    """Return a private key and its self-signed certificate, the same for each name."""
    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=10))
        .sign(key, hashes.SHA256())
    )
    return key, certificate.public_bytes(serialization.Encoding.PEM).decode()


def metadata(name: str = "idp", entity: str = ENTITY, **attributes: str) -> str:
    """Return the metadata that is registered."""
    body = "".join(key_pair(name)[1].splitlines()[1:-1])
    more = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"""<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{entity}"{more}>
 <IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
  <KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data>
   <X509Certificate>{body}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
  <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="{entity}/sso"/>
 </IDPSSODescriptor>
</EntityDescriptor>"""


def instant(shift: float = 0) -> str:
    """Return now, so many seconds later, as SAML writes it."""
    return datetime.fromtimestamp(time.time() + shift, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def attribute(name: str, *values: str) -> str:
    """Return an Attribute element."""
    inside = "".join(f"<saml:AttributeValue>{value}</saml:AttributeValue>" for value in values)
    return f'<saml:Attribute Name="{name}">{inside}</saml:Attribute>'


def assertion(roles: list[str], **change: Any) -> str:
    """Return an unsigned assertion; `change` replaces a part of it."""
    part = {
        "id": "_a1",
        "issuer": ENTITY,
        "issued": instant(-1),
        "subject": "ann@example.com",
        "format": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
        "recipient": "https://signin.aws.amazon.com/saml",
        "confirmed_until": instant(300),
        "not_before": instant(-60),
        "until": instant(300),
        "audience": "urn:amazon:webservices",
        "session_name": "ann",
        "session_end": "",
        "attributes": "",
        **change,
    }
    end = f' SessionNotOnOrAfter="{part["session_end"]}"' if part["session_end"] else ""
    name = attribute(f"{ATTRIBUTES}RoleSessionName", part["session_name"]) if part["session_name"] else ""
    return f"""<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="{part["id"]}" Version="2.0"
 IssueInstant="{part["issued"]}"><saml:Issuer>{part["issuer"]}</saml:Issuer><saml:Subject>
<saml:NameID Format="{part["format"]}">{part["subject"]}</saml:NameID>
<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData
 NotOnOrAfter="{part["confirmed_until"]}" Recipient="{part["recipient"]}"/></saml:SubjectConfirmation></saml:Subject>
<saml:Conditions NotBefore="{part["not_before"]}" NotOnOrAfter="{part["until"]}"><saml:AudienceRestriction>
<saml:Audience>{part["audience"]}</saml:Audience></saml:AudienceRestriction></saml:Conditions>
<saml:AuthnStatement AuthnInstant="{part["issued"]}"{end}/>
<saml:AttributeStatement>{attribute(f"{ATTRIBUTES}Role", *roles)}{name}{part["attributes"]}</saml:AttributeStatement>
</saml:Assertion>"""


def response(inside: str, status: str = "urn:oasis:names:tc:SAML:2.0:status:Success") -> Any:
    """Return an unsigned response around assertions."""
    return etree.fromstring(
        f"""<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_r1" Version="2.0"
 IssueInstant="{instant()}"><samlp:Status><samlp:StatusCode Value="{status}"/></samlp:Status>
{inside}</samlp:Response>"""
    )


def sign(root: Any, where: str = "assertion", name: str = "idp", algorithm: str = "rsa-sha256") -> Any:
    """Sign the assertion or the whole response."""
    key, certificate = key_pair(name)
    signer = XMLSigner(
        signature_algorithm=algorithm,
        digest_algorithm="sha256",
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    if where == "response":
        return signer.sign(root, key=key, cert=certificate, reference_uri="#_r1", id_attribute="ID")
    plain = root.find(f"{ASSERTION}Assertion")
    identifier = plain.get("ID")
    signed = signer.sign(plain, key=key, cert=certificate, reference_uri=f"#{identifier}", id_attribute="ID")
    root.replace(root.find(f"{ASSERTION}Assertion"), signed)
    return root


def encode(root: Any) -> str:
    """Return a response as it is sent."""
    return base64.b64encode(etree.tostring(root)).decode()


def signed_response(roles: list[str], where: str = "assertion", name: str = "idp", **change: Any) -> str:
    """Return what an honest provider sends."""
    return encode(sign(response(assertion(roles, **change)), where, name))
