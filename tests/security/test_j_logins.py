"""Rows J1-J13 and J16 of the attack list against logins with identity tokens, by both services that take them."""

import base64
import hmac
import json
import time

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

from tests.identity_provider import issuer, stranger
from tests.services.policies import document, refused

ACCOUNT = "000000000000"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Web"


@pytest.fixture
def idp():
    with issuer() as running:
        yield running


@pytest.fixture
def doors(aws, idp):
    """What tries a token at STS and at an identity pool, and returns the codes with which both refuse it."""
    arn = idp.register(aws("iam"))
    trust = {"Effect": "Allow", "Principal": {"Federated": arn}, "Action": "sts:AssumeRoleWithWebIdentity"}
    aws("iam").create_role(RoleName="Web", AssumeRolePolicyDocument=document(trust))
    pools = aws("cognito-identity")
    pool = pools.create_identity_pool(
        IdentityPoolName="p", AllowUnauthenticatedIdentities=False, OpenIdConnectProviderARNs=[arn]
    )["IdentityPoolId"]

    def knock(token):
        given = {"RoleArn": ROLE, "RoleSessionName": "me", "WebIdentityToken": token}
        by_sts = refused(aws("sts").assume_role_with_web_identity, **given)[0]
        by_pool = refused(pools.get_id, IdentityPoolId=pool, Logins={idp.name: token})[0]
        return by_sts, by_pool

    def enter(token):
        aws("sts").assume_role_with_web_identity(RoleArn=ROLE, RoleSessionName="me", WebIdentityToken=token)
        return pools.get_id(IdentityPoolId=pool, Logins={idp.name: token})["IdentityId"]

    knock.enter = enter
    return knock


REFUSED = ("InvalidIdentityToken", "NotAuthorizedException")


def text(content):
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def parts(token):
    return token.split(".")


def with_header(token, **change):
    header, claims, signature = parts(token)
    old = json.loads(base64.urlsafe_b64decode(header + "=="))
    return f"{text({**old, **change})}.{claims}.{signature}"


@pytest.mark.parametrize("name", ["none", "None", "NONE", "nOnE", ""])
def test_j1_no_algorithm_is_no_signature(doors, idp, name):
    header, claims, signature = parts(with_header(idp.token(), alg=name))
    for end in ("", "AA", signature):
        assert doors(f"{header}.{claims}.{end}") == REFUSED


def test_j2_the_public_key_is_not_a_shared_secret(doors, idp):
    public = idp.keys["rsa"]
    for secret in (public.as_pem(private=False), json.dumps(public.as_dict(private=False)).encode()):
        header, claims, _ = parts(with_header(idp.token(), alg="HS256"))
        mac = hmac.digest(secret, f"{header}.{claims}".encode(), "sha256")
        assert doors(f"{header}.{claims}.{text(mac)}") == REFUSED


def test_j3_a_key_that_comes_with_the_token_is_not_believed(doors, idp):
    own = RSAKey.generate_key(2048)
    content = json.loads(base64.urlsafe_b64decode(parts(idp.token())[1] + "=="))
    for carried in ({"jwk": own.as_dict(private=False)}, {"x5c": ["AAAA"]}):
        header = {"alg": "RS256", "kid": "rsa", **carried}
        registry = jws.JWSRegistry(algorithms=["RS256"], strict_check_header=False)
        token = jws.serialize_compact(header, json.dumps(content).encode(), own, registry=registry)
        assert doors(token) == REFUSED


def test_j4_no_address_in_a_token_is_fetched(doors, idp):
    asked = len(idp.asked)
    for name in ("jku", "x5u"):
        token = with_header(idp.token(key_id="unknown"), **{name: f"{idp.url}/attacker"})
        assert doors(token) == REFUSED
    assert f"{idp.url}/attacker" not in idp.asked
    assert "/attacker" not in idp.asked[asked:]


def test_j5_an_extension_that_is_demanded_is_refused(doors, idp):
    assert doors(with_header(idp.token(), crit=["exp"])) == REFUSED
    assert doors(with_header(idp.token(), crit=[])) == REFUSED


