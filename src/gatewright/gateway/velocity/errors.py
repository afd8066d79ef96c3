"""What can go wrong in a mapping template, and who is to blame.

Law: nothing else leaves this package as an exception. A `TemplateError` is the API owner's (AWS answers 500), a
`BodyError` is the client's (AWS answers 400). `JavaException` is inner: a method threw, and whoever knows the line
says so.
"""


class TemplateError(Exception):
    """A template that cannot be compiled, or that failed while it was rendered."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"line {line}: {message}" if line else message)
        self.line = line  # 1 is the first line of the template; 0 where no line is to blame
        self.message = message


class BodyError(TemplateError):
    """The payload claims to be JSON, the template asked for a part of it, and it cannot be parsed."""


class JavaException(Exception):
    """What a Java method would have thrown, such as an index out of bounds."""
