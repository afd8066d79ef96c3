import pytest

from gatewright.services.cognito_idp.messages.message_texts import EMAIL, SMS, Kind, compose
from gatewright.services.cognito_idp.messages.messages import masked
from tests.unit.cognito_idp.pools import pool_of

ANN = '<img src="x">'


@pytest.mark.parametrize(
    ("destination", "shown"),
    [
        ("ann@example.com", "a***@e***"),
        ("+14325551212", "+*******1212"),
        ("+123456", "+**3456"),
        ("@example.com", "***@e***"),
    ],
)
def test_a_destination_is_shown_in_part(destination, shown):
    assert masked(destination) == shown


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("medium", [EMAIL, SMS])
def test_every_message_has_its_code(kind, medium):
    message = compose(pool_of().settings, {}, ANN, kind, medium, "123456")
    assert "123456" in message.body
    assert "{" not in message.body


def test_a_temporary_password_keeps_its_characters_in_a_text_message():
    settings = pool_of().settings
    assert "a<b&c" in compose(settings, {}, ANN, Kind.ADMIN_CREATE_USER, SMS, "a<b&c").body
    assert "a&lt;b&amp;c" in compose(settings, {}, ANN, Kind.ADMIN_CREATE_USER, EMAIL, "a<b&c").body


def test_a_code_cannot_bring_placeholders_along():
    pool = pool_of(AdminCreateUserConfig={"InviteMessageTemplate": {"SMSMessage": "{####} {username}"}})
    text = compose(pool.settings, {}, "{####}", Kind.ADMIN_CREATE_USER, SMS, "{username}").body
    assert text == "{username} {####}"
