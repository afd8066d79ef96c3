"""The grammar of references and expressions.

In: a text and a place in it. Out: closures (`expressions.py`), and the place moved behind what was read.
Law: parsing is bounded in depth and in length, and every complaint names its line.
Source: Apache Velocity 1.7 user guide, "References" and "Conditionals". As in 1.7, an identifier may contain `-`, so
`$a-1` is one name, and `"` within a string in double quotes is written `""`: a backslash does not escape it.
"""

import re
from bisect import bisect_right

from gatewright.gateway.velocity import expressions as make
from gatewright.gateway.velocity.arithmetic import BINARY, WORDS
from gatewright.gateway.velocity.errors import TemplateError
from gatewright.gateway.velocity.expressions import Evaluate, Expression, Link, Reference
from gatewright.gateway.velocity.limits import MAX_DEPTH, MAX_OPERATORS
from gatewright.gateway.velocity.scope import Write

REFERENCE = re.compile(r"\$!?\{?([A-Za-z_][A-Za-z0-9_-]*)")
_IDENTIFIER = re.compile(r"\.([A-Za-z_][A-Za-z0-9_-]*)")
_BLANK = re.compile(r"[ \t\r\n]*")
_OPERATOR = re.compile(r"&&|\|\||==|!=|<=|>=|[-+*/%<>]|(?:and|or|eq|ne|lt|gt|le|ge)(?![A-Za-z0-9_])")
_FLOAT = re.compile(r"-?(?:[0-9]+\.(?!\.)[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?")
_WHOLE = re.compile(r"-?[0-9]+")
_WORD = re.compile(r"[A-Za-z_]+")
_CONSTANTS = {"true": True, "false": False, "null": None}
_PRECEDENCE = {"||": 1, "&&": 2} | {operator: rank for operator, (rank, _) in BINARY.items()}


class TooDeep(TemplateError):
    """Nested beyond the limit: refused at once, so that no other reading of the text is tried."""


