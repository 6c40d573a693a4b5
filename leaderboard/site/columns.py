"""The columns of a ranking that follow its statistics: an entry here is a column of the page and of the CSV file."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from gnomon.leaderboard.board import Row
from gnomon.leaderboard.site.text import duration


@dataclass(frozen=True)
class Column:
    """What one column says of an algorithm.

    Attributes:
        key: in the address of the page, and the heading of the CSV file.
        title, hint: the heading on the page.
        first: the order of the first click.
        value: what is sorted by, and stands in the CSV file.
        text: what stands in the cell.
        kind: of text: a number is set flush right, prose in a narrow block.
        is_shown: or hidden until the reader asks for it.
    """

    key: str
    title: str
    first: Literal["ascending", "descending"]
    value: Callable[[Row], str | float]
    text: Callable[[Row], str]
    hint: str = ""
    kind: Literal["number", "prose", "text"] = "text"
    is_shown: bool = True


COLUMNS = (
    Column(
        "seeds", "Seeds", "descending", lambda row: row.seeds, lambda row: str(row.seeds), "a dataset", kind="number"
    ),
    Column(
        "training_seconds",
        "Training",
        "ascending",
        lambda row: row.training_seconds,
        lambda row: duration(row.training_seconds),
        "a seed",
        kind="number",
    ),
    Column(
        "tuning", "Tuning", "ascending", lambda row: row.tuning, lambda row: row.tuning, kind="prose", is_shown=False
    ),
    Column(
        "finished",
        "Complete",
        "descending",
        lambda row: row.finished,
        lambda row: row.finished[:10] or "–",
        "since",
        is_shown=False,
    ),
)
