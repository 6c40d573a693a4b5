"""A server's places and its database, opened: what every part of it is given."""

from dataclasses import dataclass

from sqlalchemy import Engine

from gnomon.leaderboard.register import Register
from gnomon.leaderboard.server.database import migrate, open_database
from gnomon.leaderboard.server.journal import Journal
from gnomon.leaderboard.server.settings import Settings


@dataclass(frozen=True)
class Service:
    """The choices, the truth (register, journal), and the database that is made of it."""

    settings: Settings
    register: Register
    journal: Journal
    engine: Engine


def open_service(settings: Settings) -> Service:
    """Open a server's folder, made where it is missing, and bring its database to this version's tables.

    Raises:
        GnomonError: the database cannot be reached.
    """
    for folder in (settings.inbox, settings.pages):
        folder.mkdir(parents=True, exist_ok=True)
    settings.folder.chmod(0o700)
    engine = open_database(settings.database_url)
    migrate(engine)
    return Service(settings, Register(settings.register_folder), Journal(settings.folder / "journal.jsonl"), engine)
