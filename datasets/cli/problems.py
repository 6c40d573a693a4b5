"""`gnomon datasets problems|decontaminate`: items of language tasks as files, and whether they stand in a file."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from gnomon.datasets.decontaminate.check import Contamination

problems = typer.Typer()

COLUMNS = typer.Option([], "--column", help="Of Parquet or JSON lines: only this column; may be given several times.")
TASKS = typer.Option([], "--task", help="A language task; all of them by default. May be given several times.")


@problems.command("problems")
def problems_(
    task: str = typer.Argument(help="Id of a language task."),
    output: Path = typer.Argument(help="A folder that is not there yet."),
    layout: str = typer.Option(
        "plain", help="plain, trl, verl, open-instruct, verifiers, lm-eval, trajectories, media."
    ),
    split: str = typer.Option("train", help="train, validation, test or secret."),
    items: int = typer.Option(1000, min=1, help="How many; the levels take turns."),
    view: str = typer.Option("L1", help="L1, or L2 for unseen wordings."),
    level: int | None = typer.Option(None, help="Only this level."),
    key: str = typer.Option("", help="Of the secret split."),
    mixed: int | None = typer.Option(None, min=0, help="Seed of completions of mixed quality, in place of gold ones."),
) -> None:
    """Write problems of a language task for another library, with gold solutions or with scored ones of any quality."""
    from gnomon.benchmarks.catalogue import get_language_task
    from gnomon.datasets.demonstrations import mixed_demonstrations
    from gnomon.datasets.problems import LAYOUTS, Example, export_problems

    drawn = get_language_task(task).items(split, items, view=view, level=level, key=key)  # pyright: ignore[reportArgumentType]
    examples = [Example.gold(item) for item in drawn] if mixed is None else mixed_demonstrations(drawn, mixed)
    export_problems(examples, layout, output)
    typer.echo(f"{output}: {len(drawn)} problems of {task} as {layout}")
    typer.echo(f"  read by: {LAYOUTS[layout].reads}")


@problems.command()
def decontaminate(
    file: Path = typer.Argument(help="Text, .jsonl or .parquet."),
    task: list[str] = TASKS,
    items: int = typer.Option(100, min=1, help="Items of each task, each in a seen and an unseen wording."),
    split: str = typer.Option("test", help="validation, test or secret."),
    column: list[str] = COLUMNS,
    threshold: float = typer.Option(0.5, help="Share of a problem's passages from which on it counts as there."),
    key: str = typer.Option("", help="Of the secret split."),
    output: Path | None = typer.Option(None, help="Where to write the rows that have no item: .jsonl or .parquet."),
    as_json: bool = typer.Option(False, "--json", help="Machine-readable."),
) -> None:
    """Look for the items of language tasks in a file; exit code 1 where one is there."""
    from gnomon.benchmarks.reasoning import LANGUAGE_TASKS
    from gnomon.datasets.decontaminate.check import decontaminate as checked
    from gnomon.datasets.decontaminate.cleaning import write_clean
    from gnomon.tables import show

    chosen = task or list(LANGUAGE_TASKS)
    options = (chosen, items, split, tuple(column), threshold, key)
    found = checked(file, *options)  # pyright: ignore[reportArgumentType]
    show([_row(one) for one in found], as_json)
    if output:
        kept, removed = write_clean(file, output, *options)  # pyright: ignore[reportArgumentType]
        typer.echo(f"{output}: {kept} rows kept, {removed} removed", err=True)
    if not all(one.is_clean for one in found):
        raise typer.Exit(1)


def _row(one: "Contamination") -> dict[str, Any]:
    sizes = {f"by {size} words": len(one.over(size)) for size in one.covered}
    highest = {f"highest {size}": f"{max(shares.values(), default=0.0):.0%}" for size, shares in one.covered.items()}
    return {"task": one.task, "items": one.items, "exact": len(one.exact), **sizes, **highest}
