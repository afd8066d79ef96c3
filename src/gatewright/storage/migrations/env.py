"""Alembic's entry: it is handed an open connection and runs inside its transaction."""

from alembic import context

from gatewright.storage.engine import Row

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Row.metadata,
    render_as_batch=True,  # SQLite cannot alter columns in place
    compare_type=False,
)
context.run_migrations()
