"""`gnomon datasets push|pull`."""

import typer

from gnomon.datasets.cli.presentation import present

transfer = typer.Typer()


@transfer.command()
def push(
    id: str = typer.Argument(help="Id of a dataset that is here."),
    url: str = typer.Argument(help="hf://org/name, s3://bucket/folder, file:///folder, or another that fsspec writes."),
) -> None:
    """Verify a dataset and store it elsewhere, for others to pull."""
    from gnomon.datasets.hub.push import push_dataset
    from gnomon.tables import progress_bars

    with progress_bars() as on_progress:
        push_dataset(id, url, lambda amount, total: on_progress(f"pushing {id}", amount, total))
    typer.echo(f"{id} is at {url}; others get it with: gnomon datasets pull {id} --from {url}")


@transfer.command()
def pull(
    ids: list[str] = typer.Argument(help="Ids of datasets."),
    mirrors: list[str] = typer.Option(
        [], "--from", help="URL of a mirror; give several to try them in order. Default: those in GNOMON_MIRRORS."
    ),
    card: bool = typer.Option(False, "--card", help="Print the card, or the manifest, and pull nothing."),
) -> None:
    """Pull datasets from the first mirror that has them, check every byte, and go on where an earlier pull stopped."""
    from gnomon.datasets.hub.pull import pull_dataset, read_card
    from gnomon.tables import progress_bars

    for id in ids:
        if card:
            typer.echo(read_card(id, mirrors))
            continue
        with progress_bars() as on_progress:
            dataset = pull_dataset(id, mirrors, lambda n, total, id=id: on_progress(f"pulling {id}", n, total))
        present(dataset)
