"""`gnomon tasks list|info`."""

import json
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from gnomon.benchmarks.contracts import ControlTask, LanguageTask

tasks = typer.Typer(no_args_is_help=True, add_completion=False)


@tasks.command("list")
def list_(
    family: str | None = typer.Argument(None, help="Only this family's."),
    as_json: bool = typer.Option(False, "--json", help="Machine-readable."),
) -> None:
    """List the tasks."""
    from gnomon.benchmarks.catalogue import every_task
    from gnomon.errors import UsageError
    from gnomon.tables import show

    families = sorted({task.family for task in every_task().values()})
    if family not in (None, *families):
        raise UsageError(f"There is no family {family!r}. There are {', '.join(families)}.")
    chosen = [task for task in every_task().values() if family in (None, task.family)]
    show([_row(task) for task in chosen], as_json)


def _row(task: "ControlTask | LanguageTask") -> dict[str, Any]:
    """A task as a row; a language task has a verifier in place of a metric, and no horizon."""
    metric = getattr(task, "metric", None) or f"verifier {getattr(task, 'verifier', '')}"
    return {"task": task.id, "metric": metric, "horizon": getattr(task, "horizon", None), "summary": task.summary}


@tasks.command()
def info(id: str, as_json: bool = typer.Option(False, "--json", help="Machine-readable.")) -> None:
    """Show one task: its spaces, horizon and score scale, or its splits, verifier and answer prior."""
    from gnomon.benchmarks.catalogue import get_task
    from gnomon.benchmarks.contracts import ControlTask

    task = get_task(id)
    facts = _control_facts(task) if isinstance(task, ControlTask) else _language_facts(task)
    if as_json:
        typer.echo(json.dumps(facts, indent=1))
    else:
        for name, value in facts.items():
            typer.echo(f"{name:18} {value}")


def _control_facts(task: "ControlTask") -> dict[str, Any]:
    from gnomon.benchmarks.reference_scores import all_reference_scores

    environment = task.make()
    return {
        "task": task.id,
        "summary": task.summary,
        "metric": task.metric,
        "horizon": task.horizon,
        "expert": task.expert,
        "observation": {name: [part.start, part.stop] for name, part in task.observation.items()},
        "observation space": str(environment.observation_space),
        "action space": str(environment.action_space),
        "score scale": all_reference_scores().get(task.id, "not measured yet"),
    }


def _language_facts(task: "LanguageTask") -> dict[str, Any]:
    from gnomon.benchmarks.answer_prior import TESTED, TRAINED, answer_prior
    from gnomon.benchmarks.items import PARTS
    from gnomon.benchmarks.verifiers import get_verifier

    priors = answer_prior(task)
    return {
        "task": task.id,
        "summary": task.summary,
        "verifier": f"{task.verifier}: {get_verifier(task.verifier).summary}",
        "templates": f"{', '.join(task.templates)}; unseen (L2): {', '.join(task.unseen_templates)}",
        "related (L3)": ", ".join(task.related),
        "splits": {split: f"{len(part) / 256:.1%} of all problems" for split, part in PARTS.items()},
        "answer prior": {
            f"level {prior.level}": f"{prior.accuracy:.1%} of {TESTED} test items by {prior.answer!r}, "
            f"the commonest of {TRAINED} training answers"
            for prior in priors
        },
        "example": task.items(n=1)[0].prompt,
    }
