"""`gnomon datasets build|subset|verify|record`."""

from typing import TYPE_CHECKING

import typer

from gnomon.datasets.cli.presentation import present

if TYPE_CHECKING:
    from gnomon.findings import Finding

building = typer.Typer()


@building.command()
def build(
    ids: list[str] = typer.Argument(help="Ids of datasets."),
    workers: str = typer.Option("auto", help="Processes; auto is one a core."),
    engine: str = typer.Option("local", help="local, or ray: the cluster at $RAY_ADDRESS."),
) -> None:
    """Build datasets in the simulator; what is there already is kept."""
    from gnomon.datasets.build import build_dataset
    from gnomon.datasets.cost import estimate
    from gnomon.datasets.interactions.recipes import log_recipes
    from gnomon.datasets.recipes import RECIPES
    from gnomon.datasets.store import is_built
    from gnomon.tables import progress_bars

    totals = {id: RECIPES[id].transitions for id in ids if id not in log_recipes()}
    for id, total in totals.items():
        if not is_built(id) and engine == "local":
            typer.echo(f"{id}: {estimate(RECIPES[id], workers)}", err=True)
        with progress_bars() as on_progress:
            dataset = build_dataset(
                id, workers, lambda n, id=id, total=total: on_progress(f"building {id}", n, total), engine
            )
        present(dataset)
    for id in ids:
        if id in log_recipes():
            _build_log(id)


def _build_log(id: str) -> None:
    from gnomon.datasets.interactions.build import build_log, log_folder
    from gnomon.datasets.interactions.recipes import log_recipes

    built = build_log(log_recipes()[id])
    typer.echo(f"{id}: {built.episodes} episodes, {built.turns} turns, content {built.content_hash[:12]}")
    for script, means in built.scripts.items():
        typer.echo(f"  {script}: {', '.join(f'{name} {value:.2f}' for name, value in means.items())}")
    typer.echo(f"  in {log_folder(id)}")


@building.command()
def subset(
    id: str = typer.Argument(help="Id of a built dataset."),
    transform: str = typer.Argument(help="size, top-return, action-free or reward-free."),
    percent: int = typer.Argument(help="The share of the episodes, 1 to 100 %."),
) -> None:
    """Make a dataset of a share of another: smaller (size), the best (top-return), or without actions (action-free)."""
    from gnomon.datasets.store import load_dataset
    from gnomon.datasets.transforms import derive

    present(derive(load_dataset(id), transform, percent))


@building.command()
def verify(
    ids: list[str] = typer.Argument(help="Ids of datasets."),
    replay: int = typer.Option(0, min=0, help="Also play so many episodes again in the simulator."),
    rebuild: bool = typer.Option(False, help="Also build the data again and compare."),
    workers: str = typer.Option("auto", help="Processes for --rebuild; auto is one a core."),
) -> None:
    """Recompute the content hash of datasets and compare it with their manifests'; exit code 1 where it differs."""
    from gnomon.datasets import verify
    from gnomon.datasets.columns import has_actions
    from gnomon.datasets.interactions.recipes import log_recipes
    from gnomon.datasets.recorded import comparison
    from gnomon.datasets.store import load_dataset

    for id in ids:
        if id in log_recipes():
            _verify_log(id, rebuild)
            continue
        dataset = load_dataset(id)
        dataset.verify()
        typer.echo(f"{id}: content {dataset.manifest.content_hash[:12]} as the manifest says")
        if sentence := comparison(dataset.manifest):
            typer.echo(f"{id}: {sentence}")
        if replay:
            _stop_at_findings(verify.replay(dataset, replay))
            count = min(replay, int(has_actions(dataset.columns).sum()))
            typer.echo(f"{id}: {count} episodes replay bit for bit")
        if rebuild:
            verify.rebuild(dataset, workers)
            typer.echo(f"{id}: built again, the same content")


def _verify_log(id: str, rebuild: bool) -> None:
    from gnomon.datasets.interactions.build import verify_log

    manifest = verify_log(id, rebuild)
    again = ", and built again the same rows" if rebuild else ""
    typer.echo(f"{id}: content {manifest.content_hash[:12]} as the manifest says in both files{again}")


@building.command()
def record(
    ids: list[str] = typer.Argument(help="Ids of built datasets."),
    file: str | None = typer.Option(None, help="A JSON file of your own in place of the one that gnomon ships."),
) -> None:
    """Keep the content hashes of builds, with day, versions and platform, for others to compare theirs with."""
    from pathlib import Path

    from gnomon.datasets import recorded
    from gnomon.datasets.store import load_dataset

    recorded.record([load_dataset(id) for id in ids], Path(file) if file else recorded.FILE)


def _stop_at_findings(findings: "list[Finding]") -> None:
    for finding in findings:
        typer.echo(f"{finding.severity}: {finding.where}: {finding.sentence}")
    if findings:
        raise typer.Exit(1)
