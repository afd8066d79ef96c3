"""`AdminInitiateAuth`, `AdminRespondToAuthChallenge`: a server signs its users in, with an IAM permission.

Law: the same steps as for users; beside their flows the server may send a password for them.
Source: Cognito API reference, `AdminInitiateAuth`.
"""

from gatewright.control.service import Call, Params, Result
from gatewright.services.cognito_idp.faults import invalid_parameter
from gatewright.services.cognito_idp.pools.find import client_of, find_pool
from gatewright.services.cognito_idp.sign_in.initiate_auth import begin
from gatewright.services.cognito_idp.sign_in.respond_to_auth_challenge import respond


async def admin_initiate_auth(call: Call, params: Params) -> Result:
    """Begin a sign-in for a user.

    Raises:
        Fault: as `InitiateAuth`.
    """
    pool = find_pool(call, params["UserPoolId"])
    client = client_of(call, pool, params["ClientId"])
    flow: str = params["AuthFlow"]
    if flow == "USER_PASSWORD_AUTH":
        raise invalid_parameter("USER_PASSWORD_AUTH is for InitiateAuth. Use ADMIN_USER_PASSWORD_AUTH.")
    return await begin(call, pool, client, flow, params)


async def admin_respond_to_auth_challenge(call: Call, params: Params) -> Result:
    """Answer a challenge for a user.

    Raises:
        Fault: as `RespondToAuthChallenge`.
    """
    pool = find_pool(call, params["UserPoolId"])
    return await respond(call, pool, client_of(call, pool, params["ClientId"]), params)
