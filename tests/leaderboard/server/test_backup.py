"""A backup holds all: a server is made of it, on the other database too, and the doctor finds nothing."""

import json
import tarfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from running_server import variant
from sqlalchemy import delete, select, update
from submissions_made_up import accepted, entered
from typer.testing import CliRunner, Result

from gnomon.errors import GnomonError, UsageError
from gnomon.leaderboard.cli import leaderboard
from gnomon.leaderboard.pack import Packed
from gnomon.leaderboard.server.acceptance import accept
from gnomon.leaderboard.server.backup import back_up, restore
from gnomon.leaderboard.server.database import reading, writing
from gnomon.leaderboard.server.doctor import diagnose
from gnomon.leaderboard.server.projection import catch_up, rebuild, record
from gnomon.leaderboard.server.service import Service
from gnomon.leaderboard.server.tables import Audit, Change, Complaint, Job, Submitted
from gnomon.leaderboard.server.tokens import find_bearer, make_token
from gnomon.leaderboard.server.uploads import Uploaded

PROJECTED = (Submitted, Change, Complaint, Audit, Job)


def filled(service: Service, packed: Packed) -> str:
    """A submission in the register, one in the inbox, a flag, and a token, which is given."""
    for number in range(2):
        id, content = variant(packed, number)
        path = service.settings.inbox / ".upload-test"
        path.write_bytes(content)
        accept(service, "ada", id, Uploaded(path, sha256(content).hexdigest()))
        if number == 0:
            waiting = service.settings.inbox / f"{id}.zip"
            service.register.receive(waiting)
            waiting.unlink()
            entered(service, id, "structural")
            record(service, "eve", "submission.flagged", id, reason="It is a copy.")
    return make_token(service, "ada", ["read"], 1)[0]


def rows(service: Service) -> dict[str, list[str]]:
    """All rows that are made of files, without the columns that are a database's own."""
    own = {"_sa_instance_state", "number", "attempts", "not_before", "worker", "lease_until"}
    with reading(service.engine) as session:
        return {
            table.__tablename__: sorted(
                str(sorted((name, value) for name, value in row.__dict__.items() if name not in own))
                for row in session.scalars(select(table))
                if getattr(row, "event", 0) is not None  # pages are asked for by nobody
            )
            for table in PROJECTED
        }


def errors(service: Service) -> list[tuple[str, str]]:
    return [(one.rule, one.where) for one in diagnose(service) if one.severity == "error"]


@pytest.mark.slow  # reads two submissions thrice, each in a child
def test_there_and_back(
    service: Service, packed: Packed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgresql: str
) -> None:
    """From each database to PostgreSQL, on another machine, as far as a home is one."""
    token, output = filled(service, packed), tmp_path / "backup.tar"
    back_up(service, output, with_key=True)
    assert output.stat().st_mode & 0o077 == 0
    before = rows(service)
    monkeypatch.setenv("GNOMON_HOME", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GNOMON_DATABASE", postgresql)
    if service.engine.dialect.name == "postgresql":
        monkeypatch.delenv("GNOMON_DATABASE")
    restored = restore(output, None)
    try:
        assert rows(restored) == before
        assert errors(restored) == []
        assert find_bearer(restored, token) is not None
        assert len(list(restored.settings.inbox.glob("*.zip"))) == 1
        (id,) = restored.register.entries()
        restored.register.change(id, "disputed", "The key came with it.")
        with pytest.raises(UsageError, match="restore into an empty folder"):
            restore(output, None)
    finally:
        restored.engine.dispose()


def test_without_being_asked_the_key_stays_at_home(own: Service, tmp_path: Path) -> None:
    (id,) = accepted(own, 1)
    entered(own, id, "received")
    secret, _ = make_token(own, "ada", ["read"], 1)
    back_up(own, tmp_path / "backup.tar", with_key=False)
    with tarfile.open(tmp_path / "backup.tar") as archive:
        names = archive.getnames()
    assert "keys/ledger.pem" not in names
    assert {"accounts.json", "register/ledger.jsonl", "register/ledger.pub", "journal.jsonl"} <= set(names)
    assert secret.encode() not in (tmp_path / "backup.tar").read_bytes()


@pytest.mark.parametrize("content", [b"", b"no tar", b"\0" * 2048])
def test_what_is_no_backup_is_a_sentence(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "odd.tar").write_bytes(content)
    with pytest.raises(GnomonError, match=r"cannot be unpacked|is no backup"):
        restore(tmp_path / "odd.tar", tmp_path / "server")


def test_a_backup_that_leads_out_is_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "evil.tar", "w") as archive:
        (tmp_path / "file").write_text("{}")
        archive.add(tmp_path / "file", "../../evil")
    with pytest.raises(GnomonError, match="cannot be unpacked"):
        restore(tmp_path / "evil.tar", tmp_path / "server")


