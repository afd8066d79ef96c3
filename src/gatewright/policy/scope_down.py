"""What an unauthenticated identity can have at most by Cognito's enhanced flow, whatever its role allows.

Cognito gives such a session an inline policy and the managed `AmazonCognitoUnAuthedIdentitiesSessionPolicy`; what one
of the two allows, the session may have of its role. `execute-api:*` is in the inline one: that is what lets a visitor
call an API. A session carries the policy's `NAME`, not its 1,800 characters: every signed request of a visitor carries
the session.
Source: Cognito developer guide, "IAM roles", Access policies. Whoever needs more must switch the classic flow on.
"""

import json
from functools import cache

from gatewright.policy.aws_managed import aws_managed_policies
from gatewright.policy.union import union_of

NAME = "cognito-identity:unauthenticated"  # no policy document begins like this
_MANAGED = "arn:aws:iam::aws:policy/AmazonCognitoUnAuthedIdentitiesSessionPolicy"
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
_SINGLE_ACTIONS = ("sagemaker:InvokeEndpoint", "textract:DetectDocumentText", "textract:AnalyzeDocument")


@cache
def document() -> str:
    """Return the policy document that `NAME` stands for."""
    actions = [*(f"{service}:*" for service in _SERVICES), *_SINGLE_ACTIONS]
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    inline = json.dumps({"Version": "2012-10-17", "Statement": statement})
    return union_of((inline, aws_managed_policies()[_MANAGED].document))
