"""`GetCredentialsForIdentity`, the enhanced flow, and `GetOpenIdToken`, the classic one.

Law: this is the hot path: pool, identity, role and trust policy are read from memory, the session is sealed, nothing
is written. What an unauthenticated identity gets by the enhanced flow is scoped down (`policy/scope_down.py`). Source:
Cognito developer guide, "Identity pools authentication flow".

The classic flow is open only where `AllowClassicFlow` is true. AWS also lets it pass where the flag was never set; as
the flow escapes the scope-down, what was not switched on is off here.
"""

from datetime import UTC, datetime

from gatewright.control.service import Call, Params, Result
from gatewright.control.web_identity import SessionWanted, WebIdentity, may_assume, session_of
from gatewright.policy import scope_down
from gatewright.policy.audience import PROVIDER
from gatewright.services.cognito_identity.faults import invalid_configuration, invalid_parameter
from gatewright.services.cognito_identity.identities import STEP, must_be_open_to_visitors, pool_of_identity
from gatewright.services.cognito_identity.pool_roles import UNAUTHENTICATED
from gatewright.services.cognito_identity.pools import Pool
from gatewright.services.cognito_identity.signing_keys import signed
from gatewright.storage.credentials import SessionTooLarge
from gatewright.storage.principals import SHELF as PRINCIPALS
from gatewright.storage.principals import Principal

_SESSION_NAME = "CognitoIdentityCredentials"
_SECONDS = 3_600
_TOKEN_SECONDS = 600


async def get_credentials_for_identity(call: Call, params: Params) -> Result:
    """Give an identity temporary credentials of its pool's role, scoped down.

    Raises:
        Fault: `ResourceNotFoundException`, `NotAuthorizedException`, `InvalidIdentityPoolConfigurationException` …
    """
    identity_id: str = params["IdentityId"]
    pool = await pool_of_identity(call, identity_id)
    must_be_open_to_visitors(call, pool, params)
    if params.get("CustomRoleArn") is not None:
        raise invalid_parameter("CustomRoleArn chooses among the roles of a login; this identity has no login.")
    role = _role_of_visitors(call, pool)
    identity = WebIdentity(
        provider=PROVIDER, subject=identity_id, audience=pool.identity_pool_id, methods=(UNAUTHENTICATED,)
    )
    wanted = SessionWanted(name=_SESSION_NAME, seconds=_SECONDS, policies=(scope_down.NAME,))
    if not may_assume(call, role, identity, wanted):
        raise invalid_configuration()
    try:
        credentials = call.credentials.issue(session_of(call, role, identity, wanted))
    except SessionTooLarge:
        raise invalid_configuration() from None
    return {
        "IdentityId": identity_id,
        "Credentials": {
            "AccessKeyId": credentials.access_key_id,
            "SecretKey": credentials.secret_access_key,
            "SessionToken": credentials.session_token,
            "Expiration": datetime.fromtimestamp(int(credentials.expiration), UTC),
        },
    }


def _role_of_visitors(call: Call, pool: Pool) -> Principal:
    arn = pool.roles.get(UNAUTHENTICATED)
    if arn is None:
        call.trace.refused(
            STEP, "The pool has no role for unauthenticated identities: set it with SetIdentityPoolRoles."
        )
        raise invalid_configuration()
    role: Principal | None = call.shelf(PRINCIPALS).get(arn)
    if role is None or role.trust_policy is None:
        call.trace.refused(STEP, f"The pool's role {arn} does not exist.")
        raise invalid_configuration()
    return role


async def get_open_id_token(call: Call, params: Params) -> Result:
    """Give an identity a token for `sts:AssumeRoleWithWebIdentity`, good for ten minutes.

    Raises:
        Fault: `ResourceNotFoundException`, `NotAuthorizedException`, `InvalidParameterException`.
    """
    identity_id: str = params["IdentityId"]
    pool = await pool_of_identity(call, identity_id)
    must_be_open_to_visitors(call, pool, params)
    if not pool.allow_classic_flow:
        call.trace.refused(STEP, "AllowClassicFlow of the pool is not true.")
        raise invalid_parameter("Basic (classic) flow is not enabled, please use enhanced flow.")
    issued = int(call.now)
    claims = {
        "sub": identity_id,
        "aud": pool.identity_pool_id,
        "amr": [UNAUTHENTICATED],
        "iss": f"https://{PROVIDER}",
        "iat": issued,
        "exp": issued + _TOKEN_SECONDS,
    }
    return {"IdentityId": identity_id, "Token": await signed(call, claims)}
