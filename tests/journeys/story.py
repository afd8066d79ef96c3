"""The two articles' story, told with boto3: what the journeys have in common.

In: a function that makes boto3 clients. Out: a deployed MOCK API, a pool of visitors. Each step is the calls that
AWS's console makes for it.
"""

import json
from collections.abc import Callable
from typing import Any

Clients = Callable[..., Any]  # aws("iam") -> boto3 client

ALLOW_HEADERS = "'Content-Type,X-Amz-Date,Authorization,X-Api-Key,X-Amz-Security-Token'"  # the console's own list
GREETING = {"message": "Hello from the mock"}
STAGE = "dev"


def create_mock(gateway: Any, verbs: tuple[str, ...] = ("GET",), part: str = "demo") -> tuple[str, str]:
    """Create an API with one resource whose methods a MOCK answers. Returns the API's id and the resource's."""
    api = gateway.create_rest_api(name="MOCK")["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    resource = gateway.create_resource(restApiId=api, parentId=root, pathPart=part)["id"]
    for verb in verbs:
        place = {"restApiId": api, "resourceId": resource, "httpMethod": verb}
        gateway.put_method(**place, authorizationType="NONE")
        gateway.put_method_response(**place, statusCode="200", responseModels={"application/json": "Empty"})
        gateway.put_integration(**place, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
        gateway.put_integration_response(
            **place, statusCode="200", responseTemplates={"application/json": json.dumps(GREETING)}
        )
    return api, resource


def enable_cors(gateway: Any, api: str, resource: str, verbs: tuple[str, ...] = ("GET",)) -> None:
    """Press "Enable CORS and replace existing CORS headers"."""
    preflight = {"restApiId": api, "resourceId": resource, "httpMethod": "OPTIONS"}
    names = ("Allow-Headers", "Allow-Methods", "Allow-Origin")
    headers = {name: f"method.response.header.Access-Control-{name}" for name in names}
    gateway.put_method(**preflight, authorizationType="NONE")
    gateway.put_method_response(
        **preflight,
        statusCode="200",
        responseModels={"application/json": "Empty"},
        responseParameters=dict.fromkeys(headers.values(), False),
    )
    gateway.put_integration(**preflight, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    gateway.put_integration_response(
        **preflight,
        statusCode="200",
        responseParameters={
            headers["Allow-Headers"]: ALLOW_HEADERS,
            headers["Allow-Methods"]: f"'{','.join((*verbs, 'OPTIONS'))}'",
            headers["Allow-Origin"]: "'*'",
        },
    )
    origin = headers["Allow-Origin"]
    for verb in verbs:
        answer = {"restApiId": api, "resourceId": resource, "httpMethod": verb, "statusCode": "200"}
        add = [{"op": "add", "path": f"/responseParameters/{origin}", "value": "false"}]
        gateway.update_method_response(**answer, patchOperations=add)
        add = [{"op": "add", "path": f"/responseParameters/{origin}", "value": "'*'"}]
        gateway.update_integration_response(**answer, patchOperations=add)


def require_iam(gateway: Any, api: str, resource: str, verbs: tuple[str, ...] = ("GET",)) -> None:
    """Set "Authorization" of the method request to AWS_IAM. Callers see it after the next deployment."""
    change = [{"op": "replace", "path": "/authorizationType", "value": "AWS_IAM"}]
    for verb in verbs:
        gateway.update_method(restApiId=api, resourceId=resource, httpMethod=verb, patchOperations=change)


def deploy(gateway: Any, api: str) -> str:
    """Deploy to the stage, which the first time makes it. Returns the deployment's id."""
    deployment: str = gateway.create_deployment(restApiId=api, stageName=STAGE)["id"]
    return deployment


def guarded_mock(gateway: Any, verbs: tuple[str, ...] = ("GET",)) -> str:
    """Create an API that is as the end of the first article leaves it: with CORS, AWS_IAM, deployed."""
    api, resource = create_mock(gateway, verbs)
    enable_cors(gateway, api, resource, verbs)
    require_iam(gateway, api, resource, verbs)
    deploy(gateway, api)
    return api


def create_pool(aws: Clients) -> str:
    """Create an identity pool whose visitors need not sign in. It has no role yet."""
    pool = aws("cognito-identity").create_identity_pool(IdentityPoolName="store", AllowUnauthenticatedIdentities=True)
    pool_id: str = pool["IdentityPoolId"]
    return pool_id


def trust_policy(pool: str) -> str:
    """Return the trust policy that the console writes for the visitors' role of a pool."""
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Federated": "cognito-identity.amazonaws.com"},
                    "Action": "sts:AssumeRoleWithWebIdentity",
                    "Condition": {
                        "StringEquals": {"cognito-identity.amazonaws.com:aud": pool},
                        "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "unauthenticated"},
                    },
                }
            ],
        }
    )


def invoke_policy(region: str, account: str, api: str) -> str:
    """Return the article's policy, with its three blanks filled in."""
    resource = f"arn:aws:execute-api:{region}:{account}:{api}/{STAGE}/*/*"
    statement = {"Effect": "Allow", "Action": ["execute-api:Invoke"], "Resource": [resource]}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def create_visitors(aws: Clients, pool: str, policy: str | None, role: str = "Cognito_StoreUnauth_Role") -> str:
    """Give the pool's visitors a role with one inline policy, or none. Returns the role's name."""
    iam = aws("iam")
    arn = iam.create_role(RoleName=role, AssumeRolePolicyDocument=trust_policy(pool))["Role"]["Arn"]
    if policy is not None:
        iam.put_role_policy(RoleName=role, PolicyName="invoke", PolicyDocument=policy)
    aws("cognito-identity").set_identity_pool_roles(IdentityPoolId=pool, Roles={"unauthenticated": arn})
    return role


def visit(aws: Clients, pool: str) -> dict[str, Any]:
    """Be a visitor: get an identity and credentials for it, with no key of one's own."""
    cognito = aws("cognito-identity")
    identity = cognito.get_id(IdentityPoolId=pool)["IdentityId"]
    credentials: dict[str, Any] = cognito.get_credentials_for_identity(IdentityId=identity)["Credentials"]
    return credentials
