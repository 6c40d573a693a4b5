"""`gnomon visual list|train|hacks`."""

import typer

visual = typer.Typer(no_args_is_help=True, add_completion=False)

JSON = typer.Option(False, "--json", help="Machine-readable.")
NAME = typer.Argument(help="NAME or NAME:SEED, of gnomon visual list.")


@visual.callback()
def visual_group() -> None:
    """Small networks that learn from drawn pictures by cloning, or from rewards of a rule."""


@visual.command("list")
def list_(as_json: bool = JSON) -> None:
    """List the visual baselines; gnomon evaluate NAME --task TASK judges one."""
    from gnomon.baselines.visual import VISUAL_BASELINES
    from gnomon.tables import show

    found = VISUAL_BASELINES.items()
    show([{"baseline": name, "task": one.recipe.task, "summary": one.summary} for name, one in found], as_json)


@visual.command()
def train(name: str = NAME) -> None:
    """Train a baseline where it was not trained yet, in minutes of one core, and print where its file is."""
    from gnomon.baselines.visual import recipe_of
    from gnomon.baselines.visual.training import trained_policy
    from gnomon.tables import progress_bars

    updates = recipe_of(name).updates
    with progress_bars() as on_progress:
        path = trained_policy(name, lambda _: on_progress(f"training {name}", 1, updates))
    typer.echo(path)


@visual.command()
def hacks(
    name: str = NAME,
    updates: int = typer.Option(100, min=1, help="Fewer than a baseline has: hacks are learned soon."),
    items: int = typer.Option(200, min=1, help="Test items, a completion each."),
    as_json: bool = JSON,
) -> None:
    """Train a policy gradient by the verifier and by lenient rewards, and show what each of them teaches."""
    from dataclasses import replace

    from gnomon.baselines.visual import recipe_of
    from gnomon.baselines.visual.hacks import taught_by
    from gnomon.baselines.visual.rewards import REWARDS
    from gnomon.errors import UsageError
    from gnomon.tables import progress_bars, show

    recipe = replace(recipe_of(name), updates=updates)
    if recipe.method != "policy-gradient":
        raise UsageError(f"{name} is a clone, which no reward teaches; name a policy gradient.")
    with progress_bars() as on_progress:
        found = [
            taught_by(reward, recipe, lambda _, reward=reward: on_progress(reward, 1, recipe.updates), items)
            for reward in REWARDS
        ]
    rows = [{"reward": one.reward, "paid": one.paid, "verified": one.verified, **one.forms} for one in found]
    show(rows if as_json else [_in_percent(row) for row in rows], as_json)


def _in_percent(row: dict[str, str | float]) -> dict[str, str]:
    return {name: value if isinstance(value, str) else f"{value:.0%}" for name, value in row.items()}
