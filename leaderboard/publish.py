"""From the records of this home to pages."""

from pathlib import Path

from gnomon.evaluation.results import read_results
from gnomon.files import home
from gnomon.leaderboard.board import Board, make_board
from gnomon.leaderboard.tracks import TRACKS


def boards() -> list[Board]:
    """The board of every track; the quick start's first, then those that have runs."""
    made = [make_board(track, read_results(track.suite, track.protocol)) for track in TRACKS.values()]
    return sorted(
        (board for board in made if board.rows or board.track == "quickstart"),
        key=lambda board: board.track != "quickstart",
    )


def publish(folder: Path | None = None) -> Path:
    """Write the pages of all boards and return the first one's path."""
    from gnomon.leaderboard.site.build import build_site

    return build_site(boards(), (folder or home() / "leaderboard").resolve())
