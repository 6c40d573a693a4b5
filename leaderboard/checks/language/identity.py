"""Each run asked this version's items by this version's rules, and is the one that its key names."""

from collections.abc import Iterator
from functools import cache
from itertools import product

from gnomon import __version__
from gnomon.benchmarks.contracts import Item
from gnomon.evaluation.language.protocol import LANGUAGE_PROTOCOLS, LanguageProtocol
from gnomon.evaluation.language.record import LanguageRecord
from gnomon.evaluation.language.run import items_hash, key_of
from gnomon.evaluation.language.suites import LANGUAGE_SUITES
from gnomon.leaderboard.checks import Detail, LanguageSubject, language_check


@language_check("identity", "Keys, protocol, items and verifiers of every run are those of this version.")
def identity(subject: LanguageSubject) -> Iterator[Detail]:
    """Compare every record with what is asked here and with what the submission says of it."""
    said = subject.submission.protocol
    if said.name not in LANGUAGE_PROTOCOLS or LANGUAGE_PROTOCOLS[said.name].hash != said.hash:
        yield "error", "", f"There is no protocol {said.name} with the hash {said.hash[:12]} for language tasks here."
        return
    for cell in subject.submission.cells:
        if (record := subject.records.get(cell.key)) is not None:
            for sentence in _faults(record, subject, LANGUAGE_PROTOCOLS[said.name]):
                yield "error", cell.place, sentence
            if record.gnomon != __version__:
                yield "warning", cell.place, f"It was made with gnomon {record.gnomon}, so its key cannot be derived."


def _faults(record: LanguageRecord, subject: LanguageSubject, protocol: LanguageProtocol) -> Iterator[str]:
    if record.model.name != subject.submission.model:
        yield f"It is a run of {record.model.name}, not of {subject.submission.model}."
    if record.model.facts != subject.records[subject.submission.cells[0].key].model.facts:
        yield "It is a run of another model of that name than the first run."
    if (record.protocol.name, record.protocol.hash) != (protocol.name, protocol.hash):
        yield "It was judged under another protocol."
    elif not any(record.task.task in suite.tasks for suite in LANGUAGE_SUITES.values()):
        yield "There is no such task here."
    else:
        yield from _faults_of_items(record, protocol)


def _faults_of_items(record: LanguageRecord, protocol: LanguageProtocol) -> Iterator[str]:
    """What is wrong with a run of a task that is asked here."""
    items, part = items_of(record.task.task, protocol), record.task
    if (part.items_hash, part.verifier) != (items_hash(items), items[0].verifier):
        yield "Its items or its verifier are not the task's of this version."
        return
    asked = [(item.id, sample, item.level) for item, sample in product(items, range(protocol.samples))]
    if [(one.item, one.sample, one.level) for one in record.outcomes] != asked:
        yield "Its outcomes are not one a sample of the task's items, in their order."
    key = key_of(record.model.name, record.model.facts, part.task, part.items_hash, record.seed, protocol.hash)
    if record.gnomon == __version__ and key != record.key:
        yield "Its key is not that of its model, items, seed and protocol."


@cache
def items_of(task: str, protocol: LanguageProtocol) -> list[Item]:
    """What is asked of a task; drawing it takes a while."""
    return protocol.items_of(task)
