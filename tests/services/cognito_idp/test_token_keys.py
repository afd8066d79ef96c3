"""Tokens and the keys that verify them, by somebody else's library."""

import time
from collections.abc import Callable
from typing import Any

import httpx
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.running import Running
from tests.services.cognito_idp.signing_in import by_password, make_user


def test_somebody_elses_library_verifies_our_tokens_by_the_published_keys(
    product: Running, idp: Any, anyone: Any, make_pool: Callable[..., str], make_client: Callable[..., Any]
) -> None:
    pool_id = make_pool()
    client_id = make_client(pool_id)["ClientId"]
    make_user(idp, pool_id)
    result = by_password(anyone, client_id)["AuthenticationResult"]
    found = httpx.get(f"{product.endpoint}/{pool_id}/.well-known/openid-configuration").json()
    published = httpx.get(f"{product.endpoint}/{pool_id}/.well-known/jwks.json")
    assert published.headers["content-type"] == "application/json"
    assert all(set(key) == {"alg", "e", "kid", "kty", "n", "use"} for key in published.json()["keys"])
    keys = KeySet.import_key_set(published.json())
    for token in (result["IdToken"], result["AccessToken"]):
        proved = jwt.decode(token, keys, algorithms=["RS256"])
        assert proved.claims["iss"] == found["issuer"]
        assert abs(proved.claims["auth_time"] - time.time()) < 60
    kids = {jwt.decode(result[name], keys).header["kid"] for name in ("IdToken", "AccessToken")}
    assert len(kids) == 2


def test_a_pool_that_is_not_there_publishes_nothing(product: Running) -> None:
    answer = httpx.get(f"{product.endpoint}/us-east-1_Nowhere00/.well-known/jwks.json")
    assert answer.status_code == 403
