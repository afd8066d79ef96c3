"""Principal and NotPrincipal: whom a resource policy or a trust policy means, and what that is worth."""

from typing import Any

import pytest

from gatewright.core.identity import Caller, PrincipalType, anonymous
from gatewright.policy.document import Policy, PolicyKind
from gatewright.policy.evaluate import Mode, PolicySet
from tests.unit.policy.asking import (
    ACCOUNT,
    OTHER,
    ROLE,
    SESSION,
    USER,
    allow,
    deny,
    federated,
    outcome,
    policy,
    resource_policy,
    root,
    service,
    session,
    trust,
    user,
)

ROOT = f"arn:aws:iam::{ACCOUNT}:root"


def let_in(principal: Any, caller: Caller, element: str = "Principal", **policies: Any) -> bool:
    """Tell whether a resource policy alone lets the caller in."""
    granting = resource_policy(allow(**{element: principal}))
    return outcome(PolicySet(resource=granting, **policies), caller) == "allowed"


@pytest.mark.parametrize("principal", [{"AWS": USER}, {"AWS": [OTHER, USER]}, {"AWS": "AIDAEXAMPLEEXAMPLE123"}, "*"])
def test_a_resource_policy_that_names_a_user_lets_it_in_without_a_policy_of_its_own(principal: Any) -> None:
    caller = Caller(account=ACCOUNT, arn=USER, user_id="AIDAEXAMPLEEXAMPLE123", type=PrincipalType.USER)
    assert let_in(principal, caller)


def test_an_arn_does_not_mean_a_user_of_another_name_or_account() -> None:
    assert not let_in({"AWS": USER}, user(name="ExampleUser"))
    assert not let_in({"AWS": USER}, user(OTHER))
    assert not let_in({"AWS": USER}, session())


@pytest.mark.parametrize("principal", [{"AWS": ACCOUNT}, {"AWS": ROOT}])
def test_an_account_only_delegates_to_the_policies_of_its_users(principal: Any) -> None:
    granting = resource_policy(allow(Principal=principal))
    own = (policy(allow()),)
    assert outcome(PolicySet(resource=granting), user()) == "implicitDeny"
    assert outcome(PolicySet(resource=granting, identity=own), user()) == "allowed"
    assert outcome(PolicySet(resource=granting), root()) == "allowed"


def test_a_role_made_anew_under_the_same_name_is_not_the_one_that_an_id_names() -> None:
    granting = resource_policy(allow(Principal={"AWS": "AROAEXAMPLEEXAMPLE123"}))
    meant = Caller(
        account=ACCOUNT,
        arn=SESSION,
        user_id="AROAEXAMPLEEXAMPLE123:s",
        type=PrincipalType.ASSUMED_ROLE,
        role_arn=ROLE,
        role_id="AROAEXAMPLEEXAMPLE123",
    )
    assert outcome(PolicySet(resource=granting), meant) == "allowed"
    assert outcome(PolicySet(resource=granting), session()) == "implicitDeny"


def test_a_deny_reaches_a_session_by_its_arn_its_role_and_its_account() -> None:
    own = (policy(allow()),)
    for name in (SESSION, ROLE, ACCOUNT, ROOT, "*"):
        refusing = resource_policy(deny(Principal={"AWS": name}))
        assert outcome(PolicySet(identity=own, resource=refusing), session()) == "explicitDeny", name
    others = resource_policy(deny(Principal={"AWS": [USER, OTHER]}))
    assert outcome(PolicySet(identity=own, resource=others), session()) == "allowed"


@pytest.mark.parametrize(
    ("listed", "spared"),
    [([SESSION, ROLE, ROOT], True), ([SESSION, ROLE], False), ([ROLE, ROOT], False), ([ROOT], False), (["*"], True)],
)
def test_a_deny_with_not_principal_spares_only_a_session_whose_whole_chain_is_listed(
    listed: list[str], spared: bool
) -> None:
    refusing = resource_policy(deny(NotPrincipal={"AWS": listed}))
    found = outcome(PolicySet(identity=(policy(allow()),), resource=refusing), session())
    assert found == ("allowed" if spared else "explicitDeny")


