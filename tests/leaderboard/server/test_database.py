"""Migrations up and down, and that they make what the tables say, on SQLite and on PostgreSQL."""

from collections.abc import Callable

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from gnomon.errors import GnomonError, UsageError
from gnomon.leaderboard.server.database import is_reachable, migrate, open_database, reading
from gnomon.leaderboard.server.service import Service
from gnomon.leaderboard.server.tables import Table


def tables(service: Service) -> set[str]:
    return set(inspect(service.engine).get_table_names()) - {"alembic_version"}


def test_migrations_make_the_tables_and_nothing_else(service: Service) -> None:
    with service.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []


def test_down_and_up_again(service: Service) -> None:
    everything = tables(service)
    migrate(service.engine, "0001")
    assert tables(service) == {"accounts", "tokens", "visits"}
    migrate(service.engine, "base")
    assert tables(service) == set()
    migrate(service.engine)
    assert tables(service) == everything == set(Table.metadata.tables)
    migrate(service.engine)  # there is nothing to do
    assert tables(service) == everything


def test_sqlite_writes_ahead_and_keeps_what_it_said(own: Service) -> None:
    with reading(own.engine) as session:
        assert session.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert session.execute(text("PRAGMA synchronous")).scalar() == 2  # FULL: a commit survives the power's loss


@pytest.mark.parametrize(
    ("url", "sentence"), [("mysql://host/name", "SQLite or PostgreSQL"), ("nonsense", "URL cannot be read")]
)
def test_other_databases_are_refused(url: str, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        open_database(url)


def test_a_database_that_is_away_is_a_sentence(open_at: Callable[..., Service]) -> None:
    with pytest.raises(GnomonError, match="database cannot be reached"):
        open_at("postgresql://gnomon@127.0.0.1:1/gnomon")
    assert not is_reachable(open_database("postgresql://gnomon@127.0.0.1:1/gnomon"))
