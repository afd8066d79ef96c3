import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.services.cognito_identity.role_mapping import NoRole, Offer, choose_role, matches

ONE, TWO, DEFAULT = (f"arn:aws:iam::000000000000:role/{name}" for name in ("One", "Two", "Default"))
ROLES = {"authenticated": DEFAULT}


def rule(match, value="x", claim="c", role=ONE):
    return {"Claim": claim, "MatchType": match, "Value": value, "RoleARN": role}


@pytest.mark.parametrize(
    ("match", "claim", "expected"),
    [
        ("Equals", "x", True),
        ("Equals", "X", False),
        ("Equals", "xy", False),
        ("Equals", ["a", "x"], True),
        ("Equals", [], False),
        ("NotEqual", "y", True),
        ("NotEqual", "x", False),
        ("NotEqual", ["y", "x"], False),
        ("NotEqual", None, False),
        ("StartsWith", "xyz", True),
        ("StartsWith", "yx", False),
        ("StartsWith", ["a", "xa"], True),
        ("Contains", "axb", True),
        ("Contains", ["a", "b"], False),
        ("Contains", ["a", "axb"], True),
        ("Contains", None, False),
        ("Unknown", "x", False),
    ],
)
def test_how_a_rule_matches(match, claim, expected):
    assert matches(rule(match), claim) is expected


@pytest.mark.parametrize(("claim", "value"), [(True, "true"), (False, "false"), (7, "7"), (1.5, "1.5")])
def test_claims_that_are_no_text_are_compared_as_json_writes_them(claim, value):
    assert matches(rule("Equals", value), claim)


def offer(provider="p", **more):
    return Offer(provider=provider, **more)


def test_two_logins_that_lead_to_different_roles_give_none():
    rules = {"RulesConfiguration": {"Rules": [rule("Equals", "x")]}}
    mappings = {
        "p": {"Type": "Rules", "AmbiguousRoleResolution": "Deny", **rules},
        "q": {"Type": "Token", "AmbiguousRoleResolution": "Deny"},
    }
    first, second = offer(claims={"c": "x"}), offer("q", claims={"cognito:roles": [TWO]})
    with pytest.raises(NoRole):
        choose_role(ROLES, mappings, [first, second], None)
    assert choose_role(ROLES, mappings, [first, offer("q", claims={"cognito:roles": [ONE]})], None) == ONE
    assert choose_role(ROLES, mappings, [first, offer("other")], None) == ONE


def test_a_mapping_that_names_the_client_is_nearer():
    mappings = {
        "p": {"Type": "Token", "AmbiguousRoleResolution": "Deny"},
        "p:app": {"Type": "Token", "AmbiguousRoleResolution": "AuthenticatedRole"},
    }
    assert choose_role(ROLES, mappings, [offer(client="app")], None) == DEFAULT
    with pytest.raises(NoRole):
        choose_role(ROLES, mappings, [offer(client="other")], None)


def test_without_a_default_role_the_pool_is_to_blame():
    with pytest.raises(NoRole) as refusal:
        choose_role({}, {}, [offer()], None)
    assert not refusal.value.configured


_CLAIMS = st.dictionaries(
    st.sampled_from(["cognito:roles", "cognito:preferred_role", "c"]),
    st.one_of(st.none(), st.text(), st.integers(), st.lists(st.sampled_from([ONE, TWO, "x"])), st.just({"a": 1})),
)


@given(_CLAIMS, st.sampled_from(["Token", "Rules"]), st.sampled_from(["Deny", "AuthenticatedRole"]))
def test_a_role_that_was_asked_for_is_given_only_where_the_login_offers_it(claims, kind, resolution):
    mapping = {"Type": kind, "AmbiguousRoleResolution": resolution}
    mapping["RulesConfiguration"] = {"Rules": [rule("Equals", "x", role=TWO)]}
    try:
        chosen = choose_role(ROLES, {"p": mapping}, [offer(claims=claims)], ONE)
    except NoRole:
        return
    offered = claims.get("cognito:roles")
    assert chosen == ONE
    assert kind == "Token"
    assert ONE in (offered.split(",") if isinstance(offered, str) else offered)
