"""`gnomon datasets card` and `gnomon cite`."""

import typer

cards = typer.Typer()
cite = typer.Typer(add_completion=False)


@cards.command()
def card(ids: list[str] = typer.Argument(help="Ids of built, derived or imported datasets.")) -> None:
    """Write the card of datasets: README.md, plots, a table of the episodes, croissant.json; print where."""
    from gnomon.datasets.cards.card import write_card
    from gnomon.datasets.store import load_dataset

    for id in ids:
        typer.echo(write_card(load_dataset(id)))


@cite.command()
def cite_(ids: list[str] = typer.Argument(help="Ids of datasets or tasks.")) -> None:
    """Print BibTeX entries for datasets and tasks: gnomon, the data, and the works that they stand on."""
    from gnomon.datasets.cards.citation import cite

    typer.echo(cite(ids))
