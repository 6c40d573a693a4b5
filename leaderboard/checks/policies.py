"""Policies fit their tasks; a run without one can be checked, and never re-evaluated."""

from collections.abc import Iterator

from gnomon.benchmarks.tasks import TASKS
from gnomon.evaluation.record import Record
from gnomon.leaderboard.checks import Detail, Subject, check
from gnomon.leaderboard.verify.gate import ModelFacts, Port
from gnomon.leaderboard.verify.reevaluate import contract_of

NAMES = {"<f4": "float32", "<i8": "int64"}


@check("policies", "Every policy takes the observations of its task and gives its actions; runs without one end at L1.")
def policies(subject: Subject) -> Iterator[Detail]:
    """Compare shapes and types with the contract of the task."""
    track = subject.track
    for cell in subject.submission.cells:
        record, model = subject.records.get(cell.key), subject.models.get(cell.key)
        if model is None:
            yield "note", cell.place, "There is no policy, so that L1 is the highest level that it can reach."
        elif record is not None and track is not None and cell.dataset in track.suite.datasets and cell.task in TASKS:
            for sentence in _misfits(model, record, track.protocol.lanes):
                yield "error", cell.place, sentence


def _misfits(model: ModelFacts, record: Record, lanes: int) -> Iterator[str]:
    contract = contract_of(record.task.id, lanes)
    for port, shape, dtype, verb in (
        (model.input, contract.observations, "<f4", "takes"),
        (model.output, contract.actions, contract.dtype, "gives"),
    ):
        if port.type != NAMES[dtype] or not _fits(port, shape):
            yield (
                f"The policy {verb} {port.type} {_shown(port.shape)}; on {record.task.id} it must be {NAMES[dtype]} "
                f"{_shown(shape)}."
            )


def _fits(port: Port, shape: tuple[int, ...]) -> bool:
    """Whether sizes agree; an open one does."""
    return len(port.shape) == len(shape) and all(
        size in (None, length) for size, length in zip(port.shape, shape, strict=True)
    )


def _shown(shape: tuple[int | None, ...]) -> str:
    return "[" + ", ".join("any" if size is None else str(size) for size in shape) + "]"
