"""Seeds are runs of their own, and nobody else's."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from gnomon.leaderboard.checks import Detail, Known, Subject, check, known_of


@check("independent", "No two runs have the same episodes or the same policy, here or in another submission.")
def independent(subject: Subject) -> Iterator[Detail]:
    """Compare episodes and policies.

    A run of the same key (algorithm, configuration, data, seed, protocol) in another submission is a reproduction, as
    training is deterministic. The same episodes under another key are a copy.
    """
    places = {cell.key: cell.place for cell in subject.submission.cells}
    if len({(cell.dataset, cell.seed) for cell in subject.submission.cells}) < len(subject.submission.cells):
        yield "error", "", "A seed of a dataset is there twice."
    own = known_of(subject.submission, subject.records)
    for what in ("episodes", "policy"):
        others = _by(what, subject.known)
        for value, runs in _by(what, own).items():
            if len(runs) > 1:
                where = ", ".join(places[run.key] for run in runs)
                yield "error", where, f"These runs have the same {what}, to the last bit."
            yield from _of_others(what, runs[0], others.get(value, []), places)


def _of_others(what: str, run: Known, others: list[Known], places: dict[str, str]) -> Iterator[Detail]:
    copied = next((other for other in others if other.key != run.key), None)
    if copied is not None:
        yield "error", places[run.key], f"It has the {what} of another run, {copied.key}, of {copied.submission[:12]}."
    elif others:
        yield "note", places[run.key], f"It has the {what} of the same run in submission {others[0].submission[:12]}."


def _by(what: str, runs: Sequence[Known]) -> dict[str, list[Known]]:
    found: dict[str, list[Known]] = defaultdict(list)
    for run in runs:
        if getattr(run, what):
            found[getattr(run, what)].append(run)
    return found
