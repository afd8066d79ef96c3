import json

from tests.services.policies import allow, deny, refused, trust_account, user_with

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
OWN = "arn:aws:iam::000000000000:policy/P"


def test_a_managed_policy_is_answered_as_it_was_made(aws):
    iam = aws("iam")
    made = iam.create_policy(PolicyName="P", Path="/x/", PolicyDocument=allow("s3:*"), Description="d")["Policy"]
    assert made["Arn"] == "arn:aws:iam::000000000000:policy/x/P"
    assert (made["DefaultVersionId"], made["AttachmentCount"], made["IsAttachable"]) == ("v1", 0, True)
    got = iam.get_policy(PolicyArn=made["Arn"])["Policy"]
    assert got["Description"] == "d"
    version = iam.get_policy_version(PolicyArn=made["Arn"], VersionId="v1")["PolicyVersion"]
    assert version["IsDefaultVersion"]
    assert version["Document"] == json.loads(allow("s3:*"))


def test_a_policy_that_is_no_policy_is_refused(aws):
    code, message = refused(aws("iam").create_policy, PolicyName="P", PolicyDocument="{")
    assert code == "MalformedPolicyDocument"
    assert message
    principal = allow("s3:*", Principal="*")
    assert refused(aws("iam").create_policy, PolicyName="P", PolicyDocument=principal)[0] == "MalformedPolicyDocument"


def test_a_second_policy_of_one_name_is_refused(aws):
    aws("iam").create_policy(PolicyName="P", PolicyDocument=allow("s3:*"))
    assert refused(aws("iam").create_policy, PolicyName="p", PolicyDocument=allow("s3:*")) == (
        "EntityAlreadyExists",
        "A policy called p already exists. Duplicate names are not allowed.",
    )


def test_the_default_version_is_what_counts(aws):
    iam = aws("iam")
    iam.create_policy(PolicyName="P", PolicyDocument=allow("iam:GetUser"))
    key = user_with(aws, "Ann")
    me = aws("iam", key=key)
    iam.attach_user_policy(UserName="Ann", PolicyArn=OWN)
    assert me.get_user()["User"]["UserName"] == "Ann"
    made = iam.create_policy_version(PolicyArn=OWN, PolicyDocument=deny("iam:*"))["PolicyVersion"]
    assert (made["VersionId"], made["IsDefaultVersion"]) == ("v2", False)
    me.get_user()
    iam.set_default_policy_version(PolicyArn=OWN, VersionId="v2")
    assert refused(me.get_user)[0] == "AccessDenied"
    iam.create_policy_version(PolicyArn=OWN, PolicyDocument=allow("iam:*"), SetAsDefault=True)
    me.get_user()
    assert iam.get_policy(PolicyArn=OWN)["Policy"]["DefaultVersionId"] == "v3"


def test_a_policy_has_at_most_five_versions_and_numbers_are_not_used_again(aws):
    iam = aws("iam")
    iam.create_policy(PolicyName="P", PolicyDocument=allow("s3:*"))
    for _ in range(4):
        iam.create_policy_version(PolicyArn=OWN, PolicyDocument=allow("s3:*"))
    code, message = refused(iam.create_policy_version, PolicyArn=OWN, PolicyDocument=allow("s3:*"))
    assert code == "LimitExceeded"
    assert "up to 5 versions" in message
    iam.delete_policy_version(PolicyArn=OWN, VersionId="v5")
    assert iam.create_policy_version(PolicyArn=OWN, PolicyDocument=allow("s3:*"))["PolicyVersion"]["VersionId"] == "v6"
    versions = [version["VersionId"] for version in iam.list_policy_versions(PolicyArn=OWN)["Versions"]]
    assert versions == ["v6", "v4", "v3", "v2", "v1"]


def test_the_default_version_cannot_be_deleted(aws):
    iam = aws("iam")
    iam.create_policy(PolicyName="P", PolicyDocument=allow("s3:*"))
    assert refused(iam.delete_policy_version, PolicyArn=OWN, VersionId="v1") == (
        "DeleteConflict",
        "Cannot delete the default version of a policy.",
    )
    code, message = refused(iam.get_policy_version, PolicyArn=OWN, VersionId="v9")
    assert (code, message) == ("NoSuchEntity", f"Policy {OWN} version v9 does not exist or is not attachable.")


