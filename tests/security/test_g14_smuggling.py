"""G14: bytes that two readers could take for different requests are answered 400, and the connection is closed."""

import socket

import pytest

from tests.running import Running

CASES = {
    "content_length_and_chunked": (
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG"
    ),
    "chunked_and_content_length": (
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\nG"
    ),
    "two_content_lengths": b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "the_same_content_length_twice": (
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na"
    ),
    "a_list_of_content_lengths": b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1, 1\r\n\r\na",
    "a_signed_content_length": b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: +1\r\n\r\na",
    "a_bare_line_feed_in_the_head": b"GET / HTTP/1.1\r\nHost: localhost\nX: y\r\n\r\n",
    "bare_line_feeds_only": b"GET / HTTP/1.1\nHost: localhost\n\n",
    "a_bare_carriage_return": b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\rb\r\n\r\n",
    "a_folded_header": b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n",
    "a_blank_before_the_colon": b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "a_chunk_extension": (
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1;a=b\r\nx\r\n0\r\n\r\n"
    ),
    "a_trailer_field": (
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nAuthorization: x\r\n\r\n"
    ),
    "a_bare_line_feed_after_a_chunk": (
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\nx\r\n0\r\n\r\n"
    ),
    "an_unknown_transfer_coding": (
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"
    ),
    "a_second_transfer_coding": (
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"
    ),
    "no_host": b"GET / HTTP/1.1\r\n\r\n",
    "two_hosts": b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
    "a_host_in_the_target": b"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a_fragment_in_the_target": b"GET /a#b HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a_nul_in_a_header": b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\x00b\r\n\r\n",
    "a_blank_in_the_target": b"GET /a b HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "an_old_version": b"GET /\r\n\r\n",
    "a_later_version": b"GET / HTTP/2.0\r\nHost: localhost\r\n\r\n",
    "no_http_at_all": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 64,
}


def _say(port: int, data: bytes, pieces: int = 1) -> bytes:
    """Send bytes and return everything that comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        step = max(1, len(data) // pieces)
        try:
            for start in range(0, len(data), step):
                connection.sendall(data[start : start + step])
        except (BrokenPipeError, ConnectionResetError):
            pass  # it was refused before it was all said
        answer = b""
        try:
            while piece := connection.recv(65536):
                answer += piece
        except ConnectionResetError:
            pass
        return answer


@pytest.mark.parametrize("pieces", [1, 7, 10_000])
@pytest.mark.parametrize("case", CASES)
def test_g14_an_ambiguous_request_is_refused_and_the_connection_closed(
    product: Running, case: str, pieces: int
) -> None:
    answer = _say(product.port, CASES[case], pieces)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1 ") == 1


def test_g14_what_follows_a_refused_request_is_never_read(product: Running) -> None:
    second = b"GET /_gatewright/health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    answer = _say(product.port, CASES["content_length_and_chunked"] + second)
    assert answer.count(b"HTTP/1.1 ") == 1


def test_g14_pipelined_requests_are_answered_in_order(product: Running) -> None:
    health = b"GET /_gatewright/health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    missing = b"GET /_gatewright/nothing HTTP/1.1\r\nHost: localhost\r\n\r\n"
    last = b"GET /_gatewright/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    answer = _say(product.port, (health + missing) * 20 + last)
    statuses = [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]]
    assert statuses == [200, 404] * 20 + [200]


def test_g14_a_chunked_request_is_read_however_it_is_cut(product: Running) -> None:
    body = b"6\r\nAction\r\n12\r\n=GetCallerIdentity\r\n13\r\n&Version=2011-06-15\r\n0\r\n\r\n"
    head = (
        b"POST / HTTP/1.1\r\nHost: sts.us-east-1.localhost\r\nConnection: close\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    for pieces in (1, 13, 10_000):
        assert b"MissingAuthenticationToken" in _say(product.port, head + body, pieces)


def test_g14_an_offer_to_switch_protocols_is_declined_and_what_follows_is_not_read(product: Running) -> None:
    offer = (
        b"GET /_gatewright/health HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
        b"GET /_gatewright/nothing HTTP/1.1\r\nHost: localhost\r\n\r\n"
    )
    answer = _say(product.port, offer)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.count(b"HTTP/1.1 ") == 1


def test_g15_a_head_without_end_is_refused(product: Running) -> None:
    head = b"GET /_gatewright/health HTTP/1.1\r\nHost: localhost\r\n" + b"X: " + b"a" * 200_000
    assert _say(product.port, head).startswith(b"HTTP/1.1 431 ")


def test_g15_too_many_headers_are_refused(product: Running) -> None:
    head = b"GET /_gatewright/health HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 2_000
    assert _say(product.port, head).startswith(b"HTTP/1.1 431 ")
