"""`gnomon generators list`, and what `gnomon evaluate` does with ready models."""

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gnomon.evaluation.language.results import LanguageResults

generators = typer.Typer(no_args_is_help=True, add_completion=False)

JSON = typer.Option(False, "--json", help="Machine-readable.")


@generators.callback()
def generators_group() -> None:
    """Models that answer prompts."""


@generators.command("list")
def list_(as_json: bool = JSON) -> None:
    """List the kinds of models that can be evaluated without training."""
    from gnomon.baselines.visual import VISUAL_BASELINES
    from gnomon.benchmarks.generators import GENERATORS
    from gnomon.tables import show

    rows = [
        {"model": f"{name}:{kind.place}" if kind.place else name, "summary": kind.summary}
        for name, kind in GENERATORS.items()
    ]
    rows.append({"model": "reference", "summary": "The reference generator, which is trained where it is not there."})
    rows += [{"model": f"{name}[:SEED]", "summary": one.summary} for name, one in VISUAL_BASELINES.items()]
    show(rows, as_json)


@generators.command()
def table(
    suite: str = typer.Option("reasoning", help="A suite of language tasks."),
    protocol_name: str | None = typer.Option(None, "--protocol", help="The rules; the suite's own by default."),
    samples: int | None = typer.Option(None, min=1, help="Samples an item, where they are not the protocol's."),
    by_task: bool = typer.Option(False, "--by-task", help="A row a task and model."),
    as_json: bool = JSON,
) -> None:
    """Show every finished run of ready models on a suite that may share a table."""
    from gnomon.evaluation.language.protocol import LANGUAGE_PROTOCOLS
    from gnomon.evaluation.language.results import read_language_results
    from gnomon.evaluation.language.rows import model_rows, task_rows
    from gnomon.evaluation.language.run import with_samples
    from gnomon.evaluation.language.suites import chosen_suite
    from gnomon.tables import show

    chosen = chosen_suite(suite)
    found = read_language_results(chosen, with_samples(LANGUAGE_PROTOCOLS[protocol_name or chosen.protocol], samples))
    show((task_rows if by_task else model_rows)(found, as_json), as_json)


def evaluate_and_show(
    references: "Sequence[str]",
    suite: str | None,
    tasks: "Sequence[str]",
    protocol: str | None,
    samples: int | None,
    seed: int,
    secret: str,
    as_json: bool,
) -> None:
    """Ask the models, with a progress bar, and print the tables that they stand in."""
    from gnomon.evaluation.language.evaluate import evaluate_models
    from gnomon.tables import progress_bars

    with progress_bars() as on_progress:
        found = evaluate_models(references, suite, tasks, protocol, samples, seed, on_progress, secret)
    show_results(found, as_json)


def show_results(found: "LanguageResults", as_json: bool) -> None:
    """A row a task and model, then a row a model."""
    from gnomon.evaluation.language.rows import model_rows, task_rows
    from gnomon.tables import show

    if as_json:
        show(task_rows(found, as_json), as_json)
        return
    show(task_rows(found, as_json), title="Tasks, in percent")
    if len(found.suite.tasks) > 1:
        show(model_rows(found, as_json), title="All tasks, in percent")
