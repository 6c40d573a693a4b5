"""`gnomon datasets judge`: a preference set from the answers of several models, rated by another one."""

from pathlib import Path

import typer

from gnomon.errors import UsageError

judging = typer.Typer()


@judging.command()
def judge(
    prompts: Path = typer.Argument(help="A .jsonl or .parquet file with a column prompt, and perhaps id."),
    id: str = typer.Option(help="Of the new set, such as judged/stories-v1."),
    generator: list[str] = typer.Option(help="Who answers, such as openai:http://localhost:8000/v1#NAME; two or more."),
    judge: str = typer.Option(help="Who rates: a generator too."),
    aspect: list[str] = typer.Option(["helpfulness"], help="Known ones, or NAME=WHAT-TO-LOOK-AT; several times."),
    votes: int = typer.Option(3, min=1, help="Ratings in each of the two orders."),
    attempts: int = typer.Option(3, min=1, help="How often a judgement is asked for before it counts as unreadable."),
    leave_out: bool = typer.Option(False, "--leave-out", help="Go without what is unreadable, and say how much it is."),
    rows: int | None = typer.Option(None, min=1, help="Only the first so many prompts."),
    seed: int = typer.Option(0, min=0, help="Of answers, orders and votes."),
    price: list[str] = typer.Option([], help="MODEL=READ,WRITTEN: the price of a million tokens; several times."),
    licence: str = typer.Option("NOASSERTION", help="SPDX id of the answers' licence."),
    as_json: bool = typer.Option(False, "--json", help="Machine-readable."),
) -> None:
    """Have models answer prompts and another rate them, in two orders and by votes; goes on where it was cut off."""
    import json

    from gnomon.datasets.preferences.judging.aspects import aspects_of
    from gnomon.datasets.preferences.judging.judged_set import judge_preferences
    from gnomon.datasets.preferences.judging.plan import Plan, open_source, read_prompts
    from gnomon.tables import progress_bars, show

    plan = Plan(
        prompts=read_prompts(prompts, rows),
        generators=tuple(map(open_source, generator)),
        judge=open_source(judge),
        aspects=aspects_of(aspect),
        votes=votes,
        seed=seed,
    )
    prices = dict(map(price_of, price))
    with progress_bars() as on_progress:
        folder = judge_preferences(
            plan,
            id,
            attempts=attempts,
            leave_out=leave_out,
            prices=prices,
            licence=licence,
            on_progress=on_progress,
        )
    card = json.loads((folder / "card.json").read_text())
    if as_json:
        typer.echo(json.dumps(card, indent=1))
        return
    typer.echo(f"{folder}: {card['rows']:,} pairs, {card['ties']:.0%} ties, {card['left_out']} left out")
    show([{"aspect": name, **{k: _short(v) for k, v in told.items()}} for name, told in card["agreement"].items()])
    show([{k: _short(v) for k, v in row.items()} for row in card["costs"]])


def price_of(word: str) -> tuple[str, tuple[float, float]]:
    """The model and the prices of `MODEL=READ,WRITTEN`.

    >>> price_of("openai:http://localhost/v1#a=0.5,1.5")
    ('openai:http://localhost/v1#a', (0.5, 1.5))

    Raises:
        UsageError: it is none of this form.
    """
    model, _, both = word.rpartition("=")
    try:
        read, written = map(float, both.split(","))
    except ValueError as error:
        raise UsageError(f"{word!r} is no price; write MODEL=READ,WRITTEN, such as file:a.jsonl=0.5,1.5.") from error
    return model, (read, written)


def _short(value: float | str | None) -> str:
    if value is None:
        return ""
    return f"{value:.3f}" if isinstance(value, float) else str(value)
