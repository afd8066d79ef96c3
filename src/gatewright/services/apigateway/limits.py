"""What API Gateway allows of one API, as data in one place.

Source: API Gateway developer guide, "Quotas for configuring and running a REST API", and the API reference.
"""

RESOURCES = 300  # of one API
AUTHORIZERS = 10  # of one API
AUTHORIZER_USER_POOLS = 10  # of one authorizer; ours, as AWS states none for REST APIs
AUTHORIZER_TTL_SECONDS = 300
LONGEST_AUTHORIZER_TTL_SECONDS = 3_600
STAGES = 10  # of one API
STAGE_NAME_CHARACTERS = 128
STAGE_VARIABLES = 100
STAGE_VARIABLE_NAME_CHARACTERS = 64
STAGE_VARIABLE_VALUE_CHARACTERS = 512
POLICY_BYTES = 8_192  # of a resource policy
TEMPLATE_BYTES = 300 * 1024  # of a mapping template
TIMEOUT_MILLISECONDS = (50, 29_000)
COMPRESSION_BYTES = (0, 10_485_760)
NAME_CHARACTERS = 1_024  # names and descriptions; ours where AWS states none
TAGS = 50  # of one resource
TAG_KEY_CHARACTERS = 128
TAG_VALUE_CHARACTERS = 256
PAGE = 25  # of a list, unless the caller says otherwise
LARGEST_PAGE = 500
