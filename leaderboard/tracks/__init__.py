"""The tracks: each file registers one ranking: a suite, a protocol, and the statistic that orders it."""

from dataclasses import dataclass

from gnomon.evaluation.intervals import LEAST_UNITS
from gnomon.evaluation.protocol import Protocol, get_protocol
from gnomon.evaluation.suites import Suite, get_suite
from gnomon.registry import Registry


@dataclass(frozen=True)
class Track:
    """What is ranked, and by what.

    Attributes:
        id: name in the address of its page.
        title, summary: for people.
        suite_name, protocol_name: what runs count.
        statistic: the registered statistic that orders the rows.
        least_seeds: an algorithm with fewer seeds on a dataset is shown as incomplete and not ranked. At least 3:
            nothing can be said about how sure the rank of fewer is.
        margin: score points by which re-run episodes may differ from claimed ones and still count as the same
            (`gnomon.leaderboard.verify`).
    """

    id: str
    title: str
    summary: str
    suite_name: str
    protocol_name: str
    statistic: str = "iqm"
    least_seeds: int = 3
    margin: float = 5.0

    def __post_init__(self) -> None:
        if self.least_seeds < LEAST_UNITS:
            raise ValueError(f"A track needs at least {LEAST_UNITS} seeds, not {self.least_seeds}.")

    @property
    def suite(self) -> Suite:
        return get_suite(self.suite_name)

    @property
    def protocol(self) -> Protocol:
        return get_protocol(self.protocol_name)


TRACKS: Registry[Track] = Registry("track", __name__)
