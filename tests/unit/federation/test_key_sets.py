"""How long keys are kept, how often an issuer is asked, and what happens while it is away."""

import asyncio
import json

import pytest

from gatewright.control.federation.fetch import FetchFailed
from gatewright.control.federation.key_sets import Issuer, KeySets, KeysUnavailable
from gatewright.core import jwt

PAIR = jwt.new_key("k1")
URL = "https://login.example.com"
ISSUER = Issuer("arn", URL)


class Network:
    """What the issuer answers, and how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.keys = ["k1"]
        self.away = False
        self.issuer = URL
        self.slow = 0.0

    async def fetch(self, url, thumbprints):
        if self.slow:
            await asyncio.sleep(self.slow)
        if self.away:
            self.asked += 1
            raise FetchFailed("away")
        if url.endswith("/.well-known/openid-configuration"):
            self.asked += 1
            return json.dumps({"issuer": self.issuer, "jwks_uri": f"{URL}/keys"}).encode()
        entries = [{**jwt.VerifyingKey(kid, ("RS256",), PAIR.public_pem).jwk(), "kid": kid} for kid in self.keys]
        return json.dumps({"keys": entries}).encode()


@pytest.fixture
def network():
    return Network()


@pytest.fixture
def keys(network):
    return KeySets(network.fetch)


async def test_a_known_key_is_not_asked_for_again_while_it_is_fresh(network, keys):
    for moment in (0.0, 1.0, 299.0):
        assert (await keys.find(ISSUER, "k1", moment)).key_id == "k1"
    assert network.asked == 1
    await keys.find(ISSUER, "k1", 300.0)
    assert network.asked == 2


async def test_a_flood_of_unknown_key_ids_asks_once_in_ten_seconds_and_known_keys_keep_working(network, keys):
    await keys.find(ISSUER, "k1", 0.0)
    for number in range(1_000):
        assert await keys.find(ISSUER, f"random-{number}", 11.0 + number / 1_000) is None
        assert await keys.find(ISSUER, "k1", 11.0 + number / 1_000) is not None
    assert network.asked == 2


async def test_a_new_key_is_found_after_the_pause(network, keys):
    await keys.find(ISSUER, "k1", 0.0)
    network.keys = ["k1", "k2"]
    assert await keys.find(ISSUER, "k2", 5.0) is None
    assert (await keys.find(ISSUER, "k2", 10.0)).key_id == "k2"


async def test_a_key_that_its_issuer_took_back_is_gone_when_it_is_not_fresh_any_more(network, keys):
    await keys.find(ISSUER, "k1", 0.0)
    network.keys = ["k2"]
    assert await keys.find(ISSUER, "k1", 299.0) is not None
    assert await keys.find(ISSUER, "k1", 300.0) is None


async def test_while_the_issuer_is_away_known_keys_work_for_an_hour_and_unknown_ones_do_not(network, keys):
    await keys.find(ISSUER, "k1", 0.0)
    network.away = True
    assert await keys.find(ISSUER, "k1", 3_599.0) is not None
    with pytest.raises(KeysUnavailable):
        await keys.find(ISSUER, "k2", 3_599.0)
    with pytest.raises(KeysUnavailable):
        await keys.find(ISSUER, "k1", 3_600.0)
    network.away = False
    assert await keys.find(ISSUER, "k1", 3_610.0) is not None


async def test_an_issuer_that_was_never_reached_is_asked_again_after_the_pause_only(network, keys):
    network.away = True
    for moment in (0.0, 1.0, 9.0, 10.0):
        with pytest.raises(KeysUnavailable):
            await keys.find(ISSUER, "k1", moment)
    assert network.asked == 2


async def test_whoever_comes_while_the_issuer_is_asked_waits_for_its_answer(network, keys):
    network.slow = 0.01
    found = await asyncio.gather(*(keys.find(ISSUER, "k1", 0.0) for _ in range(20)))
    assert all(key is not None for key in found)
    assert network.asked == 1


async def test_a_clock_that_is_set_back_makes_keys_old_and_not_young(network, keys):
    await keys.find(ISSUER, "k1", 10_000.0)
    network.keys = []
    assert await keys.find(ISSUER, "k1", 5_000.0) is None


async def test_the_document_of_another_issuer_is_none(network, keys):
    network.issuer = "https://evil.example.com"
    with pytest.raises(KeysUnavailable):
        await keys.find(ISSUER, "k1", 0.0)


async def test_another_registration_of_the_same_url_shares_nothing(network, keys):
    await keys.find(ISSUER, "k1", 0.0)
    await keys.find(Issuer("other", URL), "k1", 0.0)
    await keys.find(Issuer("arn", URL, ("00" * 20,)), "k1", 0.0)
    assert network.asked == 3


async def test_memory_is_bounded(network, keys):
    for number in range(1_100):
        await keys.find(Issuer(str(number), URL), "k1", 0.0)
    assert len(keys._known) == 1_000
