"""The door of `sts`: operations and permissions. Only lists; no session is stored, so nothing is published."""

from gatewright.control.service import Service
from gatewright.services.sts.actions import permissions
from gatewright.services.sts.assume_role import assume_role
from gatewright.services.sts.authorization_messages import decode_authorization_message
from gatewright.services.sts.callers import get_access_key_info, get_caller_identity, get_session_token
from gatewright.services.sts.federation_token import get_federation_token
from gatewright.services.sts.saml import assume_role_with_saml
from gatewright.services.sts.web_identity import assume_role_with_web_identity

STS = Service(
    name="sts",
    operations={
        "AssumeRole": assume_role,
        "AssumeRoleWithSAML": assume_role_with_saml,
        "AssumeRoleWithWebIdentity": assume_role_with_web_identity,
        "DecodeAuthorizationMessage": decode_authorization_message,
        "GetAccessKeyInfo": get_access_key_info,
        "GetCallerIdentity": get_caller_identity,
        "GetFederationToken": get_federation_token,
        "GetSessionToken": get_session_token,
    },
    permissions=permissions,
    reads=frozenset(
        {"AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "DecodeAuthorizationMessage"}
    ),  # a session leaves no row
    writes=frozenset({"GetSessionToken"}),  # the last MFA code that was used
)
