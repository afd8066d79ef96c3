import json

import pytest

from tests.services.policies import allow, deny, document, refused, trust_account, user_with

ACCOUNT = "000000000000"
ANN = f"arn:aws:iam::{ACCOUNT}:user/Ann"
DATED = (
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*",'
    '"Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}'
)


def custom(aws, *policies, actions=("s3:GetObject",), **more):
    """Simulate policies, and return the result of each action."""
    answer = aws("iam").simulate_custom_policy(PolicyInputList=list(policies), ActionNames=list(actions), **more)
    return answer["EvaluationResults"]


def principal(aws, *actions, arn=ANN, **more):
    """Simulate a principal's policies, and return the result of each action."""
    answer = aws("iam").simulate_principal_policy(PolicySourceArn=arn, ActionNames=list(actions), **more)
    return answer["EvaluationResults"]


def entry(name, *values, kind="string"):
    return {"ContextKeyName": name, "ContextKeyValues": list(values), "ContextKeyType": kind}


def decisions(results):
    return [result["EvalDecision"] for result in results]


def test_the_command_lines_first_example_is_answered_as_aws_answers_it(aws):
    when = [entry("aws:CurrentTime", "2019-04-25T11:00:00Z", kind="date")]
    (result,) = custom(aws, DATED, actions=["dynamodb:CreateBackup"], ContextEntries=when)
    assert result == {
        "EvalActionName": "dynamodb:CreateBackup",
        "EvalResourceName": "*",
        "EvalDecision": "allowed",
        "MatchedStatements": [
            {
                "SourcePolicyId": "PolicyInputList.1",
                "SourcePolicyType": "none",
                "StartPosition": {"Line": 1, "Column": 38},
                "EndPosition": {"Line": 1, "Column": 167},
            }
        ],
        "MissingContextValues": [],
    }


def test_the_command_lines_second_example_is_denied_without_a_statement(aws):
    when = [entry("aws:CurrentTime", "2014-04-25T11:00:00Z", kind="date")]
    (result,) = custom(aws, DATED, actions=["dynamodb:CreateBackup"], ContextEntries=when)
    assert (result["EvalDecision"], result["MatchedStatements"]) == ("implicitDeny", [])


def test_a_key_that_is_not_given_is_missing_even_the_time(aws):
    (result,) = custom(aws, DATED, actions=["dynamodb:CreateBackup"])
    assert (result["EvalDecision"], result["MissingContextValues"]) == ("implicitDeny", ["aws:CurrentTime"])
    (other,) = custom(aws, DATED, actions=["s3:GetObject"])
    assert other["MissingContextValues"] == []


def test_a_deny_is_the_only_statement_that_is_shown(aws):
    (result,) = custom(aws, allow("s3:*"), deny("s3:GetObject"))
    assert result["EvalDecision"] == "explicitDeny"
    assert [match["SourcePolicyId"] for match in result["MatchedStatements"]] == ["PolicyInputList.2"]


def test_every_action_has_a_result_and_every_resource_its_own(aws):
    one, two = "arn:aws:s3:::one/x", "arn:aws:s3:::two/x"
    text = allow("s3:*", resource="arn:aws:s3:::one/*")
    results = custom(aws, text, actions=["s3:GetObject", "s3:PutObject"], ResourceArns=[one, two])
    assert [result["EvalActionName"] for result in results] == ["s3:GetObject", "s3:PutObject"]
    assert decisions(results) == ["implicitDeny", "implicitDeny"]
    for result in results:
        shown = {each["EvalResourceName"]: each for each in result["ResourceSpecificResults"]}
        assert shown[one]["EvalResourceDecision"] == "allowed"
        assert len(shown[one]["MatchedStatements"]) == 1
        assert shown[two]["EvalResourceDecision"] == "implicitDeny"
        assert result["EvalDecisionDetails"] == {}
        assert result["MatchedStatements"] == []


def test_the_resource_of_an_invocation_has_its_template(aws):
    (result,) = custom(aws, allow("execute-api:*"), actions=["execute-api:Invoke"])
    assert result["EvalResourceName"].startswith("arn:${Partition}:execute-api:${Region}")


