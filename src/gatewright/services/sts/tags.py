"""Session tags: `Tags` of a request become `aws:PrincipalTag/…` of the session, above the role's own.

Law: a transitive tag stays with every further session of the chain and cannot be changed there; one that a session
inherits is asked for like one that is passed (`sts:TagSession`, `aws:RequestTag/…`), which is the strict reading.
Source: IAM user guide, "Pass session tags in AWS STS".
"""

import re
from collections.abc import Iterable, Mapping

import msgspec

from gatewright.control.service import Params
from gatewright.core.identity import Caller
from gatewright.services.sts.faults import validation_error
from gatewright.wire.faults import Fault

_MOST = 50
_LONGEST_KEY, _LONGEST_VALUE = 128, 256
_FORBIDDEN = re.compile(r"[^\w .:/=+\-@]")  # AWS: letters, numbers, spaces, _ . : / = + - @


class SessionTags(msgspec.Struct, frozen=True):
    """The tags of a session, and which of them the next role of the chain inherits."""

    tags: Mapping[str, str] = {}
    transitive: tuple[str, ...] = ()


def session_tags(params: Params, caller: Caller | None = None) -> SessionTags:
    """Return the session tags of a request, with those that the calling session hands on.

    Raises:
        Fault: `ValidationError` or `InvalidParameterValue`.
    """
    given = checked((tag["Key"], tag["Value"]) for tag in params.get("Tags") or ())
    transitive = tuple(params.get("TransitiveTagKeys") or ())
    held = {} if caller is None else {key: caller.tags[key] for key in caller.transitive_tags}
    for key in transitive:
        if key not in given:
            raise _invalid("The specified transitive tag key must be included in the requested tags.")
    inherited = {key.lower() for key in held}
    if not inherited.isdisjoint(key.lower() for key in given):
        raise _invalid(
            "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from "
            "the calling session."
        )
    return _bounded(SessionTags({**held, **given}, (*held, *dict.fromkeys(transitive))))


def checked(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return tags that a session may have.

    Raises:
        Fault: `ValidationError` for duplicate, reserved or malformed ones.
    """
    tags: dict[str, str] = {}
    seen: set[str] = set()
    for key, value in pairs:
        if key.lower().startswith("aws:"):
            raise validation_error(f"Tag keys cannot begin with aws:, which is reserved: {key}")
        if key.lower() in seen:
            raise _invalid("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
        if not 0 < len(key) <= _LONGEST_KEY or len(value) > _LONGEST_VALUE:
            raise validation_error(f"A tag key has 1 to {_LONGEST_KEY} characters, its value up to {_LONGEST_VALUE}.")
        if _FORBIDDEN.search(key) or _FORBIDDEN.search(value):
            raise validation_error(f"The tag {key[:_LONGEST_KEY]} has characters that tags cannot have.")
        seen.add(key.lower())
        tags[key] = value
    return tags


def federated_tags(tags: Mapping[str, str], transitive: Iterable[str]) -> SessionTags:
    """Return the tags that came with a login.

    Raises:
        Fault: `ValidationError` or `InvalidParameterValue`.
    """
    keys = tuple(dict.fromkeys(transitive))
    if not set(keys) <= set(tags):
        raise _invalid("The specified transitive tag key must be included in the requested tags.")
    return _bounded(SessionTags(checked(tags.items()), keys))


def _bounded(tags: SessionTags) -> SessionTags:
    if len(tags.tags) > _MOST:
        raise validation_error(f"A session can have at most {_MOST} tags.")
    return tags


def _invalid(message: str) -> Fault:
    return Fault("InvalidParameterValue", message, 400)
