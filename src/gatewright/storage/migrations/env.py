"""Alembic's entry: it is handed an open connection and runs inside its transaction."""

from typing import Any, Literal

from alembic import context

from gatewright.storage.engine import Row
from gatewright.storage.types import Json


def _plain(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our own column types as what they are in the database, so that old versions never need our code."""
    return "sa.Text()" if kind == "type" and isinstance(item, Json) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Row.metadata,
    render_as_batch=True,  # SQLite cannot alter columns in place
    render_item=_plain,
)
context.run_migrations()
