"""The tracks: each file declares one: what is ranked, under which protocol, on which suites, and by what statistic.

A track of learned policies (`TRACKS`) ranks each of its suites by itself: an average over suites would rank nobody who
has not run them all. A track of ready models (`MODEL_TRACKS`) has an item or a pair as its unit instead of a seed.
"""

from dataclasses import dataclass, replace

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
        further_suites: suites that are ranked under the same rules, each on a page of its own (see `rankings`).
        part_of: id of the track, in the ranking of a further suite.
        command: what to run for a first row.
    """

    id: str
    title: str
    summary: str
    suite_name: str
    protocol_name: str
    statistic: str = "iqm"
    least_seeds: int = 3
    margin: float = 5.0
    further_suites: tuple[str, ...] = ()
    part_of: str = ""
    command: str = "gnomon evaluate {cloning} --suite {suite} --protocol {protocol} --seeds {seeds}"

    def __post_init__(self) -> None:
        if self.least_seeds < LEAST_UNITS:
            raise ValueError(f"A track needs at least {LEAST_UNITS} seeds, not {self.least_seeds}.")

    @property
    def suite(self) -> Suite:
        return get_suite(self.suite_name)

    @property
    def protocol(self) -> Protocol:
        return get_protocol(self.protocol_name)

    @property
    def first_command(self) -> str:
        """`command` with this suite, protocol, number of seeds, and what clones the suite's kind of actions."""
        cloning = "discrete-bc" if self.suite_name == "discrete" else "bc"
        wanted = {"suite": self.suite_name, "protocol": self.protocol_name, "seeds": self.least_seeds}
        return self.command.format(cloning=cloning, **wanted)

    @property
    def rankings(self) -> tuple["Track", ...]:
        """This track of its first suite alone, and one of each further suite.

        >>> TRACKS["offline"].rankings[1].id
        'offline-maze-stitch'
        """
        return (replace(self, further_suites=()), *map(self._of, self.further_suites))

    def _of(self, suite: str) -> "Track":
        return replace(self, id=f"{self.id}-{suite}", suite_name=suite, further_suites=(), part_of=self.id)


@dataclass(frozen=True)
class ModelTrack:
    """What ready models are ranked by: they are asked the same items, and nothing is trained.

    Attributes:
        id, title, summary: as of a `Track`.
        suite_name, protocol_name: what they are asked, and how.
        statistic: what orders the rows.
        unit: what the intervals are over.
        command: what to run for a first row.
    """

    id: str
    title: str
    summary: str
    suite_name: str
    protocol_name: str
    statistic: str
    unit: str
    command: str


TRACKS: Registry[Track] = Registry("track", __name__)
MODEL_TRACKS: Registry[ModelTrack] = Registry("track of ready models", __name__)


def all_rankings() -> list[Track]:
    """Every suite of every track, as a track of its own."""
    return [ranking for track in TRACKS.values() for ranking in track.rankings]
