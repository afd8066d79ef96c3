"""A text message is posted once, signed, to the one address that the operator gave."""

import hmac

import pytest

from gatewright.control.outbox import webhook
from gatewright.control.outbox.undelivered import Undeliverable, Undelivered
from gatewright.storage.deliveries import Claim
from gatewright.storage.outbox import Message
from tests.post_office import sms_gateway

SECRET = "0123456789abcdef"
NOW = 1_700_000_000.9
CLAIM = Claim(
    id="11111111-2222-4333-8444-555555555555",
    user_pool_id="us-east-1_abc",
    kind="CustomMessage_Authentication",
    medium="SMS",
    destination="+15550100",
    sealed_message=b"",
    sender={},
    created_at=NOW - 60,
    expires_at=NOW + 60,
    attempts=1,
    leased_until=NOW + 15,
)


async def post(url: str) -> None:
    await webhook.post_text(CLAIM, Message("", "code 123456 ä"), url, SECRET, NOW)


async def test_what_is_posted_is_signed_with_its_time() -> None:
    with sms_gateway() as (gateway, url):
        await post(f"{url}?account=7")
        (posted,) = gateway.posted
    assert posted.path == "/sms?account=7"
    assert posted.said == {
        "MessageId": CLAIM.id,
        "PhoneNumber": "+15550100",
        "Message": "code 123456 ä",
        "TriggerSource": "CustomMessage_Authentication",
        "UserPoolId": "us-east-1_abc",
        "CreatedAt": "2023-11-14T22:12:20+00:00",
    }
    assert posted.headers["x-gatewright-timestamp"] == "1700000000"
    expected = hmac.digest(SECRET.encode(), b"1700000000." + posted.body, "sha256").hex()
    assert posted.headers["x-gatewright-signature"] == f"sha256={expected}"
    assert posted.headers["idempotency-key"] == CLAIM.id


@pytest.mark.parametrize("status", [200, 202, 204])
async def test_any_success_says_that_it_was_taken(status: int) -> None:
    with sms_gateway() as (gateway, url):
        gateway.answers = [status]
        await post(url)


@pytest.mark.parametrize("status", [301, 302, 307, 308, 401, 403, 404, 409, 429, 500, 503])
async def test_whatever_else_is_tried_again_and_no_redirect_is_followed(status: int) -> None:
    with sms_gateway() as (gateway, url):
        gateway.answers = [status]
        with pytest.raises(Undelivered, match=str(status)):
            await post(url)
        assert [one.path for one in gateway.posted] == ["/sms"]


@pytest.mark.parametrize("status", [400, 410, 413, 422])
async def test_a_message_that_the_gateway_does_not_take_is_refused_for_good(status: int) -> None:
    with sms_gateway() as (gateway, url):
        gateway.answers = [status]
        with pytest.raises(Undeliverable, match=str(status)):
            await post(url)


async def test_a_gateway_that_is_away_or_silent_is_asked_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    with sms_gateway() as (gateway, url):
        monkeypatch.setattr(webhook, "_SECONDS", 0.2)
        gateway.silent = True
        with pytest.raises(Undelivered) as failed:
            await post(url)
        gateway.silent = False
        assert "123456" not in str(failed.value)
    with pytest.raises(Undelivered):
        await post(url)


async def test_no_proxy_of_the_environment_reads_the_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with sms_gateway() as (gateway, url):
        await post(url)
        assert len(gateway.posted) == 1
