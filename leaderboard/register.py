"""A register: a folder with a ledger, the submissions that it speaks of, and the reports that it refers to.

    ledger.jsonl              the ledger
    ledger.pub                the public key that signs it
    submissions/ID/…          the files of a submission, as they were read; ID is its first sixteen digits
    reports/ID/NUMBER.json    what was found; the ledger has its hash

The folder is the truth: everything else, a server's database and the pages, can be made from it. It can be a git
repository; then a submission is a pull request that adds a folder.
"""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from gnomon.errors import GnomonError, UsageError
from gnomon.files import atomic_folder, home, write_atomically
from gnomon.findings import Finding
from gnomon.leaderboard.checks import Known, subject_of
from gnomon.leaderboard.keys import own_key, public_pem, read_public
from gnomon.leaderboard.ledger import LEVELS, Entry, State, append, chain_faults, fault_of_file, read_ledger, states
from gnomon.leaderboard.reading.kept import read_kept
from gnomon.leaderboard.reading.reader import PATIENT, Reading, reading
from gnomon.leaderboard.submission import AnySubmission

SUBMISSIONS, REPORTS, PUBLIC_KEY = "submissions", "reports", "ledger.pub"


@dataclass(frozen=True)
class Standing:
    """A submission and its last entry; none where the ledger does not know it yet, or it cannot be read."""

    submission: AnySubmission | None
    entry: Entry | None

    @property
    def level(self) -> str:
        """The badge: L0, L1, L2, or rejected, disputed, withdrawn; `new` where the ledger has nothing."""
        return "new" if self.entry is None else LEVELS[self.entry.state]

    @property
    def row(self) -> dict[str, Any]:
        """What tables show of it."""
        found, entry = self.submission, self.entry
        id = entry.subject if entry else found.id if found else ""
        return {
            "id": id[:16],
            "level": self.level,
            "algorithm": found.name if found else "",
            "suite": found.suite if found else "",
            "protocol": found.protocol.name if found else "",
            "runs": len(found.cells) if found else 0,
            "score": sum(found.scores.values()) / len(found.scores) if found and found.scores else None,
            "author": found.author.name if found else "",
            "since": entry.time.date().isoformat() if entry else "",
            "reason": entry.reason if entry else "The ledger does not know it: gnomon leaderboard verify.",
        }


