"""JSON documents: the bodies of json 1.0/1.1 and rest-json.

In: a botocore shape, compiled once into a function; then bytes or parsed JSON. Out: a dict with the model's member
names, and back.
Law: a document is read one way only: UTF-8, no duplicate names, no `NaN` literals, no numbers that are not finite.
Members the model does not know are ignored, as AWS ignores them. Source: Smithy, "AWS JSON 1.1 protocol", "Shape
serialization".
"""

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from gatewright.wire.codecs import scalars
from gatewright.wire.codecs.compiler import AGGREGATES, Compiler
from gatewright.wire.codecs.scalars import Unreadable
from gatewright.wire.shapes import Shape

Read = Callable[[Any], Any]
Write = Callable[[Any], Any]

_ENCODER = msgspec.json.Encoder()
_NAMES = {"integer": "an Integer", "string": "a String", "boolean": "a Boolean", "long": "a Long", "double": "a Double"}


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        times = Counter(name for name, _ in pairs)  # each looked at once: how many there are is the sender's choice
        twice = next(name for name, count in times.items() if count > 1)
        raise Unreadable(f"Duplicate field '{twice[:100]}'")
    return found


def _no_constant(word: str) -> Any:
    raise Unreadable(f"Could not parse request body into json: {word} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise Unreadable("Number is out of range")
    return number


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_no_constant, parse_float=_finite)


