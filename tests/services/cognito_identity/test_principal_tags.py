"""Attributes for access control: claims of a login as principal tags of the session."""

import pytest

from tests.services.policies import allow, refused, session


@pytest.fixture
def tagged(club):
    """The club, whose users' role may be tagged and lets list users who are of the red team."""
    club.roles["authenticated"] = club.role("Tagged", tags=True)
    red = {"StringEquals": {"aws:PrincipalTag/team": "red"}}
    club.iam.put_role_policy(RoleName="Tagged", PolicyName="p", PolicyDocument=allow("iam:ListUsers", Condition=red))
    club.pools.set_identity_pool_roles(IdentityPoolId=club.pool, Roles=club.roles)
    return club


def set_map(club, name=None, **more):
    return club.pools.set_principal_tag_attribute_map(
        IdentityPoolId=club.pool, IdentityProviderName=name or club.idp.name, **more
    )


def ask(club, identity_id, **claims):
    return club.pools.get_credentials_for_identity(IdentityId=identity_id, Logins=club.login("ann", **claims))


def test_a_claim_becomes_a_tag(tagged, aws):
    set_map(tagged, PrincipalTags={"team": "custom:team"})
    ann = tagged.get_id("ann")
    session(aws, ask(tagged, ann, **{"custom:team": "red"})["Credentials"], "iam").list_users()
    for claims in ({"custom:team": "blue"}, {}, {"team": "red"}):
        blue = ask(tagged, ann, **claims)["Credentials"]
        assert refused(session(aws, blue, "iam").list_users)[0] == "AccessDenied"


def test_default_tags_are_the_client_and_the_user(tagged, aws):
    answer = set_map(tagged, UseDefaults=True)
    assert answer["UseDefaults"] is True
    assert answer["PrincipalTags"] == {"client": "aud", "username": "sub"}
    mine = {"StringEquals": {"aws:PrincipalTag/username": "ann", "aws:PrincipalTag/client": "app"}}
    tagged.iam.put_role_policy(RoleName="Tagged", PolicyName="p", PolicyDocument=allow("iam:ListUsers", Condition=mine))
    session(aws, ask(tagged, tagged.get_id("ann"))["Credentials"], "iam").list_users()


def test_the_map_is_answered_as_it_was_set_by_name_and_by_arn(tagged):
    set_map(tagged, tagged.provider, PrincipalTags={"team": "dept"})
    for name in (tagged.idp.name, tagged.provider):
        shown = tagged.pools.get_principal_tag_attribute_map(IdentityPoolId=tagged.pool, IdentityProviderName=name)
        assert (shown["UseDefaults"], shown["PrincipalTags"]) == (False, {"team": "dept"})
    set_map(tagged)
    shown = tagged.pools.get_principal_tag_attribute_map(
        IdentityPoolId=tagged.pool, IdentityProviderName=tagged.idp.name
    )
    assert (shown["UseDefaults"], shown.get("PrincipalTags", {})) == (False, {})


def test_a_role_whose_trust_policy_does_not_let_tag_is_not_given(club):
    set_map(club, UseDefaults=True)
    ann = club.get_id("ann")
    code, _ = refused(club.pools.get_credentials_for_identity, IdentityId=ann, Logins=club.login("ann"))
    assert code == "InvalidIdentityPoolConfigurationException"


def test_the_classic_flow_carries_the_tags_in_its_token(tagged, aws):
    set_map(tagged, PrincipalTags={"team": "dept"})
    token = tagged.pools.get_open_id_token(IdentityId=tagged.get_id("ann"), Logins=tagged.login("ann", dept="red"))[
        "Token"
    ]
    taken = aws("sts").assume_role_with_web_identity(
        RoleArn=tagged.roles["authenticated"], RoleSessionName="me", WebIdentityToken=token
    )
    session(aws, taken["Credentials"], "iam").list_users()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"UseDefaults": True, "PrincipalTags": {"a": "b"}}, "exclude each other"),
        ({"PrincipalTags": {f"k{number}": "c" * 50 for number in range(10)}}, "460 bytes"),
        ({"name": "accounts.google.com", "UseDefaults": True}, "accounts.google.com"),
    ],
)
def test_maps_that_cannot_be_are_refused(tagged, more, words):
    name = more.pop("name", tagged.idp.name)
    code, message = refused(
        tagged.pools.set_principal_tag_attribute_map,
        IdentityPoolId=tagged.pool,
        IdentityProviderName=name,
        **more,
    )
    assert code == "InvalidParameterException"
    assert words in message


@pytest.mark.parametrize("value", ["a\nb", "x" * 257, "<script>"])
def test_a_claim_that_no_tag_can_be_is_refused(tagged, value):
    set_map(tagged, PrincipalTags={"team": "dept"})
    ann = tagged.get_id("ann")
    code, _ = refused(tagged.pools.get_credentials_for_identity, IdentityId=ann, Logins=tagged.login("ann", dept=value))
    assert code == "NotAuthorizedException"
