from datetime import UTC, datetime, timedelta

import pytest

from tests.services.policies import allow, deny, document, refused, session, trust, trust_account, user_with

ACCOUNT = "000000000000"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/R"


def make_role(aws, trust_policy=None, *documents, **settings):
    iam = aws("iam")
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust_policy or trust_account(), **settings)
    for number, text in enumerate(documents):
        iam.put_role_policy(RoleName="R", PolicyName=f"p{number}", PolicyDocument=text)


@pytest.fixture
def ann(aws):
    """An STS client of a user who may assume any role."""
    return aws("sts", key=user_with(aws, "Ann", allow("sts:*")))


def test_a_session_of_a_role_is_who_it_says_and_may_what_the_role_may(aws, ann):
    make_role(aws, None, allow("iam:ListUsers"))
    answer = ann.assume_role(RoleArn=ROLE, RoleSessionName="me")
    assert answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/R/me"
    role_id = aws("iam").get_role(RoleName="R")["Role"]["RoleId"]
    assert answer["AssumedRoleUser"]["AssumedRoleId"] == f"{role_id}:me"
    credentials = answer["Credentials"]
    assert credentials["AccessKeyId"].startswith("ASIA")
    left = credentials["Expiration"] - datetime.now(UTC)
    assert timedelta(minutes=59) < left <= timedelta(hours=1)
    assert "PackedPolicySize" not in answer
    me = session(aws, credentials, "sts").get_caller_identity()
    assert (me["Arn"], me["UserId"]) == (answer["AssumedRoleUser"]["Arn"], answer["AssumedRoleUser"]["AssumedRoleId"])
    iam = session(aws, credentials, "iam")
    iam.list_users()
    assert refused(iam.list_roles)[0] == "AccessDenied"


def test_whoever_the_trust_policy_does_not_name_is_refused(aws, ann):
    make_role(aws, trust({"AWS": "111122223333"}))
    code, message = refused(ann.assume_role, RoleArn=ROLE, RoleSessionName="me")
    assert code == "AccessDenied"
    assert message.startswith(
        f"User: arn:aws:iam::{ACCOUNT}:user/Ann is not authorized to perform: sts:AssumeRole on resource: {ROLE}"
    )


def test_an_administrator_needs_the_trust_policy_too(aws):
    key = user_with(aws, "Boss", allow("*"))
    make_role(aws, trust({"Service": "lambda.amazonaws.com"}))
    assert refused(aws("sts", key=key).assume_role, RoleArn=ROLE, RoleSessionName="me")[0] == "AccessDenied"


def test_trust_in_the_account_leaves_it_to_the_caller_s_policies(aws):
    make_role(aws)
    key = user_with(aws, "Ann")
    assert refused(aws("sts", key=key).assume_role, RoleArn=ROLE, RoleSessionName="me")[0] == "AccessDenied"
    aws("iam").put_user_policy(UserName="Ann", PolicyName="p", PolicyDocument=allow("sts:AssumeRole", resource=ROLE))
    aws("sts", key=key).assume_role(RoleArn=ROLE, RoleSessionName="me")


def test_trust_in_a_user_needs_no_policy_of_the_user(aws):
    key = user_with(aws, "Ann")
    make_role(aws, trust({"AWS": f"arn:aws:iam::{ACCOUNT}:user/Ann"}))
    aws("sts", key=key).assume_role(RoleArn=ROLE, RoleSessionName="me")
    aws("iam").put_user_policy(UserName="Ann", PolicyName="p", PolicyDocument=deny("sts:*"))
    assert refused(aws("sts", key=key).assume_role, RoleArn=ROLE, RoleSessionName="me")[0] == "AccessDenied"


def test_an_unknown_role_is_answered_like_one_that_does_not_trust(aws, ann):
    code, message = refused(ann.assume_role, RoleArn=ROLE, RoleSessionName="me")
    assert code == "AccessDenied"
    assert f"is not authorized to perform: sts:AssumeRole on resource: {ROLE}" in message


def test_the_root_user_may_not_assume_roles(aws):
    make_role(aws)
    assert refused(aws("sts").assume_role, RoleArn=ROLE, RoleSessionName="me") == (
        "AccessDenied",
        "Roles may not be assumed by root accounts.",
    )


