"""What cannot have happened in the task's episodes, and what hardly can."""

from collections.abc import Iterator

from gnomon.benchmarks.contracts import ControlTask
from gnomon.benchmarks.tasks import TASKS
from gnomon.evaluation.record import Record
from gnomon.leaderboard.checks import Detail, Subject, check

UNLIKELY_SCORE = 200.0  # twice as far above random as the expert


@check("plausible", "Episodes are numbered, end by the horizon, and score what the task's scale leaves room for.")
def plausible(subject: Subject) -> Iterator[Detail]:
    """Look at every episode of every run."""
    for cell in subject.submission.cells:
        record = subject.records.get(cell.key)
        if record is None or record.task.id not in TASKS:
            continue
        for sentence in _impossible(record, TASKS[record.task.id]):
            yield "error", cell.place, sentence
        if record.score > UNLIKELY_SCORE:
            yield "warning", cell.place, f"The score is {record.score:.0f}, where the expert's is 100."


def _impossible(record: Record, task: ControlTask) -> Iterator[str]:
    if [outcome.item for outcome in record.outcomes] != list(range(len(record.outcomes))):
        yield "The episodes are not numbered 0, 1, …"
    lengths = [outcome.length for outcome in record.outcomes]
    if min(lengths) < 1 or max(lengths) > task.horizon:
        yield f"Episodes have {min(lengths)} to {max(lengths)} steps; {task.id} has 1 to {task.horizon}."
    if record.training.updates != record.protocol.rules.get("updates"):
        yield f"It was trained with {record.training.updates:,} updates; the protocol says otherwise."
    if any(outcome.cost < 0 for outcome in record.outcomes):
        yield "Episodes have a negative cost."
    if record.training.seconds < 0 or record.evaluation_seconds < 0:
        yield "It took a negative time."