def test_positions_are_those_of_the_text_as_it_was_written(aws):
    text = json.dumps(json.loads(document({"Effect": "Deny", "Action": "s3:*", "Resource": "*"})), indent=4)
    (result,) = custom(aws, allow("s3:*"), text)
    (match,) = result["MatchedStatements"]
    assert match["StartPosition"] == {"Line": 4, "Column": 10}
    assert match["EndPosition"] == {"Line": 8, "Column": 10}


def test_a_boundary_takes_away_and_says_so(aws):
    results = custom(
        aws,
        allow("s3:*"),
        actions=["s3:GetObject", "s3:PutObject"],
        PermissionsBoundaryPolicyInputList=[allow("s3:GetObject")],
    )
    assert decisions(results) == ["allowed", "implicitDeny"]
    assert [result["PermissionsBoundaryDecisionDetail"]["AllowedByPermissionsBoundary"] for result in results] == [
        True,
        False,
    ]


def test_a_resource_policy_lets_a_user_of_its_account_in(aws):
    bucket = "arn:aws:s3:::b/x"
    text = document({"Effect": "Allow", "Principal": {"AWS": ANN}, "Action": "s3:GetObject", "Resource": bucket})
    (result,) = custom(
        aws, allow("ec2:*"), ResourcePolicy=text, CallerArn=ANN, ResourceArns=[bucket], ResourceOwner=ACCOUNT
    )
    assert result["EvalDecision"] == "allowed"
    (match,) = result["MatchedStatements"]
    assert match["SourcePolicyType"] == "resource"


def test_across_accounts_both_sides_must_allow_and_the_details_say_who_did(aws):
    bucket = "arn:aws:s3:::b/x"
    text = document({"Effect": "Allow", "Principal": {"AWS": ANN}, "Action": "s3:GetObject", "Resource": bucket})
    there = {"ResourcePolicy": text, "CallerArn": ANN, "ResourceArns": [bucket], "ResourceOwner": "111111111111"}
    (alone,) = custom(aws, allow("ec2:*"), **there)
    assert alone["EvalDecision"] == "implicitDeny"
    assert alone["EvalDecisionDetails"] == {"IAM Policy": "implicitDeny", "Resource Policy": "allowed"}
    (both,) = custom(aws, allow("s3:*"), **there)
    assert both["EvalDecision"] == "allowed"
    (details,) = (each["EvalDecisionDetails"] for each in both["ResourceSpecificResults"])
    assert details == {"IAM Policy": "allowed", "Resource Policy": "allowed"}


def test_variables_have_the_values_of_the_caller(aws):
    text = allow("s3:*", resource="arn:aws:s3:::home/${aws:username}/*")
    home = "arn:aws:s3:::home/Ann/x"
    (known,) = custom(aws, text, ResourceArns=[home], CallerArn=ANN)
    assert known["EvalDecision"] == "allowed"
    (unknown,) = custom(aws, text, ResourceArns=[home])
    assert (unknown["EvalDecision"], unknown["MissingContextValues"]) == ("implicitDeny", ["aws:username"])
    (group,) = custom(aws, text, ResourceArns=[home], CallerArn=f"arn:aws:iam::{ACCOUNT}:group/Ann")
    assert group["EvalDecision"] == "implicitDeny"
    (given,) = custom(aws, text, ResourceArns=[home], ContextEntries=[entry("aws:UserName", "Ann")])
    assert given["EvalDecision"] == "allowed"


