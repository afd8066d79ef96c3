"""What an unauthenticated identity can have at most by the enhanced flow, whatever its role allows.

Cognito gives such a session an inline policy and the managed `AmazonCognitoUnAuthedIdentitiesSessionPolicy`; what one
of the two allows, the session may have of its role. `execute-api:*` is in the inline one: that is what lets a visitor
call an API.
Source: Cognito developer guide, "IAM roles", Access policies. Whoever needs more must switch the classic flow on.
"""

import json
from functools import lru_cache

from gatewright.control.service import Call
from gatewright.policy.union import union_of

_MANAGED = "arn:aws:iam::aws:policy/AmazonCognitoUnAuthedIdentitiesSessionPolicy"
_POLICIES = "iam.policy"  # shelf: ARN -> document
_SERVICES = (
    "cloudwatch",
    "logs",
    "dynamodb",
    "kinesis",
    "mobileanalytics",
    "s3",
    "ses",
    "sns",
    "sqs",
    "lambda",
    "machinelearning",
    "execute-api",
    "iot",
    "gamelift",
    "cognito-identity",
    "cognito-idp",
    "lex",
    "polly",
    "comprehend",
    "translate",
    "transcribe",
    "rekognition",
    "mobiletargeting",
    "firehose",
    "appsync",
    "personalize",
    "cognito-sync",
    "codewhisperer",
    "sdb",
)
_INLINE = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": [
                    *(f"{service}:*" for service in _SERVICES),
                    "sagemaker:InvokeEndpoint",
                    "textract:DetectDocumentText",
                    "textract:AnalyzeDocument",
                ],
                "Resource": "*",
            }
        ],
    }
)


def scope_down(call: Call) -> str:
    """Return the session policy of an unauthenticated identity."""
    managed: str | None = call.shelf(_POLICIES).get(_MANAGED)
    assert managed is not None  # AWS's policies are always on the shelf
    return _joined(managed)


@lru_cache(maxsize=4)
def _joined(managed: str) -> str:
    return union_of((_INLINE, managed))
