import json

import pytest

from gatewright.policy.audience import trusts_any_pool

AUD = "cognito-identity.amazonaws.com:aud"


def trust(principal=None, action="sts:AssumeRoleWithWebIdentity", condition=None, **more):
    statement = {"Effect": "Allow", "Principal": principal or {"Federated": "cognito-identity.amazonaws.com"}, **more}
    if "NotAction" not in more:
        statement["Action"] = action
    if "NotPrincipal" in more:
        del statement["Principal"]
    if condition is not None:
        statement["Condition"] = condition
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {AUD: "us-east-1:abc"}},
        {"StringEqualsIgnoreCase": {AUD: "us-east-1:abc"}},
        {"StringLike": {AUD: ["us-east-1:abc*", "eu-west-1:d"]}},
        {"ForAnyValue:StringEquals": {AUD.upper(): "us-east-1:abc"}},
        {"StringEquals": {"aws:RequestedRegion": "us-east-1", AUD: "us-east-1:abc"}},
    ],
)
def test_a_positive_condition_on_the_audience_is_enough(condition):
    assert not trusts_any_pool(trust(condition=condition))


@pytest.mark.parametrize(
    "condition",
    [
        None,
        {},
        {"StringEquals": {"cognito-identity.amazonaws.com:amr": "unauthenticated"}},
        {"Null": {AUD: "false"}},
        {"StringLike": {AUD: "us-*"}},
        {"StringLike": {AUD: "us-east-1:????????-*"}},
        {"ForAllValues:StringLike": {AUD: "us-east-1:abc"}},
        {"StringEqualsIfExists": {AUD: "us-east-1:abc"}},
    ],
)
def test_anything_else_is_open(condition):
    assert trusts_any_pool(trust(condition=condition))


def test_wildcards_in_the_action_are_seen():
    for action in ("*", "STS:assumerole*", ["sts:TagSession", "sts:AssumeRoleWith?ebIdentity"]):
        assert trusts_any_pool(trust(action=action))
    assert trusts_any_pool(trust(NotAction="sts:AssumeRole"))
    assert not trusts_any_pool(trust(NotAction="sts:*"))
    assert trusts_any_pool(trust(NotAction="sts:AssumeRoleWithWebIdentit[y]"))  # brackets stand for themselves
    assert not trusts_any_pool(trust(action="sts:AssumeRole"))


def test_other_principals_and_denies_are_not_meant():
    assert not trusts_any_pool(trust(principal={"AWS": "111122223333"}))
    assert not trusts_any_pool(trust(principal="*"))
    assert not trusts_any_pool(trust(Effect="Deny"))
    assert trusts_any_pool(trust(principal={"Federated": ["accounts.google.com", "cognito-identity.amazonaws.com"]}))
    assert trusts_any_pool(trust(NotPrincipal={"AWS": "111122223333"}))
