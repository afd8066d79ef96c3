"""The door of `sts`: operations and permissions. Only lists; nothing is stored, so nothing is published."""

from gatewright.control.service import Service
from gatewright.services.sts.actions import permissions
from gatewright.services.sts.assume_role import assume_role
from gatewright.services.sts.authorization_messages import decode_authorization_message
from gatewright.services.sts.callers import get_access_key_info, get_caller_identity, get_session_token
from gatewright.services.sts.web_identity import assume_role_with_web_identity

STS = Service(
    name="sts",
    operations={
        "AssumeRole": assume_role,
        "AssumeRoleWithWebIdentity": assume_role_with_web_identity,
        "DecodeAuthorizationMessage": decode_authorization_message,
        "GetAccessKeyInfo": get_access_key_info,
        "GetCallerIdentity": get_caller_identity,
        "GetSessionToken": get_session_token,
    },
    permissions=permissions,
    reads=frozenset(
        {"AssumeRole", "AssumeRoleWithWebIdentity", "DecodeAuthorizationMessage"}
    ),  # a session leaves no row
)
