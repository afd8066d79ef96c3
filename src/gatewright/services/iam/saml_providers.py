"""SAML providers: whose assertions `AssumeRoleWithSAML` takes.

Law: the document is kept as it was written, and only when it could be used (`saml_metadata.py`). Encrypted assertions
are not supported, so their settings are refused. Source: IAM API reference, `CreateSAMLProvider` …
"""

from sqlalchemy import delete, select

from gatewright.control.service import Call, Params, Result
from gatewright.core import ids
from gatewright.services.iam.faults import already_exists, invalid_input, no_such_entity
from gatewright.services.iam.limits import must_have_room
from gatewright.services.iam.lookup import NAMES
from gatewright.services.iam.saml_metadata import BadMetadata, SamlMetadata, read_metadata
from gatewright.services.iam.tables import SamlProviderRow
from gatewright.services.iam.tags import moment, read_tags, show_tags
from gatewright.storage.providers import SAML_SHELF

_DEFAULT_VALIDITY = 100 * 365 * 86_400.0  # seconds, where the document does not say until when it is valid
_ENCRYPTION = ("AssertionEncryptionMode", "AddPrivateKey", "RemovePrivateKey")


def _read(call: Call, document: str) -> SamlMetadata:
    try:
        metadata = read_metadata(document)
    except BadMetadata as refusal:
        raise invalid_input(f"Could not parse metadata: {refusal}") from None
    if metadata.valid_until is not None and metadata.valid_until <= call.now:
        raise invalid_input("Could not parse metadata: its validUntil has passed")
    return metadata


def _refuse_encryption(params: Params) -> None:
    for member in _ENCRYPTION:
        if params.get(member) is not None:
            raise invalid_input(f"Gatewright does not decrypt SAML assertions: leave {member} out.")


async def provider_of(call: Call, params: Params) -> SamlProviderRow:
    """Return the provider named in a request.

    Raises:
        Fault: `NoSuchEntity`; `InvalidInput` for what is no ARN of one.
    """
    arn = params["SAMLProviderArn"]
    if f":{call.account}:saml-provider/" not in arn:
        raise invalid_input(f"Invalid ARN: {arn} is not that of a SAML provider of this account.")
    row = await call.session.get(SamlProviderRow, arn)
    if row is None:
        raise no_such_entity(f"Manifest not found for arn {arn}")
    return row


def provider_changed(call: Call, arn: str) -> None:
    """Say that a provider was made, changed or deleted."""
    call.publish(SAML_SHELF, arn)
    call.publish(NAMES, arn)


async def create_saml_provider(call: Call, params: Params) -> Result:
    """Register a provider with its metadata."""
    _refuse_encryption(params)
    arn = f"arn:aws:iam::{call.account}:saml-provider/{params['Name']}"
    if await call.session.get(SamlProviderRow, arn) is not None:
        raise already_exists(f"Provider with name {params['Name']} already exists.")
    await must_have_room(call, SamlProviderRow)
    metadata, tags = _read(call, params["SAMLMetadataDocument"]), read_tags(params.get("Tags"))
    row = SamlProviderRow(
        arn=arn,
        uuid=ids.unique_id("SAMLSP") + ids.unique_id("")[:8],
        metadata_xml=params["SAMLMetadataDocument"],
        created_at=call.now,
        valid_until=metadata.valid_until or call.now + _DEFAULT_VALIDITY,
        tags=tags,
    )
    call.session.add(row)
    await call.session.flush()
    provider_changed(call, arn)
    return {"SAMLProviderArn": arn, **({"Tags": show_tags(tags)} if tags else {})}


async def get_saml_provider(call: Call, params: Params) -> Result:
    """Return a provider and its metadata."""
    row = await provider_of(call, params)
    return {
        "SAMLProviderUUID": row.uuid,
        "SAMLMetadataDocument": row.metadata_xml,
        "CreateDate": moment(row.created_at),
        "ValidUntil": moment(row.valid_until),
        "Tags": show_tags(row.tags),
    }


async def list_saml_providers(call: Call, params: Params) -> Result:
    """Return all providers."""
    columns = select(SamlProviderRow.arn, SamlProviderRow.valid_until, SamlProviderRow.created_at)
    rows = await call.session.execute(columns.order_by(SamlProviderRow.arn))
    shown = [
        {"Arn": arn, "ValidUntil": moment(valid_until), "CreateDate": moment(created_at)}
        for arn, valid_until, created_at in rows
    ]
    return {"SAMLProviderList": shown}


async def update_saml_provider(call: Call, params: Params) -> Result:
    """Replace a provider's metadata, from the next assertion on."""
    _refuse_encryption(params)
    row = await provider_of(call, params)
    if params.get("SAMLMetadataDocument") is not None:
        metadata = _read(call, params["SAMLMetadataDocument"])
        row.metadata_xml = params["SAMLMetadataDocument"]
        row.valid_until = metadata.valid_until or call.now + _DEFAULT_VALIDITY
    await call.session.flush()
    provider_changed(call, row.arn)
    return {"SAMLProviderArn": row.arn}


async def delete_saml_provider(call: Call, params: Params) -> Result | None:
    """Delete a provider. Roles that trust it stay, and nobody gets in through it."""
    row = await provider_of(call, params)
    await call.session.execute(delete(SamlProviderRow).where(SamlProviderRow.arn == row.arn))
    provider_changed(call, row.arn)
    return None
