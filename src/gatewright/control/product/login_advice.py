"""What to change about a token, a login at an identity pool, or a sign-in.

In: the step that stopped a request, with the ids that it saw. Out: `Advice` with the command that does it. Law: where
the ids are not known the command has words in capitals in their place; nobody's token or password is ever in it.
"""

from gatewright.control.product.suggestions import Advice, word
from gatewright.core.trace import Kept, Step

_AGAIN = "Sign in again, and send the token whole and unchanged. After a reset, or with another data directory, "


def about_token(kept: Kept, step: Step) -> list[Advice]:
    """Return what to do about a token that an authorizer of type COGNITO_USER_POOLS did not take."""
    reason, details = step.reason, step.details
    use, pools = str(details.get("use", "id")), [str(pool) for pool in details.get("pools", ())]
    pool = pools[0] if pools else "USER_POOL"
    kind = "an ID token" if use == "id" else "an access token"
    of_pools = " or ".join(pools) or "the authorizer's user pool"
    send = f"gatewright login USER {word(pool)} CLIENT\ngatewright send --token {use} {word(f'http://{kept.host}{kept.path}')}"
    if "is missing or empty" in reason:
        return [Advice(f"Send {kind} of {of_pools} in the header {details.get('header', 'Authorization')}:", send)]
    if "another kind" in reason:
        text = f"Send {kind}: a method with authorizationScopes wants access tokens, one without wants ID tokens."
        return [Advice(text, send)]
    if "it expired" in reason:
        return [Advice("The token's time is over: refresh it, or sign in again.", send)]
    if "none of the user pools" in reason:
        return [
            Advice(f"The authorizer takes tokens of {of_pools} only. To let in those of another pool, too:", _add(kept))
        ]
    if "none of the method's scopes" in reason:
        text = "A sign-in with a password gives the scope aws.cognito.signin.user.admin, and no other."
        return [Advice(f"Ask for one of these scopes, or take authorizationScopes off the method, and deploy. {text}")]
    if reason.startswith("the token is refused"):
        return [Advice(f"{_AGAIN}the keys that sign tokens are new.", send)]
    return []


def _add(kept: Kept) -> str:
    arn = "arn:aws:cognito-idp:REGION:ACCOUNT:userpool/USER_POOL"
    return (
        f"aws apigateway update-authorizer --rest-api-id {word(kept.api_id)} --authorizer-id AUTHORIZER \\\n"
        f"    --patch-operations op=add,path=/providerARNs,value={arn}\n"
        f"aws apigateway create-deployment --rest-api-id {word(kept.api_id)} --stage-name {word(kept.stage_name)}"
    )


def about_login(kept: Kept, step: Step) -> list[Advice]:
    """Return what to do about a login that an identity pool did not take."""
    provider = str(step.details.get("provider", ""))
    if step.reason.startswith("The pool has no provider") and provider.startswith("cognito-idp."):
        text = "Tell the identity pool of the user pool and its app client (this sets all of its user pools anew):"
        return [Advice(text, _name_user_pool(step, "CLIENT"))]
    if step.reason.startswith("The pool has no provider"):
        text = "Logins has the name of a provider that the pool knows: cognito-idp.REGION.amazonaws.com/USER_POOL, or "
        return [Advice(f"{text}one of its SupportedLoginProviders, OpenIdConnectProviderARNs, SamlProviderARNs.")]
    if "does not name the client" in step.reason:
        client = step.reason.rpartition(" ")[2]
        text = "Tell the identity pool of this app client (this sets all of its user pools anew):"
        return [Advice(text, _name_user_pool(step, client))]
    if "another kind" in step.reason:
        return [Advice("Give the ID token: an access token names no audience.")]
    return []


def _name_user_pool(step: Step, client: str) -> str:
    details = step.details
    provider = f"ProviderName={details.get('provider')},ClientId={client}"
    visitors = "--allow" if details.get("visitors") else "--no-allow"  # as it is: a suggestion opens nothing by the way
    return (
        f"aws cognito-identity update-identity-pool --identity-pool-id {details.get('identity_pool', 'IDENTITY_POOL')} "
        f"\\\n    --identity-pool-name NAME {visitors}-unauthenticated-identities \\\n"
        f"    --cognito-identity-providers {word(provider)}"
    )


def about_identity_pool(kept: Kept, step: Step) -> list[Advice]:
    """Return what to do about an identity pool that gives this identity nothing."""
    pool = str(step.details.get("identity_pool", "IDENTITY_POOL"))
    if step.reason.startswith("AllowUnauthenticatedIdentities"):
        text = "Give a login (Logins). To let visitors in who do not sign in:"
        command = f"aws cognito-identity update-identity-pool --identity-pool-id {pool} --identity-pool-name NAME"
        return [Advice(text, f"{command} --allow-unauthenticated-identities")]
    if "has no role" in step.reason or step.reason.startswith("The role "):
        kind = next((one for one in ("unauthenticated", "authenticated") if one in step.reason), "KIND")
        text = "Give the pool a role whose trust policy lets its identities in (this sets all of its roles anew):"
        command = f"aws cognito-identity set-identity-pool-roles --identity-pool-id {pool}"
        return [Advice(text, f"{command} --roles {kind}=arn:aws:iam::ACCOUNT:role/ROLE")]
    if "AllowClassicFlow" in step.reason:
        return [Advice("Ask with GetCredentialsForIdentity, or set AllowClassicFlow of the identity pool.")]
    return []


def about_sign_in(kept: Kept, step: Step) -> list[Advice]:
    """Return what to do about a sign-in, or a token of one, that a user pool did not take."""
    if step.name == "password":
        text = "Nothing, if the password is wrong: this is how it should be. An administrator gives a new one with"
        command = "aws cognito-idp admin-set-user-password --user-pool-id USER_POOL --username USER"
        return [Advice(text, f"{command} --permanent --password NEW_PASSWORD")]
    if step.name == "lockout":
        return [Advice("Wait as long as it says: each further wrong password makes it longer.")]
    if step.name == "sign-in":
        return [
            Advice(
                "The user is disabled; an administrator changes that:",
                "aws cognito-idp admin-enable-user --user-pool-id USER_POOL --username USER",
            )
        ]
    if step.name == "second factor":
        return [Advice("Give the newest code; each counts once. With an authenticator app, compare the clocks.")]
    return [Advice(f"Sign in again: {step.reason.rstrip('.')}.")]


def about_answer(kept: Kept, step: Step) -> list[Advice]:
    """Return what to do about answers of Cognito that newcomers meet first."""
    if kept.error == "UserNotConfirmedException":
        text = "The user gives the code that was sent (gatewright outbox shows it), or an administrator says yes:"
        return [Advice(text, "aws cognito-idp admin-confirm-sign-up --user-pool-id USER_POOL --username USER")]
    if "Auth flow not enabled" in step.reason:
        text = "Switch the flow on at the app client (this sets all settings of the client anew), or take another flow:"
        command = "aws cognito-idp update-user-pool-client --user-pool-id USER_POOL --client-id CLIENT"
        flows = "ALLOW_USER_SRP_AUTH ALLOW_REFRESH_TOKEN_AUTH ALLOW_USER_PASSWORD_AUTH ALLOW_ADMIN_USER_PASSWORD_AUTH"
        return [Advice(text, f"{command} \\\n    --explicit-auth-flows {flows}")]
    return []
