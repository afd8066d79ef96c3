"""The limits of the front door. What AWS limits per service is checked there, in that service's words."""

HEAD_BYTES = 65_536  # request line and headers; API Gateway's own 10,240 are checked by the gateway
HEADER_COUNT = 500
BODY_BYTES = 10_485_760  # API Gateway quotas: payload size, 10 MB
UPLOADS = 8  # bodies beyond that, which a link of a service takes piece by piece, at the same time
UPLOAD_SECONDS = 900.0  # for such a body; as long as the pre-signed address that it is sent to is good
PIPELINED = 16  # requests of one connection that may wait
IDLE_SECONDS = 350.0  # a connection without a request; API Gateway quotas: idle timeout of connections
REQUEST_SECONDS = 60.0  # from the first byte of a request to its last
FINISH_SECONDS = 30.0  # after SIGTERM, for what is under way; one second more than the longest integration
CONNECTIONS = 10_000  # of one worker, unless the operator says otherwise
HELD_BYTES = 1_073_741_824  # of bodies that one worker is reading or answering, unless the operator says otherwise
