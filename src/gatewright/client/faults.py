"""What can go wrong for a client. Every message is for the person who reads it; none has a secret in it."""


class CallRefused(Exception):
    """A service answered with an error: AWS's code and message, and the id to ask about the request with."""

    def __init__(self, code: str, message: str, operation: str, status: int, request_id: str = "") -> None:
        super().__init__(f"{operation} was refused: {code}: {message}")
        self.code = code
        self.message = message
        self.operation = operation
        self.status = status
        self.request_id = request_id  # `gatewright explain REQUEST-ID` tells why


class Unreachable(Exception):
    """There was no answer, or none that AWS would give."""


class SignedOut(Exception):
    """The session is over: sign in again."""
