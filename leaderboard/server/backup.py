"""One file that holds all of a server: register, journal, inbox, settings, accounts, tokens, and the key where wanted.

A tar of files, readable by its owner alone. It can be made while everything runs: the accounts first, then ledger and
journal, which only grow, then the folders, which hold by then whatever these speak of. The database is not in it; it is
made again from the files, so that a backup of SQLite can be restored to PostgreSQL.
"""

import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, select

from gnomon.errors import GnomonError, UsageError
from gnomon.files import home
from gnomon.leaderboard.ledger import LEDGER
from gnomon.leaderboard.register import PUBLIC_KEY, REPORTS, SUBMISSIONS
from gnomon.leaderboard.server.database import reading, writing
from gnomon.leaderboard.server.projection import rebuild
from gnomon.leaderboard.server.service import Service, open_service
from gnomon.leaderboard.server.settings import SETTINGS, Settings, read_settings
from gnomon.leaderboard.server.tables import Account, Token

KEPT = (Account, Token)  # the tables that no file can bring back
ACCOUNTS, KEY, JOURNAL, INBOX = "accounts.json", "keys/ledger.pem", "journal.jsonl", "inbox"
REGISTER = "register"


def back_up(service: Service, output: Path, with_key: bool) -> None:
    """Write the backup; a file of that name is replaced once it is whole.

    Args:
        service: to back up.
        output: the tar.
        with_key: the ledger's private key too, without which nobody can go on with the ledger.
    """
    descriptor, temporary = tempfile.mkstemp(dir=output.absolute().parent, prefix=f".{output.name}.")  # 0600
    try:
        with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w") as archive:
            _add_bytes(archive, ACCOUNTS, json.dumps(_kept_rows(service), indent=1).encode())
            for path, name in _files(service, with_key):
                _add(archive, path, name)
        Path(temporary).replace(output)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _kept_rows(service: Service) -> dict[str, list[dict[str, Any]]]:
    with reading(service.engine) as session:
        return {table.__tablename__: [_values(row) for row in session.scalars(select(table))] for table in KEPT}


def _values(row: Any) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in inspect(row).mapper.column_attrs}


def _files(service: Service, with_key: bool) -> Iterator[tuple[Path, str]]:
    """Places, and names in the archive, in the order in which they have to be read."""
    folder, register = service.settings.folder, service.register.folder
    for name in (LEDGER, PUBLIC_KEY):
        yield register / name, f"{REGISTER}/{name}"
    yield service.journal.path, JOURNAL
    yield folder / SETTINGS, SETTINGS
    for name in (SUBMISSIONS, REPORTS):
        yield register / name, f"{REGISTER}/{name}"
    yield service.settings.inbox, INBOX
    if with_key:
        yield home() / KEY, KEY


def _add(archive: tarfile.TarFile, place: Path, name: str) -> None:
    """A file, or all that is not hidden in a folder."""
    paths = sorted(place.rglob("*")) if place.is_dir() else [place]
    for path in paths:
        inside = path.relative_to(place)
        is_hidden = any(part.startswith(".") for part in inside.parts)
        if path.is_file() and not is_hidden:
            with suppress(FileNotFoundError):  # the worker has just moved it to where it is read next
                _add_file(archive, path, name if path == place else f"{name}/{inside.as_posix()}")


def _add_file(archive: tarfile.TarFile, path: Path, name: str) -> None:
    with path.open("rb") as file:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = os.fstat(file.fileno()).st_size, 0o600
        archive.addfile(entry, file)


def _add_bytes(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    archive.addfile(entry, BytesIO(content))


def restore(backup: Path, folder: Path | None) -> Service:
    """Make a server of a backup, with the register where its settings say, and the database made again.

    Args:
        backup: that `back_up` has written.
        folder: of the server, `$GNOMON_HOME/server` by default; there must be no server in it.

    Raises:
        UsageError: there is a server or a register already.
        GnomonError: it is no backup.
    """
    settings = read_settings(folder)
    for path in (settings.folder / JOURNAL, settings.register_folder / LEDGER):
        if path.exists():
            raise UsageError(f"{path} is there already; restore into an empty folder.")
    with tempfile.TemporaryDirectory() as temporary:
        unpacked = Path(temporary)
        _unpack(backup, unpacked)
        settings = _place(unpacked, settings)
        service = open_service(settings)
        _insert(service, json.loads((unpacked / ACCOUNTS).read_bytes()))
    rebuild(service)
    return service


def _unpack(backup: Path, folder: Path) -> None:
    try:
        with tarfile.open(backup) as archive:
            archive.extractall(folder, filter="data")
    except (OSError, tarfile.TarError) as error:
        raise GnomonError(f"{backup} cannot be unpacked ({error}).") from error
    if not (folder / ACCOUNTS).is_file():
        raise GnomonError(f"{backup} is no backup of a gnomon server.")


def _place(unpacked: Path, settings: Settings) -> Settings:
    """Move the files to where they belong; the settings in force from then on. A settings file that is there stays."""
    settings.folder.mkdir(parents=True, exist_ok=True)
    if (unpacked / SETTINGS).exists() and not (settings.folder / SETTINGS).exists():
        shutil.copy(unpacked / SETTINGS, settings.folder / SETTINGS)
        settings = read_settings(settings.folder)
    for name, place in ((JOURNAL, settings.folder / JOURNAL), (KEY, home() / KEY)):
        if (unpacked / name).exists() and not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(unpacked / name, place)
    for name, place in ((REGISTER, settings.register_folder), (INBOX, settings.inbox)):
        if (unpacked / name).exists():
            shutil.copytree(unpacked / name, place, dirs_exist_ok=True)
    return settings


def _insert(service: Service, rows: dict[str, list[dict[str, Any]]]) -> None:
    with writing(service.engine) as session:
        for table in KEPT:
            session.add_all(table(**row) for row in rows[table.__tablename__])
            session.flush()
