"""Where a request ends is read in one way only."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.edge.framing import Framing, FramingError

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n\r\n"


def _pieces(framing: Framing, *datas: bytes) -> list[bytes]:
    pieces = []
    for data in datas:
        at = 0
        while at < len(data):
            end = framing.piece(data, at)
            pieces.append(data[at:end])
            at = end
    return pieces


@given(st.integers(0, len(HEAD) * 2), st.integers(0, len(HEAD) * 2))
def test_a_head_ends_at_its_blank_line_wherever_the_network_cuts_it(one: int, two: int) -> None:
    data = HEAD + HEAD
    low, high = sorted((one, two))
    pieces = _pieces(Framing(), *[part for part in (data[:low], data[low:high], data[high:]) if part])
    ends, total = set(), 0
    for piece in pieces:
        total += len(piece)
        ends.add(total)
    assert {len(HEAD), 2 * len(HEAD)} <= ends


def _chunked(body: bytes, cut: int) -> None:
    framing = Framing()
    framing.chunked_body_follows()
    _pieces(framing, *[part for part in (body[:cut], body[cut:]) if part])


@given(st.integers(0, 20))
def test_plain_chunks_pass_wherever_the_network_cuts_them(cut: int) -> None:
    _chunked(b"3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n", cut)


@pytest.mark.parametrize(
    "body",
    [
        b"1;a=b\r\nx\r\n0\r\n\r\n",
        b"1 \r\nx\r\n0\r\n\r\n",
        b"1\nx\n0\n\n",
        b"1\r\nxy\r\n0\r\n\r\n",
        b"0\r\nX-Trailer: y\r\n\r\n",
        b"0x1\r\nx\r\n0\r\n\r\n",
        b"+1\r\nx\r\n0\r\n\r\n",
        b"-1\r\nx\r\n0\r\n\r\n",
        b"\r\n",
        b"123456789\r\n",
        b"1\r\rx\r\n0\r\n\r\n",
    ],
)
@pytest.mark.parametrize("cut", range(4))
def test_any_other_chunk_is_refused(body: bytes, cut: int) -> None:
    with pytest.raises(FramingError):
        _chunked(body, cut)


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=6))
def test_no_bytes_crash_the_reader(datas: list[bytes]) -> None:
    framing = Framing()
    framing.chunked_body_follows()
    with contextlib.suppress(FramingError):
        _pieces(framing, *datas)
