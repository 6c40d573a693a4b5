"""`gnomon datasets list|info|build|verify|lint|quality`."""

import json
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from gnomon.datasets.lint.subject import Subject
    from gnomon.findings import Finding

datasets = typer.Typer(no_args_is_help=True)


@datasets.command("list")
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


@datasets.command()
def info(id: str) -> None:
    """Show the manifest of a built dataset, or the recipe of one that is not built."""
    from dataclasses import asdict

    from gnomon.datasets.recipes import RECIPES
    from gnomon.datasets.store import is_built, load_dataset

    if is_built(id):
        typer.echo(load_dataset(id).manifest.model_dump_json(indent=1))
    else:
        typer.echo(json.dumps({**asdict(RECIPES[id]), "recipe_hash": RECIPES[id].hash, "built": False}, indent=1))


@datasets.command()
def build(
    ids: list[str] = typer.Argument(help="Ids of datasets."),
    workers: str = typer.Option("auto", help="Processes; auto is one a core."),
) -> None:
    """Build datasets in the simulator; what is there already is kept."""
    from gnomon.datasets.build import build_dataset
    from gnomon.datasets.recipes import RECIPES
    from gnomon.tables import progress_bars

    totals = {id: RECIPES[id].transitions for id in ids}
    for id, total in totals.items():
        with progress_bars() as on_progress:
            dataset = build_dataset(id, workers, lambda n, id=id, total=total: on_progress(f"building {id}", n, total))
        made = dataset.manifest
        typer.echo(
            f"{id}: {made.transitions:,} transitions in {made.episodes:,} episodes, content {made.content_hash[:12]}"
        )
        typer.echo(f"  {dataset.path}")


@datasets.command()
def verify(
    ids: list[str] = typer.Argument(help="Ids of datasets."),
    replay: int = typer.Option(0, min=0, help="Also play so many episodes again in the simulator."),
    rebuild: bool = typer.Option(False, help="Also build the data again and compare."),
    workers: str = typer.Option("auto", help="Processes for --rebuild; auto is one a core."),
) -> None:
    """Recompute the content hash of datasets and compare it with their manifests'; exit code 1 where it differs."""
    from gnomon.datasets import verify
    from gnomon.datasets.store import load_dataset

    for id in ids:
        dataset = load_dataset(id)
        dataset.verify()
        typer.echo(f"{id}: content {dataset.manifest.content_hash[:12]} as the manifest says")
        if replay:
            _stop_at_findings(verify.replay(dataset, replay))
            typer.echo(f"{id}: {min(replay, dataset.manifest.episodes)} episodes replay bit for bit")
        if rebuild:
            verify.rebuild(dataset, workers)
            typer.echo(f"{id}: built again, the same content")


def _stop_at_findings(findings: "list[Finding]") -> None:
    for finding in findings:
        typer.echo(f"{finding.severity}: {finding.where}: {finding.sentence}")
    if findings:
        raise typer.Exit(1)


@datasets.command()
def lint(
    what: str = typer.Argument(help="Id of a built dataset, or path of D4RL, NeoRL, OGBench or Minari data."),
    validation: str | None = typer.Option(None, help="A second set that must not share episodes with the first."),
    as_json: bool = typer.Option(False, "--json", help="Machine-readable."),
) -> None:
    """Look for known faults, exit code 1 where an error is found; a dataset's findings are kept in its report.json."""
    from dataclasses import asdict, replace

    from gnomon.datasets.lint import RULES
    from gnomon.datasets.lint import lint as run
    from gnomon.datasets.report import write_report
    from gnomon.datasets.store import load_dataset
    from gnomon.tables import show

    subject = replace(_subject(what), validation=_subject(validation) if validation else None)
    findings = [asdict(finding) for finding in run(subject)]
    if subject.manifest:
        write_report(load_dataset(subject.manifest.id), "lint", {"rules": list(RULES), "findings": findings})
    show(findings, as_json)
    if not as_json:
        typer.echo(f"{what}: {len(findings)} findings of {len(RULES)} rules")
    raise typer.Exit(int(any(finding["severity"] == "error" for finding in findings)))


def _subject(what: str) -> "Subject":
    """A dataset of ours by id, anything else by path."""
    from pathlib import Path

    from gnomon.datasets.foreign import read_foreign
    from gnomon.datasets.lint.subject import subject_of
    from gnomon.datasets.store import load_dataset

    return read_foreign(Path(what)) if Path(what).exists() else subject_of(load_dataset(what))


@datasets.command()
def quality(
    id: str = typer.Argument(help="Id of a built dataset."),
    as_json: bool = typer.Option(False, "--json", help="Machine-readable."),
) -> None:
    """Measure a dataset, show it, and keep it in the dataset's report.json."""
    from gnomon.datasets.measures import MEASURES
    from gnomon.datasets.report import measure, write_report
    from gnomon.datasets.store import load_dataset
    from gnomon.tables import show

    dataset = load_dataset(id)
    values = measure(dataset)
    write_report(dataset, "quality", values)
    if as_json:
        typer.echo(json.dumps(values, indent=1))
    else:
        show([{"measure": MEASURES[name].label, "value": _short(value)} for name, value in values.items()])


def _short(value: object) -> str:
    """A value of a measure on one line; what does not apply is absent."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {_short(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return " ".join(_short(inner) for inner in value)
    return "–" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)
