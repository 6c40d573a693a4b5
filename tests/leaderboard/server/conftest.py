"""Databases to run on, and a service in an empty folder.

PostgreSQL is Debian's, started once on a socket in a folder of its own; without it these tests are skipped.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="needs: pip install 'gnomon[server]'")

from fastapi.testclient import TestClient
from sqlalchemy import create_engine, text

from gnomon.leaderboard.server.application import make_application
from gnomon.leaderboard.server.service import Service, open_service
from gnomon.leaderboard.server.settings import Settings, read_settings
from gnomon.leaderboard.server.tokens import make_token

PLACES = ("/usr/lib/postgresql/*/bin/initdb", "/usr/local/pgsql/bin/initdb")


def _programs() -> Path | None:
    found = sorted(path for place in PLACES for path in Path("/").glob(place.lstrip("/")))
    return found[-1].parent if found else None


def _user() -> str | None:
    """PostgreSQL refuses to run as root."""
    return ("postgres" if shutil.which("su") and _exists("postgres") else "nobody") if os.getuid() == 0 else None


def _exists(user: str) -> bool:
    return subprocess.run(["id", user], capture_output=True).returncode == 0


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """The URL of a PostgreSQL server, without a database's name."""
    programs, user = _programs(), _user()
    if programs is None:
        pytest.skip("needs: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="gnomon-postgres-"))
    if user:
        shutil.chown(folder, user)
    data, options = folder / "data", f"-k {folder} -c listen_addresses= -c fsync=off"
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "gnomon", "-A", "trust", "-E", "UTF8"],
        check=True, capture_output=True, user=user, cwd=folder,
    )  # fmt: skip
    control = [programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log"]
    subprocess.run([*control, "-o", options, "start"], check=True, stdout=subprocess.DEVNULL, user=user, cwd=folder)
    yield f"postgresql+psycopg://gnomon@/{{}}?host={folder}"
    subprocess.run([*control, "-m", "immediate", "stop"], check=True, capture_output=True, user=user, cwd=folder)
    shutil.rmtree(folder)


@pytest.fixture
def postgresql(cluster: str, tmp_path: Path) -> str:
    """The URL of an empty database."""
    name = f"t{abs(hash(tmp_path)):x}"
    engine = create_engine(cluster.format("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return cluster.format(name)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.service)])
def database(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database of each kind; empty for SQLite's in the server's folder."""
    return request.getfixturevalue("postgresql") if request.param == "postgresql" else ""


@pytest.fixture
def open_at(tmp_path: Path, home: Path) -> Iterator[Callable[..., Service]]:
    """Opens a service in a folder with some settings; it is closed after the test."""
    opened = []

    def open_(database: str = "", **chosen: object) -> Service:
        settings = read_settings(tmp_path / "server").model_dump(by_alias=True)
        made = Settings.model_validate({**settings, "database": database, **chosen})
        opened.append(open_service(made))
        return opened[-1]

    yield open_
    for service in opened:
        service.engine.dispose()


@pytest.fixture
def service(open_at: Callable[..., Service], database: str) -> Service:
    """An empty server, on each database."""
    return open_at(database)


@pytest.fixture
def own(open_at: Callable[..., Service]) -> Service:
    """An empty server on SQLite, for what has nothing to do with the database."""
    return open_at()


@pytest.fixture
def ask(own: Service) -> TestClient:
    """A client of `own`, which follows no redirection."""
    return TestClient(make_application(own), follow_redirects=False)


@pytest.fixture
def bearer(own: Service) -> Callable[..., dict[str, str]]:
    """The header of a new token of an account with some scopes."""

    def header(account: str = "ada", *scopes: str) -> dict[str, str]:
        secret, _ = make_token(own, account, scopes or ("read", "submit"), 1)
        return {"Authorization": f"Bearer {secret}"}

    return header
