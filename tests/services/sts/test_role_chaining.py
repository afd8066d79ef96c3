"""What travels along a chain of roles, and what the condition keys of STS say."""

import pytest

from tests.services.policies import allow, document, refused, session, user_with

ACCOUNT = "000000000000"
BOTH = ["sts:AssumeRole", "sts:TagSession"]


def role(aws, name, actions=BOTH, condition=None, **settings):
    statement = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": actions}
    text = document({**statement, "Condition": condition} if condition else statement)
    iam = aws("iam")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=text, **settings)
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=allow("sts:*", "iam:ListUsers"))
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


@pytest.fixture
def ann(aws):
    return aws("sts", key=user_with(aws, "Ann", allow("sts:*")))


def take(sts, arn, **more):
    return sts.assume_role(RoleArn=arn, RoleSessionName="me", **more)["Credentials"]


def tag(**tags):
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def tags_seen(aws, credentials, **wanted):
    """Say which of some principal tags a session has, by asking a policy for each."""
    found = set()
    for key, value in wanted.items():
        condition = {"StringEquals": {f"aws:PrincipalTag/{key}": value}}
        name = session(aws, credentials, "sts").get_caller_identity()["Arn"].split("/")[1]
        only = allow("iam:ListUsers", Condition=condition)
        aws("iam").put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=only)
        try:
            session(aws, credentials, "iam").list_users()
        except aws("iam").exceptions.ClientError:
            continue
        found.add(key)
    return found


def test_transitive_tags_travel_and_others_do_not(aws, ann):
    first, second, third = role(aws, "One"), role(aws, "Two", Tags=tag(Sun="2", Star="3")), role(aws, "Three")
    one = take(ann, first, Tags=tag(Star="1", Heart="1"), TransitiveTagKeys=["Star"])
    two = take(session(aws, one, "sts"), second)
    three = take(session(aws, two, "sts"), third)
    assert tags_seen(aws, three, Star="1", Heart="1", Sun="2") == {"Star"}
    assert tags_seen(aws, two, Star="1", Heart="1", Sun="2") == {"Star", "Sun"}


def test_an_inherited_tag_cannot_be_passed_again_whatever_its_case(aws, ann):
    first, second = role(aws, "One"), role(aws, "Two")
    one = session(aws, take(ann, first, Tags=tag(Star="1"), TransitiveTagKeys=["Star"]), "sts")
    code, message = refused(one.assume_role, RoleArn=second, RoleSessionName="me", Tags=tag(star="2"))
    assert code == "InvalidParameterValue"
    assert "conflicts with a transitive tag key" in message


def test_inherited_tags_are_asked_for_like_passed_ones(aws, ann):
    first, second = role(aws, "One"), role(aws, "Two", actions=["sts:AssumeRole"])
    plain = session(aws, take(ann, first), "sts")
    take(plain, second)
    tagged = session(aws, take(ann, first, Tags=tag(Star="1"), TransitiveTagKeys=["Star"]), "sts")
    code, message = refused(tagged.assume_role, RoleArn=second, RoleSessionName="me")
    assert code == "AccessDenied"
    assert "sts:TagSession" in message


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"TransitiveTagKeys": ["Star"]}, "must be included in the requested tags"),
        ({"Tags": tag(a="1", A="2")}, "Duplicate tag keys"),
        ({"Tags": tag(**{"aws:a": "1"})}, "reserved"),
    ],
)
def test_tags_that_cannot_be(aws, ann, more, words):
    code, message = refused(ann.assume_role, RoleArn=role(aws, "One"), RoleSessionName="me", **more)
    assert code in ("InvalidParameterValue", "ValidationError")
    assert words in message


@pytest.mark.parametrize(
    ("condition", "good", "bad"),
    [
        ({"StringLike": {"sts:RoleSessionName": "${aws:username}"}}, {"RoleSessionName": "Ann"}, {}),
        ({"StringEquals": {"sts:ExternalId": "x1"}}, {"ExternalId": "x1"}, {"ExternalId": "x2"}),
        ({"Null": {"sts:SourceIdentity": "false"}}, {"SourceIdentity": "ann"}, {}),
        ({"StringEquals": {"aws:RequestTag/team": "red"}}, {"Tags": tag(team="red")}, {"Tags": tag(team="blue")}),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}, {"Tags": tag(team="x")}, {"Tags": tag(other="x")}),
        (
            {"ForAllValues:StringEquals": {"sts:TransitiveTagKeys": ["a"]}},
            {"Tags": tag(a="1", b="1"), "TransitiveTagKeys": ["a"]},
            {"Tags": tag(a="1", b="1"), "TransitiveTagKeys": ["b"]},
        ),
        ({"StringEquals": {"aws:ResourceTag/level": "one"}}, {}, None),
        ({"StringEquals": {"iam:ResourceTag/level": "two"}}, None, {}),
        ({"NumericLessThan": {"sts:DurationSeconds": "99999"}}, None, {"DurationSeconds": 900}),
    ],
)
def test_the_condition_keys_of_a_trust_policy(aws, ann, condition, good, bad):
    arn = role(aws, "One", actions="sts:*", condition=condition, Tags=tag(level="one"))
    if good is not None:
        ann.assume_role(**{"RoleArn": arn, "RoleSessionName": "me", **good})
    if bad is not None:
        assert refused(ann.assume_role, **{"RoleArn": arn, "RoleSessionName": "me", **bad})[0] == "AccessDenied"


def test_setting_a_source_identity_needs_permission_on_both_sides(aws):
    condition = {"StringLike": {"sts:SourceIdentity": "${aws:username}"}}
    text = document(
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"},
        {"Effect": "Allow", "Action": "sts:SetSourceIdentity", "Resource": "*", "Condition": condition},
    )
    sts = aws("sts", key=user_with(aws, "Ann", text))
    arn = role(aws, "One", actions=["sts:AssumeRole", "sts:SetSourceIdentity"])
    assert sts.assume_role(RoleArn=arn, RoleSessionName="me", SourceIdentity="Ann")["SourceIdentity"] == "Ann"
    code, message = refused(sts.assume_role, RoleArn=arn, RoleSessionName="me", SourceIdentity="Bob")
    assert code == "AccessDenied"
    assert "sts:SetSourceIdentity" in message
    other = role(aws, "Two", actions=["sts:AssumeRole"])
    assert refused(sts.assume_role, RoleArn=other, RoleSessionName="me", SourceIdentity="Ann")[0] == "AccessDenied"


def test_nothing_about_a_request_tells_which_roles_exist(aws, ann):
    there = role(aws, "There", actions="sts:AssumeRoleWithSAML")
    for more in ({}, {"TransitiveTagKeys": ["x"]}, {"Tags": tag(**{"aws:x": "1"})}):
        answers = [
            refused(ann.assume_role, RoleArn=arn, RoleSessionName="me", **more)
            for arn in (there, there.replace("There", "Nowhere"))
        ]
        assert answers[0][0] == answers[1][0]
        assert answers[0][1].replace("There", "X") == answers[1][1].replace("Nowhere", "X")
