"""The client: sign in, get credentials, sign requests. For Gatewright and for AWS alike.

    pool = UserPool("us-east-1_Abc123", "client-id")
    session = pool.sign_in("jane", password)
    visitor = IdentityPool("us-east-1:…", session)
    httpx.get(url, auth=SigV4Auth(visitor.credentials))       # from gatewright.client.httpx_auth
    httpx.get(url, auth=TokenAuth(session))                   # a COGNITO_USER_POOLS authorizer

Law: it speaks HTTP only, and imports nothing of the server but the wire and the core; `import gatewright.client` loads
no HTTP library. Passwords, secrets and tokens are in no message and in no `repr`.
"""

from gatewright.client.challenge import Authenticator, Challenge, ChallengeRequired
from gatewright.client.faults import CallRefused, SignedOut, Unreachable
from gatewright.client.identity_pool import IdentityPool
from gatewright.client.kept import Device, Kept, SessionFile, SessionStore, Tokens
from gatewright.client.session import Session
from gatewright.client.sigv4_client import SignedRequest, SigV4Client
from gatewright.client.srp import DishonestServer
from gatewright.client.user_pool import UserPool
from gatewright.wire.sigv4.sign import Credentials

__all__ = [
    "Authenticator",
    "CallRefused",
    "Challenge",
    "ChallengeRequired",
    "Credentials",
    "Device",
    "DishonestServer",
    "IdentityPool",
    "Kept",
    "Session",
    "SessionFile",
    "SessionStore",
    "SigV4Client",
    "SignedOut",
    "SignedRequest",
    "Tokens",
    "Unreachable",
    "UserPool",
]
