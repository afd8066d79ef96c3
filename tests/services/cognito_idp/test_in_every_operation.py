"""A setting of a pool or a client binds every operation that could go around it."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.services.cognito_idp.conftest import PASSWORD, attributes, read
from tests.services.cognito_idp.signing_in import by_password, make_user
from tests.services.policies import refused

NEW, TEMPORARY = "Another-horse-2", "temporary-1"
Act = Callable[..., None]


class People:
    """A pool's users, and every way to give one of them a password or an attribute."""

    def __init__(self, idp: Any, anyone: Any, inside: Any, pool_id: str, client_id: str) -> None:
        self.idp, self.anyone, self.inside = idp, anyone, inside
        self.pool_id, self.client_id = pool_id, client_id

    def named(self, name: str = "jane") -> dict[str, str]:
        return {"UserPoolId": self.pool_id, "Username": name}

    def token(self, password: str = PASSWORD) -> str:
        return str(by_password(self.anyone, self.client_id, password=password)["AuthenticationResult"]["AccessToken"])

    def sign_up(self, password: str = PASSWORD, **values: str) -> None:
        asked = {"ClientId": self.client_id, "Username": "newcomer", "Password": password}
        self.anyone.sign_up(**asked, UserAttributes=attributes(**values))

    def admin_create_user(self, password: str = PASSWORD, **values: str) -> None:
        asked = {"TemporaryPassword": password, "MessageAction": "SUPPRESS", "UserAttributes": attributes(**values)}
        self.idp.admin_create_user(**self.named("invited"), **asked)

    def set_password(self, password: str) -> None:
        self.idp.admin_set_user_password(**self.named(), Password=password, Permanent=True)

    def change_password(self, password: str) -> None:
        self.anyone.change_password(AccessToken=self.token(), PreviousPassword=PASSWORD, ProposedPassword=password)

    def forget_password(self, password: str) -> None:
        named = {"ClientId": self.client_id, "Username": "jane"}
        self.anyone.forgot_password(**named)
        code = self.inside.sent()[-1].code
        self.anyone.confirm_forgot_password(**named, ConfirmationCode=code, Password=password)

    def first_password(self, password: str = NEW, **values: str) -> None:
        self.idp.admin_set_user_password(**self.named(), Password=TEMPORARY, Permanent=False)
        asked = by_password(self.anyone, self.client_id, password=TEMPORARY)
        more = {f"userAttributes.{one['Name']}": one["Value"] for one in attributes(**values)}
        self.anyone.respond_to_auth_challenge(
            ClientId=self.client_id,
            ChallengeName="NEW_PASSWORD_REQUIRED",
            Session=asked["Session"],
            ChallengeResponses={"USERNAME": "jane", "NEW_PASSWORD": password, **more},
        )

    def update(self, **values: str) -> None:
        self.anyone.update_user_attributes(AccessToken=self.token(), UserAttributes=attributes(**values))

    def admin_update(self, **values: str) -> None:
        self.idp.admin_update_user_attributes(**self.named(), UserAttributes=attributes(**values))

    def now(self) -> dict[str, str]:
        return read(self.idp.admin_get_user(**self.named())["UserAttributes"])


@pytest.fixture
def people(idp, anyone, inside, make_pool, make_client) -> Callable[..., People]:
    """Make a pool with Jane in it."""

    def make(pool: dict[str, Any], **client: Any) -> People:
        pool_id = make_pool(**pool)
        made = People(idp, anyone, inside, pool_id, make_client(pool_id, **client)["ClientId"])
        make_user(idp, pool_id, email="jane@example.com", email_verified="true")
        return made

    return make


@pytest.mark.parametrize(
    "how", ["sign_up", "admin_create_user", "set_password", "change_password", "forget_password", "first_password"]
)
def test_the_password_policy_is_kept(people, how):
    policy = {"PasswordPolicy": {"MinimumLength": 8, "RequireNumbers": True}}
    world = people({"Policies": policy})
    for wrong, why in (("Short-1", "not long enough"), ("No-numbers-in-it", "numeric characters")):
        code, message = refused(getattr(world, how), password=wrong)
        assert (code, why in message) == ("InvalidPasswordException", True), (how, message)
    getattr(world, how)(password=NEW)


@pytest.mark.parametrize("how", ["set_password", "change_password", "forget_password", "first_password"])
def test_a_password_of_before_is_not_taken_again(people, how):
    world = people({"Policies": {"PasswordPolicy": {"MinimumLength": 8, "PasswordHistorySize": 4}}})
    assert refused(getattr(world, how), password=PASSWORD)[0] == "PasswordHistoryPolicyViolationException"
    getattr(world, how)(password=NEW)


