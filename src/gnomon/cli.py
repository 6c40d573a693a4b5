"""The command line: each room brings its commands in its `cli.py`, imported when one of them is called."""

import errno
import os
import sys
from importlib import import_module
from typing import Any, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup

from gnomon.errors import GnomonError

# name → what it is for, and where its Typer application is; a later module may add commands to an earlier one's.
GROUPS = {
    "quickstart": ("The whole path on small data: build, train, judge, rank, show.", "gnomon.quickstart"),
    "tasks": ("What is to be solved: tasks and their scales.", "gnomon.benchmarks.cli", "gnomon.evaluation.cli"),
    "datasets": ("What is learned from: list, build and verify datasets.", "gnomon.datasets.cli"),
    "cite": ("How to cite a dataset or a task.", "gnomon.datasets.cli.cards"),
    "verifiers": ("Whether an answer is right: list and attack verifiers.", "gnomon.benchmarks.verifiers_cli"),
    "generators": ("Models that answer prompts: list them, show what they reached.", "gnomon.evaluation.language.cli"),
    "interactive": ("Tasks solved in turns of text: list, evaluate, log.", "gnomon.evaluation.interactive.cli"),
    "rewards": ("Reward models against known truth: list, judge, optimise.", "gnomon.evaluation.reward_models.cli"),
    "visual": ("Small networks on drawn pictures: train them, see what rewards teach.", "gnomon.baselines.visual.cli"),
    "baselines": ("How it is learned: list and look at the baselines.", "gnomon.baselines.cli"),
    "evaluate": ("Train and judge an algorithm on a suite of datasets.", "gnomon.evaluation.evaluate_cli"),
    "rerun": ("Do a recorded run again and compare the episodes.", "gnomon.evaluation.evaluate_cli"),
    "judge": ("Judge a policy file that was trained elsewhere.", "gnomon.evaluation.judge_cli"),
    "suites": ("Named sets of datasets: list and show them.", "gnomon.evaluation.suites_cli"),
    "results": ("What came out: the table of judged runs.", "gnomon.evaluation.cli"),
    "protocol": ("The rules of judging: list, show and compare protocols.", "gnomon.evaluation.cli"),
    "leaderboard": ("Who is ahead: build the leaderboard page.", "gnomon.leaderboard.cli"),
    "doctor": ("What this machine can do, and what to do where it cannot.", "gnomon.doctor"),
}  # fmt: skip


class LazyGroup(TyperGroup):
    """Lists every group from the table above and imports one only when it is called."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(GROUPS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        return TyperCommand(cmd_name, help=GROUPS[cmd_name][0]) if cmd_name in GROUPS else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, command, rest = super().resolve_command(ctx, args)
        return name, _load(name) if name in GROUPS else command, rest


def _load(name: str) -> Any:
    applications = [getattr(import_module(module), name, None) for module in GROUPS[name][1:]]
    command = typer.main.get_command(applications[0])  # pyright: ignore[reportArgumentType]
    command.help = command.help or GROUPS[name][0]
    return command


app = typer.Typer(cls=LazyGroup, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def _print_version(wanted: bool) -> None:
    if wanted:
        from gnomon import __version__

        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def root(
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of an error."),
    version: bool = typer.Option(  # noqa: ARG001
        False, "--version", callback=_print_version, is_eager=True, help="Print the version and stop."
    ),
) -> None:
    """Build datasets, judge algorithms on them under one protocol, and rank what comes out."""
    if debug:
        os.environ["GNOMON_DEBUG"] = "1"


def main() -> None:
    """Run the command line; every error is one sentence, with exit code 2 for a wrong call and 1 otherwise."""
    try:
        app()
    except GnomonError as error:
        _stop(str(error), error.exit_code)
    except OSError as error:
        if error.errno not in _SYSTEM_ERRORS:
            raise
        _stop(_SYSTEM_ERRORS[error.errno].format(place=error.filename or "the folder"), 1)


_SYSTEM_ERRORS = {
    errno.ENOSPC: "The disk is full while writing {place}; free some space or set GNOMON_HOME to another disk.",
    errno.EDQUOT: "The disk quota is used up while writing {place}; free some space or set GNOMON_HOME elsewhere.",
    errno.EACCES: "There is no permission for {place}; set GNOMON_HOME, or the output, to a folder of yours.",
    errno.EPERM: "There is no permission for {place}; set GNOMON_HOME, or the output, to a folder of yours.",
    errno.EROFS: "{place} is on a read-only disk; set GNOMON_HOME to a folder that can be written.",
    errno.ENOTDIR: "{place} cannot be made: part of its path is a file; set GNOMON_HOME, or the output, to a folder.",
}  # fmt: skip


def _stop(sentence: str, exit_code: int) -> NoReturn:
    if os.environ.get("GNOMON_DEBUG"):
        raise
    print(f"gnomon: {sentence}", file=sys.stderr)  # noqa: T201
    sys.exit(exit_code)
