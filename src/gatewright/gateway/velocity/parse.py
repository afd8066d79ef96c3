"""The grammar of templates: text, escapes, comments, directives, and which blanks a directive swallows.

Law: what API Gateway was recorded to do, it does here; a directive that it does not run is text, as there, except for
those that would read files (#parse, #include), which are refused.

Blanks, as Velocity 1.7 has them: a directive in parentheses, #end and #else swallow the rest of their line if it is
blank; #set also swallows the blanks before it, if nothing but they stand between it and the directive, reference or
comment before.
Source: Apache Velocity 1.7 user guide, "VTL: Formatting issues", "Escaping"; recordings in tests/vectors/velocity.
"""

import re

from gatewright.gateway.velocity import directives as make
from gatewright.gateway.velocity.errors import TemplateError
from gatewright.gateway.velocity.expressions import Reference, Truth, assign, write_reference
from gatewright.gateway.velocity.parse_expression import REFERENCE, ExpressionParser, TooDeep
from gatewright.gateway.velocity.scope import Write

_SPECIAL = re.compile(r"[$#\\]")
_DIRECTIVE = re.compile(r"#(?:\{([A-Za-z]+)\}|([A-Za-z_@][A-Za-z0-9_@]*))")
_COMMENT = re.compile(r"##[^\r\n]*(?:\r\n|\r|\n)?")
_REST_OF_LINE = re.compile(r"[ \t]*(?:\r\n|\r|\n)")
_OPEN = re.compile(r"[ \t]*(?=\()")
_MACRO = re.compile(r"[ \t]*\(\s*[A-Za-z_][\w-]*(?:[\s,]+\$!?\{?[A-Za-z_][\w-]*\}?)*\s*\)")
_ENDS = frozenset(("end", "else", "elseif"))
_REFUSED = frozenset(("parse", "include"))


class _Pieces:
    """The pieces of one block: text is gathered until something else follows."""

    __slots__ = ("run", "text", "writes")

    def __init__(self) -> None:
        self.writes: list[Write] = []
        self.text: list[str] = []
        self.run = 0  # where in `text` the run of plain text begins that #set may take blanks from

    def add_text(self, text: str) -> None:
        if text:
            self.text.append(text)

    def end_run(self) -> None:
        self.run = len(self.text)

    def drop_blanks(self) -> None:
        if not "".join(self.text[self.run :]).strip(" \t"):
            del self.text[self.run :]

    def add(self, write: Write) -> None:
        self.flush()
        self.writes.append(write)

    def flush(self) -> None:
        if self.text:
            self.writes.append(make.literal("".join(self.text)))
            self.text = []
        self.run = 0