SCHEMA = [
    {"Name": "team", "AttributeDataType": "String", "StringAttributeConstraints": {"MinLength": "2", "MaxLength": "4"}},
    {"Name": "age", "AttributeDataType": "Number", "NumberAttributeConstraints": {"MinValue": "1", "MaxValue": "99"}},
    {"Name": "badge", "AttributeDataType": "String", "DeveloperOnlyAttribute": True},
]
MINE = ["custom:team", "custom:age", "email"]


@pytest.mark.parametrize("how", ["sign_up", "admin_create_user", "update", "admin_update", "first_password"])
def test_the_schema_is_kept(people, how):
    world = people({"Schema": SCHEMA}, WriteAttributes=MINE)
    for wrong in ({"custom__team": "x"}, {"custom__team": "xxxxx"}, {"custom__age": "0"}, {"custom__age": "100"}):
        code, message = refused(getattr(world, how), **wrong)
        assert (code, "did not conform" in message) == ("InvalidParameterException", True), (how, message)
    getattr(world, how)(custom__team="blue", custom__age="7")


@pytest.mark.parametrize("how", ["sign_up", "update", "first_password"])
def test_a_client_writes_its_own_attributes_and_no_others(people, how):
    world = people({"Schema": SCHEMA}, WriteAttributes=MINE)
    others = (
        {"nickname": "j"},
        {"dev__custom__badge": "7"},
        {"phone_number": "+14325551212", "phone_number_verified": "true"},
    )
    for other in others:
        given = {name.replace("dev__custom__", "dev:custom:"): value for name, value in other.items()}
        assert refused(getattr(world, how), **given) == (
            "NotAuthorizedException",
            "A client attempted to write unauthorized attribute",
        )
    getattr(world, how)(custom__team="blue")
    gone = refused(world.anyone.delete_user_attributes, AccessToken="x", UserAttributeNames=["nickname"])
    assert gone == ("NotAuthorizedException", "Invalid Access Token")


def test_an_administrator_writes_what_no_client_may(people):
    world = people({"Schema": SCHEMA}, WriteAttributes=MINE)
    world.admin_update(**{"dev:custom:badge": "7", "nickname": "j"})
    assert (world.now()["dev:custom:badge"], world.now()["nickname"]) == ("7", "j")
    refusal = refused(
        world.anyone.delete_user_attributes, AccessToken=world.token(), UserAttributeNames=["dev:custom:badge"]
    )
    assert refusal[0] == "NotAuthorizedException"


@pytest.mark.parametrize("how", ["update", "admin_update"])
def test_an_address_waits_for_its_code_whoever_changes_it(people, how):
    update = {"AttributesRequireVerificationBeforeUpdate": ["email"]}
    world = people({"AutoVerifiedAttributes": ["email"], "UserAttributeUpdateSettings": update})
    getattr(world, how)(email="new@example.com")
    assert (world.now()["email"], world.now()["email_verified"]) == ("jane@example.com", "true")
    token, sent = world.token(), world.inside.sent()[-1]
    assert sent.to == "new@example.com"
    world.anyone.verify_user_attribute(AccessToken=token, AttributeName="email", Code=sent.code)
    assert (world.now()["email"], world.now()["email_verified"]) == ("new@example.com", "true")


def test_an_administrator_who_vouches_for_an_address_does_not_wait(people):
    update = {"AttributesRequireVerificationBeforeUpdate": ["email"]}
    world = people({"AutoVerifiedAttributes": ["email"], "UserAttributeUpdateSettings": update})
    world.admin_update(email="new@example.com", email_verified="true")
    assert world.now()["email"] == "new@example.com"


def test_an_administrator_hands_an_alias_over_only_by_force(people):
    world = people({"AliasAttributes": ["email"]})
    given = {"UserAttributes": attributes(email="jane@example.com", email_verified="true")}
    other = world.named("other") | {"MessageAction": "SUPPRESS"}
    assert refused(world.idp.admin_create_user, **other, **given)[0] == "AliasExistsException"
    world.idp.admin_create_user(**other, **given, ForceAliasCreation=True)
    assert world.now()["email_verified"] == "false"
    found = world.idp.admin_get_user(**world.named("jane@example.com"))
    assert found["Username"] == "other"
