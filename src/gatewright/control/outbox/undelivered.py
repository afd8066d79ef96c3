"""Why a message was not delivered. Reasons end up in lists and logs: they never repeat what the message says."""


class Undelivered(Exception):
    """This time the message did not leave; it is tried again."""


class Undeliverable(Exception):
    """The message will never be taken, however often it is tried."""
