"""Every number that is claimed is what its episodes say."""

from collections.abc import Iterator
from math import isclose

from gnomon.leaderboard.checks import Detail, Subject, check
from gnomon.leaderboard.pack import scores_of

TOLERANCE = 1e-9  # of a sum of numbers in another order


@check("recomputed", "Values and scores of runs and datasets follow from the episodes.")
def recomputed(subject: Subject) -> Iterator[Detail]:
    """Compute all of them anew."""
    for cell in subject.submission.cells:
        if (record := subject.records.get(cell.key)) is None:
            continue
        now = {"episodes": len(record.outcomes), "value": record.value, "score": record.score}
        for what, found in now.items():
            claimed = getattr(cell, what)
            if differs(claimed, found):
                yield "error", cell.place, f"The {what} is claimed as {claimed:.6g}; its episodes say {found:.6g}."
    means = scores_of([subject.records[key] for key in sorted(subject.records)])
    for dataset in sorted(means.keys() | subject.submission.scores.keys()):
        claimed, found = subject.submission.scores.get(dataset), means.get(dataset)
        if claimed is None or found is None or differs(claimed, found):
            yield "error", dataset, f"The mean score is claimed as {_shown(claimed)}; the episodes say {_shown(found)}."


def differs(claimed: float, found: float) -> bool:
    """Whether two numbers differ by more than the order of a sum explains."""
    return not isclose(claimed, found, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def _shown(value: float | None) -> str:
    return "nothing" if value is None else f"{value:.6g}"
