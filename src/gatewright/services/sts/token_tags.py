"""Session tags and the source identity that come inside of an identity token.

In: a token's claims. Out: tags, the transitive ones among them, and who stands behind the session. Both spellings that
AWS documents are read: one object, and one claim for each tag.
Source: IAM user guide, "Pass session tags in AWS STS", AssumeRoleWithWebIdentity; "Monitor and control actions taken
with assumed roles".
"""

from collections.abc import Mapping
from typing import Any

from gatewright.services.sts.faults import invalid_identity_token
from gatewright.services.sts.source_identity import is_source_identity
from gatewright.services.sts.tags import SessionTags, federated_tags

_TAGS = "https://aws.amazon.com/tags"
_ONE_TAG = f"{_TAGS}/principal_tags/"
_TRANSITIVE = f"{_TAGS}/transitive_tag_keys"
_SOURCE_IDENTITY = "https://aws.amazon.com/source_identity"


def tags_of(claims: Mapping[str, Any]) -> SessionTags:
    """Return the session tags in a token's claims.

    Raises:
        Fault: `InvalidIdentityToken` where they are not as documented; `ValidationError` …
    """
    nested = claims.get(_TAGS, {})
    if not isinstance(nested, dict):
        raise _malformed()
    tags = nested.get("principal_tags", {})
    transitive = nested.get("transitive_tag_keys", claims.get(_TRANSITIVE, []))
    if not isinstance(tags, dict) or not isinstance(transitive, list):
        raise _malformed()
    flat = {name.removeprefix(_ONE_TAG): value for name, value in claims.items() if name.startswith(_ONE_TAG)}
    found = {key: _value(value) for key, value in {**flat, **tags}.items()}
    return federated_tags(found, [str(key) for key in transitive])


def source_identity_in(claims: Mapping[str, Any]) -> str | None:
    """Return the source identity in a token's claims.

    Raises:
        Fault: `InvalidIdentityToken` for one that AWS would not take.
    """
    given = claims.get(_SOURCE_IDENTITY)
    if given is None:
        return None
    if not isinstance(given, str) or not is_source_identity(given):
        raise invalid_identity_token('Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"')
    return given


def _value(value: Any) -> str:
    """Return a tag's value: it comes alone, or as a list of one."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, str):
        raise _malformed()
    return value


def _malformed() -> Exception:
    return invalid_identity_token(f"The claim {_TAGS} is not as documented: each tag has exactly one value.")
