"""SAML attributes -> condition keys of trust policies.

Source: IAM user guide, "Configuring SAML assertions for the authentication response", Mapping SAML attributes to AWS
trust policy context keys.
"""

from collections.abc import Mapping, Sequence

_PERSON = "urn:oid:1.3.6.1.4.1.5923.1.1.1."
_ORGANIZATION = "urn:oid:1.3.6.1.4.1.5923.1.2.1."
_CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
_KEYS = {
    f"{_PERSON}1": "edupersonaffiliation",
    f"{_PERSON}2": "edupersonnickname",
    f"{_PERSON}3": "edupersonorgdn",
    f"{_PERSON}4": "edupersonorgunitdn",
    f"{_PERSON}5": "edupersonprimaryaffiliation",
    f"{_PERSON}6": "edupersonprincipalname",
    f"{_PERSON}7": "edupersonentitlement",
    f"{_PERSON}8": "edupersonprimaryorgunitdn",
    f"{_PERSON}9": "edupersonscopedaffiliation",
    f"{_PERSON}10": "edupersontargetedid",
    f"{_PERSON}11": "edupersonassurance",
    f"{_ORGANIZATION}2": "eduorghomepageuri",
    f"{_ORGANIZATION}3": "eduorgidentityauthnpolicyuri",
    f"{_ORGANIZATION}4": "eduorglegalname",
    f"{_ORGANIZATION}5": "eduorgsuperioruri",
    f"{_ORGANIZATION}6": "eduorgwhitepagesuri",
    "urn:oid:2.5.4.3": "cn",
    f"{_CLAIMS}name": "name",
    "http://schemas.xmlsoap.org/claims/CommonName": "commonname",
    f"{_CLAIMS}givenname": "givenname",
    f"{_CLAIMS}surname": "surname",
    f"{_CLAIMS}emailaddress": "mail",
    "http://schemas.microsoft.com/ws/2008/06/identity/claims/primarygroupsid": "uid",
    "2.5.4.3": "commonname",
    "2.5.4.4": "surname",
    "2.4.5.42": "givenname",
    "2.5.4.45": "x500uniqueidentifier",
    "0.9.2342.19200300100.1.1": "uid",
    "0.9.2342.19200300100.1.3": "mail",
    "0.9.2342.19200300.100.1.45": "organizationstatus",
}


def keys_of_attributes(attributes: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Return the condition keys of an assertion's attributes; where two attributes mean one key, the first counts."""
    keys: dict[str, tuple[str, ...]] = {}
    for name, values in attributes.items():
        key = _KEYS.get(name)
        if key is not None and values:
            keys.setdefault(f"saml:{key}", tuple(values))
    return keys
