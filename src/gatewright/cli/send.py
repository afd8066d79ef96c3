"""`gatewright send URL`: one request, with a token, or signed, or as it is; and why, where it was refused.

In: a URL, and whose right it is sent by. Out: the status, the headers, the body; exit code 0 for 2xx, 1 for the rest.
Law: no redirect is followed, so that a token goes where it was sent and nowhere else; what a server answers moves no
cursor and rings no bell of a terminal.
"""

import re
import socket
import sys
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from gatewright.cli.asking import one_line, plain
from gatewright.cli.server import Unanswered, said_by_system, server_from_environment
from gatewright.cli.sessions import USUAL, NamedSession, address, plainly, usual_endpoint

if TYPE_CHECKING:
    import httpx

    from gatewright.wire.sigv4.sign import Credentials

_SECONDS = 60.0
_LOOPBACK = "127.0.0.1"
_TOKEN = re.compile("[!-~]+( [!-~]+)?")  # with or without a scheme before it

Url = Annotated[str, typer.Argument(help="http://… or https://…", show_default=False)]
Token = Annotated[
    str | None, typer.Option(help="id or access of the kept session, a token, or - to read one.", show_default=False)
]
Sign = Annotated[
    bool, typer.Option("--sign", help="Sign with the kept session's credentials, else with those of the environment.")
]
Key = Annotated[bool, typer.Option("--key", help="Sign with the environment's key (AWS_ACCESS_KEY_ID, a profile).")]
Visitor = Annotated[
    str | None, typer.Option(help="Sign as a visitor of this identity pool, who did not sign in.", show_default=False)
]
Method = Annotated[str | None, typer.Option("--method", "-X", help="[GET, or POST with --data]", show_default=False)]
Header = Annotated[list[str] | None, typer.Option("--header", "-H", help="Name: value; as often as you like.")]
Data = Annotated[
    str | None, typer.Option("--data", "-d", help="The body: text, @FILE, or - for standard input.", show_default=False)
]
Region = Annotated[str | None, typer.Option(help="Of the signature. [the API's]", show_default=False)]
Service = Annotated[str, typer.Option(help="Of the signature.")]
Named = Annotated[str, typer.Option("--session", help="The name that the session is kept by.")]
Endpoint = Annotated[str | None, typer.Option(help="With --visitor: where the identity pool is.", show_default=False)]


def send(
    url: Url,
    token: Token = None,
    sign: Sign = False,
    key: Key = False,
    visitor: Visitor = None,
    method: Method = None,
    header: Header = None,
    data: Data = None,
    region: Region = None,
    service: Service = "execute-api",
    session: Named = USUAL,
    endpoint: Endpoint = None,
) -> None:
    """Send a request to an API: with a token, signed, or as it is."""
    with one_line(), plainly():
        if sum((token is not None, sign, key, visitor is not None)) > 1:
            raise Unanswered("--token, --sign, --key and --visitor are ways to be let in: choose one")
        headers = _headers(header or [])
        body = _body(data)
        if data is not None and "content-type" not in headers:
            headers["content-type"] = "application/json"
        if token is not None:
            headers["authorization"] = _token(token, session)
        signer = _signer(session, visitor, endpoint, key=key) if sign or key or visitor else None
        answer = _send(method or ("GET" if data is None else "POST"), url, headers, body, signer, region, service)
        _show(answer)
    raise typer.Exit(0 if 200 <= answer.status_code < 300 else 1)


def _headers(lines: list[str]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise Unanswered(f"{line!r} is no header: write it as 'Name: value'")
        headers[name.strip().lower()] = value.strip()
    return headers


def _body(data: str | None) -> bytes:
    if data == "-":
        return sys.stdin.buffer.read()
    if data is not None and data.startswith("@"):
        try:
            return Path(data[1:]).read_bytes()
        except OSError as error:
            raise Unanswered(f"cannot read {data[1:]}: {error.strerror}") from None
    return (data or "").encode()


def _token(which: str, session: str) -> str:
    if which in ("id", "access"):
        found = NamedSession(session).session()
        return found.id_token() if which == "id" else found.access_token()
    given = sys.stdin.readline().strip() if which == "-" else which
    if not _TOKEN.fullmatch(given):
        raise Unanswered("--token is no token: it is empty, or has characters that no token has")
    return given


def _signer(session: str, visitor: str | None, endpoint: str | None, *, key: bool) -> "Credentials":
    """Return what to sign with, and say whose it is: nobody should have to guess."""
    if visitor is not None:
        from gatewright.client import IdentityPool

        found = IdentityPool(visitor, endpoint=address(usual_endpoint(endpoint))).credentials()
        whose = f"a visitor of {visitor}"
    else:
        kept = NamedSession(session)
        place = kept.place() if not key and (session != USUAL or kept.is_there) else None
        if place is not None and (place.identity_pool_id is not None or session != USUAL):
            found = place.identity_pool(kept.session()).credentials()
            whose = f"{place.username} of {place.identity_pool_id}"
        else:
            found, whose = server_from_environment().credentials, "the environment's key"
    typer.echo(f"Signed with {found.access_key_id} ({whose}).", err=True)
    return found


def _send(
    method: str,
    url: str,
    headers: dict[str, str],
    body: bytes,
    signer: "Credentials | None",
    region: str | None,
    service: str,
) -> "httpx.Response":
    import httpx

    from gatewright.client.httpx_auth import SigV4Auth
    from gatewright.client.signing import host_of, region_of

    place = urlsplit(url)
    if place.scheme not in ("http", "https") or not place.hostname:
        raise Unanswered(f"{url!r} is no URL: it begins with http:// or https://")
    try:
        target, extensions = httpx.URL(url), {}
        if _is_here(place.hostname):
            headers.setdefault("host", host_of(url))
            target, extensions = target.copy_with(host=_LOOPBACK), {"sni_hostname": place.hostname}
        auth = SigV4Auth(signer, region or region_of(url), service) if signer is not None else None
        with httpx.Client(timeout=_SECONDS) as client:
            sent = {"headers": headers, "content": body, "extensions": extensions}
            return client.request(method.upper(), target, auth=auth, **sent)  # type: ignore[arg-type]
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        raise Unanswered(f"no answer from {url}: {said_by_system(error)}") from None


def _is_here(name: str) -> bool:
    """Say whether a name is this machine's although its resolver does not know it, as Debian's does not."""
    if not name.endswith(".localhost"):
        return False
    try:
        socket.getaddrinfo(name, None)
    except OSError:
        return True
    return False


def _show(answer: "httpx.Response") -> None:
    try:
        words = HTTPStatus(answer.status_code).phrase
    except ValueError:
        words = ""
    lines = [f"{answer.status_code} {words}".rstrip()]
    lines += [f"{name}: {value}" for name, value in answer.headers.multi_items()]
    typer.echo("\n".join(plain(line) for line in lines) + "\n")
    if sys.stdout.isatty():
        typer.echo(plain(answer.text))
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(answer.content + b"\n")
    request_id = answer.headers.get("x-amzn-requestid")
    if answer.status_code >= 400 and request_id:
        sys.stdout.flush()
        typer.echo(f"Why? gatewright explain {plain(request_id)}", err=True)