def decode(body: bytes) -> Any:
    """Read one JSON document.

    Raises:
        Unreadable: the bytes are not one JSON document in UTF-8, or one that two readers could read differently.
    """
    try:
        return _DECODER.decode(body.decode())
    except UnicodeDecodeError:
        raise Unreadable("Could not parse request body into json: it is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise Unreadable(f"Could not parse request body into json: {error.msg} at character {error.pos}") from None
    except RecursionError:
        raise Unreadable("Could not parse request body into json: it is nested too deeply") from None
    except ValueError as error:  # an integer of more than 4,300 digits
        raise error if isinstance(error, Unreadable) else Unreadable("Number is out of range") from None


def encode(document: Any) -> bytes:
    """Write a JSON document, compact."""
    return _ENCODER.encode(document)


def json_words(value: Any, wanted: str) -> str:
    """Say what is wrong as the json services do: `NUMBER_VALUE can not be converted to a String`."""
    if isinstance(value, dict):
        return "Start of structure or map found where not expected."
    if isinstance(value, list):
        return "Start of list found where not expected"
    name = {bool: str(value).upper(), str: "STRING", int: "NUMBER", float: "DECIMAL"}.get(type(value), "NULL")
    if wanted in AGGREGATES:
        return f"{name}_VALUE found where a {wanted} was expected"
    return f"{name}_VALUE can not be converted to {_NAMES.get(wanted, f'a {wanted.capitalize()}')}"


def java_words(value: Any, wanted: str) -> str:
    """Say what is wrong as API Gateway does: `class java.lang.Boolean can not be converted to an String`."""
    if isinstance(value, dict | list) or wanted in AGGREGATES:
        return json_words(value, wanted)
    number = "com.amazon.coral.value.json.numbers.TruncatingBigNumber"
    name = {bool: "java.lang.Boolean", str: "java.lang.String"}.get(type(value), number)
    return f"class {name} can not be converted to an {wanted.capitalize()}"


def is_document(shape: Shape) -> bool:
    """Tell whether a structure is a document type: any JSON at all."""
    return bool(getattr(shape, "is_document_type", False))


class Readers(Compiler[Read]):
    """Compiles shapes into functions that turn parsed JSON into parameters."""

    def __init__(self, words: Callable[[Any, str], str] = json_words, timestamps: str = "unixtimestamp") -> None:
        super().__init__()
        self._words = words
        self._timestamps = timestamps

    def structure(self, shape: Shape, only: Iterable[str] | None = None) -> Read:
        if is_document(shape):
            return _document
        words = self._words
        table: dict[str, tuple[str, Read]] = {}
        for name in shape.members if only is None else only:
            member = shape.members[name]
            table[member.serialization.get("name", name)] = (name, self.of(member))

        def read(value: Any) -> dict[str, Any]:
            if value.__class__ is not dict:
                raise Unreadable(words(value, "structure"))
            found = {}
            for key, item in value.items():
                entry = table.get(key)
                if entry is not None and item is not None:
                    found[entry[0]] = entry[1](item)
            return found

        return read

    def _list(self, shape: Shape) -> Read:
        words, read_item = self._words, self.of(shape.member)

        def read(value: Any) -> list[Any]:
            if value.__class__ is not list:
                raise Unreadable(words(value, "list"))
            return [None if item is None else read_item(item) for item in value]

        return read

    def _map(self, shape: Shape) -> Read:
        words, read_value = self._words, self.of(shape.value)

        def read(value: Any) -> dict[str, Any]:
            if value.__class__ is not dict:
                raise Unreadable(words(value, "map"))
            return {
                scalars.checked_string(key): None if item is None else read_value(item) for key, item in value.items()
            }

        return read

    def _scalar(self, shape: Shape) -> Read:
        kind, words = shape.type_name, self._words
        if kind == "timestamp":
            return self._timestamp(shape)
        if kind in scalars.RANGES:
            return _integer_reader(kind, words)
        if kind in ("float", "double"):
            return _float_reader(kind, words)
        if kind == "boolean":
            return _exact_reader(kind, words, bool, lambda value: value)
        if kind == "blob":
            return _exact_reader(kind, words, str, scalars.read_blob)
        return _exact_reader("string", words, str, scalars.checked_string)

    def _timestamp(self, shape: Shape) -> Read:
        form, words = scalars.timestamp_format(shape, self._timestamps), self._words
        if form != "unixtimestamp":
            return _exact_reader("timestamp", words, str, lambda text: scalars.read_timestamp(text, form))

        def read(value: Any) -> Any:
            if value.__class__ is int or value.__class__ is float:
                return scalars.epoch_to_datetime(value)
            raise Unreadable(words(value, "timestamp"))

        return read


def _document(value: Any) -> Any:
    try:
        _ENCODER.encode(value)  # what we could not send back is refused now
    except UnicodeEncodeError:
        raise Unreadable("Strings must not contain half of a surrogate pair.") from None
    return value


def _exact_reader(kind: str, words: Callable[[Any, str], str], wanted: type, convert: Read) -> Read:
    def read(value: Any) -> Any:
        if value.__class__ is wanted:
            return convert(value)
        raise Unreadable(words(value, kind))

    return read


def _integer_reader(kind: str, words: Callable[[Any, str], str]) -> Read:
    low, high = scalars.RANGES[kind]

    def read(value: Any) -> int:
        if value.__class__ is float and value.is_integer():
            value = int(value)
        if value.__class__ is int and low <= value <= high:
            return int(value)
        raise Unreadable(words(value, kind))

    return read


def _float_reader(kind: str, words: Callable[[Any, str], str]) -> Read:
    def read(value: Any) -> float:
        if value.__class__ is float or (value.__class__ is int and abs(value) < 10**308):
            return float(value)
        if value.__class__ is str and value in scalars.FLOAT_WORDS:
            return scalars.FLOAT_WORDS[value]
        raise Unreadable(words(value, kind))

    return read


class Writers(Compiler[Write]):
    """Compiles shapes into functions that turn results into JSON values; a result that does not fit is our bug."""

    def __init__(self, timestamps: str = "unixtimestamp") -> None:
        super().__init__()
        self._timestamps = timestamps

    def structure(self, shape: Shape, only: Iterable[str] | None = None) -> Write:
        if is_document(shape):
            return lambda value: value
        table: dict[str, tuple[str, Write]] = {}
        for name in shape.members if only is None else only:
            member = shape.members[name]
            table[name] = (member.serialization.get("name", name), self.of(member))

        def write(value: Any) -> dict[str, Any]:
            written = {}
            for name, item in scalars.expect(value, dict).items():
                entry = table.get(name)
                if entry is None:
                    raise TypeError(f"{shape.name} has no member {name!r} here")
                if item is not None:
                    written[entry[0]] = entry[1](item)
            return written

        return write

    def _list(self, shape: Shape) -> Write:
        write_item = self.of(shape.member)
        return lambda value: [
            None if item is None else write_item(item) for item in scalars.expect(value, list | tuple)
        ]

    def _map(self, shape: Shape) -> Write:
        write_value = self.of(shape.value)
        return lambda value: {
            scalars.expect(key, str): None if item is None else write_value(item)
            for key, item in scalars.expect(value, dict).items()
        }

    def _scalar(self, shape: Shape) -> Write:
        kind = shape.type_name
        if kind == "timestamp":
            form = scalars.timestamp_format(shape, self._timestamps)
            return scalars.as_epoch if form == "unixtimestamp" else lambda value: scalars.write_timestamp(value, form)
        if kind == "blob":
            return lambda value: scalars.write_blob(scalars.expect(value, bytes | str))
        if kind in ("float", "double"):
            return _write_float
        wanted = {"boolean": bool, "integer": int, "long": int}.get(kind, str)
        return lambda value: scalars.expect(value, wanted)


def _write_float(value: Any) -> float | str:
    number = float(scalars.expect(value, int | float))
    return number if math.isfinite(number) else scalars.write_float(number)
