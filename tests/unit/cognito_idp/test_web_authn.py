"""Which pages belong to a relying party, what a pool may say about passkeys, what an authenticator's answer shows."""

from typing import Any

import msgspec
import pytest

from gatewright.services.cognito_idp.factors.web_authn_origins import is_allowed_origin
from gatewright.services.cognito_idp.factors.web_authn_proof import (
    NOBODYS_KEY,
    Asked,
    Kept,
    Malformed,
    NotProved,
    OtherChallenge,
    OtherOrigin,
    OtherRelyingParty,
    challenge_of,
    prove_registration,
    prove_use,
    read_answer,
)
from gatewright.services.cognito_idp.pools.web_authn_configuration import (
    configuration_of,
    is_multi_factor,
    must_agree,
    user_verification,
)
from gatewright.wire.faults import Fault
from tests.authenticator import BACKED_UP, ELIGIBLE, GOOD, RS256, Passkey, text
from tests.unit.cognito_idp.pools import pool_of

PARTY = "auth.example.com"
CHALLENGE = b"a challenge of 32 random bytes.."
ASKED = Asked(CHALLENGE, PARTY, must_verify_user=False)
CREATION = {"challenge": text(CHALLENGE), "rp": {"id": PARTY}}
REQUEST = {"challenge": text(CHALLENGE), "rpId": PARTY}
MULTI = "MULTI_FACTOR_WITH_USER_VERIFICATION"


@pytest.mark.parametrize(
    ("origin", "party"),
    [
        ("https://example.com", "example.com"),
        ("https://a.b.example.com", "example.com"),
        ("https://example.com:8443", "example.com"),
        ("http://localhost", "localhost"),
        ("http://localhost:3000", "localhost"),
        ("https://localhost:3000", "localhost"),
        ("http://app.localhost:3000", "localhost"),
        ("http://app.localhost:3000", "app.localhost"),
    ],
)
def test_a_page_on_the_domain_or_below_it_belongs_to_the_relying_party(origin: str, party: str) -> None:
    assert is_allowed_origin(origin, party)


@pytest.mark.parametrize(
    ("origin", "party"),
    [
        ("http://example.com", "example.com"),
        ("https://example.com", "a.example.com"),
        ("https://aexample.com", "example.com"),
        ("https://example.com.", "example.com"),
        ("https://example.com:", "example.com"),
        ("https://example.com/", "example.com"),
        ("https://example.com?", "example.com"),
        ("https://user@example.com", "example.com"),
        ("https://example.com:99999", "example.com"),
        ("https://Example.com", "example.com"),
        ("HTTPS://example.com", "example.com"),
        ("https://[::1", "example.com"),
        ("https:///example.com", "example.com"),
        ("file://example.com", "example.com"),
        ("http://localhost.evil.test", "localhost"),
        ("http://notlocalhost", "localhost"),
        ("https://a\n.example.com", "example.com"),
        ("", "example.com"),
        ("https://", "example.com"),
    ],
)
def test_any_other_page_does_not(origin: str, party: str) -> None:
    assert not is_allowed_origin(origin, party)


def settings(mode: str = "OFF", *factors: str) -> dict[str, Any]:
    """Return settings of a pool."""
    pool = pool_of(Policies={"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", *factors]}})
    return {**pool.settings, "MfaConfiguration": mode}


def test_verification_is_preferred_unless_said_otherwise_and_always_required_of_both_factors() -> None:
    asked = {"RelyingPartyId": PARTY}
    for more, shown in (
        ({}, "preferred"),
        ({"UserVerification": "required"}, "required"),
        ({"FactorConfiguration": MULTI}, "required"),
    ):
        made = configuration_of({"WebAuthnConfiguration": {**asked, **more}}, settings())
        assert made == {**asked, **more, "UserVerification": shown}
    pool = pool_of()
    lax = {"WebAuthnConfiguration": {"FactorConfiguration": MULTI, "UserVerification": "preferred"}}
    multi = msgspec.structs.replace(pool, mfa=lax)
    assert is_multi_factor(multi)
    assert user_verification(multi) == "required"


@pytest.mark.parametrize(
    ("mode", "factors", "mfa", "agrees"),
    [
        ("OFF", ["WEB_AUTHN", "EMAIL_OTP"], {}, True),
        ("OPTIONAL", ["WEB_AUTHN", "EMAIL_OTP"], {}, True),
        ("ON", [], {}, True),
        ("ON", ["WEB_AUTHN"], {"WebAuthnConfiguration": {"FactorConfiguration": MULTI}}, True),
        ("ON", ["WEB_AUTHN"], {"WebAuthnConfiguration": {"FactorConfiguration": "SINGLE_FACTOR"}}, False),
        ("ON", ["WEB_AUTHN"], {"WebAuthnConfiguration": None}, False),
        ("ON", ["EMAIL_OTP"], {}, False),
        ("ON", ["SMS_OTP"], {"WebAuthnConfiguration": {"FactorConfiguration": MULTI}}, False),
    ],
)
def test_first_factors_agree_with_a_demanded_second_one(
    mode: str, factors: list[str], mfa: dict[str, Any], agrees: bool
) -> None:
    if agrees:
        must_agree(settings(mode, *factors), mfa)
    else:
        with pytest.raises(Fault, match="AllowedFirstAuthFactors"):
            must_agree(settings(mode, *factors), mfa)


@pytest.mark.parametrize("algorithm", [-7, RS256])
def test_a_passkey_is_made_and_used(algorithm: int) -> None:
    passkey = Passkey(algorithm)
    answer = passkey.register(CREATION, flags=GOOD | ELIGIBLE)
    assert challenge_of(answer) == CHALLENGE
    made = prove_registration(answer, ASKED)
    assert (made.credential_id, made.backup_eligible, made.backed_up) == (passkey.written_id, True, False)
    kept = Kept(made.public_key, made.sign_count, made.backup_eligible, made.backed_up)
    used = prove_use(passkey.use(REQUEST, flags=GOOD | ELIGIBLE | BACKED_UP, count=7), ASKED, kept, b"jane")
    assert used == (7, True, True)


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"challenge": text(b"another")}, OtherChallenge),
        ({"origin": "https://evil.test"}, OtherOrigin),
        ({"party": "evil.test"}, OtherRelyingParty),
        ({"handle": b"joe"}, NotProved),
        ({"flags": GOOD | ELIGIBLE}, NotProved),
        ({"count": 0}, NotProved),
    ],
)
def test_what_does_not_fit_is_told_apart(how: dict[str, Any], why: type[Exception]) -> None:
    passkey = Passkey()
    kept = Kept(passkey.cose(), 1, False, False)
    passkey.count = 2
    assert prove_use(passkey.use(REQUEST, handle=b"jane"), ASKED, kept, b"jane").sign_count == 2
    with pytest.raises(why):
        prove_use(passkey.use(REQUEST, **how), ASKED, kept, b"jane")


def test_the_key_of_nobody_is_a_key_so_that_verifying_against_it_takes_as_long() -> None:
    from webauthn.helpers import decode_credential_public_key, decoded_public_key_to_cryptography

    key: Any = decoded_public_key_to_cryptography(decode_credential_public_key(NOBODYS_KEY))
    assert key.curve.name == "secp256r1"
    with pytest.raises(NotProved, match="signature"):
        prove_use(Passkey().use(REQUEST), ASKED, Kept(NOBODYS_KEY, 0, False, False), b"jane")


def test_an_answer_that_is_too_long_is_not_looked_at() -> None:
    with pytest.raises(Malformed, match="too long"):
        read_answer({"id": "YQ", "response": {"attestationObject": "A" * 65_537}})
