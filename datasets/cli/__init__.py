"""`gnomon datasets`: each file of this folder brings a few commands."""

import typer

from gnomon.datasets.cli.building import building
from gnomon.datasets.cli.cards import cards
from gnomon.datasets.cli.catalogue import catalogue
from gnomon.datasets.cli.exchange import exchange
from gnomon.datasets.cli.inspection import inspection
from gnomon.datasets.cli.judging import judging
from gnomon.datasets.cli.preferences import preferences
from gnomon.datasets.cli.problems import problems
from gnomon.datasets.cli.transfer import transfer

datasets = typer.Typer(no_args_is_help=True, add_completion=False)
for commands in (catalogue, building, inspection, exchange, cards, transfer, problems, preferences, judging):
    datasets.add_typer(commands)
