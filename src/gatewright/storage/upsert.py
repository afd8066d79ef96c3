"""`INSERT … ON CONFLICT`, which SQLAlchemy has once for each database: only the one that is used is loaded."""

from typing import Any

from sqlalchemy import FromClause


def insert_into(dialect: str, table: FromClause) -> Any:
    """Return an `INSERT` that has `on_conflict_do_update` and `excluded`; `dialect` is `sqlite` or `postgresql`."""
    if dialect == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as insert_postgresql

        return insert_postgresql(table)  # type: ignore[arg-type]
    from sqlalchemy.dialects.sqlite import insert as insert_sqlite

    return insert_sqlite(table)  # type: ignore[arg-type]
