"""`gnomon evaluate`, `gnomon results …`, `gnomon protocol …` and `gnomon tasks reference`."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from gnomon.benchmarks.cli import tasks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gnomon.evaluation.results import Results

evaluate = typer.Typer(add_completion=False)
results = typer.Typer(no_args_is_help=True, add_completion=False)
protocol = typer.Typer(no_args_is_help=True, add_completion=False)


@evaluate.command()
def evaluate_(
    algorithms: list[str] = typer.Argument(help="Names of baselines, or path/to/file.py:Class."),
    suite: str = typer.Option("quickstart", help="The datasets to learn from."),
    dataset: list[str] = typer.Option([], help="A dataset instead of a suite; may be given several times."),
    protocol_name: str | None = typer.Option(None, "--protocol", help="The rules; the suite's own by default."),
    seeds: int = typer.Option(3, min=1, help="How many training seeds: 0, 1, …"),
    seed_list: list[int] = typer.Option([], help="Which seeds instead; may be given several times."),
    workers: str = typer.Option("auto", help="Processes; auto is one a core."),
    as_json: bool = typer.Option(False, "--json", help="Machine-readable."),
) -> None:
    """Train and judge algorithms on every dataset of a suite, and show the table that they stand in."""
    from gnomon.evaluation.evaluate import evaluate as run
    from gnomon.evaluation.suites import get_suite
    from gnomon.tables import progress_bars

    with progress_bars() as on_progress:
        found = run(algorithms, suite, dataset, protocol_name, seed_list or seeds, workers, on_progress)
    print_results(found, dataset or get_suite(suite).datasets, as_json)
    if not as_json and not dataset:
        typer.echo("\nThe page: gnomon leaderboard build")


@results.callback()
def results_group() -> None:
    """What came out: the table of judged runs."""


@results.command()
def table(
    suite: str = typer.Option("quickstart", help="Whose datasets."),
    protocol_name: str | None = typer.Option(None, "--protocol", help="The rules; the suite's own by default."),
    as_json: bool = typer.Option(False, "--json", help="Machine-readable."),
) -> None:
    """Show every finished run of a suite that may share a table."""
    from gnomon.evaluation.protocol import get_protocol
    from gnomon.evaluation.results import read_results
    from gnomon.evaluation.suites import get_suite

    chosen = get_suite(suite)
    found = read_results(chosen, get_protocol(protocol_name or chosen.protocol))
    print_results(found, chosen.datasets, as_json)


@results.command()
def power(
    deviation: float = typer.Option(help="Standard deviation over the seeds of one dataset, in score points."),
    effect: float | None = typer.Option(None, help="A difference in score points: how many seeds find it?"),
    seeds: int | None = typer.Option(None, help="Seeds of each dataset: which difference do they find?"),
    datasets: int = typer.Option(1, help="On how many datasets the mean is taken."),
    comparisons: int = typer.Option(1, help="How many pairs of algorithms are tested together."),
    probability: float = typer.Option(0.8, "--power", help="With which probability a difference is to be found."),
    as_json: bool = typer.Option(False, "--json", help="Machine-readable."),
) -> None:
    """Say how many seeds a difference needs, which difference so many seeds find, or how likely, given both."""
    from gnomon.evaluation.power import plan
    from gnomon.tables import show

    found = plan(deviation, effect, seeds, probability, datasets, comparisons)
    show([asdict(found) if as_json else {key: f"{value:g}" for key, value in asdict(found).items()}], as_json)


def print_results(found: "Results", datasets: "Sequence[str]", as_json: bool) -> None:
    """The scores of every algorithm on the datasets with intervals, and their IQM where it has run on all of them."""
    from gnomon.evaluation.aggregate import estimates
    from gnomon.tables import show

    rows: list[dict[str, object]] = []
    for algorithm in found.algorithms:
        cells = {id: found.cell(algorithm, id) for id in datasets if (algorithm, id) in found.scores}
        aggregates = estimates(found, algorithm, list(datasets))
        numbers = {"iqm": aggregates.get("iqm")} | {id: cells.get(id) for id in datasets}
        seeds = min((cell.n for cell in cells.values()), default=0)
        shown = numbers if as_json else {name: _text(number) for name, number in numbers.items()}
        rows.append({"algorithm": algorithm, "seeds": seeds, **shown})
    show([_plain(row) for row in rows] if as_json else rows, as_json)


def _plain(row: dict[str, object]) -> dict[str, object]:
    return {key: asdict(value) if hasattr(value, "statistic") else value for key, value in row.items()}  # pyright: ignore[reportArgumentType]


def _text(estimate: object) -> str:
    from gnomon.evaluation.intervals import LEAST_UNITS, Estimate

    if not isinstance(estimate, Estimate):
        return "not run"
    if estimate.lower is None or estimate.upper is None:
        return f"{estimate.value:.1f} ({'tied' if estimate.n >= LEAST_UNITS else f'n<{LEAST_UNITS}'})"
    return f"{estimate.value:.1f} [{estimate.lower:.1f}, {estimate.upper:.1f}]"


@protocol.command("list")
def list_protocols(as_json: bool = typer.Option(False, "--json", help="Machine-readable.")) -> None:
    """List the protocols."""
    from gnomon.evaluation.protocol import PROTOCOLS
    from gnomon.tables import show

    rows = [
        {
            "protocol": p.name,
            "updates": p.updates,
            "episodes": p.episodes,
            "hash": p.hash[:12],
            "summary": p.summary,
        }
        for p in PROTOCOLS.values()
    ]
    show(rows, as_json)


@protocol.command("show")
def show_protocol(name: str) -> None:
    """Show the rules of a protocol and their hash."""
    from gnomon.evaluation.protocol import get_protocol

    chosen = get_protocol(name)
    typer.echo(json.dumps({"hash": chosen.hash, **chosen.rules}, indent=1))


@protocol.command("diff")
def diff_protocols(one: str, other: str) -> None:
    """Show the rules that differ between two protocols; exit code 1 where any does."""
    from gnomon.evaluation.protocol import differences, get_protocol

    found = differences(get_protocol(one), get_protocol(other))
    for rule, (mine, theirs) in found.items():
        typer.echo(f"{rule}: {mine} in {one}, {theirs} in {other}")
    raise typer.Exit(1 if found else 0)


@tasks.command()
def reference(
    ids: list[str] = typer.Argument(help="Ids of tasks."),
    episodes: int = typer.Option(200, min=30, help="Episodes of each policy."),
    output: Path | None = typer.Option(None, help="A reference_scores.json to add the values to."),
) -> None:
    """Measure the ends of a task's score scale: the random policy and the deterministic expert."""
    from gnomon.evaluation.reference import measure
    from gnomon.files import write_atomically

    for id in ids:
        entry = measure(id, episodes)
        typer.echo(json.dumps({id: entry}, indent=1))
        if output:
            known = json.loads(output.read_text()) if output.exists() else {}
            write_atomically(output, json.dumps(known | {id: entry}, indent=1, sort_keys=True) + "\n")
