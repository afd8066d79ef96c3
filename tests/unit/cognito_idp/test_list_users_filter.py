import contextlib

from hypothesis import given
from hypothesis import strategies as st

from gatewright.services.cognito_idp.users.list_users_filter import Filter, parse_filter
from gatewright.wire.faults import Fault


@given(st.text(max_size=256))
def test_no_text_is_too_much_for_the_parser(text):
    with contextlib.suppress(Fault):
        parse_filter(text)


@given(st.text(max_size=100), st.booleans())
def test_whatever_is_quoted_is_found_again(value, is_prefix):
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    text = f'email {"^=" if is_prefix else "="} "{quoted}"'
    assert parse_filter(text) == Filter("email", value, is_prefix)
