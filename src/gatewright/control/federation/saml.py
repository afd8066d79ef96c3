"""SAML 2.0 responses: is this assertion the provider's, for AWS, for now, and for us?

In: a provider with its metadata, a base64 `Response`, the time. Out: an `Assertion`. Law: nothing is read but the very
elements that the signature covers, as the signature library hands them out, so that an assertion wrapped around, put
beside or hidden in a signed one is never seen; keys come from the registered metadata and never from the response; no
DTD, no entity, no network. SHA-1 signatures are refused.
Source: IAM user guide, "Configuring SAML assertions for the authentication response"; SAML 2.0 Core and Profiles
(bearer confirmation). AWS's limit of five minutes after issue is documented for its sign-in endpoint and STS.

An assertion in another's words (`EncryptedAssertion`) is refused: the provider has no private key here.
"""

import asyncio
from base64 import b64decode
from binascii import Error as BadBase64
from functools import lru_cache
from typing import Any

from gatewright.control.federation.login import LoginRefused, Problem
from gatewright.control.federation.saml_assertion import ASSERTION, PROTOCOL, Assertion, moment, read_assertion
from gatewright.storage.providers import SamlProvider

_MOST = 100_000  # characters of the response, as STS has it
_METADATA = "{urn:oasis:names:tc:SAML:2.0:metadata}"
_SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}"
_SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"


async def prove_assertion(provider: SamlProvider, response: str, now: float) -> Assertion:
    """Return what a provider asserts of somebody.

    Raises:
        LoginRefused: the response proves nothing.
    """
    return await asyncio.to_thread(_prove, provider, response, now)


def _prove(provider: SamlProvider, response: str, now: float) -> Assertion:
    root = _parse(response)
    entity_id, certificates, valid_until = _metadata(provider.metadata_xml)
    if valid_until is not None and valid_until <= now:
        raise LoginRefused(Problem.UNREACHABLE, "the provider's metadata was valid until a moment that has passed")
    signed = _signed(root, certificates)
    assertion = _assertion_in(signed, root)
    return read_assertion(assertion, entity_id, now)


def _parser() -> Any:
    from lxml import etree  # a tenth of a second: only who has SAML providers pays it

    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip


def _parse(response: str) -> Any:
    """Return the root of a response.

    Raises:
        LoginRefused: it is not one.
    """
    from lxml import etree

    if len(response) > _MOST:
        raise LoginRefused(Problem.MALFORMED, f"a response has at most {_MOST} characters")
    try:
        root = etree.fromstring(b64decode("".join(response.split()), validate=True), _parser())
    except (BadBase64, ValueError, etree.XMLSyntaxError):
        raise LoginRefused(Problem.MALFORMED, "the response is not base64 of XML") from None
    if root.getroottree().docinfo.doctype:
        raise LoginRefused(Problem.MALFORMED, "a response has no DTD")
    if root.tag != f"{PROTOCOL}Response" or len(root.findall(f"{ASSERTION}Assertion")) != 1:
        raise LoginRefused(Problem.MALFORMED, "a response holds exactly one Assertion, which is not encrypted")
    status = root.find(f"{PROTOCOL}Status/{PROTOCOL}StatusCode")
    if status is None or status.get("Value") != _SUCCESS:
        raise LoginRefused(Problem.MALFORMED, "the response tells of no success")
    return root


@lru_cache(maxsize=256)
def _metadata(text: str) -> tuple[str, tuple[Any, ...], float | None]:
    """Return a provider's entity id, its signing certificates, and until when they count."""
    from cryptography import x509
    from lxml import etree

    try:
        root = etree.fromstring(text.encode(), _parser())
    except (ValueError, etree.XMLSyntaxError):
        raise LoginRefused(Problem.UNREACHABLE, "the provider's metadata cannot be read") from None
    entity = root if root.tag == f"{_METADATA}EntityDescriptor" else root.find(f"{_METADATA}EntityDescriptor")
    if entity is None:
        raise LoginRefused(Problem.UNREACHABLE, "the provider's metadata has no EntityDescriptor")
    certificates = []
    for descriptor in entity.findall(f"{_METADATA}IDPSSODescriptor"):
        for key in descriptor.findall(f"{_METADATA}KeyDescriptor"):
            if key.get("use", "signing") != "signing":
                continue
            for element in key.iter(f"{_SIGNATURE}X509Certificate"):
                der = b64decode("".join((element.text or "").split()))
                certificates.append(x509.load_der_x509_certificate(der))
    until = root.get("validUntil") or entity.get("validUntil")
    return entity.get("entityID", ""), tuple(certificates), None if until is None else moment(until, "validUntil")


def _signed(root: Any, certificates: tuple[Any, ...]) -> Any:
    """Return the element that one of the certificates has signed, as it was signed.

    Raises:
        LoginRefused: there is none.
    """
    from lxml import etree
    from signxml.exceptions import SignXMLException
    from signxml.verifier import SignatureConfiguration, XMLVerifier

    places = [f"./{ASSERTION}Assertion/", "./"]  # of the signature: in the assertion, or in the response
    for place in places:
        if len(root.findall(f"{place}{_SIGNATURE}Signature")) != 1:
            continue
        config = SignatureConfiguration(location=place, expect_references=1, require_x509=True)
        for certificate in certificates:
            try:
                found = XMLVerifier().verify(
                    etree.tostring(root),
                    x509_cert=certificate,
                    expect_config=config,
                    id_attribute="ID",
                    parser=_parser(),
                )
            except (SignXMLException, ValueError, TypeError, KeyError, AttributeError, etree.LxmlError):
                continue
            verified = found[0] if isinstance(found, list) else found
            if verified.signed_xml is not None:
                return verified.signed_xml
    raise LoginRefused(Problem.SIGNATURE, "no key of the provider's metadata has signed it")


def _assertion_in(signed: Any, root: Any) -> Any:
    """Return the assertion in what was signed: it is that, or the only one in the signed response.

    Raises:
        LoginRefused: something else was signed.
    """
    if signed.tag == f"{ASSERTION}Assertion":
        if signed.get("ID") != root.find(f"{ASSERTION}Assertion").get("ID"):
            raise LoginRefused(Problem.SIGNATURE, "another assertion was signed than the one in the response")
        return signed
    is_response = signed.tag == f"{PROTOCOL}Response" and signed.get("ID") == root.get("ID")
    inside = signed.findall(f"{ASSERTION}Assertion") if is_response else []
    if len(inside) != 1:
        raise LoginRefused(Problem.SIGNATURE, "neither the response nor its assertion was signed")
    return inside[0]