class ExpressionParser:
    """Reads references and expressions. `parse.Parser` adds text and directives to it."""

    def __init__(self, text: str, first_line: int = 1, depth: int = 0, names: set[str] | None = None) -> None:
        self.text = text
        self.place = 0
        self.depth = depth
        self.names: set[str] = set() if names is None else names
        self.first_line = first_line
        self._no_index: set[int] = set()  # brackets that were found to be text
        self._breaks = [at for at, character in enumerate(text) if character == "\n"]

    def line(self, place: int | None = None) -> int:
        """Return the line of a place in the template."""
        return self.first_line + bisect_right(self._breaks, (self.place if place is None else place) - 1)

    def error(self, message: str, place: int | None = None) -> TemplateError:
        """Return a complaint about a place."""
        return TemplateError(self.line(place), message)

    def deeper(self) -> None:
        """Count one level of nesting.

        Raises:
            TemplateError: it was one too many.
        """
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise TooDeep(self.line(), f"nested more than {MAX_DEPTH} levels deep")

    def string(self, text: str, line: int) -> Write | str:
        """Compile the inside of a string in double quotes; `Parser` knows how."""
        raise NotImplementedError

    def blanks(self) -> None:
        """Move behind blanks and line breaks."""
        found = _BLANK.match(self.text, self.place)
        assert found is not None
        self.place = found.end()

    def accept(self, token: str) -> bool:
        """Move behind blanks and a token, if it is next."""
        self.blanks()
        if not self.text.startswith(token, self.place):
            return False
        self.place += len(token)
        return True

    def expect(self, token: str, where: str) -> None:
        """Move behind a token that must be next.

        Raises:
            TemplateError: something else is.
        """
        if not self.accept(token):
            raise self.error(f"expected {token!r} {where}, found {self.next_few()}")

    def next_few(self) -> str:
        """Return what stands at the place, for a complaint."""
        rest = self.text[self.place : self.place + 12]
        return repr(rest) if rest else "the end of the template"

    def reference(self) -> Reference | None:
        """Read `$name…`, `$!name…` or `${name…}`; None where the `$` is only a `$`.

        Raises:
            TemplateError: braces or parentheses are not closed.
        """
        found = REFERENCE.match(self.text, self.place)
        if found is None:
            if self.text.startswith(("${", "$!{"), self.place):
                raise self.error("expected a name behind ${")
            return None
        start = self.place
        name = found.group(1)
        braces = "{" in found.group()[:3]
        self.names.add(name)
        self.place = found.end()
        links: list[Link] = []
        while (link := self._link()) is not None:
            links.append(link)
        if braces:
            if not self.text.startswith("}", self.place):
                raise self.error(f"expected '}}' to close {self.text[start : found.end()]}, found {self.next_few()}")
            self.place += 1
        return Reference(name, tuple(links), self.line(start))

    def _link(self) -> Link | None:
        if self.text.startswith("[", self.place):
            return None if self.place in self._no_index else self._index()
        found = _IDENTIFIER.match(self.text, self.place)
        if found is None:
            return None
        self.place = found.end()
        if not self.text.startswith("(", self.place):
            return Link(found.group(1), None, None)
        return Link(found.group(1), self.arguments(), None)

    def _index(self) -> Link | None:
        """Read `[key]`; a bracket that holds no expression is text."""
        start, depth = self.place, self.depth
        self.place += 1
        try:
            self.deeper()
            key = self.expression().evaluate
            self.expect("]", "behind an index")
        except TooDeep:
            raise
        except TemplateError:
            self._no_index.add(start)
            self.place, self.depth = start, depth
            return None
        self.depth = depth
        return Link(None, None, key)

    def arguments(self) -> tuple[Evaluate, ...]:
        """Read `(a, b)`."""
        self.deeper()
        self.expect("(", "before arguments")
        items: list[Evaluate] = []
        if not self.accept(")"):
            items.append(self.expression().evaluate)
            while self.accept(","):
                items.append(self.expression().evaluate)
            self.expect(")", "behind arguments")
        self.depth -= 1
        return tuple(items)

    def expression(self, least: int = 1) -> Expression:
        """Read an expression whose operators bind at least this tightly."""
        left = self._unary()
        for _ in range(MAX_OPERATORS):
            self.blanks()
            found = _OPERATOR.match(self.text, self.place)
            if found is None:
                return left
            operator = WORDS.get(found.group(), found.group())
            rank = _PRECEDENCE[operator]
            if rank < least:
                return left
            self.place = found.end()
            left = make.binary(operator, left, self.expression(rank + 1))
        raise self.error(f"more than {MAX_OPERATORS} operators in one expression")

    def _unary(self) -> Expression:
        self.blanks()
        self.deeper()
        if self.text.startswith("!", self.place):
            self.place += 1
            result = make.negation(self._unary())
        elif (found := _WORD.match(self.text, self.place)) and found.group() == "not":
            self.place = found.end()
            result = make.negation(self._unary())
        else:
            result = self._primary()
        self.depth -= 1
        return result

    def _primary(self) -> Expression:
        character = self.text[self.place : self.place + 1]
        if character == "$":
            reference = self.reference()
            if reference is None:
                raise self.error("expected a name behind $")
            return make.from_reference(reference)
        if character == "(":
            self.place += 1
            inner = self.expression()
            self.expect(")", "behind an expression")
            return inner
        if character in ('"', "'") and character:
            return self._quoted(character)
        if character == "[":
            return self._list()
        if character == "{":
            return self._map()
        return self._literal()

    def _literal(self) -> Expression:
        found = _FLOAT.match(self.text, self.place)
        if found and len(found.group()) <= 100:
            self.place = found.end()
            return make.constant(float(found.group()))
        found = _WHOLE.match(self.text, self.place)
        if found and len(found.group()) <= 100:
            self.place = found.end()
            return make.constant(int(found.group()))
        found = _WORD.match(self.text, self.place)
        if found and found.group() in _CONSTANTS:
            self.place = found.end()
            return make.constant(_CONSTANTS[found.group()])
        raise self.error(f"expected a value, found {self.next_few()}")

    def _quoted(self, quote: str) -> Expression:
        start = self.place
        end = self.text.find(quote, start + 1)
        while end >= 0 and self.text.startswith(quote, end + 1):
            end = self.text.find(quote, end + 2)
        if end < 0:
            raise self.error(f"the string that begins here has no closing {quote}", start)
        inside = self.text[start + 1 : end].replace(quote * 2, quote)
        self.place = end + 1
        if quote == "'" or ("$" not in inside and "#" not in inside):
            return make.constant(inside)
        compiled = self.string(inside, self.line(start))
        return make.constant(compiled) if isinstance(compiled, str) else make.interpolation(compiled)

    def _list(self) -> Expression:
        line = self.line()
        self.place += 1
        if self.accept("]"):
            return make.array(())
        first = self.expression()
        if self.accept(".."):
            last = self.expression()
            self.expect("]", "behind a range")
            return make.numbers(first.evaluate, last.evaluate, line)
        items = [first.evaluate]
        while self.accept(","):
            items.append(self.expression().evaluate)
        self.expect("]", "behind a list")
        return make.array(tuple(items))

    def _map(self) -> Expression:
        self.place += 1
        entries: list[tuple[Evaluate, Evaluate]] = []
        if self.accept("}"):
            return make.mapping(())
        while True:
            key = self.expression().evaluate
            self.expect(":", "behind the key of a map")
            entries.append((key, self.expression().evaluate))
            if not self.accept(","):
                break
        self.expect("}", "behind a map")
        return make.mapping(tuple(entries))
