"""What an app with members has: a user pool, an identity pool, and an API that either of them guards, with CORS.

In: a running product. Out: a `Club`, and what a script of its app must be told.
"""

import json
from typing import Any

from tests.journeys import story
from tests.services.policies import allow, document
from tests.user_pool_people import People

PREFIX = "cognito-identity.amazonaws.com"
SEEN = '{"id":"$context.identity.cognitoIdentityId","how":"$context.identity.cognitoAuthenticationType",'
SEEN += '"by":"$context.identity.cognitoAuthenticationProvider","sub":"$context.authorizer.claims.sub"}'


class Club:
    """An app: members may call `mine`, visitors `open`, whoever has an ID token `token`, and nobody `closed`."""

    def __init__(self, product: Any, **pool: Any) -> None:
        self.product = product
        self.people = People(product, pool=pool, PreventUserExistenceErrors="ENABLED")
        self.api = self._api()
        self.pool = self._identity_pool()

    @property
    def url(self) -> str:
        """The stage's address for clients that do not resolve *.localhost."""
        return f"{self.product.endpoint}/_aws/execute-api/{self.api}/{story.STAGE}"

    @property
    def host_url(self) -> str:
        """The stage's address for browsers."""
        host = f"{self.api}.execute-api.{self.product.region}.localhost:{self.product.port}"
        return f"http://{host}/{story.STAGE}"

    def told(self, **more: Any) -> dict[str, Any]:
        """Return what an app's configuration has."""
        return {
            "endpoint": f"http://localhost:{self.product.port}",
            "region": self.product.region,
            "userPoolId": self.people.id,
            "clientId": self.people.client_id,
            "identityPoolId": self.pool,
            "api": self.url,
            **more,
        }

    def _api(self) -> str:
        gateway = self.product.client("apigateway")
        made = gateway.create_rest_api(name="club")
        api, root = made["id"], made["rootResourceId"]
        tokens = gateway.create_authorizer(
            restApiId=api,
            name="members",
            type="COGNITO_USER_POOLS",
            providerARNs=[self.people.arn],
            identitySource="method.request.header.Authorization",
        )["id"]
        for part in ("mine", "open", "closed", "token"):
            kind = {"authorizationType": "AWS_IAM"}
            if part == "token":
                kind = {"authorizationType": "COGNITO_USER_POOLS", "authorizerId": tokens}
            resource = gateway.create_resource(restApiId=api, parentId=root, pathPart=part)["id"]
            for verb in ("GET", "POST"):
                _mock(gateway, {"restApiId": api, "resourceId": resource, "httpMethod": verb}, kind)
            story.enable_cors(gateway, api, resource, ("GET", "POST"))
        header = "gatewayresponse.header.Access-Control-Allow-Origin"  # so that the page can read a refusal
        gateway.put_gateway_response(restApiId=api, responseType="DEFAULT_4XX", responseParameters={header: "'*'"})
        story.deploy(gateway, api)
        return str(api)

    def _identity_pool(self) -> str:
        pools = self.product.client("cognito-identity")
        provider = {"ProviderName": self.people.provider, "ClientId": self.people.client_id}
        pool = pools.create_identity_pool(
            IdentityPoolName="club",
            AllowUnauthenticatedIdentities=True,
            CognitoIdentityProviders=[provider | {"ServerSideTokenCheck": True}],
        )["IdentityPoolId"]
        roles = {"authenticated": self._role(pool, "authenticated", "mine")}
        roles["unauthenticated"] = self._role(pool, "unauthenticated", "open")
        pools.set_identity_pool_roles(IdentityPoolId=pool, Roles=roles)
        return str(pool)

    def _role(self, pool: str, amr: str, part: str) -> str:
        iam = self.product.client("iam")
        name = f"{amr}-{pool.partition(':')[2]}"
        condition = {"StringEquals": {f"{PREFIX}:aud": pool}, "ForAnyValue:StringLike": {f"{PREFIX}:amr": amr}}
        trust = {
            "Effect": "Allow",
            "Principal": {"Federated": PREFIX},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": condition,
        }
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust))["Role"]["Arn"]
        resource = f"arn:aws:execute-api:{self.product.region}:{self.product.account}:{self.api}/{story.STAGE}/*/{part}"
        policy = allow("execute-api:Invoke", resource=resource)
        iam.put_role_policy(RoleName=name, PolicyName="call", PolicyDocument=policy)
        return str(arn)


def _mock(gateway: Any, place: dict[str, str], kind: dict[str, str]) -> None:
    """Put a method that answers with who the gateway says is calling."""
    gateway.put_method(**place, **kind)
    gateway.put_method_response(**place, statusCode="200", responseModels={"application/json": "Empty"})
    template = {"application/json": json.dumps({"statusCode": 200})}
    gateway.put_integration(**place, type="MOCK", requestTemplates=template)
    gateway.put_integration_response(**place, statusCode="200", responseTemplates={"application/json": SEEN})
