"""A long file is taken no faster than it can be written."""

import asyncio
from typing import Any

from gatewright.services.cognito_idp.importing.limits import PART_BYTES
from gatewright.services.cognito_idp.importing.uploads import FileUpload


class SlowDatabase:
    """What an upload uses of its surroundings: the first write waits until it may go on."""

    def __init__(self) -> None:
        self.may_write = asyncio.Event()
        self.written = 0
        self.keys = self

    def seal(self, purpose: str, part: bytes, context: bytes) -> bytes:
        return part

    async def write(self, step: Any) -> None:
        await self.may_write.wait()
        self.written += 1


async def test_nothing_more_is_read_while_the_database_is_behind() -> None:
    database: Any = SlowDatabase()
    upload, resumed = FileUpload(database, "import-1"), asyncio.Event()
    pieces = 0
    while not upload.is_behind:
        upload.take(bytes(PART_BYTES))
        pieces += 1
        await asyncio.sleep(0)
        assert pieces < 100
    upload.when_ready(resumed.set)
    await asyncio.sleep(0)
    assert not resumed.is_set()
    database.may_write.set()
    async with asyncio.timeout(60):
        await resumed.wait()
        while database.written < pieces // 4:  # noqa: ASYNC110 - the upload tells of no single write
            await asyncio.sleep(0.01)
    assert not upload.is_behind
