"""The model was asked every task of the suite, each once."""

from collections import Counter
from collections.abc import Iterator

from gnomon.evaluation.language.suites import LANGUAGE_SUITES
from gnomon.leaderboard.checks import Detail, LanguageSubject, language_check


@language_check("complete", "Every task of the suite was asked, once.")
def complete(subject: LanguageSubject) -> Iterator[Detail]:
    """Name every task that is missing, is there twice, or is not of the suite."""
    submission = subject.submission
    if subject.track is None or submission.suite not in LANGUAGE_SUITES:
        yield "error", "", f"No track ranks the suite {submission.suite} under {submission.protocol.name}."
        return
    tasks, runs = LANGUAGE_SUITES[submission.suite].tasks, Counter(cell.task for cell in submission.cells)
    for task in tasks:
        if runs[task] != 1:
            yield "error", task, f"There are {runs[task]} runs of the task; there must be one."
    for task in sorted(runs.keys() - set(tasks)):
        yield "error", task, f"The task is not of the suite {submission.suite}."
