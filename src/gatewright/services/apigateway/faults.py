"""The errors of API Gateway's control plane, by AWS's codes; messages are AWS's where they were recorded."""

from gatewright.wire.faults import Fault


def bad_request(message: str) -> Fault:
    """Return AWS's answer to input that makes no sense."""
    return Fault("BadRequestException", message, 400)


def not_found(message: str) -> Fault:
    """Return AWS's answer to an identifier that stands for nothing."""
    return Fault("NotFoundException", message, 404)


def conflict(message: str) -> Fault:
    """Return AWS's answer to a name that is taken."""
    return Fault("ConflictException", message, 409)


def limit_exceeded(message: str) -> Fault:
    """Return AWS's answer to one too many."""
    return Fault("LimitExceededException", message, 429)


def unsupported(setting: str, advice: str) -> Fault:
    """Refuse a setting that AWS has and Gatewright does not enforce yet, so that nobody relies on it."""
    return bad_request(f"{setting} is not supported by Gatewright yet. {advice}")


def unknown_api(account: str, api_id: str) -> Fault:
    """Refuse an API id, in AWS's words."""
    return not_found(f"Invalid API identifier specified {account}:{api_id}")


def unknown_resource() -> Fault:
    """Refuse a resource id; AWS says the same where it is the API that does not exist."""
    return not_found("Invalid Resource identifier specified")


def unknown_method() -> Fault:
    """Refuse a verb that the resource does not have."""
    return not_found("Invalid Method identifier specified")


def unknown_integration() -> Fault:
    """Refuse a method that has no integration."""
    return not_found("Invalid Integration identifier specified")


def unknown_status_code() -> Fault:
    """Refuse a status code that has no response."""
    return not_found("Invalid Response status code specified")


def unknown_deployment() -> Fault:
    """Refuse a deployment id."""
    return not_found("Invalid Deployment identifier specified")


def unknown_authorizer() -> Fault:
    """Refuse an authorizer id."""
    return not_found("Invalid Authorizer identifier specified")


def unknown_stage() -> Fault:
    """Refuse a stage name."""
    return not_found("Invalid stage identifier specified")


def invalid_mapping(expression: str) -> Fault:
    """Refuse a value that is no mapping expression."""
    return bad_request(
        "Invalid mapping expression specified: Validation Result: warnings : [], errors : "
        f"[Invalid mapping expression specified: {expression}]"
    )


def invalid_mapping_parameter(parameter: str) -> Fault:
    """Refuse a parameter that does not exist, or that the method does not declare."""
    return bad_request(
        "Invalid mapping expression specified: Validation Result: warnings : [], errors : "
        f"[Invalid mapping expression parameter specified: {parameter}]"
    )
