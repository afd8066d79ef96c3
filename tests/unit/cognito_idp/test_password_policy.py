import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.services.cognito_idp.pools.password_policy import check_password, temporary_password
from gatewright.wire.faults import Fault

FLAGS = ("RequireUppercase", "RequireLowercase", "RequireNumbers", "RequireSymbols")
POLICIES = st.fixed_dictionaries({"MinimumLength": st.integers(6, 99), **{flag: st.booleans() for flag in FLAGS}})


@given(POLICIES)
def test_what_is_made_fulfils_every_policy(policy):
    check_password(policy, temporary_password(policy))


def test_no_two_are_the_same():
    policy = {"MinimumLength": 8}
    assert len({temporary_password(policy) for _ in range(100)}) == 100


def test_a_letter_of_another_alphabet_is_no_uppercase_letter():
    with pytest.raises(Fault, match="uppercase"):
        check_password({"MinimumLength": 6, "RequireUppercase": True}, "änderung-ÄÖÜ")
