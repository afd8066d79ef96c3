import pytest

from tests.services.iam.saml import metadata
from tests.services.policies import refused, trust

ARN = "arn:aws:iam::000000000000:saml-provider/Idp"


def provider(aws, document=None, **settings):
    return aws("iam").create_saml_provider(Name="Idp", SAMLMetadataDocument=document or metadata(), **settings)


def test_a_provider_is_answered_as_it_was_made(aws):
    made = provider(aws, Tags=[{"Key": "k", "Value": "v"}])
    assert made["SAMLProviderArn"] == ARN
    got = aws("iam").get_saml_provider(SAMLProviderArn=ARN)
    assert got["SAMLMetadataDocument"] == metadata()
    assert got["Tags"] == [{"Key": "k", "Value": "v"}]
    assert 22 <= len(got["SAMLProviderUUID"]) <= 64
    (listed,) = aws("iam").list_saml_providers()["SAMLProviderList"]
    assert listed["Arn"] == ARN
    assert listed["ValidUntil"] == got["ValidUntil"]
    assert listed["ValidUntil"].year > 2100


def test_a_provider_is_valid_as_long_as_its_metadata_says(aws):
    provider(aws, metadata(attributes='validUntil="2099-01-02T03:04:05Z"'))
    assert aws("iam").get_saml_provider(SAMLProviderArn=ARN)["ValidUntil"].isoformat() == "2099-01-02T03:04:05+00:00"


def test_metadata_is_replaced(aws):
    provider(aws)
    new = metadata("https://other.example.com")
    assert aws("iam").update_saml_provider(SAMLProviderArn=ARN, SAMLMetadataDocument=new)["SAMLProviderArn"] == ARN
    assert aws("iam").get_saml_provider(SAMLProviderArn=ARN)["SAMLMetadataDocument"] == new
    code, _ = refused(aws("iam").update_saml_provider, SAMLProviderArn=ARN, SAMLMetadataDocument="x" * 1000)
    assert code == "InvalidInput"
    assert aws("iam").get_saml_provider(SAMLProviderArn=ARN)["SAMLMetadataDocument"] == new


def test_a_name_is_taken_once(aws):
    provider(aws)
    assert refused(provider, aws=aws) == ("EntityAlreadyExists", "Provider with name Idp already exists.")


def test_a_deleted_provider_is_gone(aws):
    provider(aws)
    aws("iam").delete_saml_provider(SAMLProviderArn=ARN)
    for operation in (aws("iam").get_saml_provider, aws("iam").delete_saml_provider):
        assert refused(operation, SAMLProviderArn=ARN)[0] == "NoSuchEntity"


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ("x" * 1000, "Could not parse XML"),
        ("<a>" * 500 + "</a>" * 500, "nested too deeply"),
        (metadata().replace("EntityDescriptor", "EntitiesDescriptor"), "EntityDescriptor"),
        (metadata().replace("SAML:2.0:metadata", "SAML:1.0:metadata"), "EntityDescriptor"),
        (metadata(""), "entityID"),
        (metadata("x" * 1025), "entityID"),
        (metadata().replace("IDPSSODescriptor", "SPSSODescriptor"), "IDPSSODescriptor"),
        (metadata().replace("SAML:2.0:protocol", "SAML:1.1:protocol"), "IDPSSODescriptor"),
        (metadata().replace("SingleSignOnService", "Other"), "SingleSignOnService"),
        (metadata(cert="AAAA"), "cannot be read"),
        (metadata(cert="not base64!"), "cannot be read"),
        (metadata().replace('use="signing"', 'use="encryption"'), "no X509Certificate"),
        (metadata(attributes='validUntil="soon"'), "validUntil"),
        (metadata(attributes='validUntil="2001-01-01T00:00:00Z"'), "has passed"),
        (
            metadata().replace("<EntityD", '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><EntityD', 1),
            "document types are not allowed",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_when_it_is_registered(aws, document, why):
    code, message = refused(aws("iam").create_saml_provider, Name="Idp", SAMLMetadataDocument=document)
    assert code == "InvalidInput"
    assert message.startswith("Could not parse metadata")
    assert why in message
    assert "root:" not in message


@pytest.mark.parametrize("setting", [{"AssertionEncryptionMode": "Required"}, {"AddPrivateKey": "pem"}])
def test_encrypted_assertions_are_refused_out_loud(aws, setting):
    code, message = refused(provider, aws=aws, **setting)
    assert code == "InvalidInput"
    assert next(iter(setting)) in message


def test_a_role_trusts_only_providers_that_exist(aws):
    text = trust({"Federated": ARN}, "sts:AssumeRoleWithSAML")
    assert refused(aws("iam").create_role, RoleName="R", AssumeRolePolicyDocument=text)[0] == "MalformedPolicyDocument"
    provider(aws)
    aws("iam").create_role(RoleName="R", AssumeRolePolicyDocument=text)


def test_tags_are_set_listed_and_taken_away(aws):
    provider(aws)
    iam = aws("iam")
    iam.tag_saml_provider(SAMLProviderArn=ARN, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    iam.untag_saml_provider(SAMLProviderArn=ARN, TagKeys=["a"])
    assert iam.list_saml_provider_tags(SAMLProviderArn=ARN)["Tags"] == [{"Key": "b", "Value": "2"}]
