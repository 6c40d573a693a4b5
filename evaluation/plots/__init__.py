"""The plots: each file registers two functions, from results to a table, and from that table alone to a drawing.

So what is drawn can be had as CSV or JSON, to the last point.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gnomon.errors import ComparisonError
from gnomon.evaluation.results import Results
from gnomon.evaluation.statistics.iqm import iqm
from gnomon.registry import Registry

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Row = Mapping[str, Any]  # strings, numbers and None


@dataclass(frozen=True)
class Choice:
    """What of the results is shown; a plot that has no use for a part ignores it.

    Attributes:
        statistic: a name in `STATISTICS`; all of them where none is named.
        metric: of training; all of them where none is named.
    """

    statistic: str | None = None
    metric: str | None = None


@dataclass(frozen=True)
class Plot:
    """A kind of plot.

    Attributes:
        summary: what it shows, for lists.
        data: the rows that are drawn, all with the same keys, `algorithm` among them.
        draw: a figure of those rows and nothing else.
    """

    summary: str
    data: Callable[[Results, Choice], list[Row]]
    draw: "Callable[[Sequence[Row]], Figure]"


PLOTS: Registry[Plot] = Registry("plot", __name__)


def matrices(results: Results) -> dict[str, NDArray[np.float64]]:
    """Algorithm → [seeds, datasets] of those that have run on every dataset of the results, the best IQM first.

    Raises:
        ComparisonError: none has.
    """
    found = {name: results.matrix(name, results.datasets) for name in results.algorithms}
    complete = {name: matrix for name, matrix in found.items() if matrix is not None}
    if not complete:
        raise ComparisonError(f"No algorithm has run on all of {', '.join(results.datasets)}: leave some out.")
    return dict(sorted(complete.items(), key=lambda entry: -float(iqm(entry[1]))))
