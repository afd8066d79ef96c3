"""A sign-in that is under way ends when what it was founded on changes: every challenge, every change."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from pycognito.aws_srp import generate_hash_device

from gatewright.services.cognito_idp.tokens import issue
from tests.services.cognito_idp.conftest import PASSWORD, Inside, attributes
from tests.services.cognito_idp.signing_in import by_password, make_user, refused, srp
from tests.services.cognito_idp.test_challenges import NEW, code_of

pytestmark = pytest.mark.usefixtures("early_in_a_step")

Make = Callable[..., Any]
Answer = Callable[[], Any]
TRACKS = {"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": False}
TEMPORARY = "Temporary-horse-0"
RESET_BY = "tess"  # has an authenticator app, tokens, and an address that recovers the account


class Club:
    """A pool that demands a second factor, and people who are at each of its challenges."""

    def __init__(self, idp: Any, anyone: Any, inside: Inside, pool_id: str, client_id: str) -> None:
        self.idp, self.anyone, self.inside = idp, anyone, inside
        self.pool_id, self.client_id = pool_id, client_id
        self.tokens: dict[str, Any] = {}
        self.answers: dict[str, tuple[str, Answer]] = {}

    def gather(self) -> "Club":
        """Bring everybody to their challenge."""
        for asked, begin in {
            "newt": ("NEW_PASSWORD_REQUIRED", self._new_password),
            "seth": ("MFA_SETUP", self._setup),
            "ella": ("EMAIL_OTP", self._code),
            "tess": ("SOFTWARE_TOKEN_MFA", self._app),
            "cleo": ("SELECT_MFA_TYPE", self._choice),
            "dora": ("DEVICE_SRP_AUTH", self._device),
        }.items():
            name, make = begin
            self.answers[asked] = (name, make(asked))
        return self

    def _begin(self, name: str, expected: str, **more: str) -> Any:
        password = TEMPORARY if expected == "NEW_PASSWORD_REQUIRED" else PASSWORD
        asked = by_password(self.anyone, self.client_id, name, password, **more)
        assert asked["ChallengeName"] == expected
        return asked

    def _respond(self, name: str, asked: Any, **answers: str) -> Any:
        return self.anyone.respond_to_auth_challenge(
            ClientId=self.client_id,
            ChallengeName=asked["ChallengeName"],
            Session=asked["Session"],
            ChallengeResponses={"USERNAME": name, **answers},
        )

    def _new_password(self, name: str) -> Answer:
        self.idp.admin_create_user(
            UserPoolId=self.pool_id, Username=name, TemporaryPassword=TEMPORARY, MessageAction="SUPPRESS"
        )
        asked = self._begin(name, "NEW_PASSWORD_REQUIRED")
        return lambda: self._respond(name, asked, NEW_PASSWORD=NEW)

    def _setup(self, name: str) -> Answer:
        make_user(self.idp, self.pool_id, name)
        asked = self._begin(name, "MFA_SETUP")
        return lambda: self.anyone.associate_software_token(Session=asked["Session"])

    def _code(self, name: str) -> Answer:
        make_user(self.idp, self.pool_id, name, email=f"{name}@example.com", email_verified="true")
        asked = self._begin(name, "EMAIL_OTP")
        code = self.inside.sent()[-1].code
        return lambda: self._respond(name, asked, EMAIL_OTP_CODE=code)

    def _set_up(self, name: str) -> str:
        """Sign in for the first time, with an authenticator app; returns its secret."""
        make_user(self.idp, self.pool_id, name)
        given = self.anyone.associate_software_token(Session=self._begin(name, "MFA_SETUP")["Session"])
        code = code_of(given["SecretCode"], -1)
        verified = self.anyone.verify_software_token(Session=given["Session"], UserCode=code)
        done = self._respond(name, {"ChallengeName": "MFA_SETUP", "Session": verified["Session"]})
        self.tokens[name] = done["AuthenticationResult"]
        return str(given["SecretCode"])

    def _give_address(self, name: str) -> None:
        values = attributes(email=f"{name}@example.com", email_verified="true")
        self.idp.admin_update_user_attributes(UserPoolId=self.pool_id, Username=name, UserAttributes=values)

    def _app(self, name: str) -> Answer:
        secret = self._set_up(name)
        self._give_address(name)
        asked = self._begin(name, "SOFTWARE_TOKEN_MFA")
        return lambda: self._respond(name, asked, SOFTWARE_TOKEN_MFA_CODE=code_of(secret))

    def _choice(self, name: str) -> Answer:
        self._set_up(name)
        self._give_address(name)
        both = {"Enabled": True, "PreferredMfa": False}
        self.idp.admin_set_user_mfa_preference(
            UserPoolId=self.pool_id, Username=name, SoftwareTokenMfaSettings=both, EmailMfaSettings=both
        )
        asked = self._begin(name, "SELECT_MFA_TYPE")
        return lambda: self._respond(name, asked, ANSWER="SOFTWARE_TOKEN_MFA")

    def _device(self, name: str) -> Answer:
        self._set_up(name)
        device = self.tokens[name]["NewDeviceMetadata"]
        key, group = device["DeviceKey"], device["DeviceGroupKey"]
        password, secret = generate_hash_device(group, key)
        token = self.tokens[name]["AccessToken"]
        self.anyone.confirm_device(AccessToken=token, DeviceKey=key, DeviceSecretVerifierConfig=secret)
        asked = self._begin(name, "DEVICE_SRP_AUTH", DEVICE_KEY=key)
        known = srp(
            self.anyone,
            self.pool_id,
            self.client_id,
            name,
            device_key=key,
            device_group_key=group,
            device_password=password,
        )
        srp_a = known.get_auth_params()["SRP_A"]
        return lambda: self._respond(name, asked, SRP_A=srp_a, DEVICE_KEY=key)


@pytest.fixture
def club(idp: Any, anyone: Any, inside: Inside, make_pool: Make, make_client: Make) -> Club:
    pool_id = make_pool(DeviceConfiguration=TRACKS)
    idp.set_user_pool_mfa_config(
        UserPoolId=pool_id,
        MfaConfiguration="ON",
        SoftwareTokenMfaConfiguration={"Enabled": True},
        EmailMfaConfiguration={},
    )
    return Club(idp, anyone, inside, pool_id, make_client(pool_id)["ClientId"]).gather()


def _set(club: Club, name: str, password: str, *, permanent: bool) -> None:
    club.idp.admin_set_user_password(UserPoolId=club.pool_id, Username=name, Password=password, Permanent=permanent)


def _permanent(club: Club, name: str) -> None:
    _set(club, name, "Permanent-horse-9", permanent=True)


def _temporary(club: Club, name: str) -> None:
    _set(club, name, "Temporary-horse-9", permanent=False)


def _the_same_again(club: Club, name: str) -> None:
    _set(club, name, TEMPORARY if name == "newt" else PASSWORD, permanent=name != "newt")


def _disable(club: Club, name: str) -> None:
    club.idp.admin_disable_user(UserPoolId=club.pool_id, Username=name)


def _disable_and_enable(club: Club, name: str) -> None:
    _disable(club, name)
    club.idp.admin_enable_user(UserPoolId=club.pool_id, Username=name)


def _delete(club: Club, name: str) -> None:
    club.idp.admin_delete_user(UserPoolId=club.pool_id, Username=name)


def _delete_and_make(club: Club, name: str) -> None:
    _delete(club, name)
    make_user(club.idp, club.pool_id, name)


def _sign_out(club: Club, name: str) -> None:
    club.idp.admin_user_global_sign_out(UserPoolId=club.pool_id, Username=name)


def _resend(club: Club, name: str) -> None:
    if name == "newt":
        club.idp.admin_create_user(
            UserPoolId=club.pool_id, Username=name, TemporaryPassword=TEMPORARY, MessageAction="RESEND"
        )


def _reset(club: Club, name: str) -> None:
    if name == RESET_BY:
        club.idp.admin_reset_user_password(UserPoolId=club.pool_id, Username=name)


def _reset_and_recover(club: Club, name: str) -> None:
    if name == RESET_BY:
        _reset(club, name)
        club.anyone.confirm_forgot_password(
            ClientId=club.client_id, Username=name, ConfirmationCode=club.inside.sent()[-1].code, Password=PASSWORD
        )


def _forget(club: Club, name: str) -> None:
    if name == RESET_BY:
        club.anyone.forgot_password(ClientId=club.client_id, Username=name)
        club.anyone.confirm_forgot_password(
            ClientId=club.client_id, Username=name, ConfirmationCode=club.inside.sent()[-1].code, Password=NEW
        )


def _change(club: Club, name: str) -> None:
    if name in club.tokens:
        club.anyone.change_password(
            AccessToken=club.tokens[name]["AccessToken"], PreviousPassword=PASSWORD, ProposedPassword=NEW
        )


def _flow_is_gone(club: Club, name: str) -> None:
    club.idp.update_user_pool_client(
        UserPoolId=club.pool_id, ClientId=club.client_id, ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH"]
    )


EVERYBODY = ("newt", "seth", "ella", "tess", "cleo", "dora")
CHANGES: dict[Callable[[Club, str], None], tuple[str, ...]] = {
    _permanent: EVERYBODY,
    _temporary: EVERYBODY,
    _the_same_again: EVERYBODY,
    _disable: EVERYBODY,
    _disable_and_enable: EVERYBODY,
    _delete: EVERYBODY,
    _delete_and_make: EVERYBODY,
    _sign_out: EVERYBODY,
    _flow_is_gone: EVERYBODY,
    _resend: ("newt",),
    _reset: (RESET_BY,),
    _reset_and_recover: (RESET_BY,),
    _forget: (RESET_BY,),
    _change: ("tess", "cleo", "dora"),
}


def test_every_challenge_is_answered_where_nothing_has_changed(club: Club) -> None:
    for name, (challenge, answer) in club.answers.items():
        assert answer(), (name, challenge)


@pytest.mark.parametrize(("change", "whom"), CHANGES.items(), ids=[change.__name__ for change in CHANGES])
def test_no_challenge_outlives_what_it_was_founded_on(
    club: Club, change: Callable[[Club, str], None], whom: tuple[str, ...]
) -> None:
    for name in whom:
        change(club, name)
    answered = {}
    for name in whom:
        try:
            club.answers[name][1]()
        except ClientError as refusal:
            answered[name] = refusal.response["Error"]["Code"]
        else:
            answered[name] = "let in"
    assert answered == dict.fromkeys(whom, "NotAuthorizedException")


def test_a_disabled_user_sets_no_password_and_no_factor_by_a_sign_in_that_was_under_way(club: Club) -> None:
    _disable(club, "newt")
    assert refused(ClientError, club.answers["newt"][1]) == ("NotAuthorizedException", "User is disabled.")
    shown = club.idp.admin_get_user(UserPoolId=club.pool_id, Username="newt")
    assert shown["UserStatus"] == "FORCE_CHANGE_PASSWORD"


def test_no_challenge_outlives_its_client(club: Club) -> None:
    club.idp.delete_user_pool_client(UserPoolId=club.pool_id, ClientId=club.client_id)
    for name, (challenge, answer) in club.answers.items():
        assert refused(ClientError, answer)[0] == "ResourceNotFoundException", (name, challenge)


def test_a_second_factor_that_was_given_up_is_taken_no_more(club: Club) -> None:
    off, on = {"Enabled": False}, {"Enabled": True, "PreferredMfa": True}
    club.idp.set_user_pool_mfa_config(
        UserPoolId=club.pool_id,
        MfaConfiguration="OPTIONAL",
        SoftwareTokenMfaConfiguration={"Enabled": True},
        EmailMfaConfiguration={},
    )
    club.idp.admin_set_user_mfa_preference(
        UserPoolId=club.pool_id, Username="tess", SoftwareTokenMfaSettings=off, EmailMfaSettings=on
    )
    assert refused(ClientError, club.answers["tess"][1])[0] == "NotAuthorizedException"


def test_a_device_that_is_remembered_no_more_does_not_prove_itself(club: Club) -> None:
    key = club.tokens["dora"]["NewDeviceMetadata"]["DeviceKey"]
    club.idp.admin_update_device_status(
        UserPoolId=club.pool_id, Username="dora", DeviceKey=key, DeviceRememberedStatus="not_remembered"
    )
    assert refused(ClientError, club.answers["dora"][1])[0] == "NotAuthorizedException"


def test_a_sign_up_that_was_confirmed_signs_nobody_in_whose_password_was_changed_since(
    idp: Any, anyone: Any, inside: Inside, make_pool: Make, make_client: Make
) -> None:
    pool_id = make_pool(AutoVerifiedAttributes=["email"])
    client_id = make_client(pool_id, ExplicitAuthFlows=["ALLOW_USER_AUTH"])["ClientId"]
    sessions = {}
    for name in ("ann", "bob"):
        values = attributes(email=f"{name}@example.com")
        anyone.sign_up(ClientId=client_id, Username=name, Password=PASSWORD, UserAttributes=values)
        code = inside.sent()[-1].code
        sessions[name] = anyone.confirm_sign_up(ClientId=client_id, Username=name, ConfirmationCode=code)["Session"]
    idp.admin_set_user_password(UserPoolId=pool_id, Username="ann", Password=NEW, Permanent=True)

    def go_on(name: str) -> Any:
        return anyone.initiate_auth(
            AuthFlow="USER_AUTH", ClientId=client_id, AuthParameters={"USERNAME": name}, Session=sessions[name]
        )

    assert refused(ClientError, lambda: go_on("ann"))[0] == "NotAuthorizedException"
    assert go_on("bob")["AuthenticationResult"]


def test_a_sign_in_that_a_sign_out_overtakes_leaves_no_session(
    idp: Any, anyone: Any, inside: Inside, make_pool: Make, make_client: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool_id = make_pool()
    client_id = make_client(pool_id)["ClientId"]
    make_user(idp, pool_id)
    groups_of = issue.groups_of

    async def overtaken(call: Any, sub: str) -> Any:
        """Whoever signs in has shown the password; before there is a session the user is signed out everywhere."""
        await inside.change("UPDATE cognito_idp_users SET signed_out_at = signed_out_at + 1")
        return await groups_of(call, sub)

    monkeypatch.setattr(issue, "groups_of", overtaken)
    assert refused(ClientError, lambda: by_password(anyone, client_id))[0] == "NotAuthorizedException"
    assert inside.rows("SELECT count(*) FROM cognito_idp_token_families WHERE revoked_at IS NULL") == [(0,)]
    monkeypatch.undo()
    assert by_password(anyone, client_id)["AuthenticationResult"]


def test_a_sign_in_in_which_nothing_was_shown_yet_lets_no_disabled_or_deleted_user_in(
    idp: Any, anyone: Any, inside: Inside, make_pool: Make, make_client: Make
) -> None:
    pool_id = make_pool(Policies={"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}})
    flows = ["ALLOW_USER_AUTH", "ALLOW_USER_SRP_AUTH"]
    client_id = make_client(pool_id, ExplicitAuthFlows=flows, PreventUserExistenceErrors="ENABLED")["ClientId"]

    def respond(asked: Any, **answers: str) -> Any:
        session = {"Session": asked["Session"]} if "Session" in asked else {}
        name = asked["ChallengeName"]
        return anyone.respond_to_auth_challenge(
            ClientId=client_id, ChallengeName=name, ChallengeResponses=answers, **session
        )

    def under_way(name: str) -> list[Answer]:
        make_user(idp, pool_id, name, email=f"{name}@example.com", email_verified="true")
        begin = {"AuthFlow": "USER_AUTH", "ClientId": client_id}
        choice = anyone.initiate_auth(**begin, AuthParameters={"USERNAME": name})
        mailed = {"USERNAME": name, "PREFERRED_CHALLENGE": "EMAIL_OTP"}
        asked = anyone.initiate_auth(**begin, AuthParameters=mailed)
        code = inside.sent()[-1].code
        known = srp(anyone, pool_id, client_id, name)
        proving = anyone.initiate_auth(
            AuthFlow="USER_SRP_AUTH", ClientId=client_id, AuthParameters=known.get_auth_params()
        )
        claimed = known.process_challenge(proving["ChallengeParameters"], known.get_auth_params())
        return [
            lambda: respond(choice, USERNAME=name, ANSWER="PASSWORD", PASSWORD=PASSWORD),
            lambda: respond(asked, USERNAME=name, EMAIL_OTP_CODE=code),
            lambda: respond(proving, **claimed),
        ]

    for name, change in {"amy": _disable, "bea": _delete}.items():
        answers = under_way(name)
        change(Club(idp, anyone, inside, pool_id, client_id), name)
        for answer in answers:
            told = refused(ClientError, answer)
            assert told[0] in ("NotAuthorizedException", "CodeMismatchException", "ExpiredCodeException"), told
    for answer in under_way("cat"):
        assert answer()["AuthenticationResult"]
