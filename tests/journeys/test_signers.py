"""Other people's signers: what they sign is let in, and refused when one bit of it is not what was signed."""

import json
import subprocess
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from aws_requests_auth.aws_auth import AWSRequestsAuth
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from requests_aws4auth import AWS4Auth

from tests.javascript import JS, sign_standalone
from tests.journeys import story
from tests.journeys.callers import BODY, Guarded, Key, Sent

Signer = Callable[[Sent, Key, str], Sent]


def botocore(unsigned: Sent, key: Key, region: str) -> Sent:
    request = AWSRequest(unsigned.method, unsigned.url, data=unsigned.body, headers=unsigned.headers)
    SigV4Auth(Credentials(key.access_key_id, key.secret, key.token), "execute-api", region).add_auth(request)
    return replace(unsigned, headers=dict(request.headers))


def botocore_presigned(unsigned: Sent, key: Key, region: str) -> Sent:
    request = AWSRequest(unsigned.method, unsigned.url, data=unsigned.body, headers=unsigned.headers)
    SigV4QueryAuth(Credentials(key.access_key_id, key.secret, key.token), "execute-api", region, 60).add_auth(request)
    assert request.url is not None
    return replace(unsigned, url=request.url, headers=dict(request.headers))


def requests_aws4auth(unsigned: Sent, key: Key, region: str) -> Sent:
    auth = AWS4Auth(key.access_key_id, key.secret, region, "execute-api", session_token=key.token)
    return _by_requests(unsigned, auth)


def aws_requests_auth(unsigned: Sent, key: Key, region: str) -> Sent:
    host = urlsplit(unsigned.url).netloc
    return _by_requests(
        unsigned, AWSRequestsAuth(key.access_key_id, key.secret, host, region, "execute-api", key.token)
    )


def _by_requests(unsigned: Sent, auth: Any) -> Sent:
    prepared = requests.Request(
        unsigned.method, unsigned.url, headers=unsigned.headers, data=unsigned.body or None, auth=auth
    ).prepare()
    assert prepared.url is not None
    headers = {name: v.decode() if isinstance(v, bytes) else v for name, v in prepared.headers.items()}
    return replace(unsigned, url=prepared.url, headers=headers)


def aws4(unsigned: Sent, key: Key, region: str) -> Sent:
    return _by_node("sign_aws4.cjs", unsigned, key, region)


def aws4fetch(unsigned: Sent, key: Key, region: str) -> Sent:
    return _by_node("sign_aws4fetch.mjs", unsigned, key, region)


def _by_node(script: str, unsigned: Sent, key: Key, region: str) -> Sent:
    task = {
        "method": unsigned.method,
        "url": unsigned.url,
        "headers": unsigned.headers,
        "body": unsigned.body.decode(),
        "region": region,
        "accessKeyId": key.access_key_id,
        "secretAccessKey": key.secret,
        "sessionToken": key.token,
    }
    done = subprocess.run(
        ["node", JS / script], input=json.dumps(task).encode(), capture_output=True, check=True, timeout=60
    )
    return replace(unsigned, headers=json.loads(done.stdout))


def sig_v4_client(unsigned: Sent, key: Key, region: str) -> Sent:
    """Sign with the product's own sigV4Client.js."""
    parts = urlsplit(unsigned.url)
    config = {"endpoint": f"{parts.scheme}://{parts.netloc}", "region": region}
    config |= {"accessKey": key.access_key_id, "secretKey": key.secret} | (
        {"sessionToken": key.token} if key.token else {}
    )
    query = parse_qs(parts.query, keep_blank_values=True)
    request = {"method": unsigned.method, "path": parts.path, "queryParams": query, "headers": unsigned.headers}
    [signed] = sign_standalone({"config": config, "request": request, "bytes": b64encode(unsigned.body).decode()})
    return replace(unsigned, url=signed["url"], headers=signed["headers"])


SIGNERS: tuple[Signer, ...] = (
    botocore,
    botocore_presigned,
    requests_aws4auth,
    aws_requests_auth,
    aws4,
    aws4fetch,
    sig_v4_client,
)


def requests_of(guarded: Guarded) -> dict[str, Sent]:
    """The two requests that everyone signs."""
    return {
        "GET": Sent("GET", f"{guarded.url}?b=2&a=1&a=0&space=x%20y&empty=", {}),
        "POST": Sent("POST", guarded.url, {"content-type": "application/json"}, BODY),
    }


def flipped(text: str) -> str:
    """Change one bit of the last hexadecimal digit."""
    return text[:-1] + format(int(text[-1], 16) ^ 1, "x")


@pytest.mark.parametrize("signer", SIGNERS, ids=lambda signer: signer.__name__)
def test_what_a_signer_signs_is_let_in(signer: Signer, guarded: Guarded) -> None:
    for key in (guarded.visitor, guarded.user):
        for unsigned in requests_of(guarded).values():
            if signer is botocore_presigned and unsigned.body:
                continue  # a presigned URL of botocore covers no body outside S3
            assert guarded.send(signer(unsigned, key, guarded.region)) == (200, story.GREETING), unsigned.method


@pytest.mark.parametrize("signer", SIGNERS, ids=lambda signer: signer.__name__)
def test_a_flipped_bit_is_refused(signer: Signer, guarded: Guarded) -> None:
    unsigned = requests_of(guarded)
    get = signer(unsigned["GET"], guarded.visitor, guarded.region)
    post = signer(unsigned["POST"], guarded.visitor, guarded.region)

    headers = {name.lower(): value for name, value in get.headers.items()}
    if "authorization" in headers:
        forged = replace(get, headers=headers | {"authorization": flipped(headers["authorization"])})
        date = headers["x-amz-date"]
        redated = replace(get, headers=headers | {"x-amz-date": f"{date[:-3]}{(int(date[-3:-1]) + 1) % 60:02}Z"})
    else:
        forged = replace(get, url=flipped(get.url))
        redated = replace(get, url=get.url.replace("X-Amz-Expires=60", "X-Amz-Expires=61"))
    variants = {
        "signature": forged,
        "date": redated,
        "query": replace(get, url=get.url.replace("b=2", "b=3")),
        "path": replace(get, url=get.url.replace("/demo", "/dem%6f")),
        "method": replace(get, method="POST"),
        "body": replace(post, body=BODY.replace(b"name", b"namf")),
        "added query": replace(post, url=f"{post.url}{'&' if '?' in post.url else '?'}admin=1"),
    }
    if signer is botocore_presigned:
        del variants["body"], variants["added query"]  # it signs no POST that would be let in unchanged
    let_in = {what for what, sent in variants.items() if guarded.send(sent)[0] != 403}
    # "/dem%6f" is routed like "/demo", but is not the path that was signed.
    assert let_in == set()


@pytest.mark.parametrize("signer", SIGNERS, ids=lambda signer: signer.__name__)
def test_a_wrong_secret_region_or_token_is_refused(signer: Signer, guarded: Guarded) -> None:
    get = requests_of(guarded)["GET"]
    visitor, user = guarded.visitor, guarded.user
    assert guarded.send(signer(get, replace(visitor, secret=visitor.secret[::-1]), guarded.region))[0] == 403
    assert guarded.send(signer(get, visitor, "eu-west-1"))[0] == 403
    assert guarded.send(signer(get, replace(visitor, token=None), guarded.region))[0] == 403
    assert guarded.send(signer(get, replace(user, token=visitor.token), guarded.region))[0] == 403
