"""`gnomon interactive list|evaluate|reference|log`."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    """Play tasks and show score, success, turns, faults and recovery, each with its 95 % interval.

    Each player's turns on a task are kept as a record in the home, and what is there is not played again.
    """
    from gnomon.benchmarks.contracts import Sampling
    from gnomon.benchmarks.interactive import INTERACTIVE_TASKS
    from gnomon.evaluation.interactive.metrics import score_of, summary
    from gnomon.evaluation.interactive.run import Rules, perform_interactive, planned
    from gnomon.tables import show

    rules, rows = Rules(episodes, turns, Sampling(temperature, 1.0, max_tokens)), list[dict[str, Any]]()
    for run in planned([INTERACTIVE_TASKS[id] for id in tasks], player, rules):
        played = perform_interactive(run).episodes
        found = {"score": score_of(played, run.task), **summary(played)}
        rows.append({"task": run.task.id, "player": run.player, **_shown(found, as_json)})
    show(rows, as_json)


@interactive.command()
def reference(
    tasks: list[str] = typer.Argument(help="Ids of tasks."),
    episodes: int = typer.Option(200, min=10, help="Problems of each of the two scripts."),
    output: Path | None = typer.Option(None, help="A reference_scores.json to add the values to."),
) -> None:
    """Measure the ends of a task's score scale: its random script and its expert."""
    from gnomon.benchmarks.interactive import INTERACTIVE_TASKS
    from gnomon.evaluation.interactive.reference import measure
    from gnomon.files import write_atomically

    for id in tasks:
        entry = measure(INTERACTIVE_TASKS[id], episodes)
        typer.echo(json.dumps({id: entry}, indent=1))
        if output:
            known = json.loads(output.read_text()) if output.exists() else {}
            write_atomically(output, json.dumps(known | {id: entry}, indent=1, sort_keys=True) + "\n")


@interactive.command()
def log(
    task: str = typer.Argument(help="Id of a task."),
    output: Path = typer.Option(..., help="The folder that is written; it must not be there."),
    script: list[str] = typer.Option(["expert", "random"], help="Scripts of the task whose episodes are logged."),
    episodes: int = typer.Option(100, min=1, help="Episodes of each script."),
) -> None:
    """Write episodes of scripts of several qualities as Parquet and JSON lines."""
    from gnomon.benchmarks.interactive import INTERACTIVE_TASKS
    from gnomon.datasets.interactions.log import logged, write_log

    write_log(logged(INTERACTIVE_TASKS[task], dict.fromkeys(script, episodes)), output)
    typer.echo(f"{len(dict.fromkeys(script)) * episodes} episodes in {output}")


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
