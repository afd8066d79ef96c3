"""Only my app may call my API, although nobody signs in.

The app's visitors get temporary credentials from an identity pool and sign their requests with them; whoever does not
sign is refused. Nothing secret is in the app.

    eval "$(gatewright env --dev)"; python examples/python/guard_an_api_with_iam.py
"""

import time

import httpx
from identities import Identities
from mock_api import MockApi

from gatewright.client import IdentityPool
from gatewright.client.httpx_auth import SigV4Auth


def main() -> None:
    """Make the API, guard it, call it, and take everything away."""
    api = MockApi("MOCK", {"message": "Hello"})
    api.deploy()
    expect(200, "anybody", httpx.get(api.url))

    api.require_iam()
    expect(200, "anybody, before the change is deployed", httpx.get(api.url))
    api.deploy()
    expect(403, "anybody", httpx.get(api.url))

    pool = Identities(f"store-{int(time.time())}", "unauthenticated", api.arn())
    visitor = IdentityPool(pool.id)
    expect(200, f"the app, as {visitor.identity_id}", httpx.get(api.url, auth=SigV4Auth(visitor.credentials)))

    pool.delete()
    api.delete()


def expect(status: int, who: str, answer: httpx.Response) -> None:
    """Print an answer, and stop if it is another than expected."""
    print(f"{answer.status_code}  {who}: {answer.text}")
    if answer.status_code != status:
        raise SystemExit(f"expected {status}; why? gatewright explain {answer.headers.get('x-amzn-requestid')}")


if __name__ == "__main__":
    main()
