"""`gnomon leaderboard build`."""

from pathlib import Path

import typer

building = typer.Typer()


@building.command()
def build(
    output: Path | None = typer.Option(None, "--output", "-o", help="A folder; $GNOMON_HOME/leaderboard by default."),
) -> None:
    """Rank every finished run, and write the pages."""
    from gnomon.leaderboard.publish import publish

    typer.echo(publish(output).as_uri())
