"""`gnomon leaderboard init|reveal|rounds`: secret items of language tasks, a key a round."""

from pathlib import Path

import typer

rounds = typer.Typer()
REGISTER = typer.Option(None, "--register", help="The folder of the register; $GNOMON_HOME/leaderboard by default.")


@rounds.command()
def init(register_folder: Path | None = REGISTER) -> None:
    """Begin a round: draw the key of the secret items, publish its hash."""
    from gnomon.leaderboard.register import Register
    from gnomon.leaderboard.rounds import ROUNDS, begin_round

    register = Register(register_folder)
    begun, path = begin_round(register)
    typer.echo(
        f"Round {begun.number}: {register.folder / ROUNDS} promises the key with the SHA-256 {begun.commitment}."
    )
    typer.echo(f"Ask models with: gnomon evaluate MODEL --secret {path}")


@rounds.command()
def reveal(register_folder: Path | None = REGISTER) -> None:
    """End the round that goes on: publish its key, by which everyone can draw its items."""
    from gnomon.leaderboard import rounds as kept
    from gnomon.leaderboard.register import Register

    ended = kept.reveal(Register(register_folder))
    typer.echo(f"Round {ended.number} is over. Its key is {ended.secret}")


@rounds.command("rounds")
def list_rounds(
    register_folder: Path | None = REGISTER,
    public_key: Path | None = typer.Option(None, "--key", help="Check them against this public key (PEM)."),
    as_json: bool = typer.Option(False, "--json", help="Machine-readable."),
) -> None:
    """List the rounds; with --key, exit code 1 where a signature or a revealed key is wrong."""
    from gnomon.leaderboard.keys import read_public
    from gnomon.leaderboard.register import Register
    from gnomon.leaderboard.rounds import faults_of_rounds, read_rounds
    from gnomon.tables import show

    found = read_rounds(Register(register_folder).folder)
    show([one.model_dump(mode="json") if as_json else one.row for one in found], as_json)
    faults = faults_of_rounds(found, read_public(public_key)) if public_key else []
    for fault in faults:
        typer.echo(fault, err=True)
    raise typer.Exit(1 if faults else 0)
