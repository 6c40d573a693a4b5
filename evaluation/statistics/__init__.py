"""The statistics: each file registers one function from scores to a number, for any number of resamples at once.

A statistic takes scores [..., seeds, tasks] and returns [...]. The definitions are rliable's (arXiv 2108.13264).
"""

from collections.abc import Callable

from numpy.typing import NDArray

from gnomon.registry import Registry

Statistic = Callable[[NDArray], NDArray]
STATISTICS: Registry[Statistic] = Registry("statistic", __name__)
