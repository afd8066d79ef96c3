"""What starting the server does not do."""

import subprocess
import sys

# What only rare calls need, and who brought it along before: each cost 20 to 100 ms of every start.
_LATER = (
    "alembic botocore jsonschema lxml OpenSSL pydantic rich signxml structlog typer urllib3 webauthn aiosmtplib httpx "
    "aiohttp joserfc asyncpg segno cryptography.x509 sqlalchemy.dialects.postgresql"
)


def test_a_start_loads_nothing_that_only_rare_calls_need() -> None:
    program = "import sys, gatewright.cli.serve, gatewright.run; print(*sys.modules)"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert sorted({*_LATER.split()} & {*ended.stdout.split()}) == []
