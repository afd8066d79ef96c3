"""Where one request ends and the next begins: checked before the parser sees the bytes.

The parser (llhttp) refuses every ambiguous framing but two: it skips chunk extensions, and it hands trailer fields
over as if they were headers. Both are how two readers of the same bytes come to disagree, so both are refused here.
In: the bytes of a connection. Out: pieces that end where a head or a body ends, so that the parser never runs ahead
of this check. Source: RFC 9112, sections 6 and 7.
"""

from gatewright.edge.limits import HEAD_BYTES

_END_OF_HEAD = b"\r\n\r\n"
_HEX = frozenset(b"0123456789abcdefABCDEF")
_SIZE_DIGITS = 8


class FramingError(Exception):
    """The bytes can be read in more than one way, or use what is not supported."""


class HeadTooLarge(FramingError):
    """The request line and the headers are more than anybody is meant to send."""


class Framing:
    """The framing of one connection's requests."""

    __slots__ = ("_carry", "_chunks", "_left", "_seen")

    def __init__(self) -> None:
        self._seen = 0  # bytes of the head so far
        self._carry = b""  # the last bytes of a head whose end has not been seen
        self._left = 0  # bytes of a body of known length that are still to come
        self._chunks: _Chunks | None = None

    @property
    def body_to_come(self) -> int:
        """How many bytes of a body of known length are still to come."""
        return self._left

    @property
    def is_between(self) -> bool:
        """Whether nothing of the next request has come yet."""
        return not (self._seen or self._left or self._chunks)

    def sized_body_follows(self, length: int) -> None:
        """Say that the head announced a body of so many bytes."""
        self._left = length

    def chunked_body_follows(self) -> None:
        """Say that the head announced a chunked body."""
        self._chunks = _Chunks()

    def piece(self, data: bytes, start: int) -> int:
        """Return where the piece of `data` ends that the parser may be fed next.

        Raises:
            FramingError: a chunk has an extension or a trailer, or is malformed.
        """
        if self._chunks is not None:
            end = self._chunks.read(data, start)
            if self._chunks.complete:
                self._chunks = None
            return end
        if self._left:
            end = min(len(data), start + self._left)
            self._left -= end - start
            return end
        return self._head(data, start)

    def _head(self, data: bytes, start: int) -> int:
        end = self._end_of_head(data, start)
        self._seen += (end or len(data)) - start
        if self._seen > HEAD_BYTES:
            raise HeadTooLarge
        if end is None:
            return len(data)
        self._seen = 0
        return end

    def _end_of_head(self, data: bytes, start: int) -> int | None:
        """Return where the blank line ends; None: not in these bytes, of which the last are kept for the next look."""
        if self._carry:
            window = self._carry + data[start : start + 3]
            found = window.find(_END_OF_HEAD)
            carried, self._carry = len(self._carry), b""
            if found >= 0:
                return start + found + 4 - carried
            if len(data) - start < 3:
                self._carry = window[-3:]
                return None
        found = data.find(_END_OF_HEAD, start)
        if found >= 0:
            return found + 4
        self._carry = data[max(start, len(data) - 3) :]
        return None


class _Chunks:
    """A chunked body, read strictly: hexadecimal size, CRLF, data, CRLF; the last chunk, and nothing after it."""

    __slots__ = ("_data", "_ending", "_line", "complete")

    def __init__(self) -> None:
        self._line = bytearray()  # the size line
        self._data = 0  # bytes of this chunk that are still to come
        self._ending = b""  # what must come next, byte for byte
        self.complete = False

    def read(self, data: bytes, at: int) -> int:
        while at < len(data) and not self.complete:
            if self._data:
                step = min(self._data, len(data) - at)
                self._data -= step
                at += step
            elif self._ending:
                self._expect(data[at])
                at += 1
            else:
                self._size_line(data[at])
                at += 1
        return at

    def _expect(self, byte: int) -> None:
        if byte != self._ending[0]:
            raise FramingError("a chunk does not end where its size says, or a trailer field follows the last one")
        self._ending = self._ending[1:]
        if not self._ending and self._line == b"last":
            self.complete = True

    def _size_line(self, byte: int) -> None:
        line = self._line
        if (byte in _HEX and len(line) < _SIZE_DIGITS and line[-1:] != b"\r") or (
            byte == 13 and line and line[-1:] != b"\r"
        ):
            line.append(byte)
        elif byte == 10 and line[-1:] == b"\r":
            size = int(line[:-1], 16)
            self._line = bytearray(b"" if size else b"last")
            self._data, self._ending = size, b"\r\n"
        else:
            raise FramingError("a chunk's size is not a plain hexadecimal number: extensions are not supported")
