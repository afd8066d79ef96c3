import re

import pytest

from tests.services.policies import refused, trust_account

NOBODY = "us-east-1:11111111-1111-1111-1111-111111111111"


def make(aws, name="p", **more):
    settings = {"IdentityPoolName": name, "AllowUnauthenticatedIdentities": True, **more}
    answer = aws("cognito-identity").create_identity_pool(**settings)
    del answer["ResponseMetadata"]
    return answer


def test_a_pool_is_answered_as_it_was_made(aws):
    made = make(aws, "my pool", AllowClassicFlow=False, IdentityPoolTags={"a": "1"})
    assert re.fullmatch(r"us-east-1:[0-9a-f-]{36}", made["IdentityPoolId"])
    assert made == {
        "IdentityPoolId": made["IdentityPoolId"],
        "IdentityPoolName": "my pool",
        "AllowUnauthenticatedIdentities": True,
        "AllowClassicFlow": False,
        "IdentityPoolTags": {"a": "1"},
    }
    got = aws("cognito-identity").describe_identity_pool(IdentityPoolId=made["IdentityPoolId"])
    assert {name: got[name] for name in made} == made


def test_an_unknown_pool_is_named_in_the_refusal(aws):
    pools = aws("cognito-identity")
    expected = ("ResourceNotFoundException", f"IdentityPool '{NOBODY}' not found.")
    for call in (pools.describe_identity_pool, pools.get_id, pools.get_identity_pool_roles, pools.delete_identity_pool):
        assert refused(call, IdentityPoolId=NOBODY) == expected


def test_a_pool_is_in_its_region_only(aws):
    pool_id = make(aws)["IdentityPoolId"]
    elsewhere = aws("cognito-identity", region="eu-west-1")
    assert refused(elsewhere.describe_identity_pool, IdentityPoolId=pool_id)[0] == "ResourceNotFoundException"
    assert elsewhere.list_identity_pools(MaxResults=10)["IdentityPools"] == []
    there = elsewhere.create_identity_pool(IdentityPoolName="q", AllowUnauthenticatedIdentities=True)["IdentityPoolId"]
    assert there.startswith("eu-west-1:")


def test_a_visitor_of_another_region_s_pool_gets_an_identity_of_that_region(aws):
    """An unsigned call to one endpoint for all regions names no region; the pool's id does."""
    pools = aws("cognito-identity", region="eu-west-1")
    pool_id = pools.create_identity_pool(IdentityPoolName="q", AllowUnauthenticatedIdentities=True)["IdentityPoolId"]
    assert pools.get_id(IdentityPoolId=pool_id)["IdentityId"].startswith("eu-west-1:")


def test_pools_are_listed_page_by_page(aws):
    made = sorted(make(aws, f"p{number}")["IdentityPoolId"] for number in range(3))
    pools = aws("cognito-identity")
    first = pools.list_identity_pools(MaxResults=2)
    second = pools.list_identity_pools(MaxResults=2, NextToken=first["NextToken"])
    listed = [entry["IdentityPoolId"] for entry in first["IdentityPools"] + second["IdentityPools"]]
    assert listed == made
    assert "NextToken" not in second


def test_an_update_replaces_what_was_set(aws):
    made = make(aws, "p", AllowClassicFlow=True)
    changed = aws("cognito-identity").update_identity_pool(
        IdentityPoolId=made["IdentityPoolId"], IdentityPoolName="q", AllowUnauthenticatedIdentities=False
    )
    assert changed["IdentityPoolName"] == "q"
    assert not changed["AllowUnauthenticatedIdentities"]
    assert "AllowClassicFlow" not in changed


def test_a_deleted_pool_takes_its_identities_along(aws):
    pools = aws("cognito-identity")
    pool_id = make(aws)["IdentityPoolId"]
    identity_id = pools.get_id(IdentityPoolId=pool_id)["IdentityId"]
    pools.delete_identity_pool(IdentityPoolId=pool_id)
    for call in (pools.get_credentials_for_identity, pools.describe_identity):
        assert refused(call, IdentityId=identity_id) == (
            "ResourceNotFoundException",
            f"Identity '{identity_id}' not found.",
        )


