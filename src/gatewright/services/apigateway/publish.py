"""Stages as the gateway sees them: the only link to the data plane.

In: rows. Out: a `PublishedStage` for each stage, on the shelf `apigateway.stage`, by `{api_id}/{stage_name}`. Law:
it is made of the bytes that `CreateDeployment` froze and of the stage's own row, of nothing that can change in
between.
"""

from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from gatewright.gateway.deployment import PublishedStage
from gatewright.services.apigateway.tables import DeploymentRow, RestApiRow, StageRow
from gatewright.storage.snapshots import Publication

STAGES = "apigateway.stage"
_BATCH = 1_000


def stage_key(api_id: str, stage_name: str) -> str:
    """Return the key of a stage on the shelf."""
    return f"{api_id}/{stage_name}"


def _selection() -> Select[*tuple[Any, ...]]:
    return (
        select(
            StageRow.api_id,
            StageRow.name,
            StageRow.deployment_id,
            StageRow.variables,
            RestApiRow.account,
            RestApiRow.region,
            DeploymentRow.snapshot,
        )
        .join(RestApiRow, RestApiRow.id == StageRow.api_id)
        .join(
            DeploymentRow,
            and_(DeploymentRow.api_id == StageRow.api_id, DeploymentRow.id == StageRow.deployment_id),
        )
    )


def _published(row: Any) -> PublishedStage:
    return PublishedStage(
        account=row.account,
        region=row.region,
        stage_name=row.name,
        deployment_id=row.deployment_id,
        variables=row.variables,
        frozen=row.snapshot,
    )


async def load_stage(session: AsyncSession, key: str) -> PublishedStage | None:
    """Return one stage, None where it is gone."""
    api_id, _, name = key.partition("/")
    row = (await session.execute(_selection().where(StageRow.api_id == api_id, StageRow.name == name))).one_or_none()
    return None if row is None else _published(row)


async def load_stages(session: AsyncSession) -> AsyncIterator[tuple[str, PublishedStage]]:
    """Yield every stage of every region, a batch of rows at a time."""
    rows = await session.stream(_selection().execution_options(yield_per=_BATCH))
    async for row in rows:
        yield stage_key(row.api_id, row.name), _published(row)


PUBLICATIONS: tuple[Publication[Any], ...] = (Publication(STAGES, load_stage, load_stages),)
