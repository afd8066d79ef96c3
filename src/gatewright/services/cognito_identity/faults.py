"""`cognito-identity`'s errors, by AWS's codes. The protocol answers each with the status 400."""

from gatewright.wire.faults import Fault


def pool_not_found(identity_pool_id: str) -> Fault:
    """Return AWS's sentence about an unknown pool."""
    return Fault("ResourceNotFoundException", f"IdentityPool '{identity_pool_id}' not found.", 400)


def identity_not_found(identity_id: str) -> Fault:
    """Return AWS's sentence about an unknown identity: the app then asks for a new one."""
    return Fault("ResourceNotFoundException", f"Identity '{identity_id}' not found.", 400)


def unauthenticated_access_is_off() -> Fault:
    """Return AWS's sentence about a pool that wants its visitors to log in."""
    return not_authorized("Unauthenticated access is not supported for this identity pool.")


def provider_not_supported() -> Fault:
    """Return AWS's sentence about a login of a provider that the pool does not have."""
    return not_authorized("Token is not from a supported provider of this identity pool.")


def not_authorized(message: str) -> Fault:
    """Return the answer to whoever may not."""
    return Fault("NotAuthorizedException", message, 400)


def invalid_parameter(message: str) -> Fault:
    """Return the answer to values that AWS refuses after the model has accepted them."""
    return Fault("InvalidParameterException", message, 400)


def invalid_configuration() -> Fault:
    """Return AWS's sentence about a pool without a role, or with one that does not trust it."""
    message = "Invalid identity pool configuration. Check assigned IAM roles for this pool."
    return Fault("InvalidIdentityPoolConfigurationException", message, 400)


def identity_is_forbidden(identity_id: str) -> Fault:
    """Return AWS's sentence about an identity that needs a login, or was merged into another."""
    return not_authorized(f"Access to Identity '{identity_id}' is forbidden.")


def logins_do_not_match() -> Fault:
    """Return AWS's sentence about logins none of which is the identity's."""
    return not_authorized(
        "Logins don't match. Please include at least one valid login for this identity or identity pool."
    )


def invalid_login(why: str) -> Fault:
    """Return the answer to a token that proves nothing."""
    return not_authorized(f"Invalid login token. {why}")


def resource_conflict(message: str) -> Fault:
    """Return the answer to a login that cannot be linked."""
    return Fault("ResourceConflictException", message, 400)


def external_service(message: str) -> Fault:
    """Return the answer where the provider whose tokens are to be verified is away."""
    return Fault("ExternalServiceException", message, 400)


def developer_user_already_registered() -> Fault:
    """Return the answer to a developer user identifier that belongs to another identity."""
    message = "This developer user identifier is already registered with Cognito."
    return Fault("DeveloperUserAlreadyRegisteredException", message, 400)


def not_found(message: str) -> Fault:
    """Return the answer to a name that nobody has."""
    return Fault("ResourceNotFoundException", message, 400)
