"""Seeds are runs of their own, and nobody else's."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from gnomon.leaderboard.checks import Detail, Known, Subject, check


@check("independent", "No two runs have the same episodes or the same policy, here or in another submission.")
def independent(subject: Subject) -> Iterator[Detail]:
    """Compare episodes and policies; see `copies`."""
    if len({(cell.dataset, cell.seed) for cell in subject.submission.cells}) < len(subject.submission.cells):
        yield "error", "", "A seed of a dataset is there twice."
    places = {cell.key: cell.place for cell in subject.submission.cells}
    yield from copies(subject.own, subject.known, places)


def copies(own: Sequence[Known], known: Sequence[Known], places: Mapping[str, str]) -> Iterator[Detail]:
    """Every run that has the marks of another.

    A run of the same origin in another submission is a reproduction, as equal runs give equal bytes. The same marks
    of another origin are a copy.

    Args:
        own: runs of the submission.
        known: runs of all others.
        places: key → what sentences call the run.
    """
    for what in sorted({what for run in own for what in run.marks}):
        others = _by(what, known)
        for value, runs in _by(what, own).items():
            if len(runs) > 1:
                where = ", ".join(places[run.key] for run in runs)
                yield "error", where, f"These runs have the same {what}, to the last bit."
            yield from _of_others(what, runs[0], others.get(value, []), places)


def _of_others(what: str, run: Known, others: list[Known], places: Mapping[str, str]) -> Iterator[Detail]:
    copied = next((other for other in others if other.origin != run.origin), None)
    if copied is not None:
        yield "error", places[run.key], f"It has the {what} of another run, {copied.key}, of {copied.submission[:12]}."
    elif others:
        yield "note", places[run.key], f"It has the {what} of the same run in submission {others[0].submission[:12]}."


def _by(what: str, runs: Sequence[Known]) -> dict[str, list[Known]]:
    found: dict[str, list[Known]] = defaultdict(list)
    for run in runs:
        if mark := run.marks.get(what):
            found[mark].append(run)
    return found
