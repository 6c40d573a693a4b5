"""`gnomon results …`, `gnomon protocol …` and `gnomon tasks reference`."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from gnomon.benchmarks.cli import tasks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gnomon.evaluation.importing import Imported
    from gnomon.evaluation.results import Results

results = typer.Typer(no_args_is_help=True, add_completion=False)
protocol = typer.Typer(no_args_is_help=True, add_completion=False)

SUITE = typer.Option("quickstart", help="Whose datasets.")
PROTOCOL = typer.Option(None, "--protocol", help="The rules; the suite's own by default.")
DATASETS = typer.Option([], "--dataset", help="A dataset instead of the suite's; may be given several times.")
ALGORITHMS = typer.Option([], "--algorithm", help="Only this algorithm; may be given several times.")
STATISTIC = typer.Option("iqm", help="iqm, mean, median or optimality-gap.")
JSON = typer.Option(False, "--json", help="Machine-readable.")


@results.callback()
def results_group() -> None:
    """What came out: the table of judged runs."""


@results.command()
def table(
    suite: str = SUITE,
    protocol_name: str | None = PROTOCOL,
    with_imports: bool = typer.Option(False, "--with-imports", help="And, marked, what was imported."),
    as_json: bool = JSON,
) -> None:
    """Show every finished run of a suite that may share a table."""
    from gnomon.evaluation.importing import read_imports
    from gnomon.evaluation.protocol import get_protocol
    from gnomon.evaluation.results import read_results
    from gnomon.evaluation.suites import get_suite

    chosen = get_suite(suite)
    found = read_results(chosen, get_protocol(protocol_name or chosen.protocol))
    print_results(found, chosen.datasets, as_json, read_imports() if with_imports else None)


@results.command()
def compare(
    suite: str = SUITE,
    protocol_name: str | None = PROTOCOL,
    dataset: list[str] = DATASETS,
    algorithm: list[str] = ALGORITHMS,
    statistic: str = STATISTIC,
    test: str = typer.Option("welch", help="welch or permutation."),
    as_json: bool = JSON,
) -> None:
    """Test every pair of algorithms that have run on all the datasets; p is adjusted for their number (Holm)."""
    from gnomon.evaluation.choosing import choose
    from gnomon.evaluation.result_rows import comparison_rows
    from gnomon.tables import show

    chosen = choose(suite, protocol_name, dataset, algorithm)
    rows = comparison_rows(chosen, statistic, test, as_json)
    show(rows, as_json)
    _say_left_out(chosen, {str(row[key]) for row in rows for key in ("algorithm", "over")})


@results.command()
def gains(
    suite: str = SUITE,
    protocol_name: str | None = PROTOCOL,
    dataset: list[str] = DATASETS,
    algorithm: list[str] = ALGORITHMS,
    as_json: bool = JSON,
) -> None:
    """Show on how many datasets each algorithm is better than the data's mean by 0, 3, 5 and 10 points."""
    from gnomon.evaluation.choosing import choose
    from gnomon.evaluation.gains import behaviour_scores, gain_rows
    from gnomon.evaluation.gains import gains as all_gains
    from gnomon.tables import show

    chosen = choose(suite, protocol_name, dataset, algorithm)
    found = all_gains(chosen, behaviour_scores(chosen.datasets))
    show([asdict(gain) for gain in found] if as_json else gain_rows(found), as_json)


@results.command()
def rank(
    suite: str = SUITE,
    protocol_name: str | None = PROTOCOL,
    dataset: list[str] = DATASETS,
    algorithm: list[str] = ALGORITHMS,
    statistic: str = STATISTIC,
    as_json: bool = JSON,
) -> None:
    """Rank the algorithms that have run on all the datasets, with the interval of each rank, P(best) and tiers."""
    from gnomon.evaluation.choosing import choose
    from gnomon.evaluation.result_rows import ranking_rows
    from gnomon.tables import show

    chosen = choose(suite, protocol_name, dataset, algorithm)
    rows = ranking_rows(chosen, statistic, as_json)
    show(rows, as_json)
    _say_left_out(chosen, {str(row["algorithm"]) for row in rows})


@results.command("plot")
def plot_(
    kind: str = typer.Argument(help="curves, improvement, intervals, profiles, quality or seeds."),
    output: Path = typer.Option(help="Where to: a file that ends with .svg or .png."),
    data: Path | None = typer.Option(None, help="Where to write what is drawn: .csv or .json."),
    suite: str = SUITE,
    protocol_name: str | None = PROTOCOL,
    dataset: list[str] = DATASETS,
    algorithm: list[str] = ALGORITHMS,
    statistic: str | None = typer.Option(None, help="Of intervals: only this one."),
    metric: str | None = typer.Option(None, help="Of curves: only this metric of training."),
) -> None:
    """Draw the runs of a suite."""
    from gnomon.evaluation.choosing import choose
    from gnomon.evaluation.plots import Choice
    from gnomon.evaluation.plots.picture import plot, save

    picture = plot(kind, choose(suite, protocol_name, dataset, algorithm), Choice(statistic, metric))
    save(picture, output, data)
    for name in picture.left_out:
        typer.echo(f"{name} is not drawn: it has not run on all of the datasets, or has nothing of the kind.", err=True)
    typer.echo(output)


