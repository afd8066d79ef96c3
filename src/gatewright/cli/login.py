"""`gatewright login`, `logout` and `token`: sign in to a user pool, keep the session, print its tokens.

Law: passwords, codes and secrets are asked for without an echo or read from the standard input; what is kept is its
owner's alone. `token` with a user signs in once and keeps nothing, as the scripts of many articles do.
"""

import json
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace

from gatewright.cli import person
from gatewright.cli.asking import one_line, plain
from gatewright.cli.server import Unanswered, server_from_environment
from gatewright.cli.sessions import USUAL, NamedSession, Place, plainly, usual_endpoint

if TYPE_CHECKING:
    from gatewright.client import Session, SessionFile, Tokens

User = Annotated[str | None, typer.Argument(help="Who signs in; left out: as the time before.", show_default=False)]
Pool = Annotated[str | None, typer.Argument(help="The user pool's id.", show_default=False)]
Client = Annotated[str | None, typer.Argument(help="The app client's id.", show_default=False)]
Secret = Annotated[
    str | None, typer.Argument(help="The app client's secret; better: GATEWRIGHT_CLIENT_SECRET.", show_default=False)
]
AskSecret = Annotated[bool, typer.Option("--ask-secret", help="Ask for the app client's secret.")]
IdentityPool = Annotated[
    str | None, typer.Option(help="The identity pool that gives credentials (send --sign).", show_default=False)
]
Endpoint = Annotated[
    str | None,
    typer.Option(help="Where the server is, or: aws. [AWS_ENDPOINT_URL, http://localhost:4566]", show_default=False),
]
Named = Annotated[str, typer.Option("--session", help="The name that the session is kept by.")]
Flow = Annotated[str, typer.Option(help="USER_SRP_AUTH, USER_PASSWORD_AUTH, USER_AUTH or ADMIN_USER_PASSWORD_AUTH.")]
Prefer = Annotated[str | None, typer.Option(help="With USER_AUTH: EMAIL_OTP, SMS_OTP, PASSWORD …", show_default=False)]
Remember = Annotated[bool, typer.Option("--remember-device", help="Yes where the pool asks whether to.")]
Only = Annotated[str | None, typer.Option(help="Only this token: id, access or refresh.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="The tokens as one JSON document.")]
Everywhere = Annotated[bool, typer.Option("--everywhere", help="End each session of the user, on every device.")]


def login(
    user: User = None,
    pool: Pool = None,
    client: Client = None,
    identity_pool: IdentityPool = None,
    endpoint: Endpoint = None,
    session: Named = USUAL,
    flow: Flow = "USER_SRP_AUTH",
    prefer: Prefer = None,
    ask_secret: AskSecret = False,
    remember_device: Remember = False,
) -> None:
    """Sign in to a user pool and keep the session."""
    with one_line(), plainly():
        kept = NamedSession(session)
        if user is None:
            place = kept.place()
            place = replace(place, identity_pool_id=identity_pool or place.identity_pool_id)
        else:
            secret = person.client_secret(None, ask=ask_secret)
            place = _place(user, pool, client, secret, identity_pool, endpoint)
        found = _sign_in(place, flow, prefer, kept.file, remember_device=remember_device)
        kept.keep(place)
        kept_by = "" if session == USUAL else f" --session {session}"
        typer.echo(f"Signed in as {plain(found.username)} ({plain(str(found.claims().get('sub', '')))}).", err=True)
        typer.echo(f"Now: gatewright send --token id{kept_by} URL", err=True)
        if place.identity_pool_id:
            typer.echo(f"Or:  gatewright send --sign{kept_by} URL", err=True)


def logout(session: Named = USUAL, everywhere: Everywhere = False) -> None:
    """End the session that was kept."""
    with one_line(), plainly():
        found = NamedSession(session).session()
        found.sign_out(everywhere=everywhere)
        typer.echo(f"{plain(found.username)} has signed out.", err=True)


def token(
    user: User = None,
    pool: Pool = None,
    client: Client = None,
    secret: Secret = None,
    only: Only = None,
    as_json: AsJson = False,
    endpoint: Endpoint = None,
    session: Named = USUAL,
    flow: Flow = "USER_SRP_AUTH",
    prefer: Prefer = None,
    ask_secret: AskSecret = False,
) -> None:
    """Print the tokens of who signs in now, or of the kept session."""
    with one_line(), plainly():
        if only not in (None, "id", "access", "refresh"):
            raise Unanswered(f"--only is id, access or refresh, not {only}")
        if user is None:
            found = NamedSession(session).session()
        else:
            place = _place(user, pool, client, person.client_secret(secret, ask=ask_secret), None, endpoint)
            found = _sign_in(place, flow, prefer, None)
        _print(found.tokens(), only, as_json)


def _place(
    user: str, pool: str | None, client: str | None, secret: str | None, identities: str | None, endpoint: str | None
) -> Place:
    if pool is None or client is None:
        raise Unanswered("give USER POOL CLIENT: the user's name, the user pool's id, the app client's id")
    return Place(user, pool, client, secret, identities, usual_endpoint(endpoint))


def _sign_in(
    place: Place, flow: str, prefer: str | None, store: "SessionFile | None", *, remember_device: bool = False
) -> "Session":
    credentials = server_from_environment().credentials if flow.startswith("ADMIN_") else None
    pool = place.user_pool()
    asks_no_password = flow == "USER_AUTH" and prefer not in ("PASSWORD", "PASSWORD_SRP")
    return pool.sign_in(
        place.username,
        None if asks_no_password else person.password(place.username),
        answer=person.answer,
        flow=flow,
        preferred=prefer,
        device_name="gatewright",
        remember_device=remember_device,
        store=store,
        credentials=credentials,
    )


def _print(tokens: "Tokens", only: str | None, as_json: bool) -> None:
    named = {"id": tokens.id_token, "access": tokens.access_token, "refresh": tokens.refresh_token}
    if as_json:
        typer.echo(json.dumps({name: named[name] for name in named if only in (None, name)}))
    elif only is not None:
        typer.echo(named[only])
    else:
        words = {"id": "ID token", "access": "Access token", "refresh": "Refresh token"}
        typer.echo("\n".join(f"{words[name]}: {text}" for name, text in named.items()))
