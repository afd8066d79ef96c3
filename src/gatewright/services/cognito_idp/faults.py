"""`cognito-idp`'s errors, by AWS's codes. The protocol answers each with the status 400.

Sentences are AWS's where they are known; the others say what to do.
"""

from gatewright.wire.faults import Fault


def pool_not_found(user_pool_id: str) -> Fault:
    """Return AWS's sentence about an unknown pool."""
    return Fault("ResourceNotFoundException", f"User pool {user_pool_id} does not exist.", 400)


def client_not_found(client_id: str) -> Fault:
    """Return AWS's sentence about an unknown client."""
    return Fault("ResourceNotFoundException", f"User pool client {client_id} does not exist.", 400)


def group_not_found() -> Fault:
    """Return AWS's sentence about an unknown group."""
    return Fault("ResourceNotFoundException", "Group not found.", 400)


def not_found(message: str) -> Fault:
    """Return the answer about anything else that is not there."""
    return Fault("ResourceNotFoundException", message, 400)


def user_not_found() -> Fault:
    """Return AWS's sentence of the administrator's operations about an unknown user."""
    return Fault("UserNotFoundException", "User does not exist.", 400)


def username_client_not_found() -> Fault:
    """Return AWS's sentence of the user's operations about an unknown user."""
    return Fault("UserNotFoundException", "Username/client id combination not found.", 400)


def invalid_parameter(message: str) -> Fault:
    """Return the answer to values that AWS refuses after the model has accepted them."""
    return Fault("InvalidParameterException", message, 400)


def not_authorized(message: str = "Incorrect username or password.") -> Fault:
    """Return the answer to whoever may not; without a message, AWS's one for every failed sign-in."""
    return Fault("NotAuthorizedException", message, 400)


def password_reset_required() -> Fault:
    """Return AWS's sentence to whoever must choose a new password before anything else."""
    return Fault("PasswordResetRequiredException", "Password reset required for the user", 400)


def unwritable_attribute() -> Fault:
    """Return AWS's sentence about an attribute that the client, or any user, may not write."""
    return not_authorized("A client attempted to write unauthorized attribute")


def username_exists(message: str = "User already exists") -> Fault:
    """Return the answer to a name that is taken."""
    return Fault("UsernameExistsException", message, 400)


def alias_exists(attribute: str) -> Fault:
    """Return AWS's sentence about an alias that is another user's."""
    if attribute == "preferred_username":
        return Fault("AliasExistsException", "Already found an entry for the provided username.", 400)
    return Fault("AliasExistsException", f"An account with the given {attribute} already exists.", 400)


def code_mismatch() -> Fault:
    """Return AWS's sentence about a wrong code."""
    return Fault("CodeMismatchException", "Invalid verification code provided, please try again.", 400)


def code_expired() -> Fault:
    """Return AWS's sentence about a code that is no longer, or never was, good."""
    return Fault("ExpiredCodeException", "Invalid code provided, please request a code again.", 400)


def limit_exceeded(message: str = "Attempt limit exceeded, please try after some time.") -> Fault:
    """Return the answer to too many tries, or to one thing too many."""
    return Fault("LimitExceededException", message, 400)


def invalid_password(reason: str) -> Fault:
    """Return AWS's sentence about a password that the policy does not take."""
    return Fault("InvalidPasswordException", f"Password did not conform with policy: {reason}", 400)


def unsupported_state(message: str) -> Fault:
    """Return the answer to an operation that the user's status does not allow."""
    return Fault("UnsupportedUserStateException", message, 400)


def not_yet(setting: str, instead: str = "Leave it out.") -> Fault:
    """Refuse a setting that is not enforced yet: it is never stored and ignored."""
    return invalid_parameter(f"Gatewright does not support {setting} yet, so that it cannot be stored. {instead}")
