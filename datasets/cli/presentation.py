"""What every command that makes a dataset ends with."""

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from gnomon.datasets.dataset import Dataset


def present(dataset: "Dataset") -> None:
    """Write the card where there is none yet, and print what the dataset is and where it lies."""
    from gnomon.datasets.cards.card import README, write_card
    from gnomon.datasets.recorded import comparison

    if not (dataset.path / README).exists():
        write_card(dataset)
    made = dataset.manifest
    size = f"{made.transitions:,} transitions in {made.episodes:,} episodes"
    content = ": ".join(part for part in (f"content {made.content_hash[:12]}", comparison(made)) if part)
    typer.echo(f"{made.id}: {size}, {content}\n  {dataset.path}")