def test_awss_example_of_not_principal_spares_bob_and_nobody_else_of_his_account() -> None:
    bob, account = f"arn:aws:iam::{OTHER}:user/Bob", f"arn:aws:iam::{OTHER}:root"
    refusing = resource_policy(deny(NotPrincipal={"AWS": [bob, account]}), allow(Principal="*"))
    own = (policy(allow()),)
    across = PolicySet(identity=own, resource=refusing, same_account=False)
    assert outcome(across, user(OTHER, "Bob")) == "allowed"
    assert outcome(across, user(OTHER, "Eve")) == "explicitDeny"
    assert outcome(PolicySet(resource=refusing), anonymous()) == "explicitDeny"


def test_an_allow_with_not_principal_leaves_out_everyone_one_of_whose_names_is_listed() -> None:
    assert let_in({"AWS": USER}, session(), "NotPrincipal")
    for name in (SESSION, ROLE, ROOT):
        assert not let_in({"AWS": name}, session(), "NotPrincipal")
    assert let_in({"AWS": ROOT}, anonymous(), "NotPrincipal")  # as AWS warns


def test_without_a_signature_only_everyone_lets_in() -> None:
    for principal in ("*", {"AWS": "*"}):
        assert let_in(principal, anonymous(), mode=Mode.RESOURCE_ONLY)
    for principal in ({"AWS": ACCOUNT}, {"AWS": USER}, {"Service": "lambda.amazonaws.com"}):
        assert not let_in(principal, anonymous(), mode=Mode.RESOURCE_ONLY)
    assert outcome(PolicySet(mode=Mode.RESOURCE_ONLY), anonymous()) == "implicitDeny"
    assert outcome(PolicySet(identity=(policy(allow()),)), anonymous()) == "implicitDeny"


def test_a_service_is_let_in_by_its_own_name_only() -> None:
    assert let_in({"Service": "apigateway.amazonaws.com"}, service())
    assert not let_in({"Service": "lambda.amazonaws.com"}, service())
    assert not let_in({"AWS": ACCOUNT}, service())


@pytest.mark.parametrize(
    ("identity", "resource", "same", "across"),
    [
        ("allow", "allow", "allowed", "allowed"),
        ("allow", None, "allowed", "implicitDeny"),
        ("allow", "deny", "explicitDeny", "explicitDeny"),
        (None, "allow", "allowed", "implicitDeny"),
        (None, None, "implicitDeny", "implicitDeny"),
        (None, "deny", "explicitDeny", "explicitDeny"),
        ("deny", "allow", "explicitDeny", "explicitDeny"),
        ("deny", None, "explicitDeny", "explicitDeny"),
        ("deny", "deny", "explicitDeny", "explicitDeny"),
    ],
)
def test_api_gateways_outcome_tables(identity: str | None, resource: str | None, same: str, across: str) -> None:
    made = {"allow": allow, "deny": deny}
    own = (policy(made[identity]()),) if identity else ()
    theirs: Policy = resource_policy(
        made[resource](Principal="*") if resource else allow("arn:aws:s3:::elsewhere", Principal="*")
    )
    assert outcome(PolicySet(identity=own, resource=theirs), user()) == same
    assert outcome(PolicySet(identity=own, resource=theirs, same_account=False), user(OTHER)) == across


def assume(policies: PolicySet, caller: Caller, action: str = "sts:AssumeRole") -> str:
    return outcome(policies, caller, action=action, resource=ROLE)


def test_a_role_can_be_assumed_only_where_its_trust_policy_says_so() -> None:
    may = (policy(allow(action="sts:*")),)
    assert assume(PolicySet(identity=may, mode=Mode.TRUST), user()) == "implicitDeny"
    other = trust({"Service": "lambda.amazonaws.com"})
    assert assume(PolicySet(identity=may, resource=other, mode=Mode.TRUST), user()) == "implicitDeny"
    assert assume(PolicySet(resource=other, mode=Mode.TRUST), service("lambda.amazonaws.com")) == "allowed"


def test_a_trust_policy_is_one_even_where_the_mode_was_forgotten() -> None:
    may = (policy(allow(action="sts:*")),)
    assert assume(PolicySet(identity=may, resource=trust({"AWS": OTHER})), user()) == "implicitDeny"