def test_a_users_policies_are_its_own_its_groups_and_its_boundary(aws):
    iam = aws("iam")
    user_with(aws, "Ann", allow("s3:GetObject"))
    iam.create_group(GroupName="G")
    iam.put_group_policy(GroupName="G", PolicyName="gp", PolicyDocument=allow("s3:PutObject"))
    iam.add_user_to_group(GroupName="G", UserName="Ann")
    managed = iam.create_policy(PolicyName="M", PolicyDocument=allow("s3:DeleteObject"))["Policy"]["Arn"]
    iam.attach_group_policy(GroupName="G", PolicyArn=managed)
    iam.attach_user_policy(UserName="Ann", PolicyArn="arn:aws:iam::aws:policy/IAMFullAccess")
    actions = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "iam:GetUser", "ec2:RunInstances"]
    results = principal(aws, *actions)
    assert decisions(results) == ["allowed"] * 4 + ["implicitDeny"]
    named = [
        (match["SourcePolicyId"], match["SourcePolicyType"])
        for result in results
        for match in result["MatchedStatements"]
    ]
    assert named == [("p0", "user"), ("gp", "group"), ("M", "user-managed"), ("IAMFullAccess", "aws-managed")]
    boundary = iam.create_policy(PolicyName="B", PolicyDocument=allow("s3:GetObject"))["Policy"]["Arn"]
    iam.put_user_permissions_boundary(UserName="Ann", PermissionsBoundary=boundary)
    assert decisions(principal(aws, *actions)) == ["allowed"] + ["implicitDeny"] * 4
    wider = principal(aws, *actions, PermissionsBoundaryPolicyInputList=[allow("s3:*")])
    assert decisions(wider) == ["allowed"] * 3 + ["implicitDeny"] * 2
    more = principal(aws, "ec2:RunInstances", PolicyInputList=[allow("ec2:*")], PolicyExclusionList=[])
    assert decisions(more) == ["implicitDeny"]


@pytest.mark.parametrize(
    ("excluded", "expected"),
    [
        ({"PolicyType": "inline"}, "DDA"),
        ({"PolicyType": "user-managed"}, "ADD"),
        ({"PolicyType": "permission-boundary"}, "AAA"),
        ({"PolicyType": "scp"}, "ADA"),
        ({"PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/M*"}, "ADD"),
        ({"PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/?"}, "ADD"),
        ({"PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/Other"}, "ADA"),
        (
            {"InlinePolicyIdentifier": {"PolicyName": "p0", "AttachmentType": "user", "AttachmentName": "Ann"}},
            "DDA",
        ),
        (
            {"InlinePolicyIdentifier": {"PolicyName": "p0", "AttachmentType": "group", "AttachmentName": "Ann"}},
            "ADA",
        ),
    ],
)
def test_policies_are_left_out_by_type_by_arn_and_by_name(aws, excluded, expected):
    iam = aws("iam")
    user_with(aws, "Ann", allow("s3:GetObject", "s3:PutObject"))
    managed = iam.create_policy(PolicyName="M", PolicyDocument=allow("s3:DeleteObject"))["Policy"]["Arn"]
    iam.attach_user_policy(UserName="Ann", PolicyArn=managed)
    boundary = iam.create_policy(PolicyName="B", PolicyDocument=allow("s3:GetObject", "s3:DeleteObject"))
    iam.put_user_permissions_boundary(UserName="Ann", PermissionsBoundary=boundary["Policy"]["Arn"])
    results = principal(aws, "s3:GetObject", "s3:PutObject", "s3:DeleteObject", PolicyExclusionList=[excluded])
    assert "".join("A" if each == "allowed" else "D" for each in decisions(results)) == expected


@pytest.mark.parametrize(
    "malformed",
    [
        {"PolicyType": "inline", "PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/M"},
        {"PolicyArn": "not-an-arn-but-long-enough"},
        {"PolicyArn": f"arn:aws:iam::{ACCOUNT}:pol*/M"},
        {"PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/*M*"},
    ],
)
def test_a_malformed_exclusion_is_refused(aws, malformed):
    aws("iam").create_user(UserName="Ann")
    ask = {"PolicySourceArn": ANN, "ActionNames": ["s3:GetObject"], "PolicyExclusionList": [malformed]}
    iam = aws("iam", parameter_validation=False)  # the client knows unions, too
    assert refused(iam.simulate_principal_policy, **ask)[0] == "InvalidInput"


