"""`AssumeRoleWithSAML`: assertions of a registered provider, and every attack on XML signatures that we know."""

import base64
import copy
import hashlib
import time

import pytest
from lxml import etree

from gatewright.control.federation.login import LoginRefused
from gatewright.control.federation.saml import prove_assertion
from gatewright.storage.providers import SamlProvider
from tests import saml_provider as saml
from tests.services.policies import allow, document, refused, session

ACCOUNT = "000000000000"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Saml"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:saml-provider/Idp"
PAIR = f"{ROLE},{PROVIDER}"
WITH_SAML = "sts:AssumeRoleWithSAML"
DENIED = ("AccessDenied", "Not authorized to perform sts:AssumeRoleWithSAML")
BAD_SIGNATURE = ("InvalidIdentityToken", "Response signature invalid")


def trusting(aws, actions=(WITH_SAML,), condition=None, **settings):
    condition = condition or {"StringEquals": {"saml:aud": "https://signin.aws.amazon.com/saml"}}
    statement = {"Effect": "Allow", "Principal": {"Federated": PROVIDER}, "Action": list(actions)}
    text = document({**statement, "Condition": condition})
    iam = aws("iam")
    try:
        iam.create_role(RoleName="Saml", AssumeRolePolicyDocument=text, **settings)
    except iam.exceptions.EntityAlreadyExistsException:
        iam.update_assume_role_policy(RoleName="Saml", PolicyDocument=text)


@pytest.fixture
def sts(aws):
    """STS, with a SAML provider and a role that trusts it."""
    aws("iam").create_saml_provider(Name="Idp", SAMLMetadataDocument=saml.metadata())
    trusting(aws)
    aws("iam").put_role_policy(RoleName="Saml", PolicyName="p", PolicyDocument=allow("iam:ListUsers", "sts:*"))
    return aws("sts")


def take(sts, response=None, **more):
    given = {"RoleArn": ROLE, "PrincipalArn": PROVIDER, "SAMLAssertion": response or saml.signed_response([PAIR])}
    return sts.assume_role_with_saml(**{**given, **more})


def refusal(sts, response=None, **more):
    given = {"RoleArn": ROLE, "PrincipalArn": PROVIDER, "SAMLAssertion": response or saml.signed_response([PAIR])}
    return refused(sts.assume_role_with_saml, **{**given, **more})


@pytest.mark.parametrize("where", ["assertion", "response"])
def test_a_signed_assertion_is_traded_for_credentials(aws, sts, where):
    answer = take(sts, saml.signed_response([PAIR], where))
    assert answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/Saml/ann"
    assert (answer["Subject"], answer["SubjectType"]) == ("ann@example.com", "persistent")
    assert (answer["Issuer"], answer["Audience"]) == (saml.ENTITY, "https://signin.aws.amazon.com/saml")
    digest = hashlib.sha1(f"{saml.ENTITY}{ACCOUNT}/Idp".encode()).digest()
    assert answer["NameQualifier"] == base64.b64encode(digest).decode()
    session(aws, answer["Credentials"], "iam").list_users()


def test_the_pair_of_role_and_provider_must_be_in_the_assertion_in_either_order(aws, sts):
    take(sts, saml.signed_response([f"{PROVIDER}, {ROLE}"]))
    for pairs in ([], [f"{ROLE}2,{PROVIDER}"], [f"{ROLE},{PROVIDER}2"], [ROLE], [f"{PAIR},{PAIR}"]):
        assert refusal(sts, saml.signed_response(pairs)) == DENIED


def test_a_role_that_does_not_trust_the_provider_is_answered_like_none(aws, sts):
    trusting(aws, condition={"StringEquals": {"saml:sub": "bob@example.com"}})
    assert refusal(sts) == DENIED
    nowhere = f"arn:aws:iam::{ACCOUNT}:role/Nowhere"
    assert refusal(sts, saml.signed_response([f"{nowhere},{PROVIDER}"]), RoleArn=nowhere) == DENIED