@pytest.mark.parametrize(
    ("setting", "named"),
    [
        ({"SupportedLoginProviders": {"graph.facebook.com": "1"}}, "--login-provider graph.facebook.com"),
        ({"SupportedLoginProviders": {"api.twitter.com": "1"}}, "api.twitter.com"),
        ({"OpenIdConnectProviderARNs": ["arn:aws:iam::000000000000:oidc-provider/x.example"]}, "x.example"),
        ({"CognitoIdentityProviders": [{"ClientId": "c"}]}, "ProviderName"),
        ({"SamlProviderARNs": ["arn:aws:iam::000000000000:saml-provider/x"]}, "saml-provider/x"),
    ],
)
def test_providers_that_cannot_vouch_are_refused_by_name_and_nothing_is_stored(aws, setting, named):
    pools = aws("cognito-identity")
    made = make(aws)
    settings = {"IdentityPoolName": "x", "AllowUnauthenticatedIdentities": True, **setting}
    for call, more in (
        (pools.create_identity_pool, {}),
        (pools.update_identity_pool, {"IdentityPoolId": made["IdentityPoolId"]}),
    ):
        code, message = refused(call, **settings, **more)
        assert code == "InvalidParameterException"
        assert named in message
    assert [entry["IdentityPoolName"] for entry in pools.list_identity_pools(MaxResults=10)["IdentityPools"]] == ["p"]


def test_providers_are_answered_as_they_were_set_and_replaced_by_an_update(aws):
    pools, iam = aws("cognito-identity"), aws("iam")
    oidc = iam.create_open_id_connect_provider(Url="https://login.example.com")["OpenIDConnectProviderArn"]
    user_pool = {"ProviderName": "cognito-idp.us-east-1.amazonaws.com/us-east-1_a", "ClientId": "c"}
    settings = {
        "OpenIdConnectProviderARNs": [oidc],
        "CognitoIdentityProviders": [{**user_pool, "ServerSideTokenCheck": True}],
        "DeveloperProviderName": "login.mycompany.myapp",
    }
    made = pools.create_identity_pool(IdentityPoolName="x", AllowUnauthenticatedIdentities=False, **settings)
    assert {name: made[name] for name in settings} == settings
    described = pools.describe_identity_pool(IdentityPoolId=made["IdentityPoolId"])
    assert {name: described[name] for name in settings} == settings
    again = {"IdentityPoolId": made["IdentityPoolId"], "IdentityPoolName": "x", "AllowUnauthenticatedIdentities": True}
    changed = pools.update_identity_pool(**again)
    assert "OpenIdConnectProviderARNs" not in changed
    assert changed["DeveloperProviderName"] == "login.mycompany.myapp"
    code, message = refused(pools.update_identity_pool, **again, DeveloperProviderName="other")
    assert code == "InvalidParameterException"
    assert "cannot be changed" in message


def test_roles_are_answered_as_they_were_set(aws):
    pools, iam = aws("cognito-identity"), aws("iam")
    role = iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust_account())["Role"]["Arn"]
    pool_id = make(aws)["IdentityPoolId"]
    roles = {"authenticated": role, "unauthenticated": role}
    pools.set_identity_pool_roles(IdentityPoolId=pool_id, Roles=roles)
    assert pools.get_identity_pool_roles(IdentityPoolId=pool_id)["Roles"] == roles
    pools.set_identity_pool_roles(IdentityPoolId=pool_id, Roles={"unauthenticated": role})
    assert pools.get_identity_pool_roles(IdentityPoolId=pool_id)["Roles"] == {"unauthenticated": role}


def test_roles_that_are_none_and_mappings_of_nobody_are_refused(aws):
    pools, role = aws("cognito-identity"), "arn:aws:iam::000000000000:role/R"
    pool_id = make(aws)["IdentityPoolId"]
    for roles, expected in (
        ({"other": role}, "ValidationException"),  # the model knows the two kinds
        ({"unauthenticated": "arn:aws:iam::000000000000:user/NotARole"}, "InvalidParameterException"),
    ):
        assert refused(pools.set_identity_pool_roles, IdentityPoolId=pool_id, Roles=roles)[0] == expected
    mapping = {"graph.facebook.com": {"Type": "Token", "AmbiguousRoleResolution": "Deny"}}
    code, message = refused(
        pools.set_identity_pool_roles,
        IdentityPoolId=pool_id,
        Roles={"unauthenticated": role},
        RoleMappings=mapping,
    )
    assert code == "InvalidParameterException"
    assert "graph.facebook.com" in message


def test_tags_are_set_and_taken_away(aws):
    pools = aws("cognito-identity")
    arn = f"arn:aws:cognito-identity:us-east-1:000000000000:identitypool/{make(aws)['IdentityPoolId']}"
    pools.tag_resource(ResourceArn=arn, Tags={"a": "1", "b": "2"})
    pools.untag_resource(ResourceArn=arn, TagKeys=["a"])
    assert pools.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"b": "2"}
    wrong = arn.replace("identitypool", "userpool")
    assert refused(pools.list_tags_for_resource, ResourceArn=wrong)[0] == "InvalidParameterException"
