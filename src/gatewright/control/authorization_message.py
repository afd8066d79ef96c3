"""The encoded authorization message: why an AWS API call was refused, for those who may decode it.

In: an explanation. Out: text that only this installation can read, and back again: a JSON document in the shape that
`sts:DecodeAuthorizationMessage` answers. Law: the caller who was refused learns nothing from it; it names what policies
say, and so it is sealed, for this account and for a day.

AWS appends such a message to the errors of some services (EC2 and others), after the words "Encoded authorization
failure message:". None of the services here is one of them, and their messages stay AWS's to the letter: it is handed
out in a header of its own.
Source: STS API reference, `DecodeAuthorizationMessage`. That a message expires is AWS's; after how long is not known.
"""

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from typing import Any

from gatewright.policy.context import AuthorizationRequest
from gatewright.policy.decision import Outcome
from gatewright.policy.explain import Explanation
from gatewright.policy.findings import findings
from gatewright.policy.record import context_of
from gatewright.storage.keys import Keys, SealBroken

HEADER = "x-gatewright-authorization-message"
_PURPOSE = "authorization messages"
_SECONDS = 86_400  # how long a message can be decoded
_LONGEST = 6_144  # characters: a header must pass through proxies
_MOST_BYTES = 65_536  # of a document, decompressed


class BadMessage(Exception):  # the service knows which of its errors this is
    """The message was not made here, or for another account, or it has expired."""


def encode(keys: Keys, account: str, request: AuthorizationRequest, explanation: Explanation) -> str:
    """Return the encoded message of a refusal."""
    document = describe(request, explanation)
    text = _sealed(keys, account, request.now, document)
    if len(text) > _LONGEST:
        document["failures"] = {"items": document["failures"]["items"][:2]}
        document["context"]["conditions"] = {"items": document["context"]["conditions"]["items"][:10]}
        text = _sealed(keys, account, request.now, document)
    return text if len(text) <= _LONGEST else ""


def decode(keys: Keys, account: str, message: str, now: float) -> str:
    """Return the JSON document of an encoded message.

    Raises:
        BadMessage: it cannot be decoded.
    """
    try:
        sealed = urlsafe_b64decode(message.encode("ascii"))
        if urlsafe_b64encode(sealed).decode() != message:
            raise BadMessage
        plain = keys.open(_PURPOSE, sealed, account.encode())
    except (BadBase64, ValueError, SealBroken):
        raise BadMessage from None
    at, _, packed = plain.partition(b"\n")
    if not float(at) <= now + 1 or now - float(at) > _SECONDS:
        raise BadMessage
    return zlib.decompressobj().decompress(packed, _MOST_BYTES).decode()


def describe(request: AuthorizationRequest, explanation: Explanation) -> dict[str, Any]:
    """Return a refusal as AWS describes one; what came near to allowing it stands in `failures`."""
    found = findings(explanation)
    decision, caller = explanation.decision, request.caller
    matched = [] if decision.outcome is not Outcome.EXPLICIT_DENY else [_matched(found)]
    return {
        "allowed": decision.allowed,
        "explicitDeny": decision.outcome is Outcome.EXPLICIT_DENY,
        "matchedStatements": {"items": matched},
        "failures": {"items": found["near_misses"]},
        "context": {
            "principal": {"id": caller.user_id, "name": caller.arn.rsplit("/", 1)[-1], "arn": caller.arn},
            "action": request.action,
            "resource": request.resource,
            "conditions": {
                "items": [
                    {"key": key, "values": {"items": [{"value": value} for value in values]}}
                    for key, values in context_of(request).items()
                ]
            },
        },
    }


def _matched(found: dict[str, Any]) -> dict[str, Any]:
    return {
        "statementId": found["statement"],
        "effect": "DENY",
        "policyName": found["policy"],
        "policyType": found["policy_kind"],
        "actions": {"items": [{"value": found["action"]}]},
        "resources": {"items": [{"value": found["resource"]}]},
    }


def _sealed(keys: Keys, account: str, at: float, document: dict[str, Any]) -> str:
    packed = zlib.compress(json.dumps(document, separators=(",", ":")).encode())
    return urlsafe_b64encode(keys.seal(_PURPOSE, b"%.3f\n" % at + packed, account.encode())).decode()
