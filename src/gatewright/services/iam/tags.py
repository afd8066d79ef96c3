"""Tags of users, roles and policies: AWS's rules, and their form in an answer.

Source: IAM user guide, "Rules for tagging in IAM and AWS STS". Keys are told apart without regard to case.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from gatewright.services.iam.faults import invalid_input
from gatewright.wire.faults import Fault

_MOST = 50


def moment(at: float) -> datetime:
    """Return a moment as AWS answers it: UTC, whole seconds."""
    return datetime.fromtimestamp(int(at), UTC)


def read_tags(given: Iterable[Mapping[str, str]] | None) -> dict[str, str]:
    """Return the tags of a request.

    Raises:
        Fault: `InvalidInput` for duplicate or reserved keys, `LimitExceeded` for too many.
    """
    return merge_tags({}, given or ())


def merge_tags(old: Mapping[str, str], given: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return old tags with those of a request in their place.

    Raises:
        Fault: `InvalidInput` for duplicate or reserved keys, `LimitExceeded` for too many.
    """
    tags = {key.lower(): (key, value) for key, value in old.items()}
    seen: set[str] = set()
    for tag in given:
        key = tag["Key"]
        if key.lower().startswith("aws:"):
            raise invalid_input(f"Tag keys cannot begin with aws:, which is reserved: {key}")
        if key.lower() in seen:
            raise invalid_input("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
        seen.add(key.lower())
        tags[key.lower()] = (key, tag["Value"])
    if len(tags) > _MOST:
        raise Fault("LimitExceeded", f"The number of tags has reached the maximum limit: {_MOST}", 409)
    return dict(tags.values())


def show_tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Return tags as AWS answers them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def drop_tags(old: Mapping[str, str], keys: Iterable[str]) -> dict[str, str]:
    """Return tags without some keys; a key that is not there is no error."""
    gone = {key.lower() for key in keys}
    return {key: value for key, value in old.items() if key.lower() not in gone}
