"""`gnomon datasets`: each file of this folder brings a few commands."""

import typer

from gnomon.datasets.cli.building import building
from gnomon.datasets.cli.catalogue import catalogue
from gnomon.datasets.cli.inspection import inspection

datasets = typer.Typer(no_args_is_help=True, add_completion=False)
for commands in (catalogue, building, inspection):
    datasets.add_typer(commands)
