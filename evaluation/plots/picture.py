"""A picture of results: the rows that it shows, and its bytes."""

import csv
import json
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import cast, get_args

from gnomon.errors import UsageError
from gnomon.evaluation.plots import PLOTS, Choice, Row
from gnomon.evaluation.plots.canvas import Format, saved, settings
from gnomon.evaluation.results import Results
from gnomon.files import write_atomically

EVERYTHING = Choice()


@dataclass(frozen=True)
class Picture:
    """What one plot shows.

    Attributes:
        kind: a name in `PLOTS`.
        rows: the data that is drawn.
        left_out: algorithms of the results that have nothing to draw.
    """

    kind: str
    rows: tuple[Row, ...]
    left_out: tuple[str, ...]

    def image(self, format: Format = "svg") -> bytes:
        """The drawing, on white. Equal rows give equal bytes with one version of matplotlib."""
        with settings():
            return saved(PLOTS[self.kind].draw(self.rows), format)

    def csv(self) -> str:
        """The rows as CSV, a header line first; what is missing is empty."""
        buffer = StringIO()
        writer = csv.DictWriter(buffer, list(self.rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows)
        return buffer.getvalue()

    def json(self) -> str:
        """The rows as a JSON list of objects."""
        return json.dumps(self.rows, indent=1, allow_nan=False) + "\n"


def plot(kind: str, results: Results, choice: Choice = EVERYTHING) -> Picture:
    """A picture of results.

    Raises:
        UnknownId: there is no such plot or statistic.
        UsageError: the results have nothing for this plot.
        ComparisonError: no algorithm has run on all datasets, and the plot is about all of them.
    """
    rows = tuple(PLOTS[kind].data(results, choice)) if results.records else ()
    if not rows:
        raise UsageError(f"There is nothing to draw as {kind}: {_reason(results, choice)}.")
    drawn = {row["algorithm"] for row in rows}
    return Picture(kind, rows, tuple(name for name in results.algorithms if name not in drawn))


def _reason(results: Results, choice: Choice) -> str:
    if not results.records:
        return "there are no runs"
    if choice.metric:
        known = {name for record in results.records for point in record.curve for name in point.metrics}
        return f"no run has the metric {choice.metric!r}; there are {', '.join(sorted(known)) or 'none'}"
    return "it needs two algorithms, or runs with a learning curve"


def save(picture: Picture, image: Path, data: Path | None = None) -> None:
    """Write the drawing as .svg or .png, and the rows as .csv or .json.

    Raises:
        UsageError: a file of another kind; nothing is written.
    """
    format = _suffix(image, get_args(Format))
    table = _suffix(data, ("csv", "json")) if data else None
    write_atomically(image, picture.image(cast("Format", format)))
    if data:
        write_atomically(data, picture.csv() if table == "csv" else picture.json())


def _suffix(path: Path, known: tuple[str, ...]) -> str:
    suffix = path.suffix.lower().removeprefix(".")
    if suffix not in known:
        raise UsageError(f"{path} must end with {' or '.join(f'.{name}' for name in known)}.")
    return suffix
