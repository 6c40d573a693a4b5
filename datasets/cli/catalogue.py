"""`gnomon datasets list|info`."""

import json

import typer

catalogue = typer.Typer()


@catalogue.command("list")
def list_(
    task: str | None = typer.Option(None, help="Only this task's."),
    as_json: bool = typer.Option(False, "--json", help="Machine-readable."),
) -> None:
    """List the datasets that can be built, and which are."""
    from gnomon.benchmarks.tasks import TASKS
    from gnomon.datasets.recipes import RECIPES
    from gnomon.datasets.store import is_built
    from gnomon.tables import show

    wanted = task and TASKS[task].id  # an unknown one is refused
    chosen = [recipe for recipe in RECIPES.values() if wanted in (None, recipe.task)]
    rows = [
        {
            "dataset": recipe.id,
            "task": recipe.task,
            "transitions": recipe.transitions,
            "ranked": "yes" if recipe.ranked else "no",
            "built": "yes" if is_built(recipe.id) else "no",
        }
        for recipe in chosen
    ]
    show(rows, as_json)


@catalogue.command()
def info(id: str) -> None:
    """Show the manifest of a built dataset, or the recipe of one that is not built."""
    from dataclasses import asdict

    from gnomon.datasets.recipes import RECIPES
    from gnomon.datasets.store import is_built, load_dataset

    if is_built(id):
        typer.echo(load_dataset(id).manifest.model_dump_json(indent=1))
    else:
        typer.echo(json.dumps({**asdict(RECIPES[id]), "recipe_hash": RECIPES[id].hash, "built": False}, indent=1))
