"""`gnomon datasets lint|quality`."""

import json
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from gnomon.datasets.lint.subject import Subject

inspection = typer.Typer()


@inspection.command()
def lint(
    what: str = typer.Argument(help="Id of a built dataset, or path of data in a known format."),
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

    from gnomon.datasets.formats import read_rows
    from gnomon.datasets.lint.subject import Subject, subject_of
    from gnomon.datasets.store import load_dataset

    if Path(what).exists():
        return Subject(what, read_rows(Path(what)).columns)
    return subject_of(load_dataset(what))


@inspection.command()
def quality(
    id: str = typer.Argument(help="Id of a built dataset."),
    as_json: bool = typer.Option(False, "--json", help="Machine-readable."),
) -> None:
    """Measure a dataset, show it, and keep it in the dataset's report.json."""
    from gnomon.datasets.measures import MEASURES
    from gnomon.datasets.report import in_words, measure, write_report
    from gnomon.datasets.store import load_dataset
    from gnomon.tables import show

    dataset = load_dataset(id)
    values = measure(dataset)
    write_report(dataset, "quality", values)
    if as_json:
        typer.echo(json.dumps(values, indent=1))
    else:
        show([{"measure": MEASURES[name].label, "value": in_words(value)} for name, value in values.items()])
