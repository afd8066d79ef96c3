"""Some lines of the file -> rows of users, and of what is told of the lines that are none.

In: lines, and the open transaction of the job. Law: as when an administrator makes users, a name belongs to one: who is
there already stays as they are, and the line is skipped. Users come in as RESET_REQUIRED, without a password.
Assumed: an alias that is another user's fails the line, because nothing says that it is the same person.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from gatewright.services.cognito_idp.importing.csv_lines import Line, fields_of
from gatewright.services.cognito_idp.importing.limits import ROW_CHARACTERS
from gatewright.services.cognito_idp.importing.rows import BadRow, user_of
from gatewright.services.cognito_idp.importing.tables import ImportJobRow, ImportLineRow
from gatewright.services.cognito_idp.pools.pool_settings import username_attributes
from gatewright.services.cognito_idp.tables import AliasRow, SearchRow, UserRow
from gatewright.services.cognito_idp.users.directory import RESET_REQUIRED, aliases_of, search_keys, user_values
from gatewright.storage.user_pools import UserPool
from gatewright.wire.faults import Fault

FAILED, SKIPPED = "FAILED", "SKIPPED"
_EXISTS = "The user already exists."


class _Candidate(NamedTuple):
    """A user who may be made, if the names are free."""

    line: int
    values: Mapping[str, Any]  # columns
    aliases: Mapping[str, str]


async def store(
    session: AsyncSession, pool: UserPool, job: ImportJobRow, header: Sequence[str], lines: Sequence[Line], now: float
) -> None:
    """Make the users of some lines, and bring the job up to date."""
    told: list[tuple[int, str, str]] = []
    candidates = list(_candidates(pool, header, lines, now, told))
    made = await _free(session, pool, candidates, told)
    await _insert(session, pool, made)
    rows = [{"job_id": job.job_id, "line": line, "outcome": kind, "reason": why} for line, kind, why in told]
    if rows:
        await session.execute(insert(ImportLineRow), rows)
    job.imported += len(made)
    job.skipped += sum(kind == SKIPPED for _, kind, _ in told)
    job.failed += sum(kind == FAILED for _, kind, _ in told)
    if lines:
        job.line, job.position = lines[-1].number, lines[-1].end


def _candidates(
    pool: UserPool,
    header: Sequence[str],
    lines: Sequence[Line],
    now: float,
    told: list[tuple[int, str, str]],
) -> Iterable[_Candidate]:
    for line in lines:
        if line.number == 1 or line.text == "":  # the header; an empty line is nobody
            continue
        try:
            if line.text is None:
                raise BadRow(f"The row is longer than {ROW_CHARACTERS} characters.")
            user = user_of(pool, header, fields_of(line.text))
            aliases = aliases_of(pool, user.attributes, RESET_REQUIRED)
        except BadRow as bad:
            told.append((line.number, FAILED, str(bad)))
            continue
        except Fault as refusal:
            told.append((line.number, FAILED, refusal.message))
            continue
        values = user_values(pool, user.username, user.attributes, RESET_REQUIRED, now) | {"mfa": user.mfa}
        yield _Candidate(line.number, values, aliases)


async def _free(
    session: AsyncSession, pool: UserPool, candidates: Sequence[_Candidate], told: list[tuple[int, str, str]]
) -> list[_Candidate]:
    """Return the candidates whose names are nobody's, and nobody's before them in the file."""
    if not candidates:
        return []
    keys = [one.values["username_key"] for one in candidates]
    names = {*keys, *(value for one in candidates for value in one.aliases.values())}
    usernames = select(UserRow.username_key).where(UserRow.user_pool_id == pool.id, UserRow.username_key.in_(keys))
    aliases = select(AliasRow.name, AliasRow.value_key).where(
        AliasRow.user_pool_id == pool.id, AliasRow.value_key.in_(names)
    )
    taken_names = set(await session.scalars(usernames))
    taken_aliases = {(name, value) for name, value in await session.execute(aliases)}
    made: list[_Candidate] = []
    for one in candidates:
        key = one.values["username_key"]
        clash = [name for name, value in one.aliases.items() if (name, value) in taken_aliases]
        is_there = key in taken_names or (clash and username_attributes(pool))  # a contact may be the name
        if is_there or any(key == value for _, value in taken_aliases):
            told.append((one.line, SKIPPED, _EXISTS))
        elif clash:
            told.append((one.line, FAILED, f"Another user has the same {clash[0]}."))
        else:
            made.append(one)
            taken_names.add(key)
            taken_aliases.update(one.aliases.items())
    return made


async def _insert(session: AsyncSession, pool: UserPool, made: Sequence[_Candidate]) -> None:
    if not made:
        return
    await session.execute(insert(UserRow), [dict(one.values) for one in made])
    aliases = [
        {"user_pool_id": pool.id, "name": name, "value_key": value, "sub": one.values["sub"]}
        for one in made
        for name, value in one.aliases.items()
    ]
    searchable = [
        {"user_pool_id": pool.id, "name": name, "value": value, "sub": one.values["sub"]}
        for one in made
        for name, value in search_keys(one.values["attributes"]).items()
    ]
    for table, rows in ((AliasRow, aliases), (SearchRow, searchable)):
        if rows:
            await session.execute(insert(table), rows)
