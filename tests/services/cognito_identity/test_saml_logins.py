"""SAML providers as logins of an identity pool: the enhanced flow only, with the roles that an assertion offers."""

import pytest

from tests import saml_provider as saml
from tests.services.cognito_identity.conftest import ACCOUNT, Club
from tests.services.policies import refused, session

PROVIDER = f"arn:aws:iam::{ACCOUNT}:saml-provider/Idp"


@pytest.fixture
def club(aws, idp):
    aws("iam").create_saml_provider(Name="Idp", SAMLMetadataDocument=saml.metadata())
    return Club(aws, idp, SamlProviderARNs=[PROVIDER])


def login(*roles, subject="ann", **change):
    pairs = [f"{role},{PROVIDER}" for role in roles]
    return {PROVIDER: saml.signed_response(pairs, subject=subject, **change)}


def given(aws, answer):
    return session(aws, answer["Credentials"], "sts").get_caller_identity()["Arn"].split("/")[1]


def test_an_assertion_is_a_login_and_offers_its_role(club, aws):
    staff = club.role("Staff")
    ann = club.pools.get_id(IdentityPoolId=club.pool, Logins=login(staff))["IdentityId"]
    assert club.pools.get_id(IdentityPoolId=club.pool, Logins=login())["IdentityId"] == ann
    assert club.logins_of(ann) == [PROVIDER]
    assert given(aws, club.credentials(ann, Logins=login(staff))) == "Staff"
    assert given(aws, club.credentials(ann, Logins=login())) == "authenticated"


def test_of_several_roles_one_must_be_asked_for(club, aws):
    one, two = club.role("One"), club.role("Two")
    ann = club.pools.get_id(IdentityPoolId=club.pool, Logins=login())["IdentityId"]
    both = login(one, two)
    code, message = refused(club.pools.get_credentials_for_identity, IdentityId=ann, Logins=both)
    assert code == "NotAuthorizedException"
    assert "CustomRoleArn" in message
    assert given(aws, club.credentials(ann, Logins=both, CustomRoleArn=two)) == "Two"
    wrong = {"IdentityId": ann, "Logins": both, "CustomRoleArn": club.roles["authenticated"]}
    assert refused(club.pools.get_credentials_for_identity, **wrong)[0] == "NotAuthorizedException"


def test_attributes_of_an_assertion_choose_a_role_by_rules(club, aws):
    staff = club.role("Staff")
    rules = [{"Claim": "groups", "MatchType": "Equals", "Value": "staff", "RoleARN": staff}]
    mapping = {"Type": "Rules", "AmbiguousRoleResolution": "Deny", "RulesConfiguration": {"Rules": rules}}
    club.pools.set_identity_pool_roles(IdentityPoolId=club.pool, Roles=club.roles, RoleMappings={PROVIDER: mapping})
    ann = club.pools.get_id(IdentityPoolId=club.pool, Logins=login())["IdentityId"]
    member = login(attributes=saml.attribute("groups", "all", "staff"))
    assert given(aws, club.credentials(ann, Logins=member)) == "Staff"
    stranger = login(attributes=saml.attribute("groups", "all"))
    assert refused(club.pools.get_credentials_for_identity, IdentityId=ann, Logins=stranger)[0] == (
        "NotAuthorizedException"
    )


def test_the_classic_flow_is_not_for_saml(club):
    ann = club.pools.get_id(IdentityPoolId=club.pool, Logins=login())["IdentityId"]
    code, message = refused(club.pools.get_open_id_token, IdentityId=ann, Logins=login())
    assert code == "InvalidParameterException"
    assert "SAML" in message


def test_a_name_that_no_database_keeps_is_no_login(club):
    code, message = refused(club.pools.get_id, IdentityPoolId=club.pool, Logins=login(subject="a" * 1025))
    assert (code, message) == ("NotAuthorizedException", "Invalid login token. The user's name cannot be kept.")
    assert club.pools.get_id(IdentityPoolId=club.pool, Logins=login(subject="a" * 1024))["IdentityId"]


def test_a_forged_assertion_proves_nothing(club):
    forged = {PROVIDER: saml.signed_response([], name="attacker")}
    assert refused(club.pools.get_id, IdentityPoolId=club.pool, Logins=forged) == (
        "NotAuthorizedException",
        "Invalid login token. Couldn't verify signed token.",
    )
