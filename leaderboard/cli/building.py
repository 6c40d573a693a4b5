"""`gnomon leaderboard build`."""

from pathlib import Path

import typer

building = typer.Typer()


@building.command()
def build(
    output: Path | None = typer.Option(None, "--output", "-o", help="A folder; $GNOMON_HOME/leaderboard by default."),
    register_folder: Path | None = typer.Option(
        None, "--register", help="Whose submissions are ranked too; $GNOMON_HOME/leaderboard by default."
    ),
) -> None:
    """Rank every finished run and every submission that is sound, and write the pages."""
    from gnomon.leaderboard.publish import publish

    typer.echo(publish(output, register_folder).as_uri())
