"""The three steps: sign in to a user pool, trade the token for credentials, sign the call with them.

eval "$(gatewright env --dev)"; python examples/python/sign_in_and_call.py
"""

import secrets
import time

import httpx
from identities import Identities
from mock_api import REGION, MockApi, aws

from gatewright.client import IdentityPool, SigV4Client, UserPool
from gatewright.client.httpx_auth import SigV4Auth

PASSWORD = f"Horse-1-{secrets.token_hex(8)}"


def main() -> None:
    """Make everything, sign in, call, and take everything away."""
    cognito = aws("cognito-idp")
    pool_id = cognito.create_user_pool(PoolName="people")["UserPool"]["Id"]
    client_id = cognito.create_user_pool_client(
        UserPoolId=pool_id, ClientName="app", ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    )["UserPoolClient"]["ClientId"]
    cognito.admin_create_user(UserPoolId=pool_id, Username="jane", MessageAction="SUPPRESS")
    cognito.admin_set_user_password(UserPoolId=pool_id, Username="jane", Password=PASSWORD, Permanent=True)

    api = MockApi("members", {"message": "Hello, member"})
    api.require_iam()
    api.deploy()
    people = UserPool(pool_id, client_id)
    provider = {"ProviderName": people.provider, "ClientId": client_id, "ServerSideTokenCheck": True}
    identities = Identities(
        f"members-{int(time.time())}", "authenticated", api.arn(), CognitoIdentityProviders=[provider]
    )
    show("without signing in", httpx.get(api.url))

    session = people.sign_in("jane", PASSWORD)  # 1: the password is proved and never sent
    member = IdentityPool(identities.id, session)  # 2: credentials, which are fetched when they are needed
    answer = httpx.get(api.url, auth=SigV4Auth(member.credentials))  # 3: signed
    show(f"jane, as {member.identity_id}", answer)
    show("jane, signed by hand", signed_by_hand(api.url, member))

    session.sign_out()
    identities.delete()
    api.delete()
    cognito.delete_user_pool(UserPoolId=pool_id)
    if answer.status_code != 200:
        raise SystemExit(f"why? gatewright explain {answer.headers.get('x-amzn-requestid')}")


def signed_by_hand(url: str, member: IdentityPool) -> httpx.Response:
    """Do the same as `sigV4Client.newClient({…}).signRequest({…})` in JavaScript."""
    key = member.credentials()
    client = SigV4Client(
        access_key=key.access_key_id,
        secret_key=key.secret_access_key,
        session_token=key.session_token,
        region=REGION,
        endpoint=url.removesuffix("/demo"),
    )
    signed = client.sign_request(method="GET", path="/demo", headers={}, query_params={"page": 1}, body=None)
    return httpx.request(signed.method, signed.url, headers=signed.headers, content=signed.body)


def show(who: str, answer: httpx.Response) -> None:
    """Print an answer."""
    print(f"{answer.status_code}  {who}: {answer.text}")


if __name__ == "__main__":
    main()