def test_a_provider_that_is_not_registered_is_told_so(sts):
    assert refusal(sts, PrincipalArn=f"{PROVIDER}2") == ("InvalidIdentityToken", "Specified provider doesn't exist.")


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"issuer": "https://evil.example"}, "InvalidIdentityToken", "Issuer not present in specified provider"),
        ({"audience": "https://elsewhere.example"}, "InvalidIdentityToken", "required audience"),
        ({"recipient": "https://elsewhere.example/saml"}, "InvalidIdentityToken", "required audience"),
        ({"recipient": "https://evil.example/signin.aws.amazon.com/saml"}, "InvalidIdentityToken", "audience"),
        ({"recipient": "http://signin.aws.amazon.com/saml"}, "InvalidIdentityToken", "audience"),
        ({"until": saml.instant(-1)}, "ExpiredTokenException", "expired"),
        ({"confirmed_until": saml.instant(-1)}, "ExpiredTokenException", "expired"),
        ({"issued": saml.instant(-400)}, "ExpiredTokenException", "5 minutes"),
        ({"issued": saml.instant(3600)}, "InvalidIdentityToken", "not valid yet"),
        ({"not_before": saml.instant(3600)}, "InvalidIdentityToken", "not valid yet"),
        ({"issued": "yesterday"}, "InvalidIdentityToken", "IssueInstant"),
        ({"subject": ""}, "InvalidIdentityToken", "NameID"),
        ({"session_name": ""}, "InvalidIdentityToken", "RoleSessionName is required in AuthnResponse"),
        ({"session_name": "John Doe"}, "InvalidIdentityToken", "RoleSessionName in AuthnResponse must match"),
        ({"session_end": saml.instant(-1)}, "ExpiredTokenException", "expired"),
        ({"attributes": saml.attribute(f"{saml.ATTRIBUTES}SessionDuration", "1")}, "InvalidIdentityToken", "900"),
        ({"attributes": saml.attribute(f"{saml.ATTRIBUTES}SourceIdentity", "aws:x")}, "InvalidIdentityToken", "Source"),
    ],
)
def test_what_an_assertion_must_say(sts, change, code, words):
    found, message = refusal(sts, saml.signed_response([PAIR], **change))
    assert found == code
    assert words in message


def test_a_region_s_sign_in_address_is_a_recipient_too(aws, sts):
    trusting(aws, condition={"StringLike": {"saml:aud": "https://*.signin.aws.amazon.com/saml"}})
    take(sts, saml.signed_response([PAIR], recipient="https://us-east-2.signin.aws.amazon.com/saml"))


@pytest.mark.parametrize(
    ("condition", "good"),
    [
        ({"StringEquals": {"saml:iss": saml.ENTITY}}, True),
        ({"StringEquals": {"saml:doc": f"{ACCOUNT}/Idp"}}, True),
        ({"StringEquals": {"saml:sub_type": "persistent"}}, True),
        ({"StringEquals": {"saml:doc": f"{ACCOUNT}/Other"}}, False),
        ({"ForAnyValue:StringEquals": {"saml:edupersonaffiliation": "staff"}}, True),
        ({"ForAllValues:StringEquals": {"saml:edupersonaffiliation": ["staff"]}}, False),
        ({"StringEquals": {"saml:mail": "ann@example.com"}}, True),
        ({"StringEquals": {"sts:RoleSessionName": "ann"}}, True),
    ],
)
def test_the_condition_keys_of_a_saml_trust_policy(aws, sts, condition, good):
    trusting(aws, condition=condition)
    more = saml.attribute("urn:oid:1.3.6.1.4.1.5923.1.1.1.1", "staff", "faculty")
    more += saml.attribute("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress", "ann@example.com")
    response = saml.signed_response([PAIR], attributes=more)
    if good:
        take(sts, response)
    else:
        assert refusal(sts, response) == DENIED