def test_a_policy_in_use_cannot_be_deleted(aws):
    iam = aws("iam")
    iam.create_policy(PolicyName="P", PolicyDocument=allow("s3:*"))
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust_account())
    iam.attach_role_policy(RoleName="R", PolicyArn=OWN)
    attached = ("DeleteConflict", "Cannot delete a policy attached to entities.")
    assert refused(iam.delete_policy, PolicyArn=OWN) == attached
    iam.detach_role_policy(RoleName="R", PolicyArn=OWN)
    iam.put_role_permissions_boundary(RoleName="R", PermissionsBoundary=OWN)
    assert refused(iam.delete_policy, PolicyArn=OWN) == attached
    iam.delete_role_permissions_boundary(RoleName="R")
    iam.create_policy_version(PolicyArn=OWN, PolicyDocument=allow("s3:*"))
    assert "more than one version" in refused(iam.delete_policy, PolicyArn=OWN)[1]
    iam.delete_policy_version(PolicyArn=OWN, VersionId="v2")
    iam.delete_policy(PolicyArn=OWN)
    assert refused(iam.get_policy, PolicyArn=OWN) == ("NoSuchEntity", f"Policy {OWN} was not found.")


def test_attachments_are_listed_from_both_sides(aws):
    iam = aws("iam")
    iam.create_policy(PolicyName="P", PolicyDocument=allow("s3:*"))
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust_account())
    iam.create_user(UserName="U")
    iam.create_group(GroupName="G")
    iam.attach_role_policy(RoleName="R", PolicyArn=OWN)
    iam.attach_role_policy(RoleName="R", PolicyArn=OWN)
    iam.attach_role_policy(RoleName="R", PolicyArn=ADMINISTRATOR)
    iam.attach_user_policy(UserName="U", PolicyArn=OWN)
    iam.attach_group_policy(GroupName="G", PolicyArn=OWN)
    attached = iam.list_attached_role_policies(RoleName="R")["AttachedPolicies"]
    assert attached == [
        {"PolicyName": "AdministratorAccess", "PolicyArn": ADMINISTRATOR},
        {"PolicyName": "P", "PolicyArn": OWN},
    ]
    entities = iam.list_entities_for_policy(PolicyArn=OWN)
    assert [role["RoleName"] for role in entities["PolicyRoles"]] == ["R"]
    assert [user["UserName"] for user in entities["PolicyUsers"]] == ["U"]
    assert [group["GroupName"] for group in entities["PolicyGroups"]] == ["G"]
    assert iam.list_entities_for_policy(PolicyArn=OWN, EntityFilter="Role")["PolicyUsers"] == []
    assert iam.get_policy(PolicyArn=OWN)["Policy"]["AttachmentCount"] == 3


def test_what_does_not_exist_cannot_be_attached_or_detached(aws):
    iam = aws("iam")
    iam.create_user(UserName="U")
    assert refused(iam.attach_user_policy, UserName="U", PolicyArn=OWN) == (
        "NoSuchEntity",
        f"Policy {OWN} does not exist or is not attachable.",
    )
    assert refused(iam.detach_user_policy, UserName="U", PolicyArn=ADMINISTRATOR) == (
        "NoSuchEntity",
        f"Policy {ADMINISTRATOR} was not found.",
    )
    nonsense = "arn:aws:s3:::bucket/policy/P"
    assert refused(iam.attach_user_policy, UserName="U", PolicyArn=nonsense) == (
        "InvalidInput",
        f"ARN {nonsense} is not valid.",
    )


def test_an_eleventh_attachment_is_one_too_many(aws):
    iam = aws("iam")
    iam.create_user(UserName="U")
    for number in range(11):
        arn = iam.create_policy(PolicyName=f"P{number}", PolicyDocument=allow("s3:*"))["Policy"]["Arn"]
        if number < 10:
            iam.attach_user_policy(UserName="U", PolicyArn=arn)
    assert refused(iam.attach_user_policy, UserName="U", PolicyArn=arn) == (
        "LimitExceeded",
        "Cannot exceed quota for PoliciesPerUser: 10",
    )


