"""What was spent on tuning is declared."""

from collections.abc import Iterator

from gnomon.leaderboard.checks import Detail, Subject, check


@check("declared", "Every run says how many configurations were tried, and by how many episodes one was chosen.")
def declared(subject: Subject) -> Iterator[Detail]:
    """Name the runs that say nothing."""
    for cell in subject.submission.cells:
        record = subject.records.get(cell.key)
        if record is not None and record.algorithm.tuning is None:
            yield "warning", cell.place, "The tuning of its configuration is not declared."
