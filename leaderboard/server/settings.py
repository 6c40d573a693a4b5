"""What the keeper of a server chooses, in `settings.toml` of its folder. Without that file all of it is as below."""

import os
import tomllib
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from gnomon.errors import UsageError
from gnomon.files import home
from gnomon.leaderboard.reading.contents import MOST_BYTES

SETTINGS = "settings.toml"
DATABASE = "GNOMON_DATABASE"  # the variable that names the database, where its password must not lie in a file


def _checked_address(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("is no address like https://board.example.org")
    return address.rstrip("/")


class Settings(BaseModel):
    """The choices.

    Attributes:
        folder: of the server: journal, inbox, pages, and SQLite's file where that is the database.
        register: the folder of the register.
        database: SQLAlchemy's URL of the database; SQLite in the folder where it is empty.
        address: where others reach the server. With https, cookies are sent over https alone.
        behind_proxy: believe a proxy on this machine about who asks.
        largest_upload: bytes.
        slowest_upload: bytes a second; a slower one is given up.
        uploads_at_once: that are received and read at the same time.
        submissions_a_day: that one account may have accepted within 24 hours, the rejected ones not counted.
        requests_a_second, burst: from one address: how many in the long run, and at once.
        changes_a_minute: flags, appeals, uploads and sign-ins of one account or address.
        lease_seconds: after which a worker that does not report has lost its job.
        attempts: at a job, before it is given up.
        job_hours: that one attempt may take.
        niceness: of jobs, so that the server beside them answers.
        retrain: go on to level L3.
        episodes: fresh ones a run; twice as many as were claimed where it is not set.
        free_space: bytes that uploads leave on the disk.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    folder: Path
    register_folder: Path = Field(alias="register")
    database: str = ""
    address: Annotated[str, AfterValidator(_checked_address)] = "http://127.0.0.1:8000"
    behind_proxy: bool = False
    largest_upload: int = Field(MOST_BYTES, ge=1)
    slowest_upload: int = Field(32 << 10, ge=1)
    uploads_at_once: int = Field(4, ge=1)
    submissions_a_day: int = Field(10, ge=1)
    requests_a_second: float = Field(100, gt=0)
    burst: int = Field(400, ge=1)
    changes_a_minute: float = Field(30, gt=0)
    lease_seconds: float = Field(60, gt=0)
    attempts: int = Field(3, ge=1)
    job_hours: float = Field(24, gt=0)
    niceness: int = Field(10, ge=0, le=19)
    retrain: bool = False
    episodes: int | None = Field(None, ge=2)
    free_space: int = Field(1 << 30, ge=0)

    @property
    def inbox(self) -> Path:
        """Where accepted zips wait until the worker has put them into the register."""
        return self.folder / "inbox"

    @property
    def pages(self) -> Path:
        """Where the worker writes the pages."""
        return self.folder / "pages"

    @property
    def database_url(self) -> str:
        """SQLAlchemy's URL."""
        return os.environ.get(DATABASE) or self.database or f"sqlite:///{self.folder / 'server.db'}"

    @property
    def is_secure(self) -> bool:
        """Whether browsers come over https."""
        return self.address.startswith("https:")


def read_settings(folder: Path | None = None) -> Settings:
    """The settings of a server's folder, `$GNOMON_HOME/server` by default.

    Raises:
        UsageError: the file cannot be read, or has a setting that there is not.
    """
    place = (folder or home() / "server").resolve()
    path = place / SETTINGS
    try:
        chosen = tomllib.loads(path.read_text()) if path.exists() else {}
        return Settings.model_validate({"register": home() / "leaderboard", **chosen, "folder": place})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise UsageError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}.") from error
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read ({error}).") from error