@results.command("import")
def import_(
    file: Path = typer.Argument(help="CSV or Parquet: algorithm, dataset or task, seed, episode, return or success."),
    name: list[str] = typer.Option([], help="Only these algorithms, or the one of a file that names none."),
    as_json: bool = JSON,
) -> None:
    """Take over episodes of algorithms that were judged elsewhere, to show them beside your runs, never among them."""
    from gnomon.evaluation.importing import import_outcomes

    imported = import_outcomes(file, name)
    if as_json:
        typer.echo(imported.header.model_dump_json(indent=1))
        return
    typer.echo(f"{imported.header.rows:,} episodes of {', '.join(imported.header.algorithms)}: {imported.folder}")
    typer.echo("Shown by gnomon results table --with-imports; delete the folder to forget them.")


def _say_left_out(chosen: "Results", shown: set[str]) -> None:
    for name in chosen.algorithms:
        if name not in shown:
            typer.echo(f"{name} is left out: it has not run on all of the datasets with three seeds.", err=True)


@results.command()
def ship(
    suite: str = SUITE,
    protocol_name: str | None = PROTOCOL,
    dataset: list[str] = DATASETS,
    algorithm: list[str] = ALGORITHMS,
    output: Path | None = typer.Option(None, help="A Parquet file; the package's own of the suite by default."),
) -> None:
    """Write the records of a suite into the package, so that every installation shows them (for maintainers)."""
    from gnomon.evaluation.choosing import choose
    from gnomon.evaluation.shipped import FOLDER, ship

    found = choose(suite, protocol_name, dataset, algorithm).records
    file = output or FOLDER / f"{suite}-{found[0].protocol.name}.parquet"
    ship(found, file)
    typer.echo(f"{len(found)} runs, {file.stat().st_size:,} bytes: {file}")


@results.command()
def power(
    deviation: float = typer.Option(help="Standard deviation over the seeds of one dataset, in score points."),
    effect: float | None = typer.Option(None, help="A difference in score points: how many seeds find it?"),
    seeds: int | None = typer.Option(None, help="Seeds of each dataset: which difference do they find?"),
    datasets: int = typer.Option(1, help="On how many datasets the mean is taken."),
    comparisons: int = typer.Option(1, help="How many pairs of algorithms are tested together."),
    probability: float = typer.Option(0.8, "--power", help="With which probability a difference is to be found."),
    as_json: bool = JSON,
) -> None:
    """Say how many seeds a difference needs, which difference so many seeds find, or how likely, given both."""
    from gnomon.evaluation.power import plan
    from gnomon.tables import show

    found = plan(deviation, effect, seeds, probability, datasets, comparisons)
    show([asdict(found) if as_json else {key: f"{value:g}" for key, value in asdict(found).items()}], as_json)


def print_results(
    found: "Results", datasets: "Sequence[str]", as_json: bool, imports: "Sequence[Imported] | None" = None
) -> None:
    """The scores of every algorithm on the datasets with intervals, and their IQM where it has run on all of them.

    Where imports are given, each row says who judged it, and what was imported follows the runs.
    """
    from gnomon.evaluation.online import online_rows
    from gnomon.evaluation.result_rows import as_json_row, as_text_row, score_rows, with_imports
    from gnomon.evaluation.stitching import stitching_rows
    from gnomon.tables import show

    rows = score_rows(found, datasets)
    if imports is not None:
        rows = with_imports(rows, imports, datasets)
    show([(as_json_row if as_json else as_text_row)(row) for row in rows], as_json)
    for (name, dataset), (share, cost) in found.broken_limits.items():
        typer.echo(
            f"{name} broke the limit in {share:.0%} of the episodes of {dataset}; mean cost {cost:.3g}.", err=True
        )
    if not as_json and (stitched := stitching_rows(found)):
        show(
            stitched,
            title="Goals that no trajectory of the data reaches; success, and success discounted by 0.99 a step",
        )
    if not as_json and (online := online_rows(found)):
        show([row.as_text() for row in online], title="Offline to online: regret and dip over the steps in the task")


@protocol.command("list")
def list_protocols(as_json: bool = JSON) -> None:
    """List the protocols."""
    from gnomon.evaluation.protocol import PROTOCOLS
    from gnomon.tables import show

    rows = [
        {
            "protocol": p.name,
            "updates": p.updates,
            "online steps": p.online_steps,
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
