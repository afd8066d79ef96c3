"""Which of a session's tokens a request carries."""

from collections.abc import Callable

from gatewright.client.session import Session


def token_source(session: Session, use: str) -> Callable[[], str]:
    """Return the function that brings a token: `id` or `access`.

    Raises:
        ValueError: there is no such token.
    """
    if use not in ("id", "access"):
        raise ValueError(f"use is 'id' or 'access', not {use!r}")
    return session.id_token if use == "id" else session.access_token
