"""`InitiateAuth`: the first step of a sign-in, by one of the flows that the client allows.

In: the flow and its parameters. Out: a challenge, or tokens. Law: a flow that the client does not allow is refused
before anything is looked up; the client shows its secret before its user is looked for.
Source: Cognito API reference, `InitiateAuth`; Cognito developer guide, "Authentication flows".
"""

from collections.abc import Awaitable, Callable, Mapping

from gatewright.control.service import Call, Params, Result
from gatewright.services.cognito_idp.faults import invalid_parameter
from gatewright.services.cognito_idp.pools.client_settings import allows_flow
from gatewright.services.cognito_idp.pools.find import find_client
from gatewright.services.cognito_idp.pools.pool_settings import is_lite, not_in_tier
from gatewright.services.cognito_idp.sign_in.candidates import Candidate, candidate_of
from gatewright.services.cognito_idp.sign_in.challenges import NOBODY, Challenge, new_challenge
from gatewright.services.cognito_idp.sign_in.choice import begin_choice
from gatewright.services.cognito_idp.sign_in.password_proof import ask_verifier, prove_plain
from gatewright.services.cognito_idp.sign_in.secret_hash import check_secret_hash
from gatewright.services.cognito_idp.sign_in.sign_in import SigningIn, go_on
from gatewright.services.cognito_idp.sign_in.srp_exchange import required
from gatewright.services.cognito_idp.tokens.get_tokens import refresh
from gatewright.storage.user_pools import UserPool, UserPoolClient

REFRESHING = frozenset({"REFRESH_TOKEN", "REFRESH_TOKEN_AUTH"})
_ADMINISTRATORS = frozenset({"ADMIN_NO_SRP_AUTH", "ADMIN_USER_PASSWORD_AUTH"})

# Characters of what a session remembers: a name that signs in, and a device key as the model has it.
_LONGEST = {"USERNAME": 512, "DEVICE_KEY": 55}

Parameters = Mapping[str, str]


async def initiate_auth(call: Call, params: Params) -> Result:
    """Begin a sign-in, or refresh one.

    Raises:
        Fault: `NotAuthorizedException`, `UserNotFoundException`, `InvalidParameterException` …
    """
    flow: str = params["AuthFlow"]
    if flow in _ADMINISTRATORS:
        raise invalid_parameter("Initiate Auth method not supported.")
    pool, client = find_client(call, params["ClientId"])
    return await begin(call, pool, client, flow, params)


async def begin(call: Call, pool: UserPool, client: UserPoolClient, flow: str, params: Params) -> Result:
    """Begin a sign-in by a flow, for its user or for an administrator.

    Raises:
        Fault: as `initiate_auth`.
    """
    parameters: Parameters = params.get("AuthParameters") or {}
    _refuse_what_is_not_enforced(flow, params)
    if flow in REFRESHING:
        return await refresh(call, pool, client, parameters)
    must_allow(client, flow)
    if flow == "USER_AUTH" and is_lite(pool.settings):  # the pool may have had another plan before
        raise not_in_tier(flow)
    name = required(parameters, "USERNAME")
    _must_be_short(parameters)
    check_secret_hash(call, client, name, parameters.get("SECRET_HASH"))
    candidate = await candidate_of(call, pool, client, name)
    start = new_challenge(
        client,
        "",
        sub=candidate.user.sub if candidate.user is not None else NOBODY,
        username=candidate.username,
        given=name,
        flow=flow,
        now=call.now,
        device_key=parameters.get("DEVICE_KEY"),
    )
    return await _FLOWS[flow](call, pool, client, start, candidate, params)


def _must_be_short(parameters: Parameters) -> None:
    for name, longest in _LONGEST.items():
        if len(parameters.get(name, "")) > longest:
            raise invalid_parameter(f"{name} has at most {longest} characters.")


def must_allow(client: UserPoolClient, flow: str) -> None:
    """Refuse a flow that the client does not allow, in AWS's words for each.

    Raises:
        Fault: `InvalidParameterException`.
    """
    if allows_flow(client, flow):
        return
    if flow == "USER_PASSWORD_AUTH":
        raise invalid_parameter("USER_PASSWORD_AUTH flow not enabled for this client")
    if flow in _ADMINISTRATORS:
        raise invalid_parameter("Auth flow not enabled for this client")
    raise invalid_parameter(f"{flow} is not enabled for the client.")


def _refuse_what_is_not_enforced(flow: str, params: Params) -> None:
    if flow == "CUSTOM_AUTH":
        raise invalid_parameter("CUSTOM_AUTH needs Lambda triggers, which come later. Use another flow.")
    if (params.get("AuthParameters") or {}).get("TARGET_ACR_VALUES"):
        raise invalid_parameter("TARGET_ACR_VALUES is not supported yet. Leave it out.")
    if params.get("Session") and flow != "USER_AUTH":
        raise invalid_parameter("Session, which continues a sign-up, is for the AuthFlow USER_AUTH. Leave it out.")


async def _srp(
    call: Call, pool: UserPool, client: UserPoolClient, start: Challenge, candidate: Candidate, params: Params
) -> Result:
    asked: Result = ask_verifier(call, start, candidate, required(params["AuthParameters"], "SRP_A"))
    return asked


async def _password(
    call: Call, pool: UserPool, client: UserPoolClient, start: Challenge, candidate: Candidate, params: Params
) -> Result:
    user = await prove_plain(call, pool, client, candidate, required(params["AuthParameters"], "PASSWORD"))
    return await go_on(call, SigningIn(pool, client, user, start).having_proved("password"))


async def _choice(
    call: Call, pool: UserPool, client: UserPoolClient, start: Challenge, candidate: Candidate, params: Params
) -> Result:
    return await begin_choice(call, pool, client, start, candidate, params)


_Flow = Callable[[Call, UserPool, UserPoolClient, Challenge, Candidate, Params], Awaitable[Result]]
_FLOWS: dict[str, _Flow] = {
    "USER_SRP_AUTH": _srp,
    "USER_PASSWORD_AUTH": _password,
    "ADMIN_USER_PASSWORD_AUTH": _password,
    "ADMIN_NO_SRP_AUTH": _password,
    "USER_AUTH": _choice,
}
