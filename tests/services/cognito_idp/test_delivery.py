"""What an operation writes is delivered as soon as it is committed, by the worker that committed it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore import UNSIGNED
from botocore.exceptions import ClientError

from gatewright.control.outbox import deliverer
from gatewright.settings import Settings
from tests.post_office import MailServer, mail_server
from tests.running import Running, in_process
from tests.services.cognito_idp.conftest import PASSWORD, attributes
from tests.services.cognito_idp.signing_in import by_password, refused
from tests.services.cognito_idp.test_text_messages import SMS, answer


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, MailServer]]:
    """A server that looks into its outbox only when it is told to."""
    with pytest.MonkeyPatch.context() as patch, mail_server() as mail:
        patch.setattr(deliverer, "_POLL_SECONDS", 86_400.0)
        url = f"smtp://127.0.0.1:{mail.port}"
        data: Path = tmp_path_factory.mktemp("delivery")
        settings = Settings(
            data=data,
            port=0,
            root_access_key_id="test",
            root_secret_access_key="test",
            smtp_url=url,
            mail_from="no-reply@example.com",
        )
        with in_process(settings) as running:
            yield running, mail


def test_a_message_leaves_after_the_commit_of_the_call_or_of_its_step(place: tuple[Running, MailServer]) -> None:
    running, mail = place
    idp, anyone = running.client("cognito-idp"), running.client("cognito-idp", signature_version=UNSIGNED)
    pool_id = idp.create_user_pool(PoolName="people", AutoVerifiedAttributes=["email"])["UserPool"]["Id"]
    idp.set_user_pool_mfa_config(UserPoolId=pool_id, MfaConfiguration="ON", EmailMfaConfiguration={})
    client_id = idp.create_user_pool_client(
        UserPoolId=pool_id, ClientName="app", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]

    def sign_up() -> Any:
        listed = attributes(email="jane@example.com")
        return anyone.sign_up(ClientId=client_id, Username="jane", Password=PASSWORD, UserAttributes=listed)

    sign_up()
    code = code_in(mail, 1)
    assert refused(ClientError, sign_up)[0] == "UsernameExistsException"
    anyone.confirm_sign_up(ClientId=client_id, Username="jane", ConfirmationCode=code)
    asked = by_password(anyone, client_id)
    assert answer(anyone, client_id, asked, EMAIL_OTP_CODE=code_in(mail, 2))["AuthenticationResult"]
    assert len(mail.inbox) == 2  # none for the call that was refused


def code_in(mail: MailServer, count: int) -> str:
    found = re.search(r"\b\d{6}\b", mail.last_to("jane@example.com", count).part("plain"))
    assert found is not None
    return found.group()


def test_what_cannot_be_sent_is_refused_before_anything_is_promised(place: tuple[Running, MailServer]) -> None:
    running, _ = place
    idp = running.client("cognito-idp")
    pool_id = idp.create_user_pool(PoolName="people")["UserPool"]["Id"]
    for refuses in (
        lambda: idp.create_user_pool(PoolName="texts", SmsConfiguration=SMS),
        lambda: idp.update_user_pool(UserPoolId=pool_id, SmsConfiguration=SMS),
        lambda: idp.set_user_pool_mfa_config(
            UserPoolId=pool_id, MfaConfiguration="ON", SmsMfaConfiguration={"SmsConfiguration": SMS}
        ),
    ):
        code, message = refused(ClientError, refuses)
        assert (code, "GATEWRIGHT_SMS_URL" in message) == ("InvalidParameterException", True)
    invite = {"UserAttributes": attributes(phone_number="+15550100"), "DesiredDeliveryMediums": ["SMS"]}
    code, _ = refused(ClientError, lambda: idp.admin_create_user(UserPoolId=pool_id, Username="theo", **invite))
    assert code == "CodeDeliveryFailureException"
    assert idp.list_users(UserPoolId=pool_id)["Users"] == []


def test_nobody_s_mailbox_is_flooded_by_sign_ups_of_others(place: tuple[Running, MailServer]) -> None:
    running, _ = place
    idp, anyone = running.client("cognito-idp"), running.client("cognito-idp", signature_version=UNSIGNED)
    pool_id = idp.create_user_pool(PoolName="people", AutoVerifiedAttributes=["email"])["UserPool"]["Id"]
    client_id = idp.create_user_pool_client(UserPoolId=pool_id, ClientName="app")["UserPoolClient"]["ClientId"]

    def sign_up(number: int) -> str:
        mail = attributes(email="Victim@Example.com" if number % 2 else "victim@example.com")
        try:
            anyone.sign_up(ClientId=client_id, Username=f"eve{number}", Password=PASSWORD, UserAttributes=mail)
        except ClientError as refusal:
            return str(refusal.response["Error"]["Code"])
        return ""

    assert [sign_up(number) for number in range(31)] == [""] * 30 + ["LimitExceededException"]
    assert len(idp.list_users(UserPoolId=pool_id)["Users"]) == 30
