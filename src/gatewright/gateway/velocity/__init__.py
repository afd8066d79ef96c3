"""Mapping templates: Velocity as API Gateway runs it, with an interpreter of our own.

In: the text of a template; the variables `input`, `util`, `context`, `stageVariables`. Out: text.
Law: pure. No I/O, no clock, no import from the rest of the gateway. Neither a template nor the data that a client
sends can reach a Python attribute, run for ever, or grow without bounds; a value is never evaluated as a template.

How to read it: `template.py` is the door; `parse.py` and `parse_expression.py` read, `directives.py` and
`expressions.py` are what is read turned into closures, `members.py` is what a template may do with a value,
`input.py`, `util.py` and `context.py` are AWS's own variables, `limits.py` is every bound.

    template = compile_template('{"id": "$input.params(\\'id\\')"}')
    template.render({"input": Input(body, path, querystring, header), "util": UTIL, "context": Context({...})})
"""

from gatewright.gateway.velocity.context import Context
from gatewright.gateway.velocity.errors import BodyError, TemplateError
from gatewright.gateway.velocity.input import Input
from gatewright.gateway.velocity.template import Template, compile_template
from gatewright.gateway.velocity.util import UTIL

__all__ = ["UTIL", "BodyError", "Context", "Input", "Template", "TemplateError", "compile_template"]
