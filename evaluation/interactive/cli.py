"""`gnomon interactive list|evaluate|log`."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gnomon.benchmarks.contracts import Policy
    from gnomon.benchmarks.interactive import InteractiveTask
    from gnomon.evaluation.intervals import Estimate

interactive = typer.Typer(no_args_is_help=True, add_completion=False)

JSON = typer.Option(False, "--json", help="Machine-readable.")


@interactive.callback()
def interactive_group() -> None:
    """Tasks that are solved in turns of text, by scripts and by models."""


@interactive.command("list")
def list_(as_json: bool = JSON) -> None:
    """List the interactive tasks and the scripts that play them."""
    from gnomon.benchmarks.interactive import INTERACTIVE_TASKS
    from gnomon.tables import show

    rows = [
        {"task": id, "turns": task.horizon, "scripts": ", ".join(task.scripts), "summary": task.summary}
        for id, task in INTERACTIVE_TASKS.items()
    ]
    show(rows, as_json)


@interactive.command()
def evaluate(
    tasks: list[str] = typer.Argument(help="Ids of tasks."),
    player: list[str] = typer.Option(["expert", "random"], help="A script of the tasks, or a generator: hf:PATH, …"),
    episodes: int = typer.Option(100, min=1, help="Problems a task, from the seeds of evaluation."),
    turns: int | None = typer.Option(None, min=1, help="Allow so many turns in place of the task's."),
    max_tokens: int = typer.Option(256, min=1, help="A generator's completion is cut after so many."),
    temperature: float = typer.Option(0.0, min=0.0, help="Of a generator; 0 takes the likeliest token."),
    as_json: bool = JSON,
) -> None:
    """Play tasks and show success, turns, faults and recovery, each with its 95 % interval."""
    from gnomon.benchmarks.contracts import Sampling
    from gnomon.benchmarks.interactive import INTERACTIVE_TASKS
    from gnomon.evaluation.interactive.metrics import summary
    from gnomon.evaluation.interactive.plays import evaluation_seeds, plays
    from gnomon.tables import show

    sampling, rows = Sampling(temperature, 1.0, max_tokens), list[dict[str, Any]]()
    for task in [INTERACTIVE_TASKS[id] for id in tasks]:
        limited = task if turns is None else task.limited(turns)
        for name in player:
            played = plays(limited, _policy(limited, name, sampling), evaluation_seeds(task.id, episodes))
            rows.append({"task": task.id, "player": name, **_shown(summary(played), as_json)})
    show(rows, as_json)


@interactive.command()
def log(
    task: str = typer.Argument(help="Id of a task."),
    output: Path = typer.Option(..., help="The folder that is written; it must not be there."),
    script: list[str] = typer.Option(["expert", "random"], help="Scripts of the task whose episodes are logged."),
    episodes: int = typer.Option(100, min=1, help="Episodes of each script."),
) -> None:
    """Write episodes of scripts of several qualities as Parquet and JSON lines."""
    from gnomon.benchmarks.interactive import INTERACTIVE_TASKS
    from gnomon.evaluation.interactive.log import logged, write_log

    write_log(logged(INTERACTIVE_TASKS[task], dict.fromkeys(script, episodes)), output)
    typer.echo(f"{len(dict.fromkeys(script)) * episodes} episodes in {output}")


def _policy(task: "InteractiveTask", name: str, sampling: Any) -> "Policy":
    from gnomon.benchmarks.generators import is_generator, make_generator

    return task.played_by(make_generator(name), sampling) if is_generator(name) else task.policy(name)


def _shown(metrics: "Mapping[str, Estimate | None]", as_json: bool) -> dict[str, Any]:
    if as_json:
        return {name: estimate and asdict(estimate) for name, estimate in metrics.items()}
    return {name: _text(estimate) for name, estimate in metrics.items()}


def _text(estimate: "Estimate | None") -> str:
    if estimate is None:
        return ""
    if estimate.lower is None:
        return f"{estimate.value:.2f}"
    return f"{estimate.value:.2f} [{estimate.lower:.2f}, {estimate.upper:.2f}]"
