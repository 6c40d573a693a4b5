"""`gnomon tasks list|info`."""

import json

import typer

tasks = typer.Typer(no_args_is_help=True, add_completion=False)


@tasks.command("list")
def list_(
    family: str | None = typer.Argument(None, help="Only this family's."),
    as_json: bool = typer.Option(False, "--json", help="Machine-readable."),
) -> None:
    """List the tasks."""
    from gnomon.benchmarks.tasks import TASKS
    from gnomon.errors import UsageError
    from gnomon.tables import show

    families = sorted({task.family for task in TASKS.values()})
    if family not in (None, *families):
        raise UsageError(f"There is no family {family!r}. There are {', '.join(families)}.")
    chosen = [task for task in TASKS.values() if family in (None, task.family)]
    rows = [{"task": t.id, "metric": t.metric, "horizon": t.horizon, "summary": t.summary} for t in chosen]
    show(rows, as_json)


@tasks.command()
def info(id: str, as_json: bool = typer.Option(False, "--json", help="Machine-readable.")) -> None:
    """Show one task: its spaces, horizon and score scale."""
    from gnomon.benchmarks.reference_scores import all_reference_scores
    from gnomon.benchmarks.tasks import get_task

    task = get_task(id)
    environment = task.make()
    facts = {
        "task": task.id,
        "summary": task.summary,
        "metric": task.metric,
        "horizon": task.horizon,
        "expert": task.expert,
        "observation": {name: [part.start, part.stop] for name, part in task.observation.items()},
        "observation space": str(environment.observation_space),
        "action space": str(environment.action_space),
        "score scale": all_reference_scores().get(id, "not measured yet"),
    }
    if as_json:
        typer.echo(json.dumps(facts, indent=1))
    else:
        for name, value in facts.items():
            typer.echo(f"{name:18} {value}")