def test_tags_and_source_identity_of_an_assertion_need_permission_and_travel(aws, sts):
    more = saml.attribute(f"{saml.ATTRIBUTES}PrincipalTag:team", "red")
    more += saml.attribute(f"{saml.ATTRIBUTES}TransitiveTagKeys", "team")
    more += saml.attribute(f"{saml.ATTRIBUTES}SourceIdentity", "Ann")
    response = saml.signed_response([PAIR], attributes=more)
    assert refusal(sts, response) == DENIED
    trusting(aws, (WITH_SAML, "sts:TagSession"))
    assert refusal(sts, response) == DENIED
    trusting(aws, (WITH_SAML, "sts:TagSession", "sts:SetSourceIdentity"))
    answer = take(sts, response)
    assert answer["SourceIdentity"] == "Ann"
    red = {"StringEquals": {"aws:PrincipalTag/team": "red", "aws:SourceIdentity": "Ann"}}
    aws("iam").put_role_policy(RoleName="Saml", PolicyName="p", PolicyDocument=allow("iam:ListUsers", Condition=red))
    session(aws, answer["Credentials"], "iam").list_users()


def test_a_session_ends_no_later_than_the_assertion_says(aws, sts):
    def seconds(**change):
        answer = take(sts, saml.signed_response([PAIR], **change))
        left = answer["Credentials"]["Expiration"].timestamp() - time.time()
        return round(left / 60)

    assert seconds() == 60
    assert seconds(session_end=saml.instant(1200)) == 20
    assert seconds(attributes=saml.attribute(f"{saml.ATTRIBUTES}SessionDuration", "1800")) == 30
    assert refusal(sts, DurationSeconds=7200)[0] == "ValidationError"


def test_replaced_metadata_counts_from_the_next_request_on(aws, sts):
    take(sts)
    aws("iam").update_saml_provider(SAMLProviderArn=PROVIDER, SAMLMetadataDocument=saml.metadata("new"))
    assert refusal(sts) == BAD_SIGNATURE
    take(sts, saml.signed_response([PAIR], name="new"))


async def test_metadata_that_has_run_out_proves_nothing():
    text = saml.metadata(validUntil=saml.instant(60))
    provider, response = SamlProvider(arn=PROVIDER, metadata_xml=text), saml.signed_response([PAIR])
    await prove_assertion(provider, response, time.time())
    with pytest.raises(LoginRefused, match="valid until"):
        await prove_assertion(provider, response, time.time() + 61)


# ---- attacks -------------------------------------------------------------------------------------------------------


def evil(**change):
    """Return the assertion that an attacker would like to be believed."""
    return etree.fromstring(
        saml.assertion([PAIR], subject="root@example.com", session_name="root", id="_evil", **change)
    )


def honest(where="assertion"):
    return saml.sign(saml.response(saml.assertion([PAIR])), where)


def _no_signature():
    return saml.response(saml.assertion([PAIR]))


def _another_key():
    return saml.sign(saml.response(saml.assertion([PAIR])), name="attacker")


def _changed_after_signing():
    root = honest()
    root.find(f".//{saml.ASSERTION}NameID").text = "root@example.com"
    return root


def _evil_beside():
    root = honest()
    root.insert(1, evil())
    return root


def _evil_wraps_signed():
    """XSW: the signed assertion is moved inside of the attacker's."""
    root = honest()
    signed = root.find(f"{saml.ASSERTION}Assertion")
    root.remove(signed)
    wrapper = evil()
    wrapper.append(signed)
    root.append(wrapper)
    return root


def _signature_moved_to_evil():
    """XSW: the attacker's assertion holds the signature, which holds the signed assertion in an Object."""
    root = honest()
    signed = root.find(f"{saml.ASSERTION}Assertion")
    root.remove(signed)
    signature = signed.find(saml.SIGNATURE)
    signed.remove(signature)
    wrapper = evil()
    holder = etree.SubElement(signature, "{http://www.w3.org/2000/09/xmldsig#}Object")
    holder.append(signed)
    wrapper.insert(1, signature)
    root.append(wrapper)
    return root


def _same_id_twice():
    root = honest()
    wrapper = evil()
    wrapper.set("ID", "_a1")
    extension = etree.Element("{urn:oasis:names:tc:SAML:2.0:protocol}Extensions")
    signed = root.find(f"{saml.ASSERTION}Assertion")
    root.remove(signed)
    extension.append(signed)
    root.insert(0, extension)
    root.append(wrapper)
    return root


