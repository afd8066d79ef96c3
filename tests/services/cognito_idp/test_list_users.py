import pytest

from tests.services.cognito_idp.conftest import attributes
from tests.services.policies import refused

PEOPLE = {
    "ann": {"email": "ann@example.com", "family_name": "Reddy", "phone_number": "+13120000001"},
    "bob": {"email": "Bob@example.com", "family_name": "redding", "phone_number": "+13120000002"},
    "eve": {"email": "eve@other.org", "family_name": "Reddy", "name": 'Eve "E"'},
}


@pytest.fixture
def pool(idp, make_pool):
    pool = make_pool()
    for name, values in PEOPLE.items():
        idp.admin_create_user(UserPoolId=pool, Username=name, UserAttributes=attributes(**values))
    idp.admin_disable_user(UserPoolId=pool, Username="eve")
    idp.admin_set_user_password(UserPoolId=pool, Username="bob", Password="Correct-horse-1", Permanent=True)
    return pool


def names(idp, pool, **asked):
    return [user["Username"] for user in idp.list_users(UserPoolId=pool, **asked)["Users"]]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ["ann", "bob", "eve"]),
        ('username = "ann"', ["ann"]),
        ('username = "Ann"', []),
        ('username ^= "a"', ["ann"]),
        ('email = "bob@EXAMPLE.com"', ["bob"]),
        ('family_name = "Reddy"', ["ann", "eve"]),
        ('family_name ^= "red"', ["bob", "ann", "eve"]),
        ('phone_number ^= "+1312"', ["ann", "bob"]),
        ('phone_number = "+1312"', []),
        ('name = "Eve \\"E\\""', ["eve"]),
        ('status = "Enabled"', ["ann", "bob"]),
        ('status = "enabled"', []),
        ('status = "Disabled"', ["eve"]),
        ('cognito:user_status = "confirmed"', ["bob"]),
        ('cognito:user_status ^= "FORCE"', ["ann", "eve"]),
        ('given_name ^= ""', []),
        ('family_name^="redd" ', ["bob", "ann", "eve"]),
    ],
)
def test_a_filter_finds(idp, pool, text, found):
    listed = names(idp, pool, Filter=text)
    assert sorted(listed) == sorted(found)
    if text.startswith("family_name ^="):
        assert listed[0] == "bob"  # sorted by the attribute that was searched for


@pytest.mark.parametrize(
    "text",
    ['custom:x = "1"', 'email == "a"', "email = a", 'email = "a" and name = "b"', 'email ~ "a"', '= "a"', "x"],
)
def test_a_filter_that_means_nothing_is_refused(idp, pool, text):
    assert refused(idp.list_users, UserPoolId=pool, Filter=text)[0] == "InvalidParameterException"


def test_a_wildcard_is_a_character(idp, pool):
    assert names(idp, pool, Filter='email ^= "%"') == []
    assert names(idp, pool, Filter='email ^= "_nn"') == []


def test_what_changed_is_found_by_its_new_value_only(idp, pool):
    idp.admin_update_user_attributes(
        UserPoolId=pool, Username="ann", UserAttributes=attributes(family_name="Green", email="green@example.com")
    )
    assert names(idp, pool, Filter='family_name = "Reddy"') == ["eve"]
    assert names(idp, pool, Filter='email = "ann@example.com"') == []
    assert names(idp, pool, Filter='family_name = "green"') == ["ann"]
    idp.admin_delete_user(UserPoolId=pool, Username="ann")
    assert names(idp, pool, Filter='family_name = "green"') == []


@pytest.mark.parametrize(
    "text", ["", 'family_name ^= "r"', 'username ^= ""', 'sub ^= ""', 'status ^= ""', 'cognito:user_status ^= "F"']
)
def test_pages_go_on_after_the_last_user(idp, pool, text):
    listed, token = [], {}
    for _ in range(2 if "user_status" in text else 3):
        answer = idp.list_users(UserPoolId=pool, Filter=text, Limit=1, **token)
        listed += [user["Username"] for user in answer["Users"]]
        token = {"PaginationToken": answer["PaginationToken"]} if "PaginationToken" in answer else {}
    assert sorted(listed) == (["ann", "eve"] if "user_status" in text else ["ann", "bob", "eve"])
    assert token == {}


def test_a_value_of_several_lines_is_no_obstacle(idp, make_pool):
    pool = make_pool()
    for number in range(3):
        given = attributes(name=f"line\n{number}\n")
        idp.admin_create_user(UserPoolId=pool, Username=f"u{number}", UserAttributes=given)
    first = idp.list_users(UserPoolId=pool, Filter='name ^= "line"', Limit=2)
    rest = idp.list_users(UserPoolId=pool, Filter='name ^= "line"', Limit=2, PaginationToken=first["PaginationToken"])
    assert [user["Username"] for user in first["Users"] + rest["Users"]] == ["u0", "u1", "u2"]


def test_a_token_of_another_search_is_refused(idp, pool):
    token = idp.list_users(UserPoolId=pool, Limit=1)["PaginationToken"]
    answer = refused(idp.list_users, UserPoolId=pool, Filter='username ^= "a"', PaginationToken=token)
    assert answer[0] == "InvalidParameterException"


def test_only_the_attributes_that_are_asked_for_are_shown(idp, pool):
    answer = idp.list_users(UserPoolId=pool, Filter='username = "ann"', AttributesToGet=["email"])
    assert answer["Users"][0]["Attributes"] == [{"Name": "email", "Value": "ann@example.com"}]
    unknown = refused(idp.list_users, UserPoolId=pool, AttributesToGet=["custom:x"])
    assert unknown == ("InvalidParameterException", "One or more requested attributes do not exist.")


def test_users_of_another_pool_are_not_listed(idp, pool, make_pool):
    assert names(idp, make_pool()) == []
    assert names(idp, make_pool(), Filter='family_name = "Reddy"') == []
