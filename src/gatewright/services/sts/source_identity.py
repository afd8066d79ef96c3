"""The source identity: who stands behind a chain of sessions. Once set, no further role can change it.

Source: IAM user guide, "Monitor and control actions taken with assumed roles".
"""

import re

from gatewright.core.identity import Caller
from gatewright.services.sts.faults import access_denied, validation_error

_FORM = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)


def is_source_identity(text: str) -> bool:
    """Say whether a text can be a source identity."""
    return _FORM.fullmatch(text) is not None and not text.lower().startswith("aws:")


def source_identity_of(given: str | None, caller: Caller) -> str | None:
    """Return a new session's source identity: what is asked for, or what the calling session has.

    Raises:
        Fault: `AccessDenied` where it would be changed; `ValidationError` for one that is reserved.
    """
    held = caller.source_identity
    if given is not None and not is_source_identity(given):
        raise validation_error("SourceIdentity has 2 to 64 of the characters a-z A-Z 0-9 _ + = , . @ - and no aws:.")
    if held is not None and given not in (None, held):
        raise access_denied(f"The source identity of this session is {held} and cannot be changed.")
    return given or held
