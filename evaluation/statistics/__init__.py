"""The statistics: each file registers one function from scores to a number, and what a page says about it.

The definitions are rliable's (arXiv 2108.13264).
"""

from collections.abc import Callable
from dataclasses import dataclass

from numpy.typing import NDArray

from gnomon.registry import Registry


@dataclass(frozen=True)
class Statistic:
    """A statistic of one algorithm's scores.

    Attributes:
        compute: from scores [..., seeds, tasks] to [...], so that many resamples are one call.
        label, meaning, formula: heading, sentences and formula on a page.
        lower_is_better: which end of a ranking a small value is at.
    """

    compute: Callable[[NDArray], NDArray]
    label: str
    meaning: str
    formula: str
    lower_is_better: bool = False


STATISTICS: Registry[Statistic] = Registry("statistic", __name__)
