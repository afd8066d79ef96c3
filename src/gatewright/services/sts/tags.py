"""Session tags: `Tags` of a request become `aws:PrincipalTag/…` of the session, above the role's own.

Source: IAM user guide, "Pass session tags in AWS STS".
"""

from collections.abc import Mapping

from gatewright.control.service import Params
from gatewright.services.sts.faults import validation_error
from gatewright.wire.faults import Fault

_MOST = 50


def session_tags(params: Params) -> dict[str, str]:
    """Return the session tags of a request.

    Raises:
        Fault: `ValidationError` for duplicate or reserved keys or too many tags.
    """
    tags: dict[str, str] = {}
    for tag in params.get("Tags") or ():
        key = tag["Key"]
        if key.lower().startswith("aws:"):
            raise validation_error(f"Tag keys cannot begin with aws:, which is reserved: {key}")
        if key.lower() in {known.lower() for known in tags}:
            raise Fault(
                "InvalidParameterValue", "Duplicate tag keys found. Please note that Tag keys are case insensitive."
            )
        tags[key] = tag["Value"]
    if len(tags) > _MOST:
        raise validation_error(f"A session can have at most {_MOST} tags.")
    return tags


def above(role: Mapping[str, str], session: Mapping[str, str]) -> dict[str, str]:
    """Return a session's principal tags: the role's, with those of the session in their place, whatever their case."""
    overridden = {key.lower() for key in session}
    return {key: value for key, value in role.items() if key.lower() not in overridden} | dict(session)
