"""OpenID Connect providers: whose tokens `AssumeRoleWithWebIdentity` takes.

Law: a provider is known by its URL alone, which is its tokens' `iss`; what has a port, a query or a user in it is
refused, as at AWS - but with `--dev` a provider may run on this machine, at any port, without TLS. Thumbprints that are
not given stay empty: then the usual certificate authorities are trusted, as AWS does first.
Source: IAM API reference, `CreateOpenIDConnectProvider` …; IAM user guide, "Create an OpenID Connect (OIDC) identity
provider in IAM".
"""

import re
from urllib.parse import urlsplit

from sqlalchemy import delete, select

from gatewright.control.service import Call, Params, Result
from gatewright.services.iam.faults import already_exists, invalid_input, no_such_entity, validation_error
from gatewright.services.iam.limits import CLIENT_IDS_PER_PROVIDER, THUMBPRINTS_PER_PROVIDER, must_have_room
from gatewright.services.iam.lookup import NAMES
from gatewright.services.iam.tables import OidcProviderRow
from gatewright.services.iam.tags import moment, read_tags, show_tags
from gatewright.storage.providers import OIDC_SHELF
from gatewright.wire.faults import Fault

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_PATH = re.compile(r"(?:/[A-Za-z0-9._~!$&'()+,;=:@%-]*)*")  # no wildcards: the URL becomes a part of policies
_THUMBPRINT = re.compile(r"[0-9A-Fa-f]{40}")
_LOOPBACK = frozenset({"localhost", "127.0.0.1"})
_BAD_URL = "Invalid Open ID Connect Provider URL"


def _check_url(call: Call, url: str) -> str:
    """Return a provider's URL.

    Raises:
        Fault: `ValidationError`.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise validation_error(_BAD_URL) from None
    local = call.settings.dev and host in _LOOPBACK and not parts.username and parts.scheme in {"http", "https"}
    written = host if port is None else f"{host}:{port}"
    if not url.startswith(f"{parts.scheme}://{written}{parts.path}") or parts.netloc.lower() != written:
        raise validation_error(f"{_BAD_URL}. Write its host in lower case, without user and password.")
    if parts.query or parts.fragment or "?" in url or "#" in url:
        raise validation_error(f"{_BAD_URL}. It must not have a query or a fragment.")
    if not local and (parts.scheme != "https" or port is not None):
        raise validation_error(f"{_BAD_URL}. It must begin with https:// and not have a port.")
    if not _HOST.fullmatch(host) or not _PATH.fullmatch(parts.path) or ".." in host:
        raise validation_error(_BAD_URL)
    return url


def _without_scheme(url: str) -> str:
    return url.partition("://")[2]


def _check_thumbprints(given: list[str]) -> list[str]:
    if len(given) > THUMBPRINTS_PER_PROVIDER:
        raise invalid_input(f"Thumbprint list must contain at most {THUMBPRINTS_PER_PROVIDER} entries.")
    for thumbprint in given:
        if not _THUMBPRINT.fullmatch(thumbprint):
            raise invalid_input(f"Thumbprint {thumbprint} is not 40 hexadecimal digits.")
    return list(dict.fromkeys(thumbprint.lower() for thumbprint in given))


def _check_client_ids(given: list[str]) -> list[str]:
    wanted = list(dict.fromkeys(given))
    if len(wanted) > CLIENT_IDS_PER_PROVIDER:
        message = f"Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: {CLIENT_IDS_PER_PROVIDER}"
        raise Fault("LimitExceeded", message, 409)
    return wanted


async def provider_of(call: Call, params: Params) -> OidcProviderRow:
    """Return the provider named in a request.

    Raises:
        Fault: `NoSuchEntity`; `InvalidInput` for what is no ARN of one.
    """
    arn = params["OpenIDConnectProviderArn"]
    if f":{call.account}:oidc-provider/" not in arn:
        raise invalid_input(f"Invalid ARN: {arn} is not that of an OpenID Connect provider of this account.")
    row = await call.session.get(OidcProviderRow, arn)
    if row is None:
        raise no_such_entity(f"OpenIDConnect Provider not found for arn {arn}")
    return row


def provider_changed(call: Call, arn: str) -> None:
    """Say that a provider was made, changed or deleted."""
    call.publish(OIDC_SHELF, arn)
    call.publish(NAMES, arn)


async def create_open_id_connect_provider(call: Call, params: Params) -> Result:
    """Register a provider."""
    url = _check_url(call, params["Url"])
    arn = f"arn:aws:iam::{call.account}:oidc-provider/{_without_scheme(url)}"
    if await call.session.get(OidcProviderRow, arn) is not None:
        raise already_exists(f"Provider with url {url} already exists.")
    await must_have_room(call, OidcProviderRow)
    tags = read_tags(params.get("Tags"))
    row = OidcProviderRow(
        arn=arn,
        url=url,
        client_ids=_check_client_ids(params.get("ClientIDList") or []),
        thumbprints=_check_thumbprints(params.get("ThumbprintList") or []),
        created_at=call.now,
        tags=tags,
    )
    call.session.add(row)
    await call.session.flush()
    provider_changed(call, arn)
    return {"OpenIDConnectProviderArn": arn, **({"Tags": show_tags(tags)} if tags else {})}


async def get_open_id_connect_provider(call: Call, params: Params) -> Result:
    """Return a provider; its URL is answered without the scheme, as AWS does."""
    row = await provider_of(call, params)
    return {
        "Url": _without_scheme(row.url),
        "ClientIDList": row.client_ids,
        "ThumbprintList": row.thumbprints,
        "CreateDate": moment(row.created_at),
        "Tags": show_tags(row.tags),
    }


async def list_open_id_connect_providers(call: Call, params: Params) -> Result:
    """Return the ARNs of all providers."""
    arns = await call.session.scalars(select(OidcProviderRow.arn).order_by(OidcProviderRow.arn))
    return {"OpenIDConnectProviderList": [{"Arn": arn} for arn in arns]}


async def delete_open_id_connect_provider(call: Call, params: Params) -> Result | None:
    """Delete a provider; one that is not there is no error. Its tokens are worth nothing from the next request on."""
    arn = params["OpenIDConnectProviderArn"]
    await call.session.execute(delete(OidcProviderRow).where(OidcProviderRow.arn == arn))
    provider_changed(call, arn)
    return None


async def update_open_id_connect_provider_thumbprint(call: Call, params: Params) -> Result | None:
    """Replace a provider's thumbprints."""
    row = await provider_of(call, params)
    row.thumbprints = _check_thumbprints(params["ThumbprintList"])
    await call.session.flush()
    provider_changed(call, row.arn)
    return None


async def add_client_id_to_open_id_connect_provider(call: Call, params: Params) -> Result | None:
    """Take tokens for one more audience; one that is taken already is no error."""
    row = await provider_of(call, params)
    row.client_ids = _check_client_ids([*row.client_ids, params["ClientID"]])
    await call.session.flush()
    provider_changed(call, row.arn)
    return None


async def remove_client_id_from_open_id_connect_provider(call: Call, params: Params) -> Result | None:
    """Take no tokens for an audience any more; one that is not taken is no error."""
    row = await provider_of(call, params)
    row.client_ids = [client_id for client_id in row.client_ids if client_id != params["ClientID"]]
    await call.session.flush()
    provider_changed(call, row.arn)
    return None
