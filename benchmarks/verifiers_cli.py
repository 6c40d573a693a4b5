"""`gnomon verifiers list|check`."""

import typer

verifiers = typer.Typer(no_args_is_help=True, add_completion=False)


@verifiers.command("list")
def list_(as_json: bool = typer.Option(False, "--json", help="Machine-readable.")) -> None:
    """List the verifiers."""
    from gnomon.benchmarks.verifiers import VERIFIERS
    from gnomon.tables import show

    show([{"verifier": name, "judges": v.judges, "summary": v.summary} for name, v in VERIFIERS.items()], as_json)


@verifiers.command()
def check(
    name: str = typer.Argument(
        help="A verifier's name, or module:function, or file.py:function: (completion, item) → score."
    ),
    task: str | None = typer.Option(None, help="Try it on items of this language task, not on samples of its own."),
    answer_form: str = typer.Option("Answer: {}", help="How a foreign function wants an answer written."),
    as_json: bool = typer.Option(False, "--json", help="Machine-readable."),
) -> None:
    """Attack a verifier; exit code 1 where it pays for a wrong answer, or cannot be relied on otherwise."""
    from dataclasses import asdict

    from gnomon.benchmarks.conformance import subject_of
    from gnomon.benchmarks.conformance.checks import check_all, with_patience
    from gnomon.benchmarks.conformance.hash_seeds import hash_seeds
    from gnomon.tables import show

    subject = with_patience(subject_of(name, task, answer_form))
    findings = [*check_all(subject), *hash_seeds([name], task, answer_form, subject.slow)[name]]
    show([asdict(finding) for finding in findings], as_json, title=name)
    if any(finding.severity == "error" for finding in findings):
        raise typer.Exit(1)