def _signed_in_extensions():
    root = honest()
    signed = root.find(f"{saml.ASSERTION}Assertion")
    root.remove(signed)
    extension = etree.Element("{urn:oasis:names:tc:SAML:2.0:protocol}Extensions")
    extension.append(signed)
    root.insert(0, extension)
    root.append(evil())
    return root


def _response_signature_over_an_old_response():
    """XSW: the signed response is kept as an Object of its own signature in the attacker's response."""
    inner = honest("response")
    signature = copy.deepcopy(inner.find(saml.SIGNATURE))
    outer = saml.response(etree.tostring(evil()).decode())
    outer.set("ID", "_outer")
    original = copy.deepcopy(inner)
    original.remove(original.find(saml.SIGNATURE))
    holder = etree.SubElement(signature, "{http://www.w3.org/2000/09/xmldsig#}Object")
    holder.append(original)
    outer.insert(0, signature)
    return outer


def _two_signatures():
    root = honest()
    signed = root.find(f"{saml.ASSERTION}Assertion")
    signed.append(copy.deepcopy(signed.find(saml.SIGNATURE)))
    return root


def _hmac_with_the_certificate():
    root = honest()
    method = root.find(".//{http://www.w3.org/2000/09/xmldsig#}SignatureMethod")
    method.set("Algorithm", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256")
    return root


ATTACKS = [
    _no_signature,
    _another_key,
    _changed_after_signing,
    _evil_beside,
    _evil_wraps_signed,
    _signature_moved_to_evil,
    _same_id_twice,
    _signed_in_extensions,
    _response_signature_over_an_old_response,
    _two_signatures,
    _hmac_with_the_certificate,
]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__.strip("_"))
def test_no_forged_or_wrapped_assertion_gets_in(sts, attack):
    code, _ = refusal(sts, saml.encode(attack()))
    assert code == "InvalidIdentityToken"


def test_a_comment_in_a_name_does_not_cut_it(sts):
    """CVE-2018-0489 and its kin: the signature ignores comments, so whoever reads must not stop at one."""
    root = honest_with_subject("ann@example.com.evil.example")
    name = root.find(f".//{saml.ASSERTION}NameID")
    text = name.text
    name.text = text[: len("ann@example.com")]
    comment = etree.Comment("x")
    comment.tail = text[len("ann@example.com") :]
    name.append(comment)
    assert take(sts, saml.encode(root))["Subject"] == text


def honest_with_subject(subject):
    return saml.sign(saml.response(saml.assertion([PAIR], subject=subject)))


def test_sha_1_signatures_are_refused(sts):
    root = saml.response(saml.assertion([PAIR]))
    plain = root.find(f"{saml.ASSERTION}Assertion")
    key, certificate = saml.key_pair()

    class Weak(saml.XMLSigner):
        def check_deprecated_methods(self) -> None:
            return

    signer = Weak(signature_algorithm="rsa-sha1", digest_algorithm="sha1")
    signed = signer.sign(plain, key=key, cert=certificate, reference_uri="#_a1", id_attribute="ID")
    root.replace(root.find(f"{saml.ASSERTION}Assertion"), signed)
    assert refusal(sts, saml.encode(root)) == BAD_SIGNATURE


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"no xml",
        b"<a/>",
        b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        b"<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><r>&x;</r>",
        b"<!DOCTYPE l [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]><l>&b;&b;&b;</l>",
        b"<a>" * 5_000,
    ],
)
def test_what_is_no_response_is_refused(sts, text):
    encoded = base64.b64encode(text).decode() or "AAAA"
    assert refusal(sts, encoded)[0] == "InvalidIdentityToken"
    assert refusal(sts, "not base64 !!!!")[0] == "InvalidIdentityToken"


def test_a_response_that_tells_of_no_success_is_refused(sts):
    root = saml.response(saml.assertion([PAIR]), status="urn:oasis:names:tc:SAML:2.0:status:Requester")
    assert refusal(sts, saml.encode(saml.sign(root)))[0] == "InvalidIdentityToken"


def test_an_encrypted_assertion_is_refused(sts):
    root = saml.response('<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"/>')
    assert refusal(sts, saml.encode(root))[0] == "InvalidIdentityToken"
