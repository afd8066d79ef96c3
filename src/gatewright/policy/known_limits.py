"""Session policies that a session carries by name, because every session of its kind has the same.

In: a name. Out: its document. Law: no policy document begins like a name, so that none can be taken for one; an
unknown name is no policy, and whoever carries it has no permissions. Why: each signed request carries its session.
Source: STS API reference, `GetSessionToken` and `GetFederationToken`, Permissions; `scope_down.py` for Cognito's.
"""

import json
from functools import cache

from gatewright.policy import scope_down

USER_WITHOUT_MFA = "sts:session-token"
USER_WITH_MFA = "sts:session-token-mfa"
FEDERATED_USER = "sts:federated-user"

_CHAIN = ("sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity", "sts:GetCallerIdentity")


@cache
def document(name: str) -> str | None:
    """Return the policy document that a name stands for, None where it is no such name."""
    if name == scope_down.NAME:
        return scope_down.document()
    known = {
        USER_WITHOUT_MFA: (("iam:*", "sts:*"), _CHAIN),
        USER_WITH_MFA: (("sts:*",), _CHAIN),
        FEDERATED_USER: (("iam:*", "sts:*"), ("sts:GetCallerIdentity",)),
    }
    return _all_but(*known[name]) if name in known else None


def _all_but(closed: tuple[str, ...], open_still: tuple[str, ...]) -> str:
    statements = [
        {"Effect": "Allow", "NotAction": list(closed), "Resource": "*"},
        {"Effect": "Allow", "Action": list(open_still), "Resource": "*"},
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})
