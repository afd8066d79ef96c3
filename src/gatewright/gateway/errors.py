"""`GatewayError`: the one error family of the data plane, one class for each of AWS's gateway response types.

In: a reason to stop. Out: nothing here; `gateway_responses.py` renders, and nowhere else does. Law: `message` is what
the caller of the API may read, `reason` is what the owner of the API reads in the trace; neither holds a secret.
Source: API Gateway developer guide, "Gateway response types"; error types and messages as recorded from the service.
"""

from typing import ClassVar

from gatewright.core.identity import Caller


class GatewayError(Exception):
    """A refusal with AWS's status, error type and message.

    `response_type` is None for what API Gateway's front end answers before it knows the API: such an answer cannot be
    customized. `message_key` is the member of the default body: IAM's denials say `Message` with a capital.
    """

    response_type: ClassVar[str | None] = None
    status: ClassVar[int] = 500
    error_type: ClassVar[str] = "InternalServerErrorException"
    default_message: ClassVar[str | None] = "Internal server error"

    def __init__(
        self,
        message: str | None = None,
        *,
        reason: str = "",
        error_type: str | None = None,
        message_key: str = "message",
        validation_error: str = "",
        caller: Caller | None = None,
    ) -> None:
        self.message = self.default_message if message is None else message
        self.reason = reason or self.message or type(self).__name__
        self.named = error_type or self.error_type
        self.message_key = message_key
        self.validation_error = validation_error
        self.caller = caller  # whoever was proven before the refusal
        super().__init__(f"{self.named}: {self.reason}")


class MalformedRequest(GatewayError):
    """The request line cannot be read in one way only."""

    status = 400
    error_type = "BadRequestException"
    default_message = "Bad Request"


class UriTooLong(GatewayError):
    """The URL, or the ARN that it would be authorized against, is too long."""

    status = 414
    error_type = "RequestUriTooLongException"
    default_message = "Request URI too long"


class HeadersTooLarge(GatewayError):
    """The header values together are too long."""

    status = 431
    error_type = "RequestHeaderFieldsTooLargeException"
    default_message = "Request Header Fields Too Large"


class StageNotFound(GatewayError):
    """No such API or stage here: AWS does not say which."""

    status = 403
    error_type = "ForbiddenException"
    default_message = "Forbidden"


class InternalFailure(GatewayError):
    """The integration broke, or its answer cannot be mapped."""

    response_type = "DEFAULT_5XX"


class AccessDenied(GatewayError):
    """A policy or an authorizer said no."""

    response_type = "ACCESS_DENIED"
    status = 403
    error_type = "AccessDeniedException"
    default_message = "User is not authorized to access this resource"


class ApiConfigurationError(GatewayError):
    """The API asks for something that cannot be done."""

    response_type = "API_CONFIGURATION_ERROR"


class AuthorizerConfigurationError(GatewayError):
    """The method's authorization cannot be carried out. AWS gives no message."""

    response_type = "AUTHORIZER_CONFIGURATION_ERROR"
    error_type = "AuthorizerConfigurationException"
    default_message = None


class AuthorizerFailure(GatewayError):
    """The authorizer broke. AWS gives no message."""

    response_type = "AUTHORIZER_FAILURE"
    error_type = "AuthorizerFailureException"
    default_message = None


class BadRequestParameters(GatewayError):
    """A required parameter is missing."""

    response_type = "BAD_REQUEST_PARAMETERS"
    status = 400
    error_type = "BadRequestException"
    default_message = "Missing required request parameters"


class BadRequestBody(GatewayError):
    """The body does not fit its model."""

    response_type = "BAD_REQUEST_BODY"
    status = 400
    error_type = "BadRequestException"
    default_message = "Invalid request body"


class ExpiredToken(GatewayError):
    """The session is over."""

    response_type = "EXPIRED_TOKEN"
    status = 403
    error_type = "ExpiredTokenException"
    default_message = "The security token included in the request is expired"


class IntegrationFailure(GatewayError):
    """The integration could not be reached."""

    response_type = "INTEGRATION_FAILURE"
    status = 504
    default_message = "Network error communicating with endpoint"


class IntegrationTimeout(GatewayError):
    """The integration took too long."""

    response_type = "INTEGRATION_TIMEOUT"
    status = 504
    default_message = "Endpoint request timed out"


class InvalidApiKey(GatewayError):
    """No key, an unknown key, or a key of another plan."""

    response_type = "INVALID_API_KEY"
    status = 403
    error_type = "ForbiddenException"
    default_message = "Forbidden"


class InvalidSignature(GatewayError):
    """The signature is malformed, unknown, stale or wrong; `error_type` tells which."""

    response_type = "INVALID_SIGNATURE"
    status = 403
    error_type = "InvalidSignatureException"
    default_message = "The request signature we calculated does not match the signature you provided."


class MissingAuthenticationToken(GatewayError):
    """No signature where one is needed; and, as AWS answers it, no such resource or verb."""

    response_type = "MISSING_AUTHENTICATION_TOKEN"
    status = 403
    error_type = "MissingAuthenticationTokenException"
    default_message = "Missing Authentication Token"


class QuotaExceeded(GatewayError):
    """The usage plan's quota is used up."""

    response_type = "QUOTA_EXCEEDED"
    status = 429
    error_type = "LimitExceededException"
    default_message = "Limit Exceeded"


class RequestTooLarge(GatewayError):
    """The body is larger than API Gateway takes."""

    response_type = "REQUEST_TOO_LARGE"
    status = 413
    error_type = "RequestTooLargeException"
    default_message = "Request Too Long"


class ResourceNotFound(GatewayError):
    """The resource went away between authorization and integration."""

    response_type = "RESOURCE_NOT_FOUND"
    status = 404
    error_type = "NotFoundException"
    default_message = "Not Found"


class Throttled(GatewayError):
    """Too many requests at once."""

    response_type = "THROTTLED"
    status = 429
    error_type = "TooManyRequestsException"
    default_message = "Too Many Requests"


class Unauthorized(GatewayError):
    """The authorizer did not accept the caller's token."""

    response_type = "UNAUTHORIZED"
    status = 401
    error_type = "UnauthorizedException"
    default_message = "Unauthorized"


class UnsupportedMediaType(GatewayError):
    """No mapping template for this Content-Type, and passing through is not allowed."""

    response_type = "UNSUPPORTED_MEDIA_TYPE"
    status = 415
    error_type = "BadRequestException"
    default_message = "Unsupported Media Type"


class WafFiltered(GatewayError):
    """The web ACL blocked the request."""

    response_type = "WAF_FILTERED"
    status = 403
    error_type = "ForbiddenException"
    default_message = "Forbidden"
