from tests.services.policies import allow, refused, user_with


def test_a_user_is_answered_as_it_was_made(aws):
    iam = aws("iam")
    made = iam.create_user(UserName="Ann", Path="/team/", Tags=[{"Key": "a", "Value": "1"}])["User"]
    assert made["Arn"] == "arn:aws:iam::000000000000:user/team/Ann"
    assert made["UserId"].startswith("AIDA")
    assert len(made["UserId"]) == 21
    got = iam.get_user(UserName="Ann")["User"]
    assert got == made
    assert got["Tags"] == [{"Key": "a", "Value": "1"}]


def test_an_unknown_user_is_named_in_the_refusal(aws):
    code, message = refused(aws("iam").get_user, UserName="Nobody")
    assert (code, message) == ("NoSuchEntity", "The user with name Nobody cannot be found.")


def test_names_are_unique_without_regard_to_case(aws):
    aws("iam").create_user(UserName="Ann")
    code, message = refused(aws("iam").create_user, UserName="ANN")
    assert (code, message) == ("EntityAlreadyExists", "User with name ANN already exists.")


def test_users_are_listed_by_name_and_page_by_page(aws):
    iam = aws("iam")
    for name in ("c", "A", "b"):
        iam.create_user(UserName=name)
    iam.create_user(UserName="d", Path="/other/")
    first = iam.list_users(MaxItems=2)
    assert [user["UserName"] for user in first["Users"]] == ["A", "b"]
    assert first["IsTruncated"]
    second = iam.list_users(MaxItems=2, Marker=first["Marker"])
    assert [user["UserName"] for user in second["Users"]] == ["c", "d"]
    assert not second["IsTruncated"]
    assert "Marker" not in second
    assert [user["UserName"] for user in iam.list_users(PathPrefix="/other/")["Users"]] == ["d"]


def test_a_path_prefix_is_literal(aws):
    aws("iam").create_user(UserName="a", Path="/x/")
    for prefix in ("/%", "/_/", "/X/"):
        assert aws("iam").list_users(PathPrefix=prefix)["Users"] == []


def test_a_renamed_user_keeps_its_id_its_key_and_its_policies(aws):
    iam = aws("iam")
    key = user_with(aws, "Old", allow("iam:GetUser"))
    old = iam.get_user(UserName="Old")["User"]
    iam.update_user(UserName="Old", NewUserName="New", NewPath="/p/")
    assert refused(iam.get_user, UserName="Old")[0] == "NoSuchEntity"
    me = aws("iam", key=key).get_user()["User"]
    assert me["UserId"] == old["UserId"]
    assert me["Arn"] == "arn:aws:iam::000000000000:user/p/New"


def test_a_user_who_still_holds_something_is_not_deleted(aws):
    iam = aws("iam")
    key, _ = user_with(aws, "Ann", allow("iam:GetUser"))
    iam.create_group(GroupName="g")
    iam.add_user_to_group(GroupName="g", UserName="Ann")
    iam.attach_user_policy(UserName="Ann", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    conflict = "DeleteConflict"
    assert refused(iam.delete_user, UserName="Ann") == (
        conflict,
        "Cannot delete entity, must delete access keys first.",
    )
    iam.delete_access_key(UserName="Ann", AccessKeyId=key)
    assert refused(iam.delete_user, UserName="Ann") == (
        conflict,
        "Cannot delete entity, must detach all policies first.",
    )
    iam.detach_user_policy(UserName="Ann", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    assert refused(iam.delete_user, UserName="Ann") == (conflict, "Cannot delete entity, must delete policies first.")
    iam.delete_user_policy(UserName="Ann", PolicyName="p0")
    assert refused(iam.delete_user, UserName="Ann")[0] == conflict
    iam.remove_user_from_group(GroupName="g", UserName="Ann")
    iam.delete_user(UserName="Ann")
    assert refused(iam.get_user, UserName="Ann")[0] == "NoSuchEntity"


def test_the_root_user_may_ask_who_it_is(aws):
    assert aws("iam").get_user()["User"]["Arn"] == "arn:aws:iam::000000000000:root"


def test_a_marker_that_was_not_given_out_is_refused(aws):
    code, message = refused(aws("iam").list_users, Marker="AAAA")
    assert code == "ValidationError"
    assert "Marker" in message


def test_a_marker_of_one_list_does_not_open_another(aws):
    iam = aws("iam")
    for name in ("a", "b"):
        iam.create_user(UserName=name)
    marker = iam.list_users(MaxItems=1)["Marker"]
    assert refused(iam.list_roles, Marker=marker)[0] == "ValidationError"


def test_tags_are_set_replaced_and_taken_away(aws):
    iam = aws("iam")
    iam.create_user(UserName="Ann", Tags=[{"Key": "Team", "Value": "a"}])
    iam.tag_user(UserName="Ann", Tags=[{"Key": "team", "Value": "b"}, {"Key": "x", "Value": ""}])
    assert iam.list_user_tags(UserName="Ann")["Tags"] == [{"Key": "team", "Value": "b"}, {"Key": "x", "Value": ""}]
    iam.untag_user(UserName="Ann", TagKeys=["TEAM", "never"])
    assert iam.list_user_tags(UserName="Ann")["Tags"] == [{"Key": "x", "Value": ""}]


def test_duplicate_and_reserved_tag_keys_are_refused(aws):
    iam = aws("iam")
    twice = [{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}]
    assert refused(iam.create_user, UserName="u", Tags=twice)[0] == "InvalidInput"
    assert refused(iam.create_user, UserName="u", Tags=[{"Key": "aws:x", "Value": "1"}])[0] == "InvalidInput"
    assert refused(iam.get_user, UserName="u")[0] == "NoSuchEntity"