def test_trust_in_a_user_is_enough_and_trust_in_its_account_is_half() -> None:
    may = (policy(allow(action="sts:*")),)
    assert assume(PolicySet(resource=trust({"AWS": USER})), user()) == "allowed"
    assert assume(PolicySet(resource=trust({"AWS": ACCOUNT})), user()) == "implicitDeny"
    assert assume(PolicySet(resource=trust({"AWS": ACCOUNT}), identity=may), user()) == "allowed"
    across = PolicySet(resource=trust({"AWS": f"arn:aws:iam::{OTHER}:user/exampleuser"}), same_account=False)
    assert assume(across, user(OTHER)) == "implicitDeny"


def test_web_identities_are_trusted_by_their_providers_name_only() -> None:
    action = "sts:AssumeRoleWithWebIdentity"
    named = trust({"Federated": "cognito-identity.amazonaws.com"}, action=action)
    assert assume(PolicySet(resource=named), federated(), action) == "allowed"
    assert assume(PolicySet(resource=named), federated("accounts.google.com"), action) == "implicitDeny"
    assert assume(PolicySet(resource=named), anonymous(), action) == "implicitDeny"
    for everyone in ("*", {"AWS": "*"}):
        assert assume(PolicySet(resource=trust(everyone, action="sts:*")), federated(), action) == "implicitDeny"
        assert assume(PolicySet(resource=trust(everyone, action="sts:*")), service(), action) == "implicitDeny"
        assert assume(PolicySet(resource=trust(everyone, action="sts:*")), user()) == "allowed"


def test_everyone_in_a_trust_policys_deny_includes_web_identities_and_services() -> None:
    action = "sts:AssumeRoleWithWebIdentity"
    statement = {"Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"}, "Action": action}
    both = policy(statement, {**statement, "Effect": "Deny", "Principal": "*"}, kind=PolicyKind.TRUST)
    assert assume(PolicySet(resource=both), federated(), action) == "explicitDeny"


def test_not_principal_in_a_trust_policy_lets_no_web_identity_in() -> None:
    action = "sts:AssumeRoleWithWebIdentity"
    statement = {"Effect": "Allow", "NotPrincipal": {"AWS": OTHER}, "Action": "sts:*"}
    open_door = PolicySet(resource=policy(statement, kind=PolicyKind.TRUST))
    assert assume(open_door, federated(), action) == "implicitDeny"
    assert assume(open_door, user()) == "allowed"


def test_the_audience_of_a_web_identity_is_compared() -> None:
    action = "sts:AssumeRoleWithWebIdentity"
    condition = {"StringEquals": {"cognito-identity.amazonaws.com:aud": "us-east-1:pool"}}
    named = trust({"Federated": "cognito-identity.amazonaws.com"}, action=action, Condition=condition)
    for pool, expected in (("us-east-1:pool", "allowed"), ("us-east-1:other", "implicitDeny")):
        keys = {"cognito-identity.amazonaws.com:aud": (pool,)}
        found = outcome(PolicySet(resource=named), federated(), action=action, resource=ROLE, keys=keys)
        assert found == expected


def test_a_session_that_came_from_a_provider_is_not_that_provider() -> None:
    caller = session(federated_provider="cognito-identity.amazonaws.com")
    named = trust({"Federated": "cognito-identity.amazonaws.com"}, action="sts:*")
    assert assume(PolicySet(resource=named), caller) == "implicitDeny"


def test_a_federated_user_has_only_what_its_session_policies_give() -> None:
    caller = Caller(
        account=ACCOUNT,
        arn=f"arn:aws:sts::{ACCOUNT}:federated-user/fred",
        user_id="111122223333:fred",
        type=PrincipalType.FEDERATED_USER,
        role_arn=USER,
    )
    own = (policy(allow()),)
    wide = (policy(allow(), kind=PolicyKind.SESSION),)
    assert outcome(PolicySet(identity=own), caller) == "implicitDeny"
    assert outcome(PolicySet(identity=own, session=wide), caller) == "allowed"
    assert outcome(PolicySet(resource=resource_policy(allow(Principal={"AWS": caller.arn}))), caller) == "allowed"