def test_an_external_id_must_be_the_one_that_the_trust_policy_wants(aws, ann):
    make_role(aws, trust({"AWS": ACCOUNT}, StringEquals={"sts:ExternalId": "secret-1"}))
    assert refused(ann.assume_role, RoleArn=ROLE, RoleSessionName="me")[0] == "AccessDenied"
    assert refused(ann.assume_role, RoleArn=ROLE, RoleSessionName="me", ExternalId="other")[0] == "AccessDenied"
    ann.assume_role(RoleArn=ROLE, RoleSessionName="me", ExternalId="secret-1")


def test_a_session_never_outlasts_what_the_role_allows(aws, ann):
    make_role(aws, MaxSessionDuration=7200)
    answer = ann.assume_role(RoleArn=ROLE, RoleSessionName="me", DurationSeconds=7200)
    assert answer["Credentials"]["Expiration"] - datetime.now(UTC) > timedelta(minutes=119)
    assert refused(ann.assume_role, RoleArn=ROLE, RoleSessionName="me", DurationSeconds=7201) == (
        "ValidationError",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    )


def test_a_session_that_takes_the_next_role_gets_an_hour_at_most(aws, ann):
    make_role(aws, None, allow("sts:AssumeRole"), MaxSessionDuration=43200)
    aws("iam").create_role(RoleName="Next", AssumeRolePolicyDocument=trust({"AWS": ROLE}), MaxSessionDuration=43200)
    first = session(aws, ann.assume_role(RoleArn=ROLE, RoleSessionName="one")["Credentials"], "sts")
    target = f"arn:aws:iam::{ACCOUNT}:role/Next"
    code, message = refused(first.assume_role, RoleArn=target, RoleSessionName="two", DurationSeconds=3601)
    assert code == "ValidationError"
    assert "1 hour session limit for roles assumed by role chaining" in message
    second = first.assume_role(RoleArn=target, RoleSessionName="two")
    assert second["AssumedRoleUser"]["Arn"].endswith(":assumed-role/Next/two")


def test_a_managed_policy_narrows_a_session_like_an_inline_one(aws, ann):
    make_role(aws, None, allow("iam:*"))
    arn = aws("iam").create_policy(PolicyName="L", PolicyDocument=allow("iam:ListUsers"))["Policy"]["Arn"]
    answer = ann.assume_role(RoleArn=ROLE, RoleSessionName="me", PolicyArns=[{"arn": arn}])
    assert 0 < answer["PackedPolicySize"] <= 100
    narrowed = session(aws, answer["Credentials"], "iam")
    narrowed.list_users()
    assert refused(narrowed.list_roles)[0] == "AccessDenied"


def test_inline_and_managed_session_policies_allow_together(aws, ann):
    make_role(aws, None, allow("iam:*"))
    arn = aws("iam").create_policy(PolicyName="L", PolicyDocument=allow("iam:ListUsers"))["Policy"]["Arn"]
    credentials = ann.assume_role(
        RoleArn=ROLE, RoleSessionName="me", PolicyArns=[{"arn": arn}], Policy=allow("iam:ListRoles")
    )["Credentials"]
    both = session(aws, credentials, "iam")
    both.list_users()
    both.list_roles()
    assert refused(both.list_groups)[0] == "AccessDenied"


def test_a_session_policy_that_is_no_policy_is_refused(aws, ann):
    make_role(aws)
    code, _ = refused(ann.assume_role, RoleArn=ROLE, RoleSessionName="me", Policy="{}")
    assert code == "MalformedPolicyDocument"
    nobody = f"arn:aws:iam::{ACCOUNT}:policy/Nobody"
    code, message = refused(ann.assume_role, RoleArn=ROLE, RoleSessionName="me", PolicyArns=[{"arn": nobody}])
    assert code == "MalformedPolicyDocument"
    assert nobody in message


def test_policies_that_do_not_fit_into_a_token_are_refused(aws, ann):
    make_role(aws)
    arns = []
    for number in range(2):
        actions = [f"s3:Get{number}{index:04}" for index in range(250)]
        policy = aws("iam").create_policy(PolicyName=f"P{number}", PolicyDocument=allow(*actions))["Policy"]
        arns.append({"arn": policy["Arn"]})
    code, message = refused(ann.assume_role, RoleArn=ROLE, RoleSessionName="me", PolicyArns=arns)
    assert code == "PackedPolicyTooLarge"
    assert "%" in message


