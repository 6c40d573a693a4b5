"""`gnomon evaluate` and `gnomon rerun`."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from gnomon.baselines.algorithm import Tuning
    from gnomon.evaluation.grid import Grid
    from gnomon.evaluation.rerun import Comparison

evaluate = typer.Typer(add_completion=False)
rerun = typer.Typer(add_completion=False)

NAMES = typer.Argument(
    help="Names of baselines, or path/to/file.py:Class; with commas or spaces. Of language tasks a ready model: "
    "hf:PATH, openai:ADDRESS, file:X.jsonl, reference (see gnomon generators list)."
)
TASKS = typer.Option([], "--task", help="Of a ready model: a language task instead of a suite; several times.")
DATASETS = typer.Option([], "--dataset", help="A dataset instead of a suite; may be given several times.")
SEED_LIST = typer.Option([], help="Which seeds instead; may be given several times.")
SECRET = typer.Option(None, help="Of a ready model: file with the key of a round's secret items (leaderboard init).")
JSON = typer.Option(False, "--json", help="Machine-readable.")


@evaluate.command()
def evaluate_(
    algorithms: list[str] = NAMES,
    suite: str | None = typer.Option(None, help="What to learn from: quickstart. Of a ready model: reasoning, visual."),
    dataset: list[str] = DATASETS,
    protocol_name: str | None = typer.Option(None, "--protocol", help="The rules; the suite's own by default."),
    seeds: int = typer.Option(3, min=1, help="How many training seeds: 0, 1, …"),
    seed_list: list[int] = SEED_LIST,
    workers: str = typer.Option("auto", help="Processes; auto is one a core."),
    engine: str = typer.Option("local", help="local, ray, slurm; print shows a command a run and does nothing."),
    device: str = typer.Option("cpu", help="Where to train, for example cuda; there, one worker is best."),
    time_limit: float | None = typer.Option(None, min=1, help="Seconds that one run may take."),
    retry_failed: bool = typer.Option(False, "--retry-failed", help="Try again what was set aside."),
    tried: int | None = typer.Option(None, min=1, help="Of your algorithm: how many configurations were tried."),
    online_episodes: int = typer.Option(0, min=0, help="And by how many episodes in the environment one was chosen."),
    tuning_note: str = typer.Option("", help="And what others had tried before, as a sentence."),
    task: list[str] = TASKS,
    samples: int | None = typer.Option(None, min=1, help="Of a ready model: samples an item, not the protocol's."),
    secret: Path | None = SECRET,
    as_json: bool = JSON,
) -> None:
    """Train and judge algorithms on every dataset of a suite, or ask ready models, and show the table of results."""
    from gnomon.baselines.algorithm import Tuning
    from gnomon.errors import UsageError
    from gnomon.evaluation.cli import print_results
    from gnomon.evaluation.evaluate import prepare
    from gnomon.evaluation.grid import Grid
    from gnomon.evaluation.language.cli import evaluate_and_show
    from gnomon.evaluation.language.evaluate import is_model
    from gnomon.evaluation.language.protocol import read_secret

    named = [name for argument in algorithms for name in argument.split(",") if name]
    if any(is_model(name) for name in named):
        seed = seed_list[0] if seed_list else 0
        key = read_secret(secret) if secret else ""
        evaluate_and_show(named, suite, task, protocol_name, samples, seed, key, as_json)
        return
    if task or samples or secret:
        ready = "hf:PATH, openai:ADDRESS, file:X.jsonl, reference"
        raise UsageError(f"--task, --samples and --secret are for ready models: {ready}.")
    if tried is None and (online_episodes or tuning_note):
        raise UsageError("Say --tried too: how many configurations were tried.")
    tuning = None if tried is None else Tuning(tried, online_episodes, tuning_note)
    planned = prepare(named, suite or "quickstart", dataset, protocol_name, seed_list or seeds, tuning, device)
    for sentence in planned.left_out:
        typer.echo(sentence, err=True)
    grid = Grid(planned.runs, time_limit, retry_failed, device)
    if engine == "print":
        _print_commands(grid, time_limit, retry_failed, tuning, device)
        return
    _perform(grid, engine, workers)
    if (found := planned.results()).records:
        print_results(found, planned.suite.datasets, as_json)
    _report_failures(grid)
    if not as_json and not dataset:
        typer.echo("\nThe page: gnomon leaderboard build")


def _perform(grid: "Grid", engine: str, workers: str) -> None:
    from gnomon.engines import ENGINES
    from gnomon.evaluation.evaluate import build_missing
    from gnomon.evaluation.live import live_table
    from gnomon.tables import progress_bars

    with progress_bars() as on_progress:
        build_missing(grid, engine, workers, on_progress)
    with live_table() as on_change:
        grid.perform(ENGINES[engine], workers, on_change)


def _print_commands(
    grid: "Grid", time_limit: float | None, retry_failed: bool, tuning: "Tuning | None", device: str
) -> None:
    """A line of shell a run that is not done, with the options of this call that are about the run."""
    import shlex

    options = ["--workers", "1"] + (["--device", device] if device != "cpu" else [])
    options += ["--time-limit", f"{time_limit:g}"] if time_limit else []
    options += ["--retry-failed"] if retry_failed else []
    if tuning:
        options += ["--tried", str(tuning.configurations), "--online-episodes", str(tuning.online_episodes)]
        options += ["--tuning-note", tuning.foreign] if tuning.foreign else []
    for run in grid.to_do:
        typer.echo(f"{run.command} {shlex.join(options)}")


def _report_failures(grid: "Grid") -> None:
    """A line a run that is set aside; the first is raised, after which the command ends with its exit code."""
    from gnomon.evaluation.evaluate import raise_failures

    for failure in grid.failures[1:]:
        typer.echo(f"Set aside: {failure.sentence}", err=True)
    raise_failures(grid)


@rerun.command()
def rerun_(
    record: str = typer.Argument(help="A record.json, the folder of a run, or its key."),
    as_json: bool = JSON,
) -> None:
    """Do a recorded run again and compare it, episode by episode; exit code 1 where anything differs."""
    import json
    from dataclasses import asdict

    from gnomon.evaluation.rerun import rerun

    found = rerun(record)
    typer.echo(json.dumps(asdict(found), indent=1) if as_json else _said(found))
    raise typer.Exit(0 if found.identical else 1)


def _said(found: "Comparison") -> str:
    """The comparison in words."""
    then, now = found.score
    if found.identical:
        return f"Identical to the byte: {found.episodes} episodes, score {then:.1f}."
    lines = [f"Score {then:.1f} then, {now:.1f} now: {now - then:+.1f}."]
    lines += [f"{len(found.differences)} of {found.episodes} episodes came out otherwise:"] if found.differences else []
    for episode in found.differences:
        (was, value), (steps, length) = episode.value, episode.length
        lines.append(f"  episode {episode.item}: {was:g} then, {value:g} now; {steps} steps then, {length} now")
    lines += [f"The bytes of {name} differ." for name in found.files]
    return "\n".join([*lines, *(f"Otherwise now: {what}." for what in found.circumstances)])
