"""Each run is the one that its key names, judged by the rules and on the scale that this version has."""

from collections.abc import Iterator

from gnomon import __version__
from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets.recipes import RECIPES
from gnomon.evaluation.protocol import PROTOCOLS
from gnomon.evaluation.record import Record
from gnomon.evaluation.run import AlgorithmUnderTest, Run
from gnomon.leaderboard.checks import Detail, Subject, check


@check("identity", "Keys, protocol, recipe, task and score scale of every run are those of this version.")
def identity(subject: Subject) -> Iterator[Detail]:
    """Compare every record with what is registered here and with what the submission says of it."""
    protocol = subject.submission.protocol
    if protocol.name not in PROTOCOLS or PROTOCOLS[protocol.name].hash != protocol.hash:
        yield "error", "", f"There is no protocol {protocol.name} with the hash {protocol.hash[:12]} here."
        return
    for cell in subject.submission.cells:
        if (record := subject.records.get(cell.key)) is not None:
            for sentence in _faults(record, subject):
                yield "error", cell.place, sentence
            if record.gnomon != __version__:
                yield "warning", cell.place, f"It was made with gnomon {record.gnomon}, so its key cannot be derived."


def _faults(record: Record, subject: Subject) -> Iterator[str]:
    if record.algorithm.name != subject.submission.algorithm:
        yield f"It is a run of {record.algorithm.name}, not of {subject.submission.algorithm}."
    if record.protocol.hash != subject.submission.protocol.hash:
        yield "It was judged under another protocol."
    elif record.dataset.id not in RECIPES or record.task.id not in TASKS:
        yield "There is no such dataset or task here."
    else:
        yield from _faults_of_known(record)


def _faults_of_known(record: Record) -> Iterator[str]:
    """What is wrong with a run of a dataset and a task that are registered here."""
    recipe, part = RECIPES[record.dataset.id], record.task
    task = TASKS[recipe.task].judged
    if (recipe.hash, task.id, task.metric) != (record.dataset.recipe_hash, part.id, part.metric):
        yield "Its recipe, task or metric is not the dataset's of this version."
    elif task.scale != part.scale or task.broken_limit != part.broken_limit:
        yield "Its score scale is not the task's of this version."
    elif record.gnomon == __version__ and run_of(record).key != record.key:
        yield "Its key is not that of its algorithm, configuration, data, seed and protocol."


def run_of(record: Record) -> Run:
    """The plan of a record's run, from its parts."""
    part, family = record.algorithm, TASKS[record.task.id].family
    algorithm = AlgorithmUnderTest(part.name, part.reference, part.digest, part.config, family)
    protocol = PROTOCOLS[record.protocol.name]
    return Run(algorithm, record.dataset.id, record.dataset.recipe_hash, record.task.scale, record.seed, protocol)
