"""From the records of this home and the submissions of a register to pages."""

from pathlib import Path

from gnomon.files import home
from gnomon.leaderboard.board import Board, make_board
from gnomon.leaderboard.entrants import Submitted, entrants, submitted
from gnomon.leaderboard.keys import fingerprint, read_public
from gnomon.leaderboard.ledger import check_ledger, read_ledger
from gnomon.leaderboard.register import PUBLIC_KEY, Register
from gnomon.leaderboard.site.pages import Ledger, Site
from gnomon.leaderboard.tracks import TRACKS, Track


def boards(known: list[Submitted]) -> list[Board]:
    """The board of every ranking, quickstart and reference first; also where nothing has run."""
    tracks = sorted(TRACKS.values(), key=lambda track: (track.id != "quickstart", track.id != "reference"))
    return [_board(ranking, known) for track in tracks for ranking in track.rankings]


def _board(ranking: Track, known: list[Submitted]) -> Board:
    wanted = ranking.suite_name, ranking.protocol_name
    own = [one for one in known if (one.submission.suite, one.submission.protocol.name) == wanted]
    found = entrants(ranking, own)
    return make_board(ranking, found.results, found.trust, found.tombstones)


def ledger_of(register: Register) -> Ledger:
    """What the pages say of a register's ledger: its entries, and whether chain, signatures and reports hold."""
    entries, key_file = tuple(read_ledger(register.folder)), register.folder / PUBLIC_KEY
    if not entries or not key_file.is_file():
        return Ledger(entries)
    key = read_public(key_file)
    return Ledger(entries, fingerprint(key), tuple(check_ledger(register.folder, key)))


def publish(folder: Path | None = None, register_folder: Path | None = None) -> Path:
    """Write the pages of everything that is known here; return the path of the first.

    Args:
        folder: `$GNOMON_HOME/leaderboard` by default.
        register_folder: whose submissions are ranked beside the runs of this home.
    """
    from gnomon.evaluation.interactive.run import read_interactive_records
    from gnomon.evaluation.reward_models.results import read_reward_results
    from gnomon.leaderboard.model_page import home_model_boards, write_model_page
    from gnomon.leaderboard.site import interactive
    from gnomon.leaderboard.site.build import build_site
    from gnomon.leaderboard.site.rewards import reports_of

    place, register = (folder or home() / "leaderboard").resolve(), Register(register_folder)
    known = submitted(register)
    models = home_model_boards(known)
    site = Site(
        tuple(boards(known)),
        ledger_of(register),
        written=tuple(board.track for board in models),
        rewards=reports_of(read_reward_results()),
        interactive=interactive.reports_of(read_interactive_records()),
    )
    index = build_site(site, place)
    for board in models:
        write_model_page(board, place, site.tabs)
    return index
