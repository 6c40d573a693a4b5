"""Simulate the intervals' coverage and write the tables into docs/statistics.md: a few minutes on one core.

python docs/make_coverage.py
"""

import re
from pathlib import Path

import numpy as np

from gnomon.evaluation.bands import Band, curve_band
from gnomon.evaluation.coverage import (
    FAMILIES,
    Cell,
    band_coverage,
    cells,
    coverage,
    false_discoveries,
    student_coverage,
)
from gnomon.evaluation.profiles import Profile
from gnomon.evaluation.statistics import STATISTICS
from gnomon.evaluation.streams import keyed_stream
from gnomon.files import write_atomically

PAGE = Path(__file__).parent / "statistics.md"
SIMULATIONS = 2_000
STUDIES = 300  # of eight algorithms, or with a band: slower
TABULATED = ("iqm", "mean", "median")
THRESHOLDS = np.linspace(0, 100, 41)
RISE = np.linspace(0.2, 1, 20)  # of a learning curve, as a share of its final score


def main() -> None:
    """Replace what is between the marks of each table."""
    text = PAGE.read_text()
    for name, rows in (("intervals", interval_rows()), ("studies", study_rows())):
        mark = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        text = mark.sub(lambda found, rows=rows: found[1] + "\n".join(rows) + "\n" + found[2], text)
    write_atomically(PAGE, text)


def interval_rows() -> list[str]:
    """Percentile and calibrated coverage of each statistic, and Student's of single tasks."""
    head = ["| scores | tasks | seeds | " + " | ".join(STATISTICS[name].label for name in TABULATED) + " | Student |"]
    return [*head, "| --- " * 7 + "|", *(_interval_row(cell) for cell in cells())]


def _interval_row(cell: Cell) -> str:
    pairs = [coverage(cell, STATISTICS[name].compute, SIMULATIONS) for name in TABULATED]
    student = f"{student_coverage(cell, SIMULATIONS):.2f}" if cell.tasks == 1 else ""
    shown = " | ".join(f"{plain:.2f} → {_marked(ours)}" for plain, ours in pairs)
    return f"| {cell.family.name} | {cell.tasks} | {cell.seeds} | {shown} | {student} |"


def _marked(share: float) -> str:
    return f"**{share:.2f}**" if share < 0.9 else f"{share:.2f}"


def study_rows() -> list[str]:
    """How often equal algorithms are told apart, and how often a profile's whole band holds."""
    head = "| scores | tasks | seeds | Welch, of 28 pairs | permutation, of 1 pair | profile's band | curve's band |"
    chosen = [Cell(family, tasks, seeds) for family in FAMILIES for tasks, seeds in ((1, 5), (4, 3), (4, 5), (4, 10))]
    return [head, "| --- " * 7 + "|", *(_study_row(cell) for cell in chosen)]


def _study_row(cell: Cell) -> str:
    iqm = STATISTICS["iqm"].compute
    welch = false_discoveries(cell, iqm, 8, STUDIES)
    permutation = false_discoveries(cell, iqm, 2, STUDIES, "permutation")
    profile = Profile(THRESHOLDS)
    truth = profile.compute(cell.family.draw(200_000, cell.tasks, keyed_stream("truth of profiles")))
    profiles = band_coverage(cell, lambda scores: _ends(profile.band(scores, resamples=500)), truth, STUDIES)
    mean = cell.family.draw(200_000, cell.tasks, keyed_stream("truth of curves")).mean()
    curves = band_coverage(cell, lambda scores: _ends(_curves_band(scores)), mean * RISE, STUDIES)
    shown = f"{welch:.2f} | {permutation:.2f} | {_marked(profiles)} | {_marked(curves)}"
    return f"| {cell.family.name} | {cell.tasks} | {cell.seeds} | {shown} |"


def _curves_band(scores: np.ndarray) -> Band:
    """Of curves that rise to the scores, each with a random walk of its own (a standard deviation of 10 at its end)."""
    stream = np.random.default_rng(int.from_bytes(scores.tobytes()[:8], "little"))
    walks = stream.normal(0, 10 / np.sqrt(len(RISE)), (*scores.shape, len(RISE))).cumsum(-1)
    return curve_band(scores[..., None] * RISE + walks, STATISTICS["mean"].compute, resamples=500)


def _ends(band: Band) -> tuple[np.ndarray, np.ndarray]:
    assert band.lower is not None
    assert band.upper is not None
    return band.lower, band.upper


if __name__ == "__main__":
    main()
