"""A mapping template: text in, a compiled template out; variables in, text out.

Law: rendering is pure. It reads the variables that it is given, writes only to objects that were given to be written to
(`Context`, maps of the payload), and never evaluates a value: what a client sends is data, whatever it looks like.
Source: API Gateway developer guide, "Mapping templates"; Apache Velocity 1.7 user guide.
"""

from collections.abc import Mapping

from gatewright.gateway.velocity.directives import sequence
from gatewright.gateway.velocity.errors import BodyError, JavaException, TemplateError
from gatewright.gateway.velocity.limits import MAX_TEMPLATE
from gatewright.gateway.velocity.parse import Parser
from gatewright.gateway.velocity.scope import Break, Scope, Stop, Write
from gatewright.gateway.velocity.util import UTIL
from gatewright.gateway.velocity.values import shielded


class Template:
    """A compiled template; it may be rendered any number of times, also at once.

    `constant` is its text where it holds no reference and no directive, else None. `names` are the variables that it
    refers to at the top, such as `input` and `context`: what is not among them need not be made.
    """

    __slots__ = ("_write", "constant", "names")

    def __init__(self, write: Write, constant: str | None, names: frozenset[str]) -> None:
        self._write = write
        self.constant = constant
        self.names = names

    def render(self, variables: Mapping[str, object]) -> str:
        """Return what the template writes with these variables; `$util` is there without being given.

        Raises:
            BodyError: the template asked for a part of a payload that is not the JSON that it claims to be.
            TemplateError: the template failed, or went beyond a limit.
        """
        if self.constant is not None:
            return self.constant
        out: list[str] = []
        try:
            scope = {name: shielded(None, value) for name, value in variables.items()}
            scope.setdefault("util", UTIL)
            self._write(Scope(scope), out)
        except (Stop, Break):
            pass
        except JavaException as error:
            raise TemplateError(0, str(error)) from None
        except RecursionError:
            raise TemplateError(0, "the template is nested too deeply") from None
        text = "".join(out)
        # half of a surrogate pair can come out of JSON's \ud800 and cannot be sent; Java sends a question mark for it
        return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def compile_template(text: str) -> Template:
    """Compile a mapping template.

    Raises:
        TemplateError: it is malformed, larger than API Gateway allows, or uses what is not supported.
    """
    if len(text) > MAX_TEMPLATE or len(text.encode("utf-8", "replace")) > MAX_TEMPLATE:
        raise TemplateError(0, f"a mapping template may have {MAX_TEMPLATE} bytes")
    parser = Parser(text)
    try:
        pieces = parser.template()
    except RecursionError:
        raise TemplateError(0, "the template is nested too deeply") from None
    return Template(sequence(pieces), parser.constant, frozenset(parser.names))


__all__ = ["BodyError", "Template", "TemplateError", "compile_template"]
