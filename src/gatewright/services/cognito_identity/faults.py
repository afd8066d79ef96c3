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


def not_yet(setting: str) -> Fault:
    """Refuse a setting that is not enforced yet: it is never stored and ignored."""
    return invalid_parameter(
        f"Gatewright does not support {setting} yet, so that it cannot be stored. Leave it out: identity pools have "
        "unauthenticated identities only."
    )
