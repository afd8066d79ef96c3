"""What API Gateway allows of one invocation, as data in one place.

Source: API Gateway developer guide, "Quotas for configuring and running a REST API".
"""

BODY_BYTES = 10 * 1024 * 1024  # payload size
HEADER_VALUE_BYTES = 10_240  # all header values together
URL_CHARACTERS = 10_240  # of a regional API: path and query as on the request line
ARN_BYTES = 1_600  # of a method with authorization, path parameters filled in
CACHED_TOKENS = 10_000  # ours: tokens of user pools that were proven and are remembered
CACHED_TOKEN_CHARACTERS = 4_096  # ours: a longer token is proven at each request
CACHED_DECISIONS = 20_000  # ours: outcomes of policy evaluation that are kept
