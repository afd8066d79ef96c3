"""Files of anything: a row is a user whom an administrator could make, or is refused; no line is lost or doubled."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.services.cognito_idp.importing.csv_lines import Line, Lines, fields_of
from gatewright.services.cognito_idp.importing.rows import BadRow, columns_of, problem_of_header, user_of
from gatewright.services.cognito_idp.users.attributes import given_attributes
from tests.chance import examples
from tests.unit.cognito_idp.pools import pool_of

POOLS = [
    pool_of([{"Name": "tenant"}, {"Name": "age", "AttributeDataType": "Number"}], **more)
    for more in (
        {"AutoVerifiedAttributes": ["email"]},
        {"AutoVerifiedAttributes": ["email"], "UsernameAttributes": ["email"]},
        {"AutoVerifiedAttributes": ["email"], "AliasAttributes": ["email", "preferred_username"]},
    )
]
ODD = st.sampled_from(
    [
        "",
        "TRUE",
        "false",
        "a@example.com",
        "+12065550100",
        "02/29/2023",
        "02/29/2024",
        "\u202e",
        "\x00",
        "9" * 30,
        "x" * 3_000,
        "-1",
        "é",
    ]
)
VALUES = st.one_of(ODD, st.text(max_size=40))


@pytest.mark.parametrize("pool", POOLS)
@examples(150)
@given(data=st.data())
def test_a_row_is_a_user_whom_an_administrator_could_make_or_is_refused(pool: Any, data: Any) -> None:
    header = columns_of(pool)
    good = {
        "cognito:username": "ann",
        "email": "ann@example.com",
        "email_verified": "TRUE",
        "cognito:mfa_enabled": "FALSE",
    }
    if pool.settings.get("UsernameAttributes"):
        good["cognito:username"] = "ann@example.com"
    good |= data.draw(st.dictionaries(st.sampled_from(header), VALUES, max_size=3))
    try:
        user = user_of(pool, header, [good.get(name, "") for name in header])
    except BadRow:
        return
    listed = [{"Name": name, "Value": value} for name, value in user.attributes.items()]
    assert given_attributes(pool, listed) == user.attributes
    assert user.attributes["email_verified"] == "true"
    assert (user.username is None) == bool(pool.settings.get("UsernameAttributes"))


@examples(200)
@given(file=st.binary(max_size=300), cuts=st.lists(st.integers(1, 50), max_size=20), stop=st.integers(0, 40))
def test_lines_are_the_same_in_any_pieces_and_after_any_stop(file: bytes, cuts: list[int], stop: int) -> None:
    whole = _cut(file, [])
    assert _cut(file, cuts) == whole
    assert (whole[-1].end if whole else 0) == len(file)
    if stop < len(whole):
        left = whole[stop]
        assert _cut(file[left.end :], cuts, left) == whole[stop + 1 :]


def _cut(file: bytes, cuts: list[int], after: Line | None = None) -> list[Line]:
    lines = Lines(after.end, after.number) if after else Lines()
    found: list[Line] = []
    for size in cuts:
        found += lines.feed(file[:size])
        file = file[size:]
    return [*found, *lines.feed(file), *lines.finish()]


@given(header=st.lists(st.text(max_size=20), min_size=1, max_size=40))
def test_any_header_is_judged(header: list[str]) -> None:
    assert problem_of_header(POOLS[0], fields_of(",".join(header)))
