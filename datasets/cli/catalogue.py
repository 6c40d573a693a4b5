"""`gnomon datasets list|info|diff`."""

import json

import typer

catalogue = typer.Typer()


@catalogue.command("list")
def list_(
    task: str | None = typer.Option(None, help="Only this task's."),
    built: bool = typer.Option(False, "--built", help="Only those that are on this machine."),
    as_json: bool = typer.Option(False, "--json", help="Machine-readable."),
) -> None:
    """List the datasets that can be built or are here, with their size and, where it was measured, their quality."""
    from gnomon.benchmarks.tasks import TASKS
    from gnomon.datasets.recipes import RECIPES
    from gnomon.datasets.store import built_ids
    from gnomon.tables import show

    wanted = task and TASKS[task].id  # an unknown one is refused
    here = built_ids()
    rows = [_row(id, id in here) for id in sorted({*here, *(() if built else RECIPES)})]
    show([row for row in rows if wanted in (None, row["task"])], as_json)


def _row(id: str, is_here: bool) -> dict[str, object]:
    from gnomon.datasets.recipes import RECIPES
    from gnomon.datasets.report import read_report
    from gnomon.datasets.store import load_dataset
    from gnomon.errors import DatasetError

    recipe = RECIPES.get(id)
    row: dict[str, object] = {
        "dataset": id,
        "task": recipe and recipe.task,
        "transitions": f"{recipe.transitions:,}" if recipe else "",
        "here": "no",
        "return": "",
        "TQ": "",
        "lSACo": "",
    }
    if not is_here:
        return row
    try:
        dataset = load_dataset(id)
    except DatasetError:
        return row | {"here": "damaged"}
    made, quality = dataset.manifest, read_report(dataset).get("quality", {})
    lsaco = (quality.get("saco") or {}).get("lsaco")
    return row | {
        "task": made.task,
        "transitions": f"{made.transitions:,}",
        "here": made.origin,
        "return": f"{made.statistics.get('return', float('nan')):.4g}",
        "TQ": _short(quality.get("tq")),
        "lSACo": _short(lsaco),
    }


def _short(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


@catalogue.command()
def diff(
    first: str = typer.Argument(help="Id of a built dataset."),
    second: str = typer.Argument(help="Id of another."),
    as_json: bool = typer.Option(False, "--json", help="Machine-readable."),
) -> None:
    """Show how two datasets differ, in how they were made and in their data; exit code 1 where they do."""
    from dataclasses import asdict

    from gnomon.datasets.compare import differences
    from gnomon.datasets.store import load_dataset
    from gnomon.tables import show

    found = [asdict(entry) for entry in differences(load_dataset(first), load_dataset(second))]
    if found or as_json:
        show(found, as_json)
    else:
        typer.echo(f"{first} and {second} are the same.")
    raise typer.Exit(int(bool(found)))


@catalogue.command()
def info(id: str) -> None:
    """Show the manifest of a built dataset, or the recipe of one that is not built."""
    from dataclasses import asdict

    from gnomon.datasets.cost import estimate
    from gnomon.datasets.recipes import RECIPES
    from gnomon.datasets.store import is_built, load_dataset

    if is_built(id):
        typer.echo(load_dataset(id).manifest.model_dump_json(indent=1))
    else:
        recipe = RECIPES[id]
        cost = {"recipe_hash": recipe.hash, "built": False, "cost of a build": str(estimate(recipe, "auto"))}
        typer.echo(json.dumps({**asdict(recipe), **cost}, indent=1))
