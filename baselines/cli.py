"""`gnomon baselines list|info`."""

import typer

baselines = typer.Typer(no_args_is_help=True, add_completion=False)


@baselines.command("list")
def list_(as_json: bool = typer.Option(False, "--json", help="Machine-readable.")) -> None:
    """List the baselines."""
    import sys

    from gnomon.baselines.registry import BASELINES
    from gnomon.tables import show

    documents = {name: sys.modules[baseline.__module__].__doc__ or "" for name, baseline in BASELINES.items()}
    show([{"baseline": name, "summary": text.partition("\n")[0]} for name, text in documents.items()], as_json)


@baselines.command()
def info(name: str) -> None:
    """Show what a baseline computes, its sources, and its presets."""
    import sys

    from gnomon.baselines.registry import BASELINES

    baseline = BASELINES[name]
    typer.echo((sys.modules[baseline.__module__].__doc__ or "").strip())
    for preset, config in baseline.presets.items():
        typer.echo(f"\n{preset}: {config}")
