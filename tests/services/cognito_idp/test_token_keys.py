"""Tokens and the keys that verify them, by somebody else's library."""

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import httpx
from botocore.exceptions import ClientError
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.running import Running
from tests.services.cognito_idp.signing_in import by_password, make_user, refused


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


def test_keys_are_replaced_after_a_year_and_the_old_ones_verify_until_their_tokens_have_expired(
    product: Running, idp: Any, anyone: Any, make_pool: Callable[..., str], make_client: Callable[..., Any], inside: Any
) -> None:
    pool_id = make_pool()
    client_id = make_client(pool_id)["ClientId"]
    make_user(idp, pool_id)

    def kids() -> list[str]:
        document = httpx.get(f"{product.endpoint}/{pool_id}/.well-known/jwks.json").json()
        return [key["kid"] for key in document["keys"]]

    def pass_a_year() -> None:
        inside.execute("UPDATE cognito_idp_signing_keys SET created_at = created_at - 31536000")
        inside.execute("UPDATE cognito_idp_signing_keys SET retires_at = retires_at - 31536000")
        idp.update_user_pool(UserPoolId=pool_id)  # publishes what the test changed behind the product's back

    before = by_password(anyone, client_id)["AuthenticationResult"]["AccessToken"]
    first = kids()
    pass_a_year()
    after = by_password(anyone, client_id)["AuthenticationResult"]["AccessToken"]
    assert len(kids()) == 4
    assert set(first) < set(kids())
    assert json.loads(_decoded(before.split(".")[0]))["kid"] in first
    assert json.loads(_decoded(after.split(".")[0]))["kid"] not in first
    for token in (before, after):
        assert anyone.get_user(AccessToken=token)["Username"] == "jane"
    by_password(anyone, client_id)
    assert len(kids()) == 4
    pass_a_year()
    by_password(anyone, client_id)
    assert len(kids()) == 4
    assert not set(first).intersection(kids())
    code, message = refused(ClientError, lambda: anyone.get_user(AccessToken=before))
    assert (code, message) == ("NotAuthorizedException", "Invalid Access Token")


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_a_pool_that_is_not_there_publishes_nothing(product: Running) -> None:
    answer = httpx.get(f"{product.endpoint}/us-east-1_Nowhere00/.well-known/jwks.json")
    assert answer.status_code == 403
