"""Rows J1-J5, J7, J9-J11, J15 and J16 of the attack list against an API that wants a user pool's token."""

import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jws
from joserfc.jwk import RSAKey

from gatewright.core.clock import SystemClock
from gatewright.core.jwt import new_key, sign
from gatewright.storage.user_pools import POOLS_SHELF
from tests.chains.test_cognito_authorizer import SCOPE, Guarded, refused
from tests.user_pool_people import People, now, text


@pytest.fixture
def people(product: Any) -> People:
    made = People(product)
    made.person("jane")
    return made


@pytest.fixture
def guarded(product: Any, people: People) -> Guarded:
    made = Guarded(product, [people])
    made.method()
    made.method("scoped", authorizationScopes=[SCOPE])
    made.api.deploy()
    return made


@pytest.fixture
def token(guarded: Guarded, people: People) -> str:
    good = people.sign_in()["IdToken"]
    assert guarded.call(good).status_code == 200
    return good


def header_of(token: str) -> dict[str, Any]:
    header: dict[str, Any] = jws.extract_compact(token.encode()).headers()
    return header


@pytest.mark.parametrize("name", ["none", "None", "NONE", "nOnE"])
def test_j1_no_algorithm_is_no_signature(guarded: Guarded, token: str, name: str) -> None:
    _, claims, signature = token.split(".")
    header = text({**header_of(token), "alg": name})
    assert refused(guarded.call(f"{header}.{claims}."))
    assert refused(guarded.call(f"{header}.{claims}.{signature}"))


def test_j2_the_public_key_is_no_secret(guarded: Guarded, people: People, token: str) -> None:
    _, claims, _ = token.split(".")
    shelf = guarded.product.product.snapshots.shelf(POOLS_SHELF)
    key = shelf.get(people.id).keys[header_of(token)["kid"]]
    header = text({**header_of(token), "alg": "HS256"})
    der = RSAKey.import_key(key.public_pem).as_der(private=False)
    for secret in (key.public_pem.encode(), key.public_pem.strip().encode(), der, json.dumps(dict(key.jwk())).encode()):
        forged = hmac.new(secret, f"{header}.{claims}".encode(), hashlib.sha256).digest()
        assert refused(guarded.call(f"{header}.{claims}.{text(forged)}"))


def test_j3_j4_keys_that_come_with_the_token_are_not_used(guarded: Guarded, token: str) -> None:
    mine = new_key(header_of(token)["kid"])
    _, claims, _ = token.split(".")
    private = RSAKey.import_key(mine.private_pem)
    for more in (
        {"jwk": private.as_dict(private=False)},
        {"x5c": ["MIIB"]},
        {"jku": "http://169.254.169.254/keys"},
        {"x5u": "http://127.0.0.1:1/keys"},
        {},
    ):
        body = f"{text({**header_of(token), **more})}.{claims}"
        signature = private.private_key.sign(body.encode(), PKCS1v15(), SHA256())
        assert refused(guarded.call(f"{body}.{text(signature)}"))


def test_j5_demanded_extensions_are_refused(guarded: Guarded, token: str) -> None:
    _, claims, signature = token.split(".")
    header = text({**header_of(token), "crit": ["exp"], "exp": 1})
    assert refused(guarded.call(f"{header}.{claims}.{signature}"))


def test_j7_a_token_has_one_spelling(guarded: Guarded, token: str) -> None:
    header, claims, signature = token.split(".")
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = signature[:-1] + last[last.index(signature[-1]) ^ 1]  # the bits that are left over
    for spelled in (
        f"{header}.{claims}.{signature}==",
        f"{header}.{claims}.{other}",
        f"{header}=.{claims}.{signature}",
        f"{header}. {claims}.{signature}",
        f"{header}.{claims}.{signature}.",
        f".{header}.{claims}.{signature}",
        f"{header}.{claims}.{signature[:-2]}",
        f"{header}.{claims}.{signature.swapcase()}",
    ):
        assert refused(guarded.call(spelled))


def test_j9_one_kind_of_token_is_never_the_other(guarded: Guarded, people: People) -> None:
    tokens = people.sign_in()
    assert refused(guarded.call(tokens["AccessToken"]))
    assert refused(guarded.call(tokens["IdToken"], "scoped"))
    assert refused(guarded.call(people.forged(tokens["IdToken"], token_use="access"), "scoped"))
    assert refused(guarded.call(people.forged(tokens["IdToken"], token_use=None)))
    assert refused(guarded.call(people.forged(tokens["AccessToken"], "access", scope="other"), "scoped"))
    assert refused(guarded.call(people.forged(tokens["AccessToken"], "access", scope=f"x{SCOPE}"), "scoped"))


def test_j10_another_pool_or_client_vouches_for_nobody(guarded: Guarded, people: People, token: str) -> None:
    stranger = People(guarded.product, "stranger")
    stranger.person("jane")
    theirs = stranger.sign_in()["IdToken"]
    assert refused(guarded.call(theirs))
    for aud in (None, "", "nobody", stranger.client_id, [people.client_id], [people.client_id, "nobody"], 7):
        assert refused(guarded.call(people.forged(token, aud=aud)))
    for issuer in (None, "", "https://example.com", f"{guarded.product.endpoint}/{stranger.id}", 7, [people.id]):
        assert refused(guarded.call(people.forged(token, iss=issuer)))


@pytest.mark.parametrize(
    "changed",
    [
        {"exp": None},
        {"exp": now() - 1},
        {"exp": str(now() + 36_000)},
        {"exp": True},
        {"exp": 10**30},
        {"iat": None},
        {"iat": now() + 36_000},  # from when the tests were collected: longer than they all take
        {"nbf": now() + 36_000},
        {"nbf": "soon"},
    ],
)
def test_j11_times_are_judged_without_patience(
    guarded: Guarded, people: People, token: str, changed: dict[str, Any]
) -> None:
    assert guarded.call(people.forged(token)).status_code == 200
    assert refused(guarded.call(people.forged(token, **changed)))


def test_j15_a_remembered_token_dies_when_it_expires(
    guarded: Guarded, people: People, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = people.forged(token, exp=now() + 300)
    assert guarded.call(short).status_code == 200
    later = time.time() + 300
    monkeypatch.setattr(SystemClock, "now", lambda _: later)
    assert refused(guarded.call(short))
    monkeypatch.undo()
    assert guarded.call(short).status_code == 200  # it was the time, and nothing else


def test_j15_a_remembered_token_dies_with_its_client(guarded: Guarded, people: People, token: str) -> None:
    people.idp.delete_user_pool_client(UserPoolId=people.id, ClientId=people.client_id)
    assert refused(guarded.call(token))


def test_j15_a_remembered_token_dies_with_its_pool(guarded: Guarded, people: People, token: str) -> None:
    people.idp.delete_user_pool(UserPoolId=people.id)
    assert refused(guarded.call(token))


def test_j16_long_and_deep_tokens_cost_little(guarded: Guarded, people: People, token: str) -> None:
    header, _, signature = token.split(".")
    assert refused(guarded.call("." * 5_000))
    assert refused(guarded.call(f"{header}.{text(b'[' * 6_000)}.{signature}"))
    assert refused(guarded.call(sign({"a": 1}, key_id="k", algorithm="RS256", private_pem=new_key("k").private_pem)))
    long = people.forged(token, padding="x" * 4_096)
    assert guarded.call(long).status_code == 200
    assert guarded.call(long).status_code == 200
