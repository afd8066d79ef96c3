"""What starting the server does not do."""

import subprocess
import sys
from pathlib import Path

# What only rare calls need, and who brought it along before: each cost 20 to 100 ms of every start.
_LATER = (
    "alembic botocore jsonschema lxml OpenSSL pydantic rich signxml structlog typer urllib3 webauthn aiosmtplib httpx "
    "aiohttp joserfc asyncpg segno cryptography.x509 sqlalchemy.dialects.postgresql"
)


_PROGRAM = """
import asyncio, sys
from pathlib import Path
import gatewright.cli.serve, gatewright.run
from gatewright.app import open_product
from gatewright.settings import Settings

async def start() -> None:
    product = await open_product(Settings(data=Path(sys.argv[1])))
    print(*sys.modules)
    await product.close()

asyncio.run(start())
"""


def test_a_start_loads_nothing_that_only_rare_calls_need(tmp_path: Path) -> None:
    """With a new data directory and with one that exists."""
    for _ in range(2):
        command = [sys.executable, "-c", _PROGRAM, str(tmp_path)]
        ended = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
        assert sorted({*_LATER.split()} & {*ended.stdout.split()}) == []
