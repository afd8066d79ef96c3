"""Every table, as it is declared."""

import pytest
from sqlalchemy import Table

import gatewright.app  # noqa: F401 - every table is declared before it is looked at
from gatewright.storage.engine import Row

_FEW = {"apigateway_stages": 1}  # an API has so few that those of a deployment are looked for among them


@pytest.mark.parametrize("table", Row.metadata.sorted_tables, ids=lambda table: table.name)
def test_what_belongs_to_a_row_is_found_by_an_index_when_the_row_is_deleted(table: Table) -> None:
    paths = [list(table.primary_key.columns), *(list(index.columns) for index in table.indexes)]
    for key in table.foreign_key_constraints:
        wanted = list(key.columns)[: _FEW.get(table.name)]
        assert any(path[: len(wanted)] == wanted for path in paths), f"{table.name}: {key.column_keys}"
