"""What operators, administrators and people write: each is read as it was meant, or refused in words."""

import base64
import contextlib
import json
from html import escape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.cli.service_actions import actions_of
from gatewright.control.federation.login import LoginRefused
from gatewright.control.federation.saml_assertion import moment
from gatewright.core.page_text import text_of
from gatewright.policy.document import PolicyKind
from gatewright.policy.lint import lint, looks_like
from gatewright.services.cognito_idp.sign_in.srp import BadPublicValue, exchange, read_public, session_key
from gatewright.services.cognito_idp.tokens.user_agents import device_type
from gatewright.services.cognito_idp.users.attributes import given_attributes
from gatewright.services.cognito_idp.users.list_users_filter import SEARCHABLE, parse_filter
from gatewright.services.iam.saml_metadata import BadMetadata, read_metadata
from gatewright.settings import Settings, SettingsError, load
from gatewright.wire.faults import Fault
from tests import saml_provider
from tests.chance import examples
from tests.fuzz.test_policy import DOCUMENTS
from tests.unit.cognito_idp.pools import pool_of

NAMES = st.sampled_from(Settings.__struct_fields__)
ODD = st.sampled_from(
    ["", "0", "-1", "1e9", "nan", "true", "::1", "a,b", "sqlite:", "postgres://", "https://x", "9" * 5_000]
)
VALUES = st.booleans() | st.integers() | st.floats() | ODD | st.text(max_size=20)


def toml(value: Any) -> str:
    """Write a value as TOML has it."""
    if isinstance(value, float):
        return {"inf": "inf", "-inf": "-inf", "nan": "nan"}.get(str(value), repr(value))
    return json.dumps(value)


@examples(200)
@given(st.dictionaries(NAMES, VALUES | st.lists(ODD, max_size=3), max_size=3), st.dictionaries(NAMES, ODD, max_size=2))
def test_settings_are_taken_or_refused_in_one_line(
    tmp_path_factory: pytest.TempPathFactory, written: dict[str, Any], variables: dict[str, str]
) -> None:
    file = tmp_path_factory.getbasetemp() / "fuzzed.toml"
    with contextlib.suppress(UnicodeEncodeError):
        file.write_text("".join(f"{name} = {toml(value)}\n" for name, value in written.items()))
    with contextlib.suppress(SettingsError):
        settings = load({}, {f"GATEWRIGHT_{name.upper()}": value for name, value in variables.items()}, file)
        assert 0 <= settings.port <= 65_535
        assert isinstance(settings.data, Path)
        assert not settings.dev or settings.host in ("localhost", "::1") or settings.host.startswith("127.")


@examples(200)
@given(st.binary(max_size=120) | st.text("ab=[]{}\"'.#\n 019-:T", max_size=60).map(str.encode))
def test_any_file_of_settings_is_toml_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "any.toml"
    file.write_bytes(content)
    with contextlib.suppress(SettingsError):
        load({}, {}, file)


METADATA = saml_provider.metadata().encode()
XML = st.sampled_from([b"<a>", b"</", b"&x;", b"<!DOCTYPE a>"])


@examples(200)
@given(at=st.integers(0, len(METADATA) - 1), new=st.binary(max_size=8) | XML, cut=st.integers(0, 40))
def test_metadata_that_was_changed_are_metadata_or_refused(at: int, new: bytes, cut: int) -> None:
    text = (METADATA[:at] + new + METADATA[at + cut :]).decode("utf-8", "replace")
    with contextlib.suppress(BadMetadata):
        found = read_metadata(text)
        assert found.entity_id
        assert found.certificates > 0


@examples(200)
@given(st.none() | st.text(max_size=30) | st.text("0123456789-:TZ+.W ", max_size=32) | st.datetimes().map(str))
def test_a_moment_of_an_assertion_is_one_or_the_login_is_refused(text: str | None) -> None:
    with contextlib.suppress(LoginRefused):
        assert isinstance(moment(text, "NotBefore"), float)
    said = METADATA.decode().replace("<EntityDescriptor", f'<EntityDescriptor validUntil="{escape(text or "")}"', 1)
    with contextlib.suppress(BadMetadata):
        assert isinstance(read_metadata(said).valid_until, float)


@examples(200)
@given(
    st.sampled_from([*sorted(SEARCHABLE), "custom:x", "x"]),
    st.sampled_from(["=", "^=", " = ", "=="]),
    st.text(max_size=20),
)
def test_a_filter_finds_what_was_quoted(attribute: str, operator: str, value: str) -> None:
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    with contextlib.suppress(Fault):
        found = parse_filter(f'{attribute}{operator}"{quoted}"')
        assert found == (attribute, value, "^" in operator)
    with contextlib.suppress(Fault):
        parse_filter(value)


POOL = pool_of([{"Name": "tenant"}, {"Name": "age", "AttributeDataType": "Number"}], AutoVerifiedAttributes=["email"])


@examples(200)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([*sorted(POOL.schema), "x", "custom:", "dev:custom:tenant"]), ODD | st.text(max_size=30)
        ),
        max_size=4,
    )
)
def test_attributes_are_taken_as_they_are_or_refused(listed: list[tuple[str, str]]) -> None:
    with contextlib.suppress(Fault):
        given_ = [{"Name": name, "Value": value} for name, value in listed]
        assert given_attributes(POOL, given_) == dict(listed)


@examples(100)
@given(
    st.text(max_size=20)
    | st.integers(0, 1 << 3_100).map("{:x}".format)
    | st.text("0123456789abcdefABCDEF-+ _x\u0661", max_size=800)
)
def test_a_public_value_of_srp_is_a_number_of_the_group_or_refused(text: str) -> None:
    with contextlib.suppress(BadPublicValue):
        public = read_public(text)
        assert public == int(text, 16)
        assert public > 0
        assert session_key(public, exchange(2), 2) is not None


@examples(200)
@given(st.text(max_size=200) | st.none())
def test_any_user_agent_is_called_something(text: str | None) -> None:
    assert 0 < len(device_type(text)) < 100


@examples(200)
@given(
    st.lists(
        st.sampled_from(
            ["<p>", "</p>", "<a href='", "x", "<!--", "-->", "&lt;", "&#", "<", ">", '"', "<script>", "\n"]
        ),
        max_size=15,
    )
)
def test_the_text_of_any_page_has_no_tag_of_it(pieces: list[str]) -> None:
    text = text_of("".join(pieces))
    assert "<p>" not in text.replace("&lt;", "")
    assert text.endswith("\n")


@examples(200)
@given(document=DOCUMENTS, kind=st.sampled_from(PolicyKind), indent=st.sampled_from([None, 1]))
def test_the_critic_says_something_of_any_policy_and_is_never_at_a_loss(
    document: Any, kind: PolicyKind, indent: int | None
) -> None:
    text = json.dumps(document, indent=indent)
    for finding in (*lint(text, kind=kind, actions=actions_of), *lint(text, kind=looks_like(text), actions=actions_of)):
        assert finding.message
    with contextlib.suppress(Fault):
        lint(base64.b64encode(text.encode()).decode(), kind=kind, actions=actions_of)