def test_the_tables_can_be_made_again(service: Service) -> None:
    ids = accepted(service, 1, 2, 3)
    entered(service, ids[0], "received", "structural")
    entered(service, ids[1], "received", "rejected")
    record(service, "eve", "submission.flagged", ids[0], reason="It is a copy.")
    token, _ = make_token(service, "ada", ["read"], 1)
    before = rows(service)
    assert [len(found) for found in before.values()] == [3, 4, 1, 5, 3]
    with writing(service.engine) as session:
        session.execute(delete(Complaint))
        session.execute(update(Submitted).values(state="withdrawn"))
    rebuild(service)
    assert rows(service) == before
    assert find_bearer(service, token) is not None


def test_the_doctor_finds_what_is_wrong(own: Service) -> None:
    ids = accepted(own, 1, 2)
    assert sorted(errors(own)) == [("inbox", id[:16]) for id in sorted(ids)]  # made up: they have no files
    for id in ids:
        (own.settings.inbox / f"{id}.zip").write_bytes(b"PK")
    assert errors(own) == []
    with writing(own.engine) as session:
        session.execute(update(Submitted).where(Submitted.id == ids[0]).values(account="eve"))
    assert errors(own) == [("database", "submissions")]
    rebuild(own)
    assert errors(own) == []
    own.journal.path.write_bytes(own.journal.path.read_bytes().replace(b'"ada"', b'"eve"', 1))
    assert ("journal", "line 2") in errors(own)


def test_a_ledger_that_was_rewritten_is_not_read_on(own: Service) -> None:
    (id,) = accepted(own, 1)
    entered(own, id, "received", "structural")
    ledger = own.register.folder / "ledger.jsonl"
    ledger.write_bytes(ledger.read_bytes().splitlines(keepends=True)[0])
    with pytest.raises(GnomonError, match="doctor --rebuild"):
        catch_up(own)


def call(*words: str | Path) -> Result:
    return CliRunner().invoke(leaderboard, [str(word) for word in words], catch_exceptions=False)


def test_the_keepers_commands(home: Path, tmp_path: Path) -> None:
    secret = call("token", "create", "ada-lovelace", "--scope", "submit", "--days", "7").stdout.strip()
    prefix = secret.split("_")[1]
    (row,) = json.loads(call("token", "list", "--json").stdout)
    assert (row["account"], row["scopes"], row["revoked"]) == ("ada-lovelace", "submit", "")
    assert secret not in str(row)
    assert call("token", "revoke", prefix).stdout == f"{prefix}: revoked.\n"
    (row,) = json.loads(call("token", "list", "ada-lovelace", "--json").stdout)
    assert row["revoked"]
    assert call("backup", tmp_path / "b.tar").exit_code == 0
    assert call("restore", tmp_path / "b.tar", "--folder", tmp_path / "other").exit_code == 0
    healthy = call("doctor", "--rebuild")
    assert (healthy.exit_code, "The server is well." in healthy.stdout) == (0, True)
    (home / "server" / "journal.jsonl").write_text("{}\n")
    assert call("doctor").exit_code == 1


def test_a_setting_that_there_is_not_is_a_sentence(home: Path) -> None:
    (home / "server").mkdir(parents=True)
    (home / "server" / "settings.toml").write_text("lease = 3")
    with pytest.raises(UsageError, match=r"settings\.toml: lease: Extra inputs"):
        call("token", "list")


def test_without_the_extra_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib import util

    real: Callable[..., object] = util.find_spec
    monkeypatch.setattr(util, "find_spec", lambda name, *rest: None if name == "fastapi" else real(name, *rest))
    with pytest.raises(UsageError, match=r"The server needs fastapi: pip install 'gnomon\[server\]'"):
        call("serve")
