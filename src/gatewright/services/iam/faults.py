"""`iam`'s errors, by AWS's codes. The HTTP status of each is in the service's model."""

from gatewright.wire.faults import Fault


def no_such_entity(message: str) -> Fault:
    """Return the answer to a name that nobody has."""
    return Fault("NoSuchEntity", message, 404)


def no_such(noun: str, name: str) -> Fault:
    """Return AWS's sentence about an unknown user, group or role."""
    return no_such_entity(f"The {noun} with name {name} cannot be found.")


def no_such_policy(arn: str) -> Fault:
    """Return AWS's sentence about an unknown managed policy."""
    return no_such_entity(f"Policy {arn} does not exist or is not attachable.")


def entity_already_exists(noun: str, name: str) -> Fault:
    """Return the answer to a second entity of one name."""
    return Fault("EntityAlreadyExists", f"{noun} with name {name} already exists.", 409)


def delete_conflict(what_first: str) -> Fault:
    """Return the answer to deleting what still holds something; `what_first` is "detach all policies"."""
    return Fault("DeleteConflict", f"Cannot delete entity, must {what_first} first.", 409)


def limit_exceeded(quota: str, limit: int) -> Fault:
    """Return the answer to one too many; `quota` is AWS's name of it, such as `PoliciesPerRole`."""
    return Fault("LimitExceeded", f"Cannot exceed quota for {quota}: {limit}", 409)


def malformed_policy(message: str) -> Fault:
    """Return the answer to a document that is not in the policy language."""
    return Fault("MalformedPolicyDocument", message, 400)


def invalid_input(message: str) -> Fault:
    """Return the answer to values that AWS refuses after the model has accepted them."""
    return Fault("InvalidInput", message, 400)


def validation_error(message: str) -> Fault:
    """Return the answer to values that break a rule which the model does not state."""
    return Fault("ValidationError", message, 400)


def unmodifiable_entity(role_name: str) -> Fault:
    """Return AWS's sentence about a role that only its service may change."""
    message = f"Cannot perform the operation on the protected role '{role_name}' - this role is only modifiable by AWS"
    return Fault("UnmodifiableEntity", message, 400)


def already_exists(message: str) -> Fault:
    """Return the answer to what is there already, in a sentence of its own."""
    return Fault("EntityAlreadyExists", message, 409)