class Register:
    """The folder of a register.

    Args:
        folder: is made when the first submission is received; `$GNOMON_HOME/leaderboard` by default.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = (folder or home() / "leaderboard").resolve()

    def place(self, id: str) -> Path:
        """The folder of a submission."""
        return self.folder / SUBMISSIONS / id[:16]

    @property
    def is_own(self) -> bool:
        """Whether this home's key signs the ledger, or there is none yet."""
        path = self.folder / PUBLIC_KEY
        return not path.exists() or path.read_bytes() == public_pem(own_key())

    def keep(self, path: Path) -> AnySubmission:
        """Read a submission and put its files where they belong; the ledger does not know of them yet.

        Raises:
            UsageError: there is no such file.
            GnomonError: it cannot be read, or is a folder of this register under another's name; the sentence says so.
        """
        with reading(path, PATIENT) as (found, clean):
            submission = sound(found)
            place = self.place(submission.id)
            if path.resolve().parent == place.parent and path.resolve() != place:
                raise GnomonError(f"{path.name} is the submission {place.name}; its folder must be called so.")
            if submission.id not in self.entries():
                with atomic_folder(place) as folder:
                    shutil.copytree(clean, folder, dirs_exist_ok=True)
        return submission

    def receive(self, path: Path) -> AnySubmission:
        """`keep` a submission and enter it; one that was received before stays as it is."""
        submission = self.keep(path)
        if submission.id not in self.entries():
            self.change(submission.id, "received", "It could be read.")
        return submission

    def history(self) -> list[Entry]:
        """All entries of the ledger, the oldest first.

        Raises:
            GnomonError: its chain or a signature does not hold, so that nothing may be built on it.
        """
        entries = read_ledger(self.folder)
        if entries and (fault := next(chain_faults(entries, read_public(self.folder / PUBLIC_KEY)), None)):
            raise GnomonError(
                f"The ledger in {self.folder} does not hold ({fault[0]}: {fault[1]}) Restore it; what is wrong with it "
                "says: gnomon leaderboard ledger verify"
            )
        return entries

    def entries(self) -> dict[str, Entry]:
        """Submission → its last entry; raises as `history`."""
        return states(self.history())

    def evidence(self, entry: Entry) -> dict[str, bytes]:
        """The reports that an entry names.

        Raises:
            GnomonError: one of them is not what was signed.
        """
        for name, digest in entry.evidence.items():
            if fault_of_file(self.folder, name, digest):
                raise GnomonError(f"{name} is not what the ledger speaks of; see: gnomon leaderboard ledger verify")
        return {name: (self.folder / name).read_bytes() for name in entry.evidence}

    def find(self, name: str) -> str:
        """The id of a submission from its first digits, eight or more.

        Raises:
            UsageError: none of that id was received, or several.
        """
        known = [id for id in self.entries() if len(name) >= 8 and id.startswith(name)]
        if len(known) != 1:
            raise UsageError(
                f"{len(known) or 'No'} submissions in {self.folder} begin with {name!r}; give eight digits or more."
            )
        return known[0]

    def read(self, id: str) -> Reading:
        """What the folder of a submission holds now.

        Raises:
            GnomonError: it is not what was received.
        """
        found = read_kept(self.place(id))
        if sound(found).id != id:
            raise GnomonError(f"{self.place(id)} is not the submission {id[:16]} that was received.")
        return found

    def change(
        self, id: str, state: State, reason: str, report: dict[str, Any] | None = None, commitment: str = ""
    ) -> Entry:
        """Enter a new state, with a report where there is one."""
        if not self.is_own:
            raise GnomonError(f"{self.folder} is signed with another key than this home's; its owner alone changes it.")
        self.history()
        key = own_key()
        write_atomically(self.folder / PUBLIC_KEY, public_pem(key))
        evidence = {} if report is None else self._written(id, report)
        return append(self.folder, key, id, state, reason[:2000], evidence, commitment)

    def _written(self, id: str, report: dict[str, Any]) -> dict[str, str]:
        folder = self.folder / REPORTS / id[:16]
        path = folder / f"{len(list(folder.glob('*.json')))}.json"
        content = json.dumps(report, indent=1, sort_keys=True, allow_nan=False).encode() + b"\n"
        write_atomically(path, content)
        return {path.relative_to(self.folder).as_posix(): sha256(content).hexdigest()}

    def others(self, id: str) -> list[Known]:
        """The runs of all other submissions that were neither rejected nor withdrawn."""
        return [
            run
            for other, entry in self.entries().items()
            if other != id and entry.state not in ("received", "rejected", "withdrawn")
            for found in [self.read(other)]
            if found.submission is not None
            for run in subject_of(found).own
        ]

    def standings(self) -> list[Standing]:
        """Every submission that the ledger knows, in the order in which they came, then those it does not know yet."""
        entries = self.entries()
        known = [Standing(self._submission(id), entry) for id, entry in entries.items()]
        return known + [Standing(found, None) for found in self._unknown(entries)]

    def new_folders(self) -> list[Path]:
        """The folders that somebody has put there and the ledger does not know."""
        known = {id[:16] for id in self.entries()}
        folders = sorted((self.folder / SUBMISSIONS).glob("[0-9a-f]" * 16))
        return [folder for folder in folders if folder.name not in known]

    def check_folders(self) -> list[Finding]:
        """Every submission of the ledger whose folder is missing or was changed."""
        found = []
        for id in states(read_ledger(self.folder)):
            here = read_kept(self.place(id)) if self.place(id).is_dir() else None
            if here is None or here.submission is None or not here.is_sound or here.submission.id != id:
                found.append(Finding("ledger", "error", id[:16], "The folder of the submission is missing or changed."))
        return found

    def _unknown(self, entries: dict[str, Entry]) -> Iterator[AnySubmission | None]:
        for folder in self.new_folders():
            yield read_kept(folder).submission

    def _submission(self, id: str) -> AnySubmission | None:
        found = read_kept(self.place(id)).submission if self.place(id).is_dir() else None
        return found if found is not None and found.id == id else None


def sound(found: Reading) -> AnySubmission:
    """The submission of a reading that found no error; raises GnomonError with the errors of another."""
    if found.submission is None or not found.is_sound:
        raise GnomonError(faults(found))
    return found.submission


def faults(found: Reading, most: int = 3) -> str:
    """The first errors of a reading, as a sentence or a few."""
    errors = [finding for finding in found.findings if finding.severity == "error"]
    said = " ".join(f"{f'{error.where}: ' if error.where else ''}{error.sentence}" for error in errors[:most])
    more = f" And {len(errors) - most} more: gnomon leaderboard validate." if len(errors) > most else ""
    return f"The submission is not received. {said}{more}"
