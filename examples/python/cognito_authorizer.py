"""An API for users of a user pool only: without a token `401 Unauthorized`, with the ID token 200.

The app client has a secret, as a server's has; a browser's must have none.

    eval "$(gatewright env --dev)"; python examples/python/cognito_authorizer.py
"""

import secrets

import httpx
from mock_api import MockApi, aws

from gatewright.client import UserPool
from gatewright.client.httpx_auth import TokenAuth

PASSWORD = f"Horse-1-{secrets.token_hex(8)}"


def main() -> None:
    """Make everything, call without and with a token, and take everything away."""
    cognito = aws("cognito-idp")
    pool = cognito.create_user_pool(PoolName="people")["UserPool"]
    client = cognito.create_user_pool_client(
        UserPoolId=pool["Id"],
        ClientName="server",
        GenerateSecret=True,
        ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    )["UserPoolClient"]
    cognito.admin_create_user(UserPoolId=pool["Id"], Username="jane", MessageAction="SUPPRESS")
    cognito.admin_set_user_password(UserPoolId=pool["Id"], Username="jane", Password=PASSWORD, Permanent=True)
    api = MockApi("people only", {"message": "Hello, jane"})
    api.require_token(pool["Arn"])
    api.deploy()

    expect(401, "nobody", httpx.get(api.url))
    session = UserPool(pool["Id"], client["ClientId"], client["ClientSecret"]).sign_in("jane", PASSWORD)
    expect(200, "jane, with her ID token", httpx.get(api.url, auth=TokenAuth(session)))
    expect(401, "jane, with her access token", httpx.get(api.url, auth=TokenAuth(session, "access")))

    session.sign_out()
    api.delete()
    cognito.delete_user_pool(UserPoolId=pool["Id"])


def expect(status: int, who: str, answer: httpx.Response) -> None:
    """Print an answer, and stop if it is another than expected."""
    print(f"{answer.status_code}  {who}: {answer.text}")
    if answer.status_code != status:
        raise SystemExit(f"expected {status}; why? gatewright explain {answer.headers.get('x-amzn-requestid')}")


if __name__ == "__main__":
    main()
