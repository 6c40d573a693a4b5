"""The database: SQLite in write-ahead mode, or PostgreSQL by its URL.

A transaction that writes says so when it begins. On SQLite it takes the lock at once (BEGIN IMMEDIATE), since a read
that becomes a write can fail where another wrote in between; reads never wait. What must not interleave on either
database locks a row of `progress` first.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from gnomon.errors import GnomonError, UsageError

WAIT = 30  # seconds that a writer waits for another
WRITES = "gnomon_writes"
POOL: dict[str, Any] = {"pool_size": 10, "max_overflow": 30}  # connections; a request of forty at once has one each


def open_database(url: str) -> Engine:
    """An engine with our settings; nothing is connected yet.

    Raises:
        UsageError: the URL is neither of SQLite nor of PostgreSQL, or PostgreSQL's driver is missing.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise UsageError("The database's URL cannot be read; write postgresql://USER@HOST/NAME.") from error
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(parsed, connect_args={"timeout": WAIT}, **POOL)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if parsed.get_backend_name() != "postgresql":
        raise UsageError(f"{parsed.get_backend_name()} is no database that the server knows: SQLite or PostgreSQL.")
    if find_spec("psycopg") is None:
        raise UsageError("PostgreSQL's driver is missing: pip install 'gnomon[server]'")
    return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True, **POOL)


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    kind = "IMMEDIATE" if connection.get_execution_options().get(WRITES) else "DEFERRED"
    connection.exec_driver_sql(f"BEGIN {kind}")


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that only reads."""
    with Session(engine) as session:
        yield session


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A session whose changes are stored together when the block ends well, or not at all."""
    with Session(engine.execution_options(**{WRITES: True}), expire_on_commit=False) as session, session.begin():
        yield session


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the tables up to `head`, or down to an older revision; processes that start together take turns.

    Raises:
        GnomonError: the database cannot be reached.
    """
    try:
        with engine.execution_options(**{WRITES: True}).begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(72063157)"))
            _move(connection, revision)
    except OperationalError as error:
        raise GnomonError(f"The database cannot be reached ({str(error.orig).strip().splitlines()[0]}).") from error


def _move(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    move = command.upgrade if revision == "head" else command.downgrade
    move(config, revision)


def is_reachable(engine: Engine) -> bool:
    """Whether the database answers."""
    try:
        with reading(engine) as session:
            return session.execute(text("SELECT 1")).scalar() == 1
    except SQLAlchemyError:
        return False
