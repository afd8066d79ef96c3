from tests.services.policies import allow, refused


def test_a_group_and_its_users_are_answered(aws):
    iam = aws("iam")
    made = iam.create_group(GroupName="G", Path="/x/")["Group"]
    assert made["Arn"] == "arn:aws:iam::000000000000:group/x/G"
    for name in ("b", "a"):
        iam.create_user(UserName=name)
        iam.add_user_to_group(GroupName="G", UserName=name)
        iam.add_user_to_group(GroupName="G", UserName=name)
    got = iam.get_group(GroupName="G")
    assert got["Group"] == made
    assert [user["UserName"] for user in got["Users"]] == ["a", "b"]
    assert [group["GroupName"] for group in iam.list_groups_for_user(UserName="a")["Groups"]] == ["G"]
    assert [group["GroupName"] for group in iam.list_groups()["Groups"]] == ["G"]


def test_a_group_that_holds_something_is_not_deleted(aws):
    iam = aws("iam")
    iam.create_group(GroupName="G")
    iam.create_user(UserName="a")
    iam.add_user_to_group(GroupName="G", UserName="a")
    iam.put_group_policy(GroupName="G", PolicyName="p", PolicyDocument=allow("s3:*"))
    assert refused(iam.delete_group, GroupName="G")[0] == "DeleteConflict"
    iam.remove_user_from_group(GroupName="G", UserName="a")
    assert refused(iam.delete_group, GroupName="G")[0] == "DeleteConflict"
    iam.delete_group_policy(GroupName="G", PolicyName="p")
    iam.delete_group(GroupName="G")
    assert refused(iam.get_group, GroupName="G") == ("NoSuchEntity", "The group with name G cannot be found.")


def test_a_renamed_group_keeps_its_members(aws):
    iam = aws("iam")
    iam.create_group(GroupName="G")
    iam.create_user(UserName="a")
    iam.add_user_to_group(GroupName="G", UserName="a")
    iam.update_group(GroupName="G", NewGroupName="H")
    assert [user["UserName"] for user in iam.get_group(GroupName="H")["Users"]] == ["a"]


def test_an_eleventh_group_is_one_too_many(aws):
    iam = aws("iam")
    iam.create_user(UserName="a")
    for number in range(11):
        iam.create_group(GroupName=f"G{number}")
        if number < 10:
            iam.add_user_to_group(GroupName=f"G{number}", UserName="a")
    assert refused(iam.add_user_to_group, GroupName="G10", UserName="a") == (
        "LimitExceeded",
        "Cannot exceed quota for GroupsPerUser: 10",
    )
