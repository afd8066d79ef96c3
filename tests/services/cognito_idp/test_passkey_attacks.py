"""What must not work with passkeys: other people's, other pages', old and altered answers; what nobody may learn."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from gatewright.core.clock import SystemClock
from tests.authenticator import EDDSA, GOOD, PRESENT, RS256, VERIFIED, Passkey, text
from tests.services.cognito_idp.conftest import Inside
from tests.services.cognito_idp.passkeys import FLOWS, PARTY, Place, options_of
from tests.services.cognito_idp.signing_in import claims, refused

Make = Callable[..., Any]
ALLOWED = {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}
REFUSED = ("NotAuthorizedException", "Invalid passkey for the user.")


@pytest.fixture
def place(idp: Any, anyone: Any, make_pool: Make, make_client: Make) -> Place:
    return make_place(idp, anyone, make_pool, make_client)


def make_place(idp: Any, anyone: Any, make_pool: Make, make_client: Make) -> Place:
    pool_id = make_pool(Policies={"SignInPolicy": ALLOWED})
    client = make_client(pool_id, ExplicitAuthFlows=FLOWS, PreventUserExistenceErrors="ENABLED")
    made = Place(idp, anyone, pool_id, client["ClientId"])
    made.configure()
    return made


PAGES = (
    "http://auth.example.com",
    "https://example.com",
    "https://auth.example.com.evil.test",
    "https://evil-auth.example.com.",
    "https://xauth.example.com",
    "https://auth.example.com/",
    "https://AUTH.example.com",
    "https://auth.example.com@evil.test",
    "https://evil.test#auth.example.com",
    "https://auth.example.com:port",
    "android:apk-key-hash:abc",
    "null",
    "",
)


@pytest.mark.parametrize("origin", PAGES)
def test_a_page_that_does_not_belong_to_the_relying_party_gets_nothing(place: Place, origin: str) -> None:
    token = place.person()
    code, _ = refused(ClientError, lambda: place.register(token, origin=origin))
    assert code == "WebAuthnOriginNotAllowedException"
    passkey = place.register(token)
    assert refused(ClientError, lambda: place.show(passkey, origin=origin)) == REFUSED


def test_a_page_below_the_relying_party_and_one_on_another_port_are_its_own(place: Place) -> None:
    passkey = place.register(place.person(), origin="https://login.auth.example.com")
    assert place.show(passkey, origin="https://auth.example.com:8443")["AuthenticationResult"]


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"party": "example.com"}, "WebAuthnRelyingPartyMismatchException"),
        ({"crossOrigin": True}, "WebAuthnOriginNotAllowedException"),
        ({"origin": 7}, "WebAuthnOriginNotAllowedException"),
        ({"type": "webauthn.get"}, "WebAuthnCredentialNotSupportedException"),
        ({"flags": VERIFIED}, "WebAuthnCredentialNotSupportedException"),
        ({"flags": GOOD | 16}, "WebAuthnCredentialNotSupportedException"),  # backed up, and not eligible
        ({"attestation": "of-my-own"}, "WebAuthnCredentialNotSupportedException"),
        ({"attachment": "implanted"}, "InvalidParameterException"),
        ({"challenge": text(b"mine")}, "WebAuthnChallengeNotFoundException"),
        ({"challenge": 5}, "InvalidParameterException"),
    ],
)
def test_a_registration_that_says_something_else_is_refused(place: Place, how: dict[str, Any], code: str) -> None:
    token = place.person()
    assert refused(ClientError, lambda: place.register(token, **how))[0] == code
    assert place.anyone.list_web_authn_credentials(AccessToken=token)["Credentials"] == []


@pytest.mark.parametrize("passkey", [Passkey(EDDSA), Passkey(RS256, bits=1_024)], ids=["EdDSA", "short RSA"])
def test_a_key_of_a_kind_that_is_not_taken_is_refused(place: Place, passkey: Passkey) -> None:
    token = place.person()
    code, _ = refused(ClientError, lambda: place.register(token, passkey))
    assert code == "WebAuthnCredentialNotSupportedException"


def test_an_attestation_by_another_key_is_refused(place: Place) -> None:
    token, passkey, other = place.person(), Passkey(), Passkey()
    passkey.sign = other.sign  # type: ignore[method-assign]
    code, _ = refused(ClientError, lambda: place.register(token, passkey, attestation="packed"))
    assert code == "WebAuthnCredentialNotSupportedException"


def test_a_registration_is_good_once_for_its_user_its_client_and_three_minutes(
    place: Place, make_client: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, other = place.person(), place.person("joe")
    options = place.start(token)
    answer = Passkey().register(options)
    assert refused(ClientError, lambda: place.complete(other, answer))[0] == "WebAuthnChallengeNotFoundException"
    elsewhere = place.token(client_id=make_client(place.pool_id, ExplicitAuthFlows=FLOWS)["ClientId"])
    assert refused(ClientError, lambda: place.complete(elsewhere, answer))[0] == "WebAuthnClientMismatchException"
    place.complete(token, answer)
    assert refused(ClientError, lambda: place.complete(token, answer))[0] == "WebAuthnChallengeNotFoundException"
    again = Passkey().register(options)
    assert refused(ClientError, lambda: place.complete(token, again))[0] == "WebAuthnChallengeNotFoundException"
    late = Passkey().register(place.start(token))
    later = time.time() + 181
    monkeypatch.setattr(SystemClock, "now", lambda self: later)
    assert refused(ClientError, lambda: place.complete(token, late))[0] == "WebAuthnChallengeNotFoundException"


def test_a_registration_does_not_outlive_a_change_of_the_relying_party(place: Place) -> None:
    token = place.person()
    answer = Passkey().register(place.start(token))
    place.configure(RelyingPartyId="example.com")
    assert refused(ClientError, lambda: place.complete(token, answer))[0] == "WebAuthnRelyingPartyMismatchException"
    options = place.start(token)
    place.configure()
    fitting = Passkey().register(options, party=PARTY)  # of the present party, to a question about the one before
    assert refused(ClientError, lambda: place.complete(token, fitting))[0] == "WebAuthnRelyingPartyMismatchException"


def test_passkeys_that_are_switched_off_sign_nobody_in(place: Place) -> None:
    passkey = place.register(place.person())
    begun = place.begin()
    place.idp.update_user_pool(UserPoolId=place.pool_id)
    assert refused(ClientError, lambda: place.show(passkey, begun)) == REFUSED


def test_nobody_deletes_the_passkey_of_another_user(place: Place) -> None:
    passkey, other = place.register(place.person()), place.person("joe")
    code, _ = refused(
        ClientError,
        lambda: place.anyone.delete_web_authn_credential(AccessToken=other, CredentialId=passkey.written_id),
    )
    assert code == "ResourceNotFoundException"
    assert place.show(passkey)["AuthenticationResult"]


def test_a_passkey_is_registered_for_one_user_of_a_pool_only(place: Place) -> None:
    passkey = place.register(place.person())
    other = place.person("joe")
    assert refused(ClientError, lambda: place.register(other, passkey))[0] == "InvalidParameterException"


def test_an_answer_signs_in_once(place: Place) -> None:
    passkey = place.register(place.person())
    begun = place.begin()
    answer = json.dumps(passkey.use(options_of(begun)))
    assert place.answer(begun, CREDENTIAL=answer)["AuthenticationResult"]
    code, message = refused(ClientError, lambda: place.answer(begun, CREDENTIAL=answer))
    assert (code, message) == (
        "NotAuthorizedException",
        "Invalid session for the user, session can only be used once.",
    )
    assert refused(ClientError, lambda: place.answer(place.begin(), CREDENTIAL=answer)) == REFUSED


def test_nobody_comes_in_with_the_passkey_of_another_user(place: Place) -> None:
    jane, joe = place.person(), place.person("joe")
    passkey, joes = place.register(jane), place.register(joe)
    assert refused(ClientError, lambda: place.show(joes)) == REFUSED
    handle = claims(joe)["sub"].encode()
    assert refused(ClientError, lambda: place.show(passkey, handle=handle)) == REFUSED
    begun = place.begin("joe")  # her session, his name
    begun["Session"] = place.begin()["Session"]
    assert refused(ClientError, lambda: place.show(joes, begun, "joe")) == REFUSED


def test_nobody_comes_in_with_a_passkey_of_another_pool(
    place: Place, idp: Any, anyone: Any, make_pool: Make, make_client: Make
) -> None:
    other = make_place(idp, anyone, make_pool, make_client)
    place.register(place.person())
    theirs = other.register(other.person())
    assert refused(ClientError, lambda: place.show(theirs)) == REFUSED
    token = other.token()
    mine = place.anyone.list_web_authn_credentials(AccessToken=place.token())["Credentials"][0]["CredentialId"]
    deleted = refused(
        ClientError, lambda: place.anyone.delete_web_authn_credential(AccessToken=token, CredentialId=mine)
    )
    assert deleted[0] == "ResourceNotFoundException"


@pytest.mark.parametrize(
    "how",
    [
        {"party": "example.com"},
        {"crossOrigin": True},
        {"type": "webauthn.create"},
        {"challenge": text(b"mine")},
        {"flags": VERIFIED},
        {"flags": GOOD | 8},
        {"handle": b"somebody"},
    ],
)
def test_an_answer_that_says_something_else_is_refused(place: Place, how: dict[str, Any]) -> None:
    passkey = place.register(place.person())
    assert refused(ClientError, lambda: place.show(passkey, **how)) == REFUSED
    assert place.show(passkey)["AuthenticationResult"]


def test_an_altered_signature_is_refused(place: Place) -> None:
    passkey, other = place.register(place.person()), Passkey()
    other.id = passkey.id
    assert refused(ClientError, lambda: place.show(other)) == REFUSED


def test_a_counter_that_does_not_go_on_is_a_copy(place: Place, inside: Inside) -> None:
    passkey = place.register(place.person())
    assert place.show(passkey, count=2**32 - 2)["AuthenticationResult"]
    assert refused(ClientError, lambda: place.show(passkey)) == REFUSED
    assert refused(ClientError, lambda: place.show(passkey, count=5)) == REFUSED
    assert refused(ClientError, lambda: place.show(passkey, count=0)) == REFUSED
    assert place.show(passkey, count=2**32 - 1)["AuthenticationResult"]
    assert inside.rows("SELECT sign_count FROM cognito_idp_web_authn_credentials") == [(2**32 - 1,)]


@pytest.mark.parametrize(
    "credential",
    [
        "",
        "{",
        "[]",
        "7",
        "{}",
        '{"id":"a\\u0000b","response":{}}',
        '{"id":"YQ","response":{}}',
        '{"id":"YQ","rawId":"YQ","type":"public-key","response":{"clientDataJSON":"%%","authenticatorData":"","signature":""}}',
        "[" * 100_000,
    ],
)
def test_what_is_no_credential_is_refused_in_words(place: Place, credential: str) -> None:
    token = place.person()
    place.register(token)
    assert refused(ClientError, lambda: place.answer(place.begin(), CREDENTIAL=credential))[0] == (
        "InvalidParameterException"
    )
    assert refused(ClientError, lambda: place.complete(token, credential))[0] == "InvalidParameterException"


@pytest.mark.parametrize("what", ["", "a b", "x" * 10_000])
def test_an_id_that_no_passkey_has_is_not_found(place: Place, what: str) -> None:
    token = place.person()
    code, _ = refused(
        ClientError, lambda: place.anyone.delete_web_authn_credential(AccessToken=token, CredentialId=what)
    )
    assert code == "ResourceNotFoundException"


def test_whether_a_name_has_a_passkey_does_not_tell_whether_it_is_anybodys(place: Place) -> None:
    place.register(place.person())
    known = place.begin()
    seen = [place.begin(f"stranger{number}") for number in range(24)]
    asked = [one for one in seen if one["ChallengeName"] == "WEB_AUTHN"]
    assert 0 < len(asked) < len(seen)  # as among users: some have one, some have none
    assert place.begin("nobody")["ChallengeName"] == place.begin("nobody")["ChallengeName"]
    stranger = asked[0]
    name = f"stranger{seen.index(stranger)}"
    assert options_of(place.begin(name))["allowCredentials"] == options_of(stranger)["allowCredentials"]
    assert set(stranger) == set(known)
    assert stranger["AvailableChallenges"] == known["AvailableChallenges"]
    assert set(options_of(stranger)) == set(options_of(known))
    wanted = options_of(stranger)["allowCredentials"][0]["id"]
    forged = Passkey().use(options_of(stranger))
    forged |= {"id": wanted, "rawId": wanted}
    assert refused(ClientError, lambda: place.answer(stranger, name, CREDENTIAL=json.dumps(forged))) == REFUSED


def test_the_key_that_stands_for_nobody_lets_nobody_in(place: Place) -> None:
    """Its private half is the number 1, and so anybody can sign with it."""
    from cryptography.hazmat.primitives.asymmetric import ec

    place.register(place.person())
    name = next(
        f"stranger{number}" for number in range(64) if place.begin(f"stranger{number}")["ChallengeName"] == "WEB_AUTHN"
    )
    for who in ("jane", name):
        begun = place.begin(who)
        forged = Passkey()
        forged._key = ec.derive_private_key(1, ec.SECP256R1())
        assert refused(ClientError, lambda b=begun, f=forged, w=who: place.show(f, b, w)) == REFUSED


def test_what_only_shows_presence_is_no_second_factor(place: Place) -> None:
    token = place.person()
    passkey = place.register(token)
    place.configure("OPTIONAL", FactorConfiguration="MULTI_FACTOR_WITH_USER_VERIFICATION")
    assert refused(ClientError, lambda: place.show(passkey, flags=PRESENT)) == REFUSED


def test_a_session_of_a_passkey_is_for_no_other_challenge(place: Place) -> None:
    passkey = place.register(place.person())
    begun = place.begin()
    other = {**begun, "ChallengeName": "SELECT_CHALLENGE"}
    assert refused(ClientError, lambda: place.answer(other, ANSWER="PASSWORD"))[0] == "NotAuthorizedException"
    choosing = place.begin(preferred=None)
    early = {**choosing, "ChallengeName": "WEB_AUTHN"}
    code, _ = refused(ClientError, lambda: place.show(passkey, early))
    assert code == "NotAuthorizedException"
