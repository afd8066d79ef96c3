"""`sts`'s errors, by AWS's codes."""

from gatewright.wire.faults import Fault


def access_denied(message: str) -> Fault:
    """Return the answer to what nobody allowed."""
    return Fault("AccessDenied", message, 403)


def not_authorized(operation: str) -> Fault:
    """Return AWS's sentence about a role that does not trust the identity, or that does not exist."""
    return access_denied(f"Not authorized to perform sts:{operation}")


def validation_error(message: str) -> Fault:
    """Return the answer to values that break a rule which the model does not state."""
    return Fault("ValidationError", message, 400)


def invalid_identity_token(message: str) -> Fault:
    """Return the answer to a token that proves nothing."""
    return Fault("InvalidIdentityToken", message, 400)


def expired_token(message: str) -> Fault:
    """Return the answer to a token that was good once."""
    return Fault("ExpiredTokenException", message, 400)


def malformed_policy(message: str) -> Fault:
    """Return the answer to a session policy that is not in the policy language."""
    return Fault("MalformedPolicyDocument", message, 400)


def packed_policy_too_large(percent: int) -> Fault:
    """Return the answer to session policies and tags that do not fit into a session token."""
    message = f"Packed policy consumes {percent}% of allotted space, please use smaller policy."
    return Fault("PackedPolicyTooLarge", message, 400)


def not_yet(setting: str, instead: str) -> Fault:
    """Refuse a parameter that Gatewright does not enforce yet: it is never taken and ignored."""
    return Fault("NotImplemented", f"Gatewright does not support {setting} yet. {instead}", 501)
