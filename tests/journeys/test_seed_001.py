"""Seed 001, its three steps: a token of the user pool, credentials of the identity pool, a signed call."""

import json
from typing import Any

import httpx
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from pycognito.aws_srp import AWSSRP

from tests.services.apigateway.conftest import Api
from tests.services.policies import allow, document
from tests.user_pool_people import PASSWORD, People

PREFIX = "cognito-identity.amazonaws.com"
SEEN = '{"id":"$context.identity.cognitoIdentityId","how":"$context.identity.cognitoAuthenticationType",'
SEEN += '"by":"$context.identity.cognitoAuthenticationProvider"}'


def _guarded(product: Any) -> Api:
    client = product.client("apigateway", parameter_validation=False)
    made = client.create_rest_api(name="seed")
    api = Api(made["id"], made["rootResourceId"], client)
    for part in ("mine", "closed"):
        api.mock(api.resource(part), body=SEEN, authorizationType="AWS_IAM")
    api.deploy()
    return api


def _club(product: Any, people: People, api: Api) -> str:
    """Make an identity pool whose users may call one of the API's methods; returns its id."""
    pools, iam = product.client("cognito-identity"), product.client("iam")
    provider = {"ProviderName": people.provider, "ClientId": people.client_id, "ServerSideTokenCheck": True}
    pool = pools.create_identity_pool(
        IdentityPoolName="club", AllowUnauthenticatedIdentities=False, CognitoIdentityProviders=[provider]
    )["IdentityPoolId"]
    trust = {
        "Effect": "Allow",
        "Principal": {"Federated": PREFIX},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {f"{PREFIX}:aud": pool},
            "ForAnyValue:StringLike": {f"{PREFIX}:amr": "authenticated"},
        },
    }
    role = iam.create_role(RoleName="Member", AssumeRolePolicyDocument=document(trust))["Role"]["Arn"]
    arn = f"arn:aws:execute-api:{product.region}:{product.account}:{api.id}/dev/GET/mine"
    iam.put_role_policy(RoleName="Member", PolicyName="call", PolicyDocument=allow("execute-api:Invoke", resource=arn))
    pools.set_identity_pool_roles(IdentityPoolId=pool, Roles={"authenticated": role})
    return str(pool)


def _signed(product: Any, api: Api, credentials: dict[str, str], path: str) -> httpx.Response:
    url = f"{product.endpoint}/_aws/execute-api/{api.id}/dev/{path}"
    keys = Credentials(credentials["AccessKeyId"], credentials["SecretKey"], credentials["SessionToken"])
    request = AWSRequest("GET", url)
    SigV4Auth(keys, "execute-api", product.region).add_auth(request)
    return httpx.get(url, headers=dict(request.headers))


def test_seed_001_token_then_credentials_then_a_signed_call(product: Any) -> None:
    people = People(product)
    sub = people.person("jane")
    api = _guarded(product)
    pool = _club(product, people, api)
    signed_in = AWSSRP("jane", PASSWORD, people.id, people.client_id, client=people.anyone).authenticate_user()
    logins = {people.provider: signed_in["AuthenticationResult"]["IdToken"]}
    visitor = product.client("cognito-identity")
    identity = visitor.get_id(IdentityPoolId=pool, Logins=logins)["IdentityId"]
    answer = visitor.get_credentials_for_identity(IdentityId=identity, Logins=logins)
    called = _signed(product, api, answer["Credentials"], "mine")
    assert called.status_code == 200, called.text
    assert json.loads(called.text) == {
        "id": identity,
        "how": "authenticated",
        "by": f"{people.provider},{people.provider}:CognitoSignIn:{sub}",
    }
    assert _signed(product, api, answer["Credentials"], "closed").status_code == 403
    assert httpx.get(f"{product.endpoint}/_aws/execute-api/{api.id}/dev/mine").status_code == 403
