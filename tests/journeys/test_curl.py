"""curl's own `--aws-sigv4`: from the visitor's credentials to the API's answer, with no SDK at all."""

import json
import subprocess

import pytest

from tests.journeys import story
from tests.journeys.callers import BODY, Guarded, Key


def curl(guarded: Guarded, key: Key, *options: str, query: str = "", provider: str | None = None) -> tuple[int, str]:
    """Run curl, which resolves *.localhost by itself. Returns the status and the body."""
    token = ["-H", f"X-Amz-Security-Token: {key.token}"] if key.token else []
    signing = ["--aws-sigv4", provider or f"aws:amz:{guarded.region}:execute-api"]
    user = ["--user", f"{key.access_key_id}:{key.secret}"]
    done = subprocess.run(
        ["curl", "-sS", "-w", "\n%{http_code}", *signing, *user, *token, *options, guarded.url + query],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    body, _, status = done.stdout.rpartition("\n")
    return int(status), body


JSON = ("-H", "Content-Type: application/json", "--data-binary", BODY.decode())


@pytest.mark.parametrize("who", ["visitor", "user"])
def test_curl_is_let_in(guarded: Guarded, who: str) -> None:
    key: Key = getattr(guarded, who)
    for options, query in (((), ""), ((), "?a=1&b=2"), (JSON, "")):
        status, body = curl(guarded, key, *options, query=query)
        assert (status, json.loads(body)) == (200, story.GREETING), (options, query, body)


def test_curl_with_a_wrong_secret_or_scope_is_refused(guarded: Guarded) -> None:
    visitor = guarded.visitor
    wrong = Key(visitor.access_key_id, visitor.secret[:-1] + ("A" if visitor.secret[-1] != "A" else "B"), visitor.token)
    assert curl(guarded, wrong)[0] == 403
    assert curl(guarded, visitor, provider="aws:amz:eu-west-1:execute-api")[0] == 403
    assert curl(guarded, visitor, provider=f"aws:amz:{guarded.region}:s3")[0] == 403
    assert curl(guarded, Key(visitor.access_key_id, visitor.secret))[0] == 403


def test_curl_without_a_signature_is_refused_in_the_articles_words(guarded: Guarded) -> None:
    done = subprocess.run(["curl", "-sS", guarded.url], capture_output=True, text=True, check=True, timeout=60)
    assert json.loads(done.stdout) == {"message": "Missing Authentication Token"}