def test_j6_only_the_one_form_of_an_ec_signature_counts(doors, idp):
    header, claims, signature = parts(idp.token("ec"))
    raw = base64.urlsafe_b64decode(signature + "==")
    der = b"\x30\x44\x02\x20" + raw[:32] + b"\x02\x20" + raw[32:]
    for forged in (bytes(64), der, raw + b"\x00", raw[:-1], raw[32:] + raw[:32], b"\x00" * 32 + raw[32:]):
        assert doors(f"{header}.{claims}.{text(forged)}") == REFUSED
    doors.enter(f"{header}.{claims}.{signature}")


def test_j7_a_token_has_one_spelling(doors, idp):
    header, claims, signature = parts(idp.token())
    spelled = [
        f"{header}=.{claims}.{signature}",
        f"{header}.{claims}=.{signature}",
        f"{header}.{claims}.{signature}==",
        f" {header}.{claims}.{signature}",
        f"{header}.{claims[:9]}\n{claims[9:]}.{signature}",
        f"{header}.{claims}.{signature}.",
        f".{header}.{claims}.{signature}",
    ]
    last = signature[-1]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    spelled.append(f"{header}.{claims}.{signature[:-1]}{alphabet[alphabet.index(last) ^ 1]}")  # unused bits
    for token in spelled:
        assert doors(token) == REFUSED


def test_j8_a_key_for_encryption_or_an_id_of_two_keys_verifies_nothing(doors, idp):
    entries = [{**idp.keys["rsa"].as_dict(private=False), "kid": "rsa", "use": "enc"}]
    idp.answer["/keys"] = (200, json.dumps({"keys": entries}).encode())
    assert doors(idp.token()) == REFUSED


def test_j8_an_id_that_two_keys_share_verifies_nothing(doors, idp):
    other = ECKey.generate_key("P-256")
    both = [{**key.as_dict(private=False), "kid": "rsa"} for key in (idp.keys["rsa"], other)]
    idp.answer["/keys"] = (200, json.dumps({"keys": both}).encode())
    assert doors(idp.token()) == REFUSED
    assert doors(idp.token(key=other)) == REFUSED


@pytest.mark.parametrize("claims", [{"aud": "other"}, {"aud": None}, {"aud": None, "client_id": "app"}, {"aud": []}])
def test_j10_a_token_for_somebody_else_is_refused(doors, idp, claims):
    assert doors(idp.token(**claims)) == REFUSED


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": None},
        {"exp": True},
        {"exp": "9999999999"},
        {"exp": 1e300},
        {"nbf": int(time.time()) + 3_600},
        {"iat": int(time.time()) + 3_600, "exp": int(time.time()) + 7_200},
    ],
)
def test_j11_a_token_without_a_sensible_time_is_refused(doors, idp, claims):
    assert doors(idp.token(**claims)) == REFUSED


def test_j11_a_token_is_over_the_second_that_it_says(doors, idp):
    assert doors(idp.token(exp=int(time.time()) - 1)) == ("ExpiredTokenException", "NotAuthorizedException")


def test_j12_a_flood_of_unknown_keys_does_not_reach_the_provider(doors, idp):
    doors.enter(idp.token())
    before = len(idp.asked)
    for number in range(30):
        assert doors(idp.token(key_id=f"random-{number}", key=stranger())) == REFUSED
    assert len(idp.asked) - before <= 2  # one discovery document and one key set
    doors.enter(idp.token())


def test_j16_tokens_of_absurd_form_cost_little(doors, idp):
    header, claims, signature = parts(idp.token())
    begun = time.monotonic()
    absurd = ["." * 19_000, f"{text({'alg': 'RS256', 'kid': 'x' * 14_000})}.{claims}.{signature}"]
    absurd += [f"{text(b'[' * 9_000)}.{claims}.{signature}", f"{header}.{text(b'{' * 9_000)}.{signature}"]
    for token in absurd:
        assert doors(token) == REFUSED
    assert time.monotonic() - begun < 5
