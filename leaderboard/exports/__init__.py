"""Exports: an entry of a register in the formats of others; each file registers one.

What is exported is computed from the episodes and read from the ledger, never taken from what the author says. Equal
registers give equal bytes: times are those of the ledger.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gnomon.errors import UsageError
from gnomon.evaluation.intervals import Estimate
from gnomon.evaluation.record import Record
from gnomon.evaluation.results import Results
from gnomon.leaderboard.keys import own_key
from gnomon.leaderboard.ledger import LEVELS, TOMBSTONES, Entry, Level
from gnomon.leaderboard.reading.contents import Contents
from gnomon.leaderboard.register import Register, sound
from gnomon.leaderboard.submission import MANIFEST, Submission
from gnomon.registry import Registry


@dataclass(frozen=True)
class Exported:
    """An entry, with all that is known of it.

    Attributes:
        submission, records: what was submitted; records by key.
        files: of the submission, by name.
        history: what the ledger says of it, the oldest first.
        reports: the files that the ledger refers to there, by name.
        key: that signs the register; none where it is somebody else's.
        address: where others can see the entry; empty where nowhere.
        benchmark: the dataset repository on the Hugging Face Hub that defines the benchmark; empty where none does.
    """

    submission: Submission
    records: Mapping[str, Record]
    files: Contents
    history: tuple[Entry, ...]
    reports: Contents
    key: Ed25519PrivateKey | None
    address: str = ""
    benchmark: str = ""

    @property
    def entry(self) -> Entry:
        """What the ledger says last."""
        return self.history[-1]

    @property
    def level(self) -> Level:
        return LEVELS[self.entry.state]

    @property
    def scores(self) -> dict[str, Estimate]:
        """Dataset → mean score over its seeds, with Student's interval."""
        results = Results(tuple(self.records.values()))
        return {dataset: results.cell(self.submission.algorithm, dataset) for dataset in results.datasets}

    @property
    def findings(self) -> dict[str, Any]:
        """What its last verification found: the parts of the reports since its last structural check, by name."""
        found: dict[str, Any] = {}
        for entry in self.history:
            for name in entry.evidence:
                report = json.loads(self.reports[name])
                found = report if "findings" in report else found | report
        return found

    def require_standing(self) -> None:
        """Refuse an entry that was rejected, disputed or withdrawn: it has no score to pass on."""
        if self.level in TOMBSTONES:
            raise UsageError(
                f"Submission {self.submission.id[:16]} is {self.level}, so it has no score to export; its whole story "
                "is in the format ro-crate."
            )


@dataclass(frozen=True)
class Export:
    """A format: what it is, and a function from an entry to the bytes of a file."""

    summary: str
    make: Callable[[Exported], bytes]


EXPORTS: Registry[Export] = Registry("format of an export", __name__)


def exported(register: Register, id: str, address: str = "", benchmark: str = "") -> Exported:
    """Gather an entry of a register.

    Raises:
        GnomonError: a file of it is not what was received or signed.
        UsageError: it is a submission of a ready model.
    """
    found = register.read(id)
    history = tuple(entry for entry in register.history() if entry.subject == id)
    submission = sound(found)
    if not isinstance(submission, Submission):
        raise UsageError(f"Submission {id[:16]} is of a ready model; these formats hold runs of algorithms.")
    names = (MANIFEST, *submission.files)
    return Exported(
        submission=submission,
        records=found.records,
        files={name: (register.place(id) / name).read_bytes() for name in names},
        history=history,
        reports={name: content for entry in history for name, content in register.evidence(entry).items()},
        key=own_key() if register.is_own else None,
        address=address,
        benchmark=benchmark,
    )