def test_a_roles_and_a_groups_policies_are_simulated_too(aws):
    iam = aws("iam")
    role = iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust_account())["Role"]["Arn"]
    iam.put_role_policy(RoleName="R", PolicyName="rp", PolicyDocument=allow("s3:GetObject"))
    group = iam.create_group(GroupName="G")["Group"]["Arn"]
    iam.put_group_policy(GroupName="G", PolicyName="gp", PolicyDocument=allow("s3:GetObject"))
    for arn, kind in ((role, "role"), (group, "group")):
        (result,) = principal(aws, "s3:GetObject", arn=arn)
        assert result["EvalDecision"] == "allowed"
        assert result["MatchedStatements"][0]["SourcePolicyType"] == kind


def test_what_the_simulation_says_is_what_happens(aws):
    text = document(
        {"Effect": "Allow", "Action": "iam:List*", "Resource": "*"},
        {"Effect": "Deny", "Action": "iam:ListRoles", "Resource": "*"},
    )
    me = aws("iam", key=user_with(aws, "Ann", text))
    users, roles, groups = principal(aws, "iam:ListUsers", "iam:ListRoles", "iam:GetGroup")
    me.list_users()
    assert users["EvalDecision"] == "allowed"
    assert "explicit deny" in refused(me.list_roles)[1]
    assert roles["EvalDecision"] == "explicitDeny"
    assert refused(me.get_group, GroupName="g")[0] == "AccessDenied"
    assert groups["EvalDecision"] == "implicitDeny"


def test_what_the_password_policy_gives_is_simulated(aws):
    aws("iam").create_user(UserName="Ann")
    aws("iam").update_account_password_policy(AllowUsersToChangePassword=True)
    assert decisions(principal(aws, "iam:ChangePassword", ResourceArns=[ANN])) == ["allowed"]


def test_results_are_answered_page_by_page(aws):
    actions = [f"s3:Get{number}" for number in range(5)]
    seen, marker = [], {}
    while True:
        answer = aws("iam").simulate_custom_policy(
            PolicyInputList=[allow("s3:*")], ActionNames=actions, MaxItems=2, **marker
        )
        seen += [result["EvalActionName"] for result in answer["EvaluationResults"]]
        if not answer["IsTruncated"]:
            break
        marker = {"Marker": answer["Marker"]}
    assert seen == actions


def test_a_page_ends_where_the_work_becomes_too_much(aws):
    resources = [f"arn:aws:s3:::b/{number}" for number in range(2_000)]
    text = document(*({"Effect": "Allow", "Action": "s3:*", "Resource": f"arn:aws:s3:::b/{n}"} for n in range(60)))
    answer = aws("iam").simulate_custom_policy(
        PolicyInputList=[text], ActionNames=["s3:A", "s3:B"], ResourceArns=resources
    )
    assert len(answer["EvaluationResults"]) == 1
    assert answer["IsTruncated"]
    code, message = refused(
        aws("iam").simulate_custom_policy,
        PolicyInputList=[text, text],
        ActionNames=["s3:A"],
        ResourceArns=resources,
    )
    assert code == "InvalidInput"
    assert "Too many resources" in message


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"ActionNames": ["s3:*"]}, "s3:*"),
        ({"ActionNames": ["nonsense"]}, "nonsense"),
        ({"ResourceArns": ["bucket"]}, "bucket"),
        ({"PolicyInputList": ["{"]}, "PolicyInputList.1"),
        ({"PolicyInputList": [trust_account()]}, "PolicyInputList.1"),
        ({"PermissionsBoundaryPolicyInputList": [allow("s3:*")] * 2}, "one boundary"),
        ({"ResourcePolicy": trust_account()}, "CallerArn"),
        ({"CallerArn": f"arn:aws:sts::{ACCOUNT}:assumed-role/R/s"}, "CallerArn"),
        ({"CallerArn": "Ann"}, "CallerArn"),
        ({"ResourceOwner": "me"}, "ResourceOwner"),
        ({"ResourceHandlingOption": "EC2-VPC-InstanceStore"}, "ResourceHandlingOption"),
        ({"OrderedOrganizationPolicyInputList": [{"ServiceControlPolicyInputList": ["{}"]}]}, "Organization"),
        ({"ContextEntries": [entry("aws:SourceIp", "1.2.3.4"), entry("aws:sourceip", "1.2.3.4")]}, "twice"),
        ({"ContextEntries": [entry("aws:SourceIp", "a", "b")]}, "stringList"),
        ({"ContextEntries": [entry("aws:SourceIp", "nowhere", kind="ip")]}, "nowhere"),
        ({"ContextEntries": [entry("aws:CurrentTime", "soon", kind="date")]}, "soon"),
        ({"ContextEntries": [entry("aws:SecureTransport", "maybe", kind="boolean")]}, "maybe"),
        ({"ContextEntries": [entry("s3:max-keys", "many", kind="numeric")]}, "many"),
        ({"ContextEntries": [{"ContextKeyType": "string"}]}, "ContextKeyName"),
    ],
)
def test_what_cannot_be_simulated_is_refused_by_name(aws, wrong, named):
    ask = {"PolicyInputList": [allow("s3:*")], "ActionNames": ["s3:GetObject"], **wrong}
    code, message = refused(aws("iam").simulate_custom_policy, **ask)
    assert code == "InvalidInput"
    assert named in message


