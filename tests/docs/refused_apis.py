"""The settings of `apigateway` that Gatewright knows and does not have; see `refused_members.py`."""

from tests.docs.refused_setting import Refused, each

_FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:f"
_ROLE = "arn:aws:iam::000000000000:role/R"


def _patches(operation: str, member: str, *patches: tuple[str, str, str]) -> tuple[Refused, ...]:
    """Return refusals of patch operations: operation, path and value of each."""
    return tuple(
        Refused(
            "apigateway",
            (operation,),
            f"{path} {value}" if value.isupper() else path,
            {"patchOperations": [{"op": op, "path": path, "value": value}]},
            member,
        )
        for op, path, value in patches
    )


APIS = (
    *each(
        "apigateway",
        ("CreateRestApi",),
        {
            "minimumCompressionSize": ({"minimumCompressionSize": 0}, "minimumCompressionSize"),
            "binaryMediaTypes": ({"binaryMediaTypes": ["image/png"]}, "binaryMediaTypes"),
            "apiKeySource AUTHORIZER": ({"apiKeySource": "AUTHORIZER"}, "apiKeySource"),
            "cloneFrom": ({"cloneFrom": "abcdefghij"}, "cloneFrom"),
            "securityPolicy but TLS_1_0": ({"securityPolicy": "TLS_1_2"}, "securityPolicy"),
            "endpointAccessMode STRICT": ({"endpointAccessMode": "STRICT"}, "endpointAccessMode"),
            "endpointConfiguration.types PRIVATE": ({"endpointConfiguration": {"types": ["PRIVATE"]}}, "PRIVATE"),
            "endpointConfiguration.vpcEndpointIds": (
                {"endpointConfiguration": {"types": ["REGIONAL"], "vpcEndpointIds": ["vpce-1"]}},
                "vpcEndpointIds",
            ),
        },
    ),
    *_patches("UpdateRestApi", "minimumCompressionSize", ("replace", "/minimumCompressionSize", "0")),
    *_patches("UpdateRestApi", "binaryMediaTypes", ("add", "/binaryMediaTypes/image~1png", "")),
    *_patches("UpdateRestApi", "apiKeySource", ("replace", "/apiKeySource", "AUTHORIZER")),
    *_patches("UpdateRestApi", "PRIVATE", ("replace", "/endpointConfiguration/types/EDGE", "PRIVATE")),
    *_patches("UpdateRestApi", "vpcEndpointIds", ("add", "/endpointConfiguration/vpcEndpointIds", "vpce-1")),
    *_patches("UpdateRestApi", "securityPolicy", ("replace", "/securityPolicy", "TLS_1_2")),
    *_patches("UpdateRestApi", "endpointAccessMode", ("replace", "/endpointAccessMode", "STRICT")),
    *each(
        "apigateway",
        ("CreateStage", "CreateDeployment"),
        {
            "cacheClusterEnabled": ({"cacheClusterEnabled": True}, "cacheClusterEnabled"),
            "cacheClusterSize": ({"cacheClusterSize": "0.5"}, "cacheClusterSize"),
            "canarySettings": ({"canarySettings": {"percentTraffic": 1.0}}, "canarySettings"),
            "tracingEnabled": ({"tracingEnabled": True}, "tracingEnabled"),
        },
    ),
    Refused(
        "apigateway",
        ("CreateStage",),
        "documentationVersion",
        {"documentationVersion": "1"},
        "documentationVersion",
    ),
    *(
        one
        for name, path, value in (
            ("cacheClusterEnabled", "/cacheClusterEnabled", "true"),
            ("cacheClusterSize", "/cacheClusterSize", "0.5"),
            ("tracingEnabled", "/tracingEnabled", "true"),
            ("clientCertificateId", "/clientCertificateId", "abcdef"),
            ("documentationVersion", "/documentationVersion", "1"),
            (
                "accessLogSettings",
                "/accessLogSettings/destinationArn",
                "arn:aws:logs:us-east-1:000000000000:log-group:g",
            ),
            ("canarySettings", "/canarySettings/percentTraffic", "1"),
            ("metrics/enabled", "/*/*/metrics/enabled", "true"),
            ("logging/dataTrace", "/*/*/logging/dataTrace", "true"),
            ("logging/loglevel", "/*/*/logging/loglevel", "INFO"),
            ("throttling/burstLimit", "/*/*/throttling/burstLimit", "1"),
            ("throttling/rateLimit", "/*/*/throttling/rateLimit", "1"),
            ("caching/enabled", "/*/*/caching/enabled", "true"),
            ("caching/ttlInSeconds", "/*/*/caching/ttlInSeconds", "1"),
            ("caching/dataEncrypted", "/*/*/caching/dataEncrypted", "true"),
        )
        for one in _patches("UpdateStage", name, ("replace", path, value))
    ),
    *each(
        "apigateway",
        ("CreateAuthorizer",),
        {
            "type TOKEN": ({"type": "TOKEN"}, "TOKEN"),
            "type REQUEST": ({"type": "REQUEST"}, "REQUEST"),
            "type JWT": ({"type": "JWT"}, "Invalid authorizer type"),
            "jwtConfiguration": (
                {
                    "type": "COGNITO_USER_POOLS",
                    "jwtConfiguration": {
                        "issuers": [{"issuer": "https://id.example.com", "audiences": ["a"]}],
                        "defaultAlgorithms": ["RS256"],
                    },
                },
                "jwtConfiguration",
            ),
        },
    ),
    *each(
        "apigateway",
        ("PutMethod",),
        {
            "apiKeyRequired": ({"apiKeyRequired": True}, "apiKeyRequired"),
            "requestValidatorId": ({"requestValidatorId": "abcdef"}, "Request Validator"),
            "authorizationType CUSTOM": ({"authorizationType": "CUSTOM", "authorizerId": "abcdef"}, "CUSTOM"),
        },
    ),
    *each(
        "apigateway",
        ("PutIntegration",),
        {
            "type HTTP": ({"type": "HTTP", "uri": "http://a", "integrationHttpMethod": "GET"}, "HTTP"),
            "type HTTP_PROXY": (
                {"type": "HTTP_PROXY", "uri": "http://a", "integrationHttpMethod": "GET"},
                "HTTP_PROXY",
            ),
            "type AWS": (
                {
                    "type": "AWS",
                    "uri": "arn:aws:apigateway:us-east-1:sns:action/Publish",
                    "integrationHttpMethod": "POST",
                },
                "AWS",
            ),
            "type AWS_PROXY": (
                {
                    "type": "AWS_PROXY",
                    "uri": f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{_FUNCTION}/invocations",
                    "integrationHttpMethod": "POST",
                },
                "AWS_PROXY",
            ),
            "credentials": ({"credentials": _ROLE}, "credentials"),
            "connectionType VPC_LINK": ({"connectionType": "VPC_LINK"}, "connectionType"),
            "connectionId": ({"connectionId": "abcdef"}, "connectionId"),
            "contentHandling": ({"contentHandling": "CONVERT_TO_TEXT"}, "contentHandling"),
            "tlsConfig": ({"tlsConfig": {"insecureSkipVerification": True}}, "tlsConfig"),
            "integrationTarget": ({"integrationTarget": "arn:aws:elasticloadbalancing:x"}, "integrationTarget"),
            "responseTransferMode STREAM": ({"responseTransferMode": "STREAM"}, "responseTransferMode"),
            "cacheKeyParameters": ({"cacheKeyParameters": ["method.request.path.a"]}, "Caching"),
            "cacheNamespace": ({"cacheNamespace": "another"}, "Caching"),
        },
    ),
    Refused(
        "apigateway",
        ("PutIntegrationResponse",),
        "contentHandling",
        {"contentHandling": "CONVERT_TO_TEXT"},
        "contentHandling",
    ),
    *_patches("UpdateMethod", "apiKeyRequired", ("replace", "/apiKeyRequired", "true")),
    *_patches("UpdateMethod", "Request Validator", ("replace", "/requestValidatorId", "abcdef")),
    *_patches("UpdateMethod", "authorizer", ("replace", "/authorizationType", "CUSTOM")),
    *(
        one
        for path, value in (
            ("/credentials", _ROLE),
            ("/connectionType", "VPC_LINK"),
            ("/connectionId", "abcdef"),
            ("/contentHandling", "CONVERT_TO_TEXT"),
            ("/tlsConfig/insecureSkipVerification", "true"),
            ("/integrationTarget", "arn:aws:elasticloadbalancing:x"),
            ("/responseTransferMode", "STREAM"),
        )
        for one in _patches("UpdateIntegration", path.split("/")[1], ("replace", path, value))
    ),
    *_patches("UpdateIntegration", "cacheKeyParameters", ("add", "/cacheKeyParameters/method.request.path.a", "")),
    *_patches("UpdateIntegration", "Caching", ("replace", "/cacheNamespace", "another")),
    *_patches("UpdateIntegrationResponse", "contentHandling", ("replace", "/contentHandling", "CONVERT_TO_TEXT")),
    Refused(
        "apigateway",
        ("GetSdk",),
        "sdkType but javascript",
        {"sdkType": "android", "parameters": {"groupId": "g"}},
        "android",
    ),
)
