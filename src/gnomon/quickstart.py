"""`gnomon quickstart`: the whole path on small data, from a simulator to a page."""

import time

import typer

quickstart = typer.Typer(add_completion=False)
BASELINES = ["bc", "td3-bc"]


@quickstart.command()
def run(workers: str = typer.Option("auto", help="Processes; auto is one a core.")) -> None:
    """Build two datasets, train two baselines with three seeds each, judge them, rank them, and write the page."""
    from gnomon.evaluation.cli import print_results
    from gnomon.evaluation.evaluate import evaluate
    from gnomon.evaluation.suites import get_suite
    from gnomon.leaderboard.publish import publish
    from gnomon.tables import progress_bars

    begun = time.perf_counter()
    with progress_bars() as on_progress:
        results = evaluate(BASELINES, "quickstart", workers=workers, on_progress=on_progress)
    page = publish()
    typer.echo("Scores: 0 is a random policy, 100 the expert; mean over seeds with 95 % intervals.\n")
    print_results(results, get_suite("quickstart").datasets, as_json=False)
    typer.echo(f"\n{time.perf_counter() - begun:.0f} s. The page: {page.as_uri()}")
    typer.echo("Next: gnomon evaluate examples/my_algorithm.py:NearestNeighbour")
