"""`gnomon leaderboard pack`, `validate`, `submit` and `schema`: what the author of a submission runs."""

from dataclasses import asdict
from pathlib import Path

import typer

submitting = typer.Typer()
JSON = typer.Option(False, "--json", help="Machine-readable.")


@submitting.command()
def pack(
    runs: list[str] = typer.Argument(help="Keys or folders of runs, or an algorithm's or model's name: all its runs."),
    output: Path = typer.Option(..., "--output", "-o", help="A zip, where the name ends so, else a folder."),
    author: str = typer.Option(..., help="Your name, as it will be shown."),
    contact: str = typer.Option(..., help="A mail address or an https address."),
    suite: str = typer.Option("quickstart", help="The datasets that were learned from, or the tasks that were asked."),
    protocol: str | None = typer.Option(None, help="The rules; the suite's own by default."),
    licence: str = typer.Option("CC-BY-4.0", help="SPDX identifier for all of it."),
    note: str = typer.Option("", help="A sentence that is shown beside the entry."),
    source: bool = typer.Option(False, "--source", help="Publish the algorithm's file in it, as level L3 needs."),
) -> None:
    """Pack the runs of one algorithm or ready model: records, outcomes, and policies or completions."""
    from pydantic import ValidationError

    from gnomon.errors import UsageError
    from gnomon.leaderboard.named_runs import are_generations, run_folders
    from gnomon.leaderboard.pack import pack as pack_runs
    from gnomon.leaderboard.pack import reasons, write_packed
    from gnomon.leaderboard.pack_generations import pack_generations
    from gnomon.leaderboard.submission import Author
    from gnomon.leaderboard.verify.verifier import missing_policies

    try:
        by = Author(name=author, contact=contact)
    except ValidationError as error:
        raise UsageError(f"This cannot be submitted: {reasons(error)}.") from error
    folders = run_folders(runs, suite, protocol)
    is_model = are_generations(folders)
    if is_model and source:
        raise UsageError("A ready model has no source to give; leave out --source.")
    packed = (
        pack_generations(folders, suite, by, licence, note)
        if is_model
        else pack_runs(folders, suite, by, licence, note, source)
    )
    write_packed(packed.files, output)
    typer.echo(f"{output}: {len(packed.submission.cells)} runs of {packed.submission.name}")
    if lacking := missing_policies(packed.submission):
        typer.echo(
            f"{lacking} of them have no policy that can be written as ONNX: such a submission ends at L1. Put a "
            "policy.onnx into the folder of the run to go on.",
            err=True,
        )
    typer.echo(f"Next: gnomon leaderboard validate {output}")


@submitting.command()
def validate(
    file: Path = typer.Argument(help="A zip or a folder that was packed."),
    as_json: bool = JSON,
) -> None:
    """Read a submission and say everything that is wrong with it; exit code 1 where something is."""
    from gnomon.leaderboard.checks import findings, subject_of
    from gnomon.leaderboard.reading.reader import read_submission
    from gnomon.tables import show

    found = read_submission(file)
    said = found.findings
    if found.submission is not None and found.is_sound:
        said = said + findings(subject_of(found))
    if said or as_json:
        show([asdict(finding) for finding in said], as_json)
    errors = sum(finding.severity == "error" for finding in said)
    if not as_json:
        typer.echo(
            f"{errors} errors." if errors else "Nothing in it is an error." if said else "Nothing is wrong with it."
        )
    raise typer.Exit(1 if errors else 0)


@submitting.command()
def submit(
    file: Path = typer.Argument(help="A zip or a folder that was packed."),
    to: str = typer.Option("folder:", help="A folder, git:PATH of a clone, hf:ORGANISATION/NAME or https://HOST."),
) -> None:
    """Send a submission."""
    from gnomon.leaderboard.targets import submit as submit_to

    typer.echo(submit_to(file, to))


@submitting.command()
def schema() -> None:
    """Print the JSON Schema of submission.json."""
    from gnomon.leaderboard.pack import schema as schema_of

    typer.echo(schema_of(), nl=False)
