import pytest

from tests.services.policies import refused

ROLE = "arn:aws:iam::000000000000:role/Editors"
GONE = ("ResourceNotFoundException", "Group not found.")


@pytest.fixture
def pool(idp, make_pool):
    pool = make_pool()
    for name in ("ann", "bob", "eve"):
        idp.admin_create_user(UserPoolId=pool, Username=name)
    return pool


def test_a_group_is_made_changed_and_deleted(idp, pool):
    made = idp.create_group(UserPoolId=pool, GroupName="g", RoleArn=ROLE, Precedence=0)["Group"]
    assert (made["RoleArn"], made["Precedence"]) == (ROLE, 0)
    again = refused(idp.create_group, UserPoolId=pool, GroupName="g")
    assert again == ("GroupExistsException", "A group with the name already exists.")
    idp.update_group(UserPoolId=pool, GroupName="g", Description="d")
    group = idp.get_group(UserPoolId=pool, GroupName="g")["Group"]
    assert (group["Description"], group["RoleArn"]) == ("d", ROLE)
    idp.delete_group(UserPoolId=pool, GroupName="g")
    for call in (idp.get_group, idp.update_group, idp.delete_group, idp.list_users_in_group):
        assert refused(call, UserPoolId=pool, GroupName="g") == GONE


def test_users_come_and_go(idp, pool):
    idp.create_group(UserPoolId=pool, GroupName="g")
    for name in ("ann", "bob", "ann"):
        idp.admin_add_user_to_group(UserPoolId=pool, GroupName="g", Username=name)

    def members():
        return {user["Username"] for user in idp.list_users_in_group(UserPoolId=pool, GroupName="g")["Users"]}

    assert members() == {"ann", "bob"}
    idp.admin_remove_user_from_group(UserPoolId=pool, GroupName="g", Username="ann")
    idp.admin_remove_user_from_group(UserPoolId=pool, GroupName="g", Username="eve")
    assert members() == {"bob"}
    idp.admin_delete_user(UserPoolId=pool, Username="bob")
    assert members() == set()


def test_lists_are_paged(idp, pool):
    for name in ("b", "a", "c"):
        idp.create_group(UserPoolId=pool, GroupName=name)
        idp.admin_add_user_to_group(UserPoolId=pool, GroupName=name, Username="ann")
        idp.admin_add_user_to_group(UserPoolId=pool, GroupName="b", Username={"a": "bob", "c": "eve"}.get(name, "ann"))
    for call, more in ((idp.list_groups, {}), (idp.admin_list_groups_for_user, {"Username": "ann"})):
        first = call(UserPoolId=pool, Limit=2, **more)
        second = call(UserPoolId=pool, Limit=2, NextToken=first["NextToken"], **more)
        assert [group["GroupName"] for group in first["Groups"] + second["Groups"]] == ["a", "b", "c"]
    first = idp.list_users_in_group(UserPoolId=pool, GroupName="b", Limit=2)
    second = idp.list_users_in_group(UserPoolId=pool, GroupName="b", Limit=2, NextToken=first["NextToken"])
    assert {user["Username"] for user in first["Users"] + second["Users"]} == {"ann", "bob", "eve"}


def test_the_group_of_another_pool_is_not_there(idp, pool, make_pool):
    idp.create_group(UserPoolId=make_pool(), GroupName="g")
    assert refused(idp.get_group, UserPoolId=pool, GroupName="g") == GONE