def test_tags_that_do_not_fit_into_a_token_are_refused(aws, ann):
    make_role(aws, trust({"AWS": ACCOUNT}, "sts:*"))
    tags = [{"Key": f"k{number}" + "x" * 100, "Value": "v" * 200} for number in range(50)]
    code, _ = refused(ann.assume_role, RoleArn=ROLE, RoleSessionName="me", Tags=tags)
    assert code == "PackedPolicyTooLarge"


def test_session_tags_stand_above_the_role_s_own(aws, ann):
    team = {"StringEquals": {"aws:PrincipalTag/team": "red"}}
    make_role(
        aws,
        document({"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": ["sts:AssumeRole", "sts:TagSession"]}),
        allow("iam:ListUsers", Condition=team),
        Tags=[{"Key": "Team", "Value": "blue"}],
    )
    blue = ann.assume_role(RoleArn=ROLE, RoleSessionName="me")["Credentials"]
    assert refused(session(aws, blue, "iam").list_users)[0] == "AccessDenied"
    answer = ann.assume_role(RoleArn=ROLE, RoleSessionName="me", Tags=[{"Key": "team", "Value": "red"}])
    session(aws, answer["Credentials"], "iam").list_users()


def test_whoever_passes_tags_must_be_allowed_to_tag_the_session(aws, ann):
    make_role(aws)
    tags = [{"Key": "team", "Value": "red"}]
    code, message = refused(ann.assume_role, RoleArn=ROLE, RoleSessionName="me", Tags=tags)
    assert code == "AccessDenied"
    assert "sts:TagSession" in message


def test_a_source_identity_stays_through_the_chain_and_cannot_be_changed(aws, ann):
    any_sts = document({"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:*"})
    make_role(aws, any_sts, allow("sts:*"))
    aws("iam").create_role(RoleName="Next", AssumeRolePolicyDocument=any_sts)
    answer = ann.assume_role(RoleArn=ROLE, RoleSessionName="me", SourceIdentity="ann")
    assert answer["SourceIdentity"] == "ann"
    first = session(aws, answer["Credentials"], "sts")
    target = f"arn:aws:iam::{ACCOUNT}:role/Next"
    assert first.assume_role(RoleArn=target, RoleSessionName="two")["SourceIdentity"] == "ann"
    code, _ = refused(first.assume_role, RoleArn=target, RoleSessionName="two", SourceIdentity="bob")
    assert code == "AccessDenied"


@pytest.mark.parametrize(
    "more",
    [
        {"ProvidedContexts": [{"ProviderArn": "arn:aws:iam::aws:contextProvider/x", "ContextAssertion": "abcd"}]},
    ],
)
def test_what_is_not_enforced_is_refused_by_name(aws, ann, more):
    make_role(aws)
    code, message = refused(ann.assume_role, RoleArn=ROLE, RoleSessionName="me", **more)
    assert code == "NotImplemented"
    assert next(iter(more)) in message


def test_sessions_end_with_their_role_and_a_role_made_anew_does_not_revive_them(aws, ann):
    make_role(aws, None, allow("iam:ListUsers"))
    credentials = ann.assume_role(RoleArn=ROLE, RoleSessionName="me")["Credentials"]
    iam = session(aws, credentials, "iam")
    iam.list_users()
    aws("iam").delete_role_policy(RoleName="R", PolicyName="p0")
    assert refused(iam.list_users)[0] == "AccessDenied"
    aws("iam").delete_role(RoleName="R")
    assert refused(iam.list_users)[0] == "InvalidClientTokenId"
    make_role(aws, None, allow("iam:ListUsers"))
    assert refused(iam.list_users)[0] == "InvalidClientTokenId"


def test_the_issue_time_of_a_token_can_be_asked_for(aws, ann):
    make_role(aws, None, allow("iam:ListUsers"))
    credentials = ann.assume_role(RoleArn=ROLE, RoleSessionName="me")["Credentials"]
    iam = session(aws, credentials, "iam")
    iam.list_users()
    revoke = {"DateLessThan": {"aws:TokenIssueTime": "2999-01-01T00:00:00Z"}}
    text = document({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": revoke})
    aws("iam").put_role_policy(RoleName="R", PolicyName="AWSRevokeOlderSessions", PolicyDocument=text)
    assert refused(iam.list_users)[0] == "AccessDenied"
