"""The client's half of SRP, against fixed numbers and against pycognito's arithmetic."""

import base64
from typing import Any

import pytest
from pycognito.aws_srp import AWSSRP

from gatewright.client import srp
from gatewright.services.cognito_idp.sign_in import srp as server

POOL, GROUP, USER, PASSWORD = "us-east-1_Abc123xyZ", "Abc123xyZ", "jane", "Correct-horse-1"
BLOCK = base64.b64encode(b"the server's secret block").decode()
# Made with pycognito 2024.5.1 from the private number 2**255 + 7 and the answer below.
SALT = "8f00a4c19a2b3c4d5e6f708192a3b4c5"
SERVER_PRIVATE = 2**254 + 9
KEY = "51378f7961db96e25347859ca5b3e5f8"


def _oracle(private: int, password: str = PASSWORD) -> Any:
    """Return pycognito's exchange with a private number of our choice."""
    other = AWSSRP(USER, password, POOL, "client", client=object())
    other.small_a_value = private
    other.large_a_value = other.calculate_a()
    return other


def _answer(salt: int) -> int:
    """Return the server's public number for a salt."""
    verifier = server.verifier(GROUP, USER, PASSWORD, salt)
    return (srp._K * verifier + pow(2, SERVER_PRIVATE, srp._N)) % srp._N


@pytest.mark.parametrize("salt", [1, 0x7F, 0x80, 0xFF, int(SALT, 16), 2**128 - 1, 2**120], ids=hex)
def test_the_key_is_the_one_that_pycognito_reckons(salt: int) -> None:
    private = 2**255 + 7
    mine, other, answered = srp.Exchange(private), _oracle(private), _answer(salt)
    assert mine.public == f"{other.large_a_value:x}"
    key = mine.session_key(GROUP, USER, PASSWORD, f"{salt:x}", f"{answered:x}")
    assert key == other.get_password_authentication_key(USER, PASSWORD, answered, f"{salt:x}")
    assert key != mine.session_key(GROUP, USER, "Wrong-horse-1", f"{salt:x}", f"{answered:x}")


def test_the_key_of_fixed_numbers_is_the_one_that_was_written_down() -> None:
    answered = f"{_answer(int(SALT, 16)):x}"
    assert srp.Exchange(2**255 + 7).session_key(GROUP, USER, PASSWORD, SALT, answered).hex() == KEY


def test_a_claim_has_the_members_that_pycognito_sends() -> None:
    private, answered = 2**255 + 7, _answer(int(SALT, 16))
    asked = {
        "SALT": SALT,
        "SRP_B": f"{answered:x}",
        "SECRET_BLOCK": BLOCK,
        "USER_ID_FOR_SRP": USER,
        "USERNAME": USER,
    }
    mine = srp.Exchange(private).claim(GROUP, USER, PASSWORD, asked, 1_793_700_303.0)
    other = _oracle(private)
    other.get_cognito_formatted_timestamp = lambda _: mine["TIMESTAMP"]
    theirs = other.process_challenge(asked, {"USERNAME": USER})
    assert mine == {name: value for name, value in theirs.items() if name != "USERNAME"}
    assert mine["TIMESTAMP"] == "Tue Nov 3 10:05:03 UTC 2026"


def test_a_device_s_verifier_is_the_server_s_for_the_same_password() -> None:
    for _ in range(20):
        verifier, salt = srp.new_device_verifier("-group", "key", "password")
        numbers = [int.from_bytes(base64.b64decode(text), "big") for text in (verifier, salt)]
        assert numbers[0] == server.verifier("-group", "key", "password", numbers[1])
        assert 1 < numbers[1] < 2**128
        assert all(base64.b64decode(text)[0] < 0x80 for text in (verifier, salt)), "Java reads it as positive"


@pytest.mark.parametrize("public", ["0", f"{srp._N:x}", f"{2 * srp._N:x}", f"-{srp._N:x}", "", "xyz", "-1"])
def test_a_server_that_would_learn_from_the_answer_gets_none(public: str) -> None:
    with pytest.raises(srp.DishonestServer):
        srp.Exchange().session_key(GROUP, USER, PASSWORD, SALT, public)


def test_a_challenge_that_lacks_something_is_no_honest_server_s() -> None:
    asked = {"SALT": SALT, "SRP_B": f"{_answer(1):x}", "SECRET_BLOCK": "?"}
    for broken in (asked, {**asked, "SECRET_BLOCK": BLOCK, "SALT": "x"}, {"SALT": SALT}):
        with pytest.raises(srp.DishonestServer):
            srp.Exchange().claim(GROUP, USER, PASSWORD, broken, 0.0)


def test_no_two_exchanges_have_the_same_number() -> None:
    assert srp.Exchange().public != srp.Exchange().public
