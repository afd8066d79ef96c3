"""A person with a browser at another's OpenID Connect server: logs in, agrees, comes back with an ID token."""

import base64
import contextlib
import hashlib
import re
import secrets
import subprocess
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.running import free_port

JS = Path(__file__).parents[1] / "js"
_CALLBACK = "http://127.0.0.1/callback"


@contextlib.contextmanager
def oidc_server() -> Iterator[str]:
    """Run npm's `oidc-provider`; yields its issuer."""
    port = free_port()
    process = subprocess.Popen(
        ["node", "oidc_server.mjs", str(port)], cwd=JS, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "ready"
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def log_in(issuer: str, user: str, client: str = "app") -> str:
    """Return the ID token that a user gets by the authorization code flow with PKCE."""
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "client_id": client,
        "response_type": "code",
        "scope": "openid",
        "redirect_uri": _CALLBACK,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    with httpx.Client(base_url=issuer) as browser:
        answer = browser.get("/auth", params=asked)
        for _ in range(12):
            where = answer.headers.get("location", "")
            if where.startswith(_CALLBACK):
                break
            answer = browser.get(where) if where else _submit(browser, answer, user)
        code = parse_qs(urlsplit(where).query)["code"][0]
        form = {"grant_type": "authorization_code", "client_id": client, "code": code, "redirect_uri": _CALLBACK}
        return str(browser.post("/token", data={**form, "code_verifier": verifier}).json()["id_token"])


def _submit(browser: httpx.Client, page: httpx.Response, user: str) -> httpx.Response:
    """Fill in the form of a page as a person would."""
    action = re.search(r'<form[^>]* action="([^"]+)"', page.text)
    prompt = re.search(r'name="prompt" value="([^"]+)"', page.text)
    assert action is not None, page.text[:500]
    assert prompt is not None, page.text[:500]
    filled = {"prompt": prompt[1], "login": user, "password": "any"}
    return browser.post(unescape(action[1]), data=filled)
