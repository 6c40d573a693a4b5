"""Write the tables of the reference results into docs/reference.md, and the figure of scores against data quality.

    python docs/make_reference.py

The tables are of the runs that come with the package, so that anyone gets the same; the figure needs the ten datasets
in this home, measured (`gnomon datasets quality`), and is left as it is where one is missing.
"""

import sys
from pathlib import Path

from make_dataset_tables import replace_between, table

from gnomon.errors import DatasetError
from gnomon.evaluation.agreement import Cell, agreement, cells, literature
from gnomon.evaluation.plots.picture import plot, save
from gnomon.evaluation.protocol import get_protocol
from gnomon.evaluation.result_rows import estimate_text, ranking_rows
from gnomon.evaluation.results import Results, read_results
from gnomon.evaluation.suites import get_suite

PAGE = Path(__file__).with_name("reference.md")
FIGURE = PAGE.parent / "images" / "reference-quality.svg"


def score_rows(found: Results) -> list[list[str]]:
    """A row a dataset, a cell an algorithm: mean over seeds and Student's 95 % interval."""
    names = found.algorithms
    return [[f"`{dataset}`", *(_score(found, name, dataset) for name in names)] for dataset in found.datasets]


def _score(found: Results, algorithm: str, dataset: str) -> str:
    return estimate_text(found.cell(algorithm, dataset) if (algorithm, dataset) in found.scores else None)


def agreement_rows(found: list[Cell]) -> list[list[str]]:
    """A row a publication, and one of all: the counts, and the share with its interval."""
    groups = {
        name: [cell for cell in found if cell.dataset in publication["scores"]]
        for name, publication in literature().items()
    }
    return [[name, *_counts(group)] for name, group in {**groups, "all": found}.items()]


def _counts(group: list[Cell]) -> list[str]:
    counted = agreement(group)
    share = "–" if counted.share is None else f"{counted.share:.0%}"
    share += "" if counted.lower is None else f" [{counted.lower:.0%}, {counted.upper:.0%}]"
    return [f"{counted.same}", f"{counted.opposite}", f"{counted.undecided}", share]


def cell_rows(found: list[Cell]) -> list[list[str]]:
    """A row a cell that is not as published, the opposite ones first."""
    order = {"opposite": 0, "undecided": 1}
    chosen = sorted((cell for cell in found if cell.verdict in order), key=lambda cell: order[cell.verdict])
    return [
        [
            f"`{cell.dataset}`",
            f"`{cell.algorithm}` − `{cell.over}`",
            f"{cell.published:+.1f}",
            f"{cell.ours:+.1f} [{cell.lower:+.1f}, {cell.upper:+.1f}]",
            cell.verdict,
        ]
        for cell in chosen
    ]


def main() -> None:
    """Replace what stands between the markers of the page."""
    suite = get_suite("reference-lite")
    found = read_results(suite, get_protocol(suite.protocol))
    compared, ranked = cells(found), ranking_rows(found, "iqm", as_json=False)
    made = {
        "scores": table(["dataset", *(f"`{name}`" for name in found.algorithms)], score_rows(found)),
        "ranking": table(list(ranked[0]), [[f"{value}" for value in row.values()] for row in ranked]),
        "agreement": table(["published in", "same", "opposite", "undecided", "share"], agreement_rows(compared)),
        "cells": table(["dataset", "pair", "published", "ours", "verdict"], cell_rows(compared)),
    }
    for name, text in made.items():
        replace_between(PAGE, f"<!-- {name}: begin -->", f"<!-- {name}: end -->", text)
    try:
        save(plot("quality", found), FIGURE)
    except DatasetError as error:
        sys.stderr.write(f"The figure is left as it is. {error}\n")


if __name__ == "__main__":
    main()