class Parser(ExpressionParser):
    """Compiles a template, or the inside of a string in double quotes."""

    def __init__(self, text: str, outer: ExpressionParser | None = None, line: int = 1) -> None:
        super().__init__(text, line, outer.depth if outer else 0, outer.names if outer else None)
        self.in_string = outer is not None
        self.counters = "velocityCount" in text or "velocityHasNext" in text
        if isinstance(outer, Parser):
            self.counters = self.counters or outer.counters
        self.constant: str | None = None  # the text of a template that is nothing else
        self._terminator = 0  # where the #end, #else or #elseif that was read last begins

    def template(self) -> list[Write]:
        """Compile the whole text.

        Raises:
            TemplateError: it is malformed.
        """
        pieces, _ = self._block("", 0)
        if not pieces.writes:
            self.constant = "".join(pieces.text)
        pieces.flush()
        return pieces.writes

    def string(self, text: str, line: int) -> Write | str:
        """Compile the inside of a string in double quotes; return plain text where it holds nothing to render."""
        self.deeper()
        inner = Parser(text, self, line)
        writes = inner.template()
        self.depth -= 1
        return make.sequence(writes) if inner.constant is None else inner.constant

    def _block(self, opened: str, line: int) -> tuple[_Pieces, str]:
        """Compile up to the directive that ends the block (returned), or up to the end of the template."""
        self.deeper()
        pieces = _Pieces()
        while True:
            found = _SPECIAL.search(self.text, self.place)
            if found is None:
                break
            pieces.add_text(self.text[self.place : found.start()])
            self.place = found.start()
            if found.group() == "$":
                self._dollar(pieces)
            elif found.group() == "\\":
                self._backslashes(pieces)
            elif (ended := self._hash(pieces, opened)) is not None:
                self.depth -= 1
                return pieces, ended
        if opened:
            raise TemplateError(line, f"#{opened} has no #end")
        pieces.add_text(self.text[self.place :])
        self.place = len(self.text)
        self.depth -= 1
        return pieces, ""

    def _dollar(self, pieces: _Pieces) -> None:
        reference = self.reference()
        if reference is None:
            self._lone("$", pieces)
        else:
            pieces.add(write_reference(reference))

    def _lone(self, character: str, pieces: _Pieces) -> None:
        if self.place + 1 == len(self.text) and not self.in_string:
            raise self.error(f"a template cannot end with {character}; API Gateway fails on it, too")
        pieces.add_text(character)
        self.place += 1

    def _backslashes(self, pieces: _Pieces) -> None:
        """Read backslashes: before a reference or directive two stand for one, and an odd one makes it text."""
        start = self.place
        while self.text.startswith("\\", self.place):
            self.place += 1
        count = self.place - start
        directive = _DIRECTIVE.match(self.text, self.place)
        known = directive is not None and self._word(directive) in _KNOWN
        if not known and not REFERENCE.match(self.text, self.place):
            pieces.add_text("\\" * count)
            return
        pieces.add_text("\\" * (count // 2))
        if count % 2:
            escaped = self.place
            if directive is not None:
                self.place = directive.end()
            else:
                self.reference()
            pieces.add_text(self.text[escaped : self.place])
            pieces.end_run()

    @staticmethod
    def _word(found: re.Match[str]) -> str:
        return found.group(1) or found.group(2)

    def _hash(self, pieces: _Pieces, opened: str) -> str | None:
        """Read what begins with `#`; return its name where it ends the block."""
        if self._comment(pieces):
            return None
        found = _DIRECTIVE.match(self.text, self.place)
        if found is None:
            self._lone("#", pieces)
            return None
        word = self._word(found)
        if word in _ENDS:
            if not opened or (word != "end" and opened not in ("if", "elseif")):
                raise self.error(f"#{word} without an #if or another block that it could belong to")
            self._terminator = self.place
            self.place = found.end()
            if word != "elseif":
                self._end_line()
            return word
        if word in _REFUSED:
            raise self.error(f"#{word} reads another template and is not supported by API Gateway")
        start = self.place
        self.place = found.end()
        directive = _KNOWN.get(word)
        if directive is None or not directive(self, pieces, self.line(start)):
            self._unknown(start, found.end(), pieces)
        return None

    def _comment(self, pieces: _Pieces) -> bool:
        text = self.text
        if text.startswith("##", self.place):
            found = _COMMENT.match(text, self.place)
            assert found is not None
            self.place = found.end()
        elif text.startswith("#*", self.place):
            end = text.find("*#", self.place + 2)
            if end < 0:
                raise self.error("the comment that begins here has no closing *#")
            self.place = end + 2
        elif text.startswith("#[[", self.place):
            end = text.find("]]#", self.place + 3)
            if end < 0:
                raise self.error("the unparsed text that begins here has no closing ]]#")
            pieces.add_text(text[self.place + 3 : end])
            self.place = end + 3
        else:
            return False
        pieces.end_run()
        return True

    def _unknown(self, start: int, end: int, pieces: _Pieces) -> None:
        """Take a directive that does not exist, with its arguments, as text: so does API Gateway."""
        depth = self.depth
        self.place = end
        if _OPEN.match(self.text, end):
            try:
                self.arguments()
            except TooDeep:
                raise
            except TemplateError:
                self.place, self.depth = end, depth
        pieces.add_text(self.text[start : self.place])
        pieces.end_run()

    def _end_line(self) -> None:
        found = _REST_OF_LINE.match(self.text, self.place)
        if found:
            self.place = found.end()

    def _opens(self) -> bool:
        found = _OPEN.match(self.text, self.place)
        if found is None:
            return False
        self.place = found.end() + 1
        return True

    def _must_open(self, name: str) -> None:
        if not self._opens():
            raise self.error(f"expected '(' behind #{name}, found {self.next_few()}")

    def _close(self, name: str) -> None:
        self.expect(")", f"to close #{name}")
        self._end_line()

    def _name(self, directive: str) -> Reference:
        self.blanks()
        reference = self.reference() if self.text.startswith("$", self.place) else None
        if reference is None:
            raise self.error(f"expected a reference in #{directive}, found {self.next_few()}")
        return reference

    def _body(self, opened: str, line: int) -> tuple[Write, str]:
        pieces, ended = self._block(opened, line)
        pieces.flush()
        return make.sequence(pieces.writes), ended

    def _set(self, pieces: _Pieces, line: int) -> bool:
        if not self._opens():
            return False
        pieces.drop_blanks()
        reference = self._name("set")
        self.expect("=", "in #set")
        value = self.expression()
        self._close("set")
        pieces.add(assign(reference, value))
        return True

    def _if(self, pieces: _Pieces, line: int) -> bool:
        branches: list[tuple[Truth, Write]] = []
        otherwise = None
        ended = "if"
        while ended in ("if", "elseif"):
            self._must_open(ended)
            condition = self.expression()
            self._close(ended)
            body, ended = self._body("if", line)
            branches.append((condition.truth, body))
        if ended == "else":
            otherwise, _ = self._body("else", line)
        pieces.add(make.choice(branches, otherwise, line))
        return True

    def _foreach(self, pieces: _Pieces, line: int) -> bool:
        self._must_open("foreach")
        variable = self._name("foreach")
        if variable.links:
            raise self.error("#foreach needs a plain variable")
        self.expect("in", "in #foreach")
        over = self.expression()
        self._close("foreach")
        body, _ = self._body("foreach", line)
        pieces.add(make.loop(variable.name, over, body, line, self.counters))
        return True

    def _define(self, pieces: _Pieces, line: int) -> bool:
        self._must_open("define")
        variable = self._name("define")
        if variable.links:
            raise self.error("#define needs a plain variable")
        self._close("define")
        body, _ = self._body("define", line)
        pieces.add(make.define(variable.name, body))
        return True

    def _macro(self, pieces: _Pieces, line: int) -> bool:
        """Read a macro and forget it: API Gateway does not run macros, and prints a call of one as it stands."""
        found = _MACRO.match(self.text, self.place)
        if found is None:
            raise self.error("expected '(name $arguments)' behind #macro")
        self.place = found.end()
        self._end_line()
        self._body("macro", line)
        pieces.end_run()
        return True

    def _literal_block(self, pieces: _Pieces, line: int) -> bool:
        self._must_open("literal")
        self._close("literal")
        start = self.place
        self._body("literal", line)
        pieces.add_text(self.text[start : self._terminator])
        pieces.end_run()
        return True

    def _stop(self, pieces: _Pieces, line: int) -> bool:
        pieces.add(make.stop)
        return True

    def _break(self, pieces: _Pieces, line: int) -> bool:
        pieces.add(make.leave)
        return True


_KNOWN = {
    "set": Parser._set,
    "if": Parser._if,
    "foreach": Parser._foreach,
    "define": Parser._define,
    "macro": Parser._macro,
    "literal": Parser._literal_block,
    "stop": Parser._stop,
    "break": Parser._break,
    "end": None,
    "else": None,
    "elseif": None,
    "parse": None,
    "include": None,
}
