"""What others verify identity tokens with: the key set and the discovery document."""

import json

import httpx
from joserfc import jws
from joserfc.jwk import KeySet

from tests.services.policies import visitors_pool


def test_a_token_is_verified_by_what_is_published(aws, product):
    pool_id, _ = visitors_pool(aws, AllowClassicFlow=True)
    pools = aws("cognito-identity")
    identity_id = pools.get_id(IdentityPoolId=pool_id)["IdentityId"]
    token = pools.get_open_id_token(IdentityId=identity_id)["Token"]
    found = httpx.get(f"{product.endpoint}/.well-known/openid-configuration").json()
    assert found["issuer"] == "https://cognito-identity.amazonaws.com"
    keys = KeySet.import_key_set(httpx.get(found["jwks_uri"].replace("localhost", "127.0.0.1")).json())
    verified = jws.deserialize_compact(token, keys, algorithms=found["id_token_signing_alg_values_supported"])
    assert json.loads(verified.payload)["sub"] == identity_id


def test_no_private_half_is_published_and_nothing_before_there_is_a_key(aws, product):
    assert httpx.get(f"{product.endpoint}/.well-known/jwks_uri").json() == {"keys": []}
    visitors_pool(aws, AllowClassicFlow=True)
    (key,) = httpx.get(f"{product.endpoint}/.well-known/jwks_uri").json()["keys"]
    assert set(key) == {"kty", "n", "e", "kid", "alg", "use"}


def test_a_page_of_another_origin_may_not_read_them_from_a_development_server(product):
    headers = {"Origin": "https://evil.example"}
    assert httpx.get(f"{product.endpoint}/.well-known/jwks_uri", headers=headers).status_code == 403
