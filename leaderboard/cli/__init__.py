"""`gnomon leaderboard`: each file of this folder brings a few commands."""

import typer

from gnomon.leaderboard.cli.building import building
from gnomon.leaderboard.cli.exporting import exporting
from gnomon.leaderboard.cli.rounds import rounds
from gnomon.leaderboard.cli.serving import serving
from gnomon.leaderboard.cli.submitting import submitting
from gnomon.leaderboard.cli.verifying import verifying

leaderboard = typer.Typer(no_args_is_help=True, add_completion=False)
for commands in (building, submitting, verifying, exporting, serving, rounds):
    leaderboard.add_typer(commands)


@leaderboard.callback()
def leaderboard_group() -> None:
    """Who is ahead, and is it true: pages, submissions, verification, ledger, exports."""
