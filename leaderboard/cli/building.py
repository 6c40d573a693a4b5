"""`gnomon leaderboard build`."""

from pathlib import Path

import typer

leaderboard = typer.Typer(no_args_is_help=True, add_completion=False)


@leaderboard.callback()
def leaderboard_group() -> None:
    """Who is ahead: build the leaderboard page."""


@leaderboard.command()
def build(
    output: Path | None = typer.Option(None, "--output", "-o", help="A folder; $GNOMON_HOME/leaderboard by default."),
) -> None:
    """Rank every finished run, and write the pages."""
    from gnomon.leaderboard.publish import publish

    typer.echo(publish(output).as_uri())
