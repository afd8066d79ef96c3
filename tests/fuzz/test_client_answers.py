"""Whatever a server answers, and whatever stands in a file of ours, the client reads it or says what is wrong."""

import contextlib
import json
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.client.api import COGNITO_IDP, Api
from gatewright.client.challenge import Challenge
from gatewright.client.faults import CallRefused, Unreachable
from gatewright.client.kept import Kept, SessionFile, write_private
from gatewright.client.srp import DishonestServer, Exchange
from gatewright.core.clock import FixedClock
from tests.chance import examples

API = Api(COGNITO_IDP, "us-east-1", "http://127.0.0.1:9", None, FixedClock(0.0))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=7), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(["username", "tokens", "device", "given", "__type", "message", "id_token"])
ANSWERS = st.binary(max_size=60) | (JSON | st.dictionaries(NAMES, JSON, max_size=3)).map(
    lambda said: json.dumps(said).encode()
)
NUMBERS = st.text("0123456789abcdef", max_size=20) | st.text(max_size=8) | st.integers(0, 1 << 3_100).map("{:x}".format)


@examples(150)
@given(st.sampled_from([200, 204, 301, 400, 403, 500, 502]), ANSWERS | st.just(b"[" * 100_000))
def test_an_answer_is_a_result_an_error_or_none_of_the_service(status: int, content: bytes) -> None:
    with contextlib.suppress(CallRefused, Unreachable):
        assert isinstance(API._read("GetUser", httpx.Response(status, content=content)), dict)
        assert status == 200


@examples(150)
@given(ANSWERS)
def test_a_file_is_a_session_or_it_is_said_what_to_do(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path: Path = tmp_path_factory.getbasetemp() / "session.json"
    write_private(path, content)
    with contextlib.suppress(ValueError):
        kept = SessionFile(path).load()
        assert isinstance(kept, Kept)
        assert msgspec.json.decode(msgspec.json.encode(kept), type=Kept) == kept


@examples(150)
@given(
    st.fixed_dictionaries(
        {}, optional={"SALT": NUMBERS, "SRP_B": NUMBERS, "SECRET_BLOCK": st.text("AB+/=é", max_size=8)}
    )
)
def test_a_password_is_proved_to_numbers_of_the_group_only(asked: dict[str, str]) -> None:
    with contextlib.suppress(DishonestServer):
        claim = Exchange(5).claim("pool", "jane", "password", asked, 0.0)
        assert set(claim) == {"PASSWORD_CLAIM_SECRET_BLOCK", "PASSWORD_CLAIM_SIGNATURE", "TIMESTAMP"}
        assert int(asked["SRP_B"], 16) > 0


@examples(100)
@given(
    st.sampled_from(["MFA_SETUP", "SELECT_MFA_TYPE", "NEW_PASSWORD_REQUIRED", "x"]),
    JSON.map(json.dumps) | st.text(max_size=20) | st.just("[" * 100_000),
)
def test_what_may_be_chosen_is_a_list_of_names(name: str, listed: str) -> None:
    parameters = dict.fromkeys(("MFAS_CAN_SETUP", "MFAS_CAN_CHOOSE", "requiredAttributes"), listed)
    nobody: Any = None
    challenge = Challenge(nobody, {"ChallengeName": name, "ChallengeParameters": parameters})
    assert all(isinstance(one, str) for one in (*challenge.choices, *challenge.required_attributes))