def test_nobody_and_what_is_no_principal_cannot_be_the_source(aws):
    ask = {"ActionNames": ["s3:GetObject"]}
    operation = aws("iam").simulate_principal_policy
    assert refused(operation, PolicySourceArn=ANN, **ask)[0] == "NoSuchEntity"
    policy = f"arn:aws:iam::{ACCOUNT}:policy/P"
    assert refused(operation, PolicySourceArn=policy, **ask)[0] == "InvalidInput"


def test_context_keys_are_listed_as_they_are_written(aws):
    text = document(
        {
            "Effect": "Allow",
            "Action": "s3:*",
            "Resource": "arn:aws:s3:::b/${aws:UserName}/${aws:PrincipalTag/team, 'none'}/${*}",
            "Condition": {"StringEquals": {"aws:SourceVpc": "x", "s3:prefix": "${aws:userid}"}},
        }
    )
    old = text.replace("2012-10-17", "2008-10-17").replace("s3:prefix", "s3:delimiter")
    keys = aws("iam").get_context_keys_for_custom_policy(PolicyInputList=[text, text])["ContextKeyNames"]
    assert keys == ["aws:PrincipalTag/team", "aws:SourceVpc", "aws:userid", "aws:UserName", "s3:prefix"]
    keys = aws("iam").get_context_keys_for_custom_policy(PolicyInputList=[old])["ContextKeyNames"]
    assert keys == ["aws:SourceVpc", "s3:delimiter"]
    user_with(aws, "Ann", text)
    answer = aws("iam").get_context_keys_for_principal_policy(PolicySourceArn=ANN, PolicyInputList=[old])
    assert "s3:delimiter" in answer["ContextKeyNames"]
    assert "aws:userid" in answer["ContextKeyNames"]
    assert refused(aws("iam").get_context_keys_for_custom_policy, PolicyInputList=["{"])[0] == "InvalidInput"


def test_simulating_a_principal_is_a_permission_for_that_principal(aws):
    aws("iam").create_user(UserName="Bob")
    me = aws("iam", key=user_with(aws, "Ann", allow("iam:SimulatePrincipalPolicy", resource=ANN)))
    me.simulate_principal_policy(PolicySourceArn=ANN, ActionNames=["s3:GetObject"])
    bob = f"arn:aws:iam::{ACCOUNT}:user/Bob"
    code, message = refused(me.simulate_principal_policy, PolicySourceArn=bob, ActionNames=["s3:GetObject"])
    assert code == "AccessDenied"
    assert bob in message
    code, _ = refused(me.simulate_custom_policy, PolicyInputList=[allow("s3:*")], ActionNames=["s3:GetObject"])
    assert code == "AccessDenied"
