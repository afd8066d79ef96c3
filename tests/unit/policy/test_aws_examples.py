"""What AWS's pages say of their own examples: the policies in short, the answers as documented."""

import pytest

from gatewright.policy.document import PolicyKind
from gatewright.policy.evaluate import PolicySet
from tests.unit.policy.asking import ACCOUNT, allow, deny, identity, outcome, policy, resource_policy, session, user

CARLOS = user(name="carlossalazar")
BUCKET = "arn:aws:s3:::carlossalazar"


def s3(policies: PolicySet, action: str, resource: str, **more: object) -> str:
    return outcome(policies, CARLOS, action=action, resource=resource, **more)


@pytest.mark.parametrize(
    ("action", "resource", "expected"),
    [
        ("s3:PutObject", f"{BUCKET}/object", "allowed"),
        ("s3:PutObject", f"{BUCKET}-logs/object", "explicitDeny"),
        ("s3:ListAllMyBuckets", "arn:aws:s3:::other", "allowed"),
        ("s3:PutObject", "arn:aws:s3:::other/object", "implicitDeny"),
    ],
)
def test_evaluation_logic_carlos_and_the_log_buckets(action: str, resource: str, expected: str) -> None:
    own = policy(
        allow("arn:aws:s3:::*", ["s3:GetBucketLocation", "s3:ListAllMyBuckets"]),
        allow([f"{BUCKET}/*", BUCKET], "s3:*"),
        deny("arn:aws:s3:::*log*", "s3:*"),
    )
    theirs = resource_policy(allow([f"{BUCKET}/*", BUCKET], "s3:*", Principal={"AWS": CARLOS.arn}))
    assert s3(PolicySet(identity=(own,), resource=theirs), action, resource) == expected


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("iam:GetUser", "allowed"),
        ("iam:CreatePolicy", "implicitDeny"),
        ("iam:GetOrganizationsAccessReport", "explicitDeny"),
        ("iam:GenerateCredentialReport", "explicitDeny"),
    ],
)
def test_evaluation_logic_explicit_and_implicit_denies(action: str, expected: str) -> None:
    policies = identity(allow(action=["iam:Get*", "iam:List*"]), deny(action="iam:*Report"))
    assert outcome(policies, action=action, resource="*") == expected


def test_principals_a_wildcard_with_principal_arn_is_not_limited_by_boundary_or_session_policy() -> None:
    condition = {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/examplerole"}}
    granting = resource_policy(allow(Principal="*", Condition=condition))
    silent = policy(allow("arn:aws:s3:::x"), kind=PolicyKind.SESSION)
    assert outcome(PolicySet(resource=granting, session=(silent,)), session()) == "allowed"
    refusing = policy(deny(), kind=PolicyKind.SESSION)
    assert outcome(PolicySet(resource=granting, session=(refusing,)), session()) == "explicitDeny"


def test_principals_deny_everyone_but_one_by_condition() -> None:
    condition = {"ArnNotEquals": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:user/exampleuser"}}
    theirs = resource_policy(deny(Principal="*", Condition=condition))
    own = (policy(allow()),)
    assert outcome(PolicySet(identity=own, resource=theirs), user()) == "allowed"
    assert outcome(PolicySet(identity=own, resource=theirs), user(name="other")) == "explicitDeny"


def test_variables_each_user_has_a_home_directory() -> None:
    policies = identity(
        allow("arn:aws:s3:::mybucket", "s3:ListBucket", Condition={"StringLike": {"s3:prefix": ["${aws:username}/*"]}}),
        allow("arn:aws:s3:::mybucket/${aws:username}/*", ["s3:GetObject", "s3:PutObject"]),
    )
    assert s3(policies, "s3:GetObject", "arn:aws:s3:::mybucket/carlossalazar/a") == "allowed"
    assert s3(policies, "s3:GetObject", "arn:aws:s3:::mybucket/bob/a") == "implicitDeny"
    for prefix, expected in (("carlossalazar/x", "allowed"), ("bob/x", "implicitDeny")):
        assert s3(policies, "s3:ListBucket", "arn:aws:s3:::mybucket", keys={"s3:prefix": (prefix,)}) == expected


def test_variables_a_role_has_no_user_name() -> None:
    policies = identity(allow("arn:aws:s3:::mybucket/${aws:username}/*", "s3:*"))
    for name in ("examplesession", "", "${aws:username}"):
        found = outcome(policies, session(), action="s3:GetObject", resource=f"arn:aws:s3:::mybucket/{name}/a")
        assert found == "implicitDeny"


def test_variables_cognito_visitors_have_a_directory_of_their_own() -> None:
    visitor = session(context={"cognito-identity.amazonaws.com:sub": ("us-east-1:me",)})
    policies = identity(allow("arn:aws:s3:::b/${cognito-identity.amazonaws.com:sub}/*", "s3:*"))
    mine = outcome(policies, visitor, action="s3:GetObject", resource="arn:aws:s3:::b/us-east-1:me/a")
    other = outcome(policies, visitor, action="s3:GetObject", resource="arn:aws:s3:::b/us-east-1:you/a")
    assert (mine, other) == ("allowed", "implicitDeny")


@pytest.mark.parametrize(
    ("requested", "get", "put"),
    [
        (("PostDateTime", "Message"), "allowed", "explicitDeny"),
        (("PostDateTime", "ID"), "implicitDeny", "explicitDeny"),
        (("UserName",), "implicitDeny", "allowed"),
    ],
)
def test_set_operators_attributes_of_a_table(requested: tuple[str, ...], get: str, put: str) -> None:
    key = "dynamodb:requestedAttributes"
    policies = identity(
        allow(
            action="dynamodb:GetItem", Condition={"ForAllValues:StringLike": {key: ["PostDateTime", "Message", "Tags"]}}
        ),
        allow(action="dynamodb:PutItem"),
        deny(action="dynamodb:PutItem", Condition={"ForAnyValue:StringLike": {key: ["ID", "PostDateTime"]}}),
    )
    keys = {key.lower(): requested}
    table = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/Thread"
    assert outcome(policies, action="dynamodb:GetItem", resource=table, keys=keys) == get
    assert outcome(policies, action="dynamodb:PutItem", resource=table, keys=keys) == put


def test_global_keys_a_call_chain_can_be_asked_for() -> None:
    policies = identity(
        allow(action="kms:*", Condition={"ForAnyValue:StringEquals": {"aws:CalledVia": ["dynamodb.amazonaws.com"]}})
    )
    via = {"aws:calledvia": ("cloudformation.amazonaws.com", "dynamodb.amazonaws.com")}
    key = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/k"
    assert outcome(policies, action="kms:Decrypt", resource=key, keys=via) == "allowed"
    assert outcome(policies, action="kms:Decrypt", resource=key) == "implicitDeny"
