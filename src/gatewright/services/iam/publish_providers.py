"""Rows of `iam` -> what logins are verified against: identity providers, and the MFA devices that are enabled."""

from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from gatewright.services.iam.tables import MfaDeviceRow, OidcProviderRow, SamlProviderRow, User
from gatewright.storage.mfa import SHELF as MFA_SHELF
from gatewright.storage.mfa import MfaDevice
from gatewright.storage.providers import OIDC_SHELF, SAML_SHELF, OidcProvider, SamlProvider
from gatewright.storage.snapshots import Publication


def _oidc(row: OidcProviderRow) -> OidcProvider:
    return OidcProvider(arn=row.arn, url=row.url, client_ids=tuple(row.client_ids), thumbprints=tuple(row.thumbprints))


async def _load_oidc(session: AsyncSession, arn: str) -> OidcProvider | None:
    row = await session.get(OidcProviderRow, arn)
    return None if row is None else _oidc(row)


async def _load_all_oidc(session: AsyncSession) -> AsyncIterator[tuple[str, OidcProvider]]:
    for row in await session.scalars(select(OidcProviderRow)):
        yield row.arn, _oidc(row)


def _saml(row: SamlProviderRow) -> SamlProvider:
    return SamlProvider(arn=row.arn, metadata_xml=row.metadata_xml)


async def _load_saml(session: AsyncSession, arn: str) -> SamlProvider | None:
    row = await session.get(SamlProviderRow, arn)
    return None if row is None else _saml(row)


async def _load_all_saml(session: AsyncSession) -> AsyncIterator[tuple[str, SamlProvider]]:
    for row in await session.scalars(select(SamlProviderRow)):
        yield row.arn, _saml(row)


# The inner join leaves out devices that are assigned to nobody.
_DEVICES = select(MfaDeviceRow, User.arn).join(User, User.user_id == MfaDeviceRow.user_id)


def _device(row: MfaDeviceRow, user_arn: str) -> MfaDevice:
    return MfaDevice(serial_number=row.serial_number, user_arn=user_arn, sealed_seed=row.sealed_seed, drift=row.drift)


async def _load_device(session: AsyncSession, serial_number: str) -> MfaDevice | None:
    row = (await session.execute(_DEVICES.where(MfaDeviceRow.serial_number == serial_number))).first()
    return None if row is None else _device(row[0], row[1])


async def _load_devices(session: AsyncSession) -> AsyncIterator[tuple[str, MfaDevice]]:
    for row, user_arn in await session.execute(_DEVICES):
        yield row.serial_number, _device(row, user_arn)


PUBLICATIONS: tuple[Publication[Any], ...] = (
    Publication(OIDC_SHELF, _load_oidc, _load_all_oidc),
    Publication(SAML_SHELF, _load_saml, _load_all_saml),
    Publication(MFA_SHELF, _load_device, _load_devices),
)
