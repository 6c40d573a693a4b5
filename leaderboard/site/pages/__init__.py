"""The pages: each file registers a function from a site to the files that it adds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from gnomon.findings import Finding
from gnomon.leaderboard.board import Board
from gnomon.leaderboard.ledger import Entry
from gnomon.leaderboard.site.build import Tab, tabs_of
from gnomon.leaderboard.site.interactive import InteractiveReport
from gnomon.leaderboard.site.rewards import RewardReport
from gnomon.leaderboard.tracks import MODEL_TRACKS, ModelTrack
from gnomon.registry import Registry

File = tuple[str, str | bytes]  # name relative to the site's folder, content


@dataclass(frozen=True)
class Ledger:
    """What the pages say of a register's ledger.

    Attributes:
        entries: all of them, the oldest first.
        key: fingerprint of the key that signs it; empty where there is none yet.
        findings: what is wrong with it.
    """

    entries: tuple[Entry, ...] = ()
    key: str = ""
    findings: tuple[Finding, ...] = ()

    def of(self, submission: str) -> list[Entry]:
        """What it says of a submission, of which the first digits of the id are given."""
        return [entry for entry in self.entries if submission and entry.subject.startswith(submission)]


@dataclass(frozen=True)
class Site:
    """What the pages show.

    Attributes:
        boards: of every ranking, also where nothing has run.
        ledger: of the register whose submissions are ranked.
        written: tracks of ready models whose page is written elsewhere.
        rewards: reports on reward models.
        interactive: reports on players of the interactive tasks.
    """

    boards: tuple[Board, ...]
    ledger: Ledger = field(default_factory=Ledger)
    written: tuple[str, ...] = ()
    rewards: tuple[RewardReport, ...] = ()
    interactive: tuple[InteractiveReport, ...] = ()

    @property
    def tabs(self) -> list[Tab]:
        """The tracks, as the navigation lists them."""
        return [*tabs_of(self.boards), *(Tab(track.id, track.title) for track in self.model_tracks)]

    @property
    def model_tracks(self) -> list[ModelTrack]:
        """The tracks of ready models."""
        return list(MODEL_TRACKS.values())

    def suites_of(self, board: Board) -> list[Board]:
        """The rankings of the board's track, the first suite's first."""
        return [other for other in self.boards if other.group == board.group]


PAGES: Registry[Callable[[Site], Iterator[File]]] = Registry("page", __name__)
