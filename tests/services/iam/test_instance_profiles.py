from tests.services.policies import allow, refused, trust_account, user_with

ACCOUNT = "000000000000"


def role(aws, name="R", **settings):
    return aws("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust_account(), **settings)["Role"]


def test_a_profile_holds_one_role(aws):
    iam = aws("iam")
    made = iam.create_instance_profile(InstanceProfileName="P", Path="/a/", Tags=[{"Key": "k", "Value": "v"}])
    profile = made["InstanceProfile"]
    assert profile["Arn"] == f"arn:aws:iam::{ACCOUNT}:instance-profile/a/P"
    assert profile["InstanceProfileId"].startswith("AIPA")
    assert profile["Roles"] == []
    role(aws)
    role(aws, "Other")
    iam.add_role_to_instance_profile(InstanceProfileName="P", RoleName="R")
    got = iam.get_instance_profile(InstanceProfileName="P")["InstanceProfile"]
    assert [entry["RoleName"] for entry in got["Roles"]] == ["R"]
    assert got["Tags"] == [{"Key": "k", "Value": "v"}]
    add = iam.add_role_to_instance_profile
    assert refused(add, InstanceProfileName="P", RoleName="R")[0] == "EntityAlreadyExists"
    assert refused(add, InstanceProfileName="P", RoleName="Other") == (
        "LimitExceeded",
        "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1",
    )
    listed = iam.list_instance_profiles_for_role(RoleName="R")["InstanceProfiles"]
    assert [entry["InstanceProfileName"] for entry in listed] == ["P"]


def test_whatever_still_holds_something_is_not_deleted(aws):
    iam = aws("iam")
    role(aws)
    iam.create_instance_profile(InstanceProfileName="P")
    iam.add_role_to_instance_profile(InstanceProfileName="P", RoleName="R")
    conflict = ("DeleteConflict", "Cannot delete entity, must remove roles from instance profile first.")
    assert refused(iam.delete_instance_profile, InstanceProfileName="P") == conflict
    assert refused(iam.delete_role, RoleName="R") == conflict
    iam.remove_role_from_instance_profile(InstanceProfileName="P", RoleName="R")
    assert refused(iam.remove_role_from_instance_profile, InstanceProfileName="P", RoleName="R")[0] == "NoSuchEntity"
    iam.delete_role(RoleName="R")
    iam.delete_instance_profile(InstanceProfileName="P")
    assert refused(iam.get_instance_profile, InstanceProfileName="P") == (
        "NoSuchEntity",
        "Instance Profile P cannot be found.",
    )


def test_names_are_unique_without_regard_to_case(aws):
    aws("iam").create_instance_profile(InstanceProfileName="P")
    assert refused(aws("iam").create_instance_profile, InstanceProfileName="p")[0] == "EntityAlreadyExists"


def test_profiles_are_listed_by_path_and_page(aws):
    iam = aws("iam")
    for name, path in (("c", "/x/"), ("a", "/x/"), ("b", "/y/"), ("d", "/x/")):
        iam.create_instance_profile(InstanceProfileName=name, Path=path)
    first = iam.list_instance_profiles(PathPrefix="/x/", MaxItems=2)
    second = iam.list_instance_profiles(PathPrefix="/x/", MaxItems=2, Marker=first["Marker"])
    names = [entry["InstanceProfileName"] for entry in first["InstanceProfiles"] + second["InstanceProfiles"]]
    assert names == ["a", "c", "d"]


def test_putting_a_role_in_needs_the_permission_to_pass_it(aws):
    iam = aws("iam")
    role(aws)
    iam.create_instance_profile(InstanceProfileName="P")
    me = aws("iam", key=user_with(aws, "Ann", allow("iam:AddRoleToInstanceProfile")))
    code, message = refused(me.add_role_to_instance_profile, InstanceProfileName="P", RoleName="R")
    assert code == "AccessDenied"
    assert f"iam:PassRole on resource: arn:aws:iam::{ACCOUNT}:role/R" in message
    to = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    iam.put_user_policy(UserName="Ann", PolicyName="pass", PolicyDocument=allow("iam:PassRole", Condition=to))
    me.add_role_to_instance_profile(InstanceProfileName="P", RoleName="R")


def test_tags_are_set_listed_and_decide(aws):
    iam = aws("iam")
    iam.create_instance_profile(InstanceProfileName="P")
    tagged = {"StringEquals": {"aws:ResourceTag/team": "a"}}
    me = aws("iam", key=user_with(aws, "Ann", allow("iam:GetInstanceProfile", Condition=tagged)))
    assert refused(me.get_instance_profile, InstanceProfileName="P")[0] == "AccessDenied"
    iam.tag_instance_profile(InstanceProfileName="P", Tags=[{"Key": "team", "Value": "a"}])
    me.get_instance_profile(InstanceProfileName="P")
    assert iam.list_instance_profile_tags(InstanceProfileName="P")["Tags"] == [{"Key": "team", "Value": "a"}]
    iam.untag_instance_profile(InstanceProfileName="P", TagKeys=["team"])
    assert refused(me.get_instance_profile, InstanceProfileName="P")[0] == "AccessDenied"
