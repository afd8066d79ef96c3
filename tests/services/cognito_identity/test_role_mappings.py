"""Which role a user gets: rules, tokens, ambiguity, `CustomRoleArn`, and what passing roles needs."""

import pytest

from tests.services.cognito_identity.conftest import ACCOUNT
from tests.services.policies import allow, refused, session, user_with


def given(aws, answer):
    """Return the name of the role that credentials are of."""
    arn = session(aws, answer["Credentials"], "sts").get_caller_identity()["Arn"]
    return arn.split("/")[1]


def map_roles(club, mapping, name=None):
    club.pools.set_identity_pool_roles(
        IdentityPoolId=club.pool, Roles=club.roles, RoleMappings={name or club.idp.name: mapping}
    )


def rule(claim, match, value, role):
    return {"Claim": claim, "MatchType": match, "Value": value, "RoleARN": role}


def rules(*some, otherwise="Deny"):
    return {"Type": "Rules", "AmbiguousRoleResolution": otherwise, "RulesConfiguration": {"Rules": list(some)}}


def ask(club, identity_id, custom=None, **claims):
    more = {"CustomRoleArn": custom} if custom else {}
    return club.pools.get_credentials_for_identity(IdentityId=identity_id, Logins=club.login("ann", **claims), **more)


def refusal(club, identity_id, custom=None, **claims):
    more = {"CustomRoleArn": custom} if custom else {}
    return refused(
        club.pools.get_credentials_for_identity, IdentityId=identity_id, Logins=club.login("ann", **claims), **more
    )


@pytest.fixture
def ann(club):
    return club.get_id("ann")


def test_the_first_rule_that_matches_gives_the_role(club, aws, ann):
    sales, staff = club.role("Sales"), club.role("Staff")
    map_roles(
        club,
        rules(
            rule("dept", "Equals", "sales", sales),
            rule("mail", "Contains", "@corp.", staff),
            rule("dept", "StartsWith", "eng", staff),
        ),
    )
    assert given(aws, ask(club, ann, dept="sales", mail="ann@corp.example")) == "Sales"
    assert given(aws, ask(club, ann, dept="other", mail="ann@corp.example")) == "Staff"
    assert given(aws, ask(club, ann, dept="engineering")) == "Staff"
    assert refusal(club, ann, dept="none")[0] == "NotAuthorizedException"
    assert refusal(club, ann)[0] == "NotAuthorizedException"


def test_the_provider_s_arn_names_it_too(club, aws, ann):
    map_roles(club, rules(rule("dept", "Equals", "sales", club.role("Sales"))), club.provider)
    assert given(aws, ask(club, ann, dept="sales")) == "Sales"
    shown = club.pools.get_identity_pool_roles(IdentityPoolId=club.pool)["RoleMappings"]
    assert shown[club.provider]["RulesConfiguration"]["Rules"][0]["Value"] == "sales"


def test_without_a_match_the_default_role_comes_where_the_pool_says_so(club, aws, ann):
    map_roles(club, rules(rule("dept", "Equals", "sales", club.role("Sales")), otherwise="AuthenticatedRole"))
    assert given(aws, ask(club, ann, dept="other")) == "authenticated"


def test_a_custom_role_must_be_that_of_a_rule_that_matches(club, aws, ann):
    sales, staff = club.role("Sales"), club.role("Staff")
    map_roles(club, rules(rule("dept", "Equals", "sales", sales), rule("mail", "Contains", "@", staff)))
    assert given(aws, ask(club, ann, staff, dept="sales", mail="a@b")) == "Staff"
    assert refusal(club, ann, staff, dept="sales")[0] == "NotAuthorizedException"
    assert refusal(club, ann, club.roles["authenticated"], dept="sales")[0] == "NotAuthorizedException"


