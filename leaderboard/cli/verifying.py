"""`gnomon leaderboard verify`, `list`, `withdraw`, `dispute` and `ledger`: what the keeper of a register runs."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from gnomon.leaderboard.ledger import State
    from gnomon.leaderboard.register import Register

verifying = typer.Typer()
ledger = typer.Typer(no_args_is_help=True, help="The signed record of every change of state.")
verifying.add_typer(ledger, name="ledger")

REGISTER = typer.Option(None, "--register", help="The folder of the register; $GNOMON_HOME/leaderboard by default.")
ID = typer.Argument(help="The first digits of a submission's id, eight or more.")
REASON = typer.Option(..., help="Why, as a sentence; it stays in the ledger.")
JSON = typer.Option(False, "--json", help="Machine-readable.")


@verifying.command()
def verify(
    what: list[str] = typer.Argument([], help="Ids, or packed files, which are submitted first; all new ones else."),
    register_folder: Path | None = REGISTER,
    episodes: int | None = typer.Option(None, min=2, help="Fresh episodes a run; twice as many as claimed by default."),
    structural: bool = typer.Option(False, "--structural", help="Check the numbers, and play nothing: level L1."),
    retrain: bool = typer.Option(False, "--retrain", help="Train the algorithm again too, in a sandbox: level L3."),
) -> None:
    """Check submissions, play their policies or score their completions again in a sandbox, and sign what was found."""
    from gnomon.leaderboard.register import Register
    from gnomon.leaderboard.verify.verifier import verify as verified
    from gnomon.tables import progress_bars

    register = Register(register_folder)
    ids, unread = _named(register, what) if what else _waiting(register)
    for sentence in unread:
        typer.echo(f"error: {sentence}", err=True)
    is_bad = bool(unread)
    for id in ids:
        with progress_bars() as on_progress:
            done = verified(register, id, episodes, structural, retrain, on_progress)
        for finding in done.findings:
            if finding.severity != "note":
                typer.echo(f"{finding.severity}: {finding.where}: {finding.sentence}", err=True)
        typer.echo(f"{id[:16]}: {done.entry.state}. {done.entry.reason}")
        is_bad = is_bad or done.entry.state == "rejected"
    if is_bad:
        raise typer.Exit(1)


def _named(register: "Register", what: list[str]) -> tuple[list[str], list[str]]:
    """The submissions that are named, received where they are not yet."""
    from gnomon.leaderboard.reading.reader import is_there

    return [register.receive(Path(name)).id if is_there(Path(name)) else register.find(name) for name in what], []


def _waiting(register: "Register") -> tuple[list[str], list[str]]:
    """The submissions that wait, and a sentence for each new folder that holds none, which keeps no other waiting."""
    from gnomon.errors import GnomonError

    states = {id: entry.state for id, entry in register.entries().items()}
    ids, unread = [id for id in states if states[id] in ("received", "reevaluating", "retraining")], []
    for folder in register.new_folders():
        try:
            ids.append(register.receive(folder).id)
        except GnomonError as error:
            unread.append(f"{folder.name}: {error}")
    return ids, unread


@verifying.command("list")
def list_(
    register_folder: Path | None = REGISTER,
    level: list[str] = typer.Option([], help="Only these: L0, L1, L2, L3, rejected, disputed, withdrawn, new."),
    as_json: bool = JSON,
) -> None:
    """List every submission with its level of trust."""
    from gnomon.leaderboard.register import Register
    from gnomon.tables import show

    standings = Register(register_folder).standings()
    show([one.row for one in standings if not level or one.level in level], as_json)


@verifying.command()
def withdraw(id: str = ID, reason: str = REASON, register_folder: Path | None = REGISTER) -> None:
    """Take an entry back; its tombstone stays."""
    _change(register_folder, id, "withdrawn", reason)


@verifying.command()
def dispute(id: str = ID, reason: str = REASON, register_folder: Path | None = REGISTER) -> None:
    """Mark an entry as disputed, until it is verified again or withdrawn."""
    _change(register_folder, id, "disputed", reason)


def _change(folder: Path | None, id: str, state: "State", reason: str) -> None:
    from gnomon.leaderboard.register import Register

    register = Register(folder)
    entry = register.change(register.find(id), state, reason)
    typer.echo(f"{entry.subject[:16]}: {entry.state}.")


@ledger.command("verify")
def verify_ledger(
    folder: Path | None = typer.Argument(None, help="The folder of the register."),
    key: Path | None = typer.Option(None, help="The public key to trust; by default the one beside the ledger."),
    head: str | None = typer.Option(None, help="Hash of an entry that you saw before and that must still be there."),
) -> None:
    """Check every hash, signature, change of state and file of a ledger; it needs no network."""
    from gnomon.leaderboard.keys import fingerprint, read_public
    from gnomon.leaderboard.ledger import check_ledger, read_ledger
    from gnomon.leaderboard.register import PUBLIC_KEY, Register

    place = Register(folder).folder
    public = read_public(key or place / PUBLIC_KEY)
    found = check_ledger(place, public, head) + Register(folder).check_folders()
    for finding in found:
        typer.echo(f"{finding.where}: {finding.sentence}", err=True)
    if found:
        raise typer.Exit(1)
    entries = read_ledger(place)
    typer.echo(f"{len(entries)} entries, signed with the key {fingerprint(public)}.")
    if entries:
        typer.echo(f"Head: {entries[-1].hash}")


@ledger.command("show")
def show_ledger(
    id: str | None = typer.Argument(None, help="Only of this submission."),
    register_folder: Path | None = REGISTER,
    as_json: bool = JSON,
) -> None:
    """Show the entries."""
    from gnomon.leaderboard.register import Register
    from gnomon.tables import show

    register = Register(register_folder)
    subject = register.find(id) if id else None
    entries = [entry for entry in register.history() if subject in (None, entry.subject)]
    show([entry.model_dump(mode="json") if as_json else entry.row for entry in entries], as_json)