def test_aws_s_own_policies_are_there_and_cannot_be_changed(aws):
    iam = aws("iam")
    policy = iam.get_policy(PolicyArn=ADMINISTRATOR)["Policy"]
    version = iam.get_policy_version(PolicyArn=ADMINISTRATOR, VersionId=policy["DefaultVersionId"])["PolicyVersion"]
    assert version["Document"]["Statement"] == [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
    assert (
        refused(iam.create_policy_version, PolicyArn=ADMINISTRATOR, PolicyDocument=allow("s3:*"))[0] == "AccessDenied"
    )
    assert refused(iam.delete_policy, PolicyArn=ADMINISTRATOR)[0] == "AccessDenied"
    iam.create_policy(PolicyName="P", PolicyDocument=allow("s3:*"))
    assert [entry["Arn"] for entry in iam.list_policies(Scope="Local")["Policies"]] == [OWN]
    aws_policies = [entry["Arn"] for entry in iam.list_policies(Scope="AWS")["Policies"]]
    assert ADMINISTRATOR in aws_policies
    assert OWN not in aws_policies
    assert iam.list_policies(OnlyAttached=True)["Policies"] == []


def test_inline_policies_of_one_owner_share_a_limit(aws):
    iam = aws("iam")
    iam.create_user(UserName="U")
    long = allow(*(f"s3:Get{number:04}" for number in range(120)))
    iam.put_user_policy(UserName="U", PolicyName="a", PolicyDocument=long)
    iam.put_user_policy(UserName="U", PolicyName="a", PolicyDocument=long)
    assert refused(iam.put_user_policy, UserName="U", PolicyName="b", PolicyDocument=long) == (
        "LimitExceeded",
        "Maximum policy size of 2048 bytes exceeded for user U",
    )
    assert iam.list_user_policies(UserName="U")["PolicyNames"] == ["a"]


def test_an_unknown_inline_policy_is_named_in_the_refusal(aws):
    iam = aws("iam")
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust_account())
    for call in (iam.get_role_policy, iam.delete_role_policy):
        assert refused(call, RoleName="R", PolicyName="x") == (
            "NoSuchEntity",
            "The role policy with name x cannot be found.",
        )


def test_a_groups_policies_are_shown_and_taken_away(aws):
    iam = aws("iam")
    iam.create_group(GroupName="G")
    iam.put_group_policy(GroupName="G", PolicyName="p", PolicyDocument=allow("s3:*"))
    assert iam.list_group_policies(GroupName="G")["PolicyNames"] == ["p"]
    shown = iam.get_group_policy(GroupName="G", PolicyName="p")
    assert (shown["GroupName"], shown["PolicyDocument"]) == ("G", json.loads(allow("s3:*")))
    arn = iam.create_policy(PolicyName="M", Path="/team/", PolicyDocument=allow("s3:*"))["Policy"]["Arn"]
    iam.attach_group_policy(GroupName="G", PolicyArn=arn)
    attached = [{"PolicyName": "M", "PolicyArn": arn}]
    assert iam.list_attached_group_policies(GroupName="G", PathPrefix="/team/")["AttachedPolicies"] == attached
    assert iam.list_attached_group_policies(GroupName="G", PathPrefix="/x/")["AttachedPolicies"] == []
    iam.detach_group_policy(GroupName="G", PolicyArn=arn)
    assert iam.list_attached_group_policies(GroupName="G")["AttachedPolicies"] == []
    assert refused(iam.detach_group_policy, GroupName="G", PolicyArn=arn)[0] == "NoSuchEntity"


def test_a_users_attached_policies_are_listed_page_by_page(aws):
    iam = aws("iam")
    iam.create_user(UserName="U")
    for name in ("c", "a", "b"):
        arn = iam.create_policy(PolicyName=name, PolicyDocument=allow("s3:*"))["Policy"]["Arn"]
        iam.attach_user_policy(UserName="U", PolicyArn=arn)
    first = iam.list_attached_user_policies(UserName="U", MaxItems=2)
    second = iam.list_attached_user_policies(UserName="U", MaxItems=2, Marker=first["Marker"])
    names = [policy["PolicyName"] for policy in first["AttachedPolicies"] + second["AttachedPolicies"]]
    assert names == ["a", "b", "c"]


def test_the_tags_of_policies_and_roles_are_set_listed_and_taken_away(aws):
    iam = aws("iam")
    arn = iam.create_policy(PolicyName="M", PolicyDocument=allow("s3:*"))["Policy"]["Arn"]
    role = {"Path": "/", "RoleName": "R", "AssumeRolePolicyDocument": trust_account()}
    iam.create_role(**role)
    both = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    iam.tag_policy(PolicyArn=arn, Tags=both)
    iam.tag_role(RoleName="R", Tags=both)
    iam.untag_policy(PolicyArn=arn, TagKeys=["a"])
    iam.untag_role(RoleName="R", TagKeys=["a"])
    assert iam.list_policy_tags(PolicyArn=arn)["Tags"] == both[1:]
    assert iam.list_role_tags(RoleName="R")["Tags"] == both[1:]
    assert iam.list_policy_tags(PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")["Tags"] == []


def test_fifty_tags_are_the_most(aws):
    iam = aws("iam")
    iam.create_user(UserName="U", Tags=[{"Key": str(number), "Value": ""} for number in range(50)])
    iam.tag_user(UserName="U", Tags=[{"Key": "7", "Value": "x"}])
    code, _ = refused(iam.tag_user, UserName="U", Tags=[{"Key": "51", "Value": ""}])
    assert code == "LimitExceeded"