@pytest.mark.parametrize("as_list", [True, False])
def test_a_token_names_the_roles_that_its_user_may_have(club, aws, ann, as_list):
    one, two = club.role("One"), club.role("Two")
    map_roles(club, {"Type": "Token", "AmbiguousRoleResolution": "Deny"})
    both = [one, two] if as_list else f"{one},{two}"
    assert given(aws, ask(club, ann, **{"cognito:roles": [one]})) == "One"
    assert given(aws, ask(club, ann, **{"cognito:roles": both, "cognito:preferred_role": two})) == "Two"
    assert given(aws, ask(club, ann, two, **{"cognito:roles": both})) == "Two"
    assert refusal(club, ann, **{"cognito:roles": both})[0] == "NotAuthorizedException"
    assert refusal(club, ann, club.roles["authenticated"], **{"cognito:roles": both})[0] == "NotAuthorizedException"
    assert refusal(club, ann)[0] == "NotAuthorizedException"


def test_an_ambiguous_token_gets_the_default_role_where_the_pool_says_so(club, aws, ann):
    one, two = club.role("One"), club.role("Two")
    map_roles(club, {"Type": "Token", "AmbiguousRoleResolution": "AuthenticatedRole"})
    assert given(aws, ask(club, ann, **{"cognito:roles": [one, two]})) == "authenticated"
    assert given(aws, ask(club, ann)) == "authenticated"


def test_claims_mean_nothing_without_a_mapping(club, aws, ann):
    one = club.role("One")
    assert given(aws, ask(club, ann, **{"cognito:roles": [one], "cognito:preferred_role": one})) == "authenticated"
    assert refusal(club, ann, one, **{"cognito:roles": [one]})[0] == "NotAuthorizedException"


def test_a_role_that_does_not_trust_the_pool_is_not_given_whatever_names_it(club, ann):
    stranger = club.iam.create_role(
        RoleName="Stranger",
        AssumeRolePolicyDocument='{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": '
        '"sts:AssumeRole", "Principal": {"AWS": "000000000000"}}}',
    )["Role"]["Arn"]
    map_roles(club, {"Type": "Token", "AmbiguousRoleResolution": "Deny"})
    for arn in (stranger, f"arn:aws:iam::{ACCOUNT}:role/Nowhere", "nonsense"):
        code, _ = refusal(club, ann, **{"cognito:roles": [arn]})
        assert code == "InvalidIdentityPoolConfigurationException"


def test_a_pool_without_a_role_for_users_is_told_so(club, ann):
    club.pools.set_identity_pool_roles(IdentityPoolId=club.pool, Roles={})
    assert refusal(club, ann) == (
        "InvalidIdentityPoolConfigurationException",
        "Invalid identity pool configuration. Check assigned IAM roles for this pool.",
    )


@pytest.mark.parametrize(
    "mapping",
    [
        {"Type": "Token"},
        {"Type": "Rules", "AmbiguousRoleResolution": "Deny"},
        rules(rule("a", "Equals", "b", f"arn:aws:iam::{ACCOUNT}:user/NotARole")),
        {**rules(rule("a", "Equals", "b", f"arn:aws:iam::{ACCOUNT}:role/R")), "Type": "Token"},
        rules(*[rule("a", "Equals", str(number), f"arn:aws:iam::{ACCOUNT}:role/R") for number in range(26)]),
    ],
)
def test_mappings_that_could_not_be_followed_are_refused(club, mapping):
    code, _ = refused(
        club.pools.set_identity_pool_roles,
        IdentityPoolId=club.pool,
        Roles=club.roles,
        RoleMappings={club.idp.name: mapping},
    )
    assert code == "InvalidParameterException"
    assert "RoleMappings" not in club.pools.get_identity_pool_roles(IdentityPoolId=club.pool)


def test_whoever_sets_rules_must_be_allowed_to_pass_their_roles(club, aws):
    sales = club.role("Sales")
    pass_two = allow("iam:PassRole", resource=f"arn:aws:iam::{ACCOUNT}:role/*authenticated")
    key = user_with(aws, "Admin", allow("cognito-identity:*"), pass_two)
    mapping = {club.idp.name: rules(rule("dept", "Equals", "sales", sales))}
    mine = aws("cognito-identity", key=key)
    mine.set_identity_pool_roles(IdentityPoolId=club.pool, Roles=club.roles)
    code, message = refused(
        mine.set_identity_pool_roles, IdentityPoolId=club.pool, Roles=club.roles, RoleMappings=mapping
    )
    assert code == "AccessDeniedException"
    assert f"iam:PassRole on resource: {sales}" in message
