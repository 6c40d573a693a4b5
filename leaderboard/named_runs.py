"""The runs that are to be packed: folders, keys, or all of an algorithm or a ready model."""

from collections.abc import Sequence
from pathlib import Path

from gnomon.errors import UsageError
from gnomon.evaluation.language.protocol import LANGUAGE_PROTOCOLS
from gnomon.evaluation.language.record import COMPLETIONS
from gnomon.evaluation.language.results import read_language_results
from gnomon.evaluation.language.run import runs_folder
from gnomon.evaluation.language.suites import LANGUAGE_SUITES
from gnomon.evaluation.protocol import get_protocol
from gnomon.evaluation.record import RECORD
from gnomon.evaluation.results import read_results
from gnomon.evaluation.suites import get_suite
from gnomon.files import home


def run_folders(names: Sequence[str], suite: str, protocol: str | None) -> list[Path]:
    """The folders that keys, folders, or names of algorithms or models stand for.

    A name stands for its finished runs on the suite under the protocol (the suite's own where none is named).

    Raises:
        UsageError: one of them is none of that.
    """
    return [folder for name in names for folder in _folders_of(name, suite, protocol)]


def _folders_of(name: str, suite: str, protocol: str | None) -> list[Path]:
    for folder in (Path(name), home() / "runs" / name, runs_folder() / name):
        if (folder / RECORD).is_file():
            return [folder.resolve()]
    ran, folder = _ran(suite, protocol)
    keys = [key for entrant, key in ran if entrant == name]
    if not keys:
        known = ", ".join(sorted({entrant for entrant, _ in ran})) or "nothing"
        raise UsageError(f"{name} is no run, and no algorithm or model that ran on {suite}; what ran is: {known}.")
    return [folder / key for key in keys]


def _ran(suite: str, protocol: str | None) -> tuple[list[tuple[str, str]], Path]:
    """Name and key of every finished run of a suite, and the folder that they are in."""
    if suite in LANGUAGE_SUITES:
        asked = LANGUAGE_SUITES[suite]
        found = read_language_results(asked, LANGUAGE_PROTOCOLS[protocol or asked.protocol]).records
        return [(record.model.name, record.key) for record in found], runs_folder()
    learned = get_suite(suite)
    rules = get_protocol(protocol or learned.protocol)
    records = read_results(learned, rules, with_shipped=False).records
    return [(record.algorithm.name, record.key) for record in records], home() / "runs"


def are_generations(folders: Sequence[Path]) -> bool:
    """Whether the folders are runs of a ready model.

    Raises:
        UsageError: some are, and others are not.
    """
    kinds = {(folder / COMPLETIONS).is_file() for folder in folders}
    if len(kinds) > 1:
        raise UsageError("A submission is the runs of one algorithm or of one model, not of both.")
    return kinds == {True}
