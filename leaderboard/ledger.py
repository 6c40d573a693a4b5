"""The ledger: every change of state of a submission, a line each, chained and signed. Nothing is removed.

A line is the canonical JSON of an entry. `previous` is the SHA-256 of the line before, without its end; the signature
is Ed25519's over the line's canonical JSON without the signature. So an entry that is changed, left out or moved is
found without asking anyone. That the last lines are missing can be told by whoever has noted a later head:
`gnomon leaderboard ledger verify --head HASH`.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from gnomon.errors import GnomonError, UsageError
from gnomon.files import canonical_json, locked, write_atomically
from gnomon.findings import Finding
from gnomon.leaderboard.keys import fingerprint, is_signed, signed
from gnomon.leaderboard.reading.json_values import safe_json
from gnomon.leaderboard.submission import Digest, Note

LEDGER = "ledger.jsonl"
LONGEST_LINE = 8192  # bytes
NOTHING = "0" * 64

State = Literal[
    "received",
    "structural",
    "reevaluating",
    "reevaluated",
    "retraining",
    "retrained",
    "rejected",
    "disputed",
    "withdrawn",
]
Level = Literal["L0", "L1", "L2", "L3", "rejected", "disputed", "withdrawn"]

LEVELS: dict[State, Level] = {
    "received": "L0",
    "structural": "L1",
    "reevaluating": "L1",
    "reevaluated": "L2",
    "retraining": "L2",
    "retrained": "L3",
    "rejected": "rejected",
    "disputed": "disputed",
    "withdrawn": "withdrawn",
}
PLAYED: tuple[Level, ...] = ("L2", "L3")  # the keeper of the register has played the policies
TOMBSTONES: tuple[Level, ...] = ("rejected", "disputed", "withdrawn")
CHANGES: dict[State | None, tuple[State, ...]] = {
    None: ("received",),
    "received": ("structural", "rejected", "withdrawn"),
    "structural": ("structural", "reevaluating", "rejected", "disputed", "withdrawn"),
    "reevaluating": ("structural", "reevaluating", "reevaluated", "rejected", "disputed", "withdrawn"),
    "reevaluated": ("structural", "reevaluated", "retraining", "rejected", "disputed", "withdrawn"),
    "retraining": ("structural", "reevaluated", "retraining", "retrained", "rejected", "disputed", "withdrawn"),
    "retrained": ("structural", "rejected", "disputed", "withdrawn"),
    "rejected": ("structural", "rejected", "withdrawn"),
    "disputed": ("structural", "rejected", "withdrawn"),
    "withdrawn": (),
}


class Entry(BaseModel):
    """One change of state.

    Attributes:
        sequence: from 0.
        previous: hash of the entry before; zeros for the first.
        time: when.
        subject: id of the submission.
        state: from now on.
        reason: why, as a sentence.
        evidence: file, relative to the ledger's folder → SHA-256.
        commitment: SHA-256 of the secret that fresh seeds are made of, before they are; empty elsewhere.
        key: fingerprint of the key that signed.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    sequence: int = Field(ge=0)
    previous: Digest
    time: AwareDatetime
    subject: Digest
    state: State
    reason: Note
    evidence: dict[str, Digest] = {}
    commitment: Digest | Literal[""] = ""
    key: str
    signature: str = ""

    @property
    def line(self) -> bytes:
        """The entry as it stands in the file, without the line's end."""
        return canonical_json(self.model_dump(mode="json"))

    @property
    def hash(self) -> str:
        """What the next entry calls `previous`."""
        return sha256(self.line).hexdigest()

    @property
    def row(self) -> dict[str, object]:
        """What tables show of it."""
        time = f"{self.time:%Y-%m-%d %H:%M}"
        return {
            "entry": self.sequence,
            "time": time,
            "id": self.subject[:16],
            "state": self.state,
            "reason": self.reason,
        }

    @property
    def signed_part(self) -> bytes:
        """What the signature is over."""
        return canonical_json(self.model_dump(mode="json", exclude={"signature"}))


def read_ledger(folder: Path) -> list[Entry]:
    """The entries of a folder's ledger; none where there is no ledger.

    Raises:
        GnomonError: a line is no entry.
    """
    try:
        lines = (folder / LEDGER).read_bytes().splitlines()
    except FileNotFoundError:
        return []
    return [_entry(number, line) for number, line in enumerate(lines)]


def _entry(number: int, line: bytes) -> Entry:
    try:
        return Entry.model_validate_json(safe_json(line, LONGEST_LINE))
    except ValidationError as error:
        reason = error.errors(include_url=False)[0]["msg"]
        raise GnomonError(f"Line {number + 1} of the ledger is no entry ({reason}).") from error
    except ValueError as error:
        raise GnomonError(f"Line {number + 1} of the ledger {error}.") from error


def states(entries: Sequence[Entry]) -> dict[str, Entry]:
    """Submission → its last entry."""
    return {entry.subject: entry for entry in entries}


def append(
    folder: Path,
    key: Ed25519PrivateKey,
    subject: str,
    state: State,
    reason: str,
    evidence: dict[str, str] | None = None,
    commitment: str = "",
) -> Entry:
    """Add an entry; two processes that add at once take turns.

    Raises:
        UsageError: the submission's state cannot become that one, or the reason has a character that hides.
    """
    with locked(folder / f".{LEDGER}.lock"):
        entries = read_ledger(folder)
        before = states(entries).get(subject)
        check_change(subject, before.state if before else None, state)
        try:
            entry = Entry(
                sequence=len(entries),
                previous=entries[-1].hash if entries else NOTHING,
                time=datetime.now(UTC),
                subject=subject,
                state=state,
                reason=reason,
                evidence=evidence or {},
                commitment=commitment,
                key=fingerprint(key),
            )
        except ValidationError as error:
            raise UsageError(f"That cannot be entered: {error.errors(include_url=False)[0]['msg']}.") from error
        entry = entry.model_copy(update={"signature": signed(key, entry.signed_part)})
        write_atomically(folder / LEDGER, b"".join(one.line + b"\n" for one in [*entries, entry]))
    return entry


def check_change(subject: str, before: State | None, after: State) -> None:
    """Refuse a change of state that the table does not have."""
    if after not in CHANGES[before]:
        raise UsageError(
            f"Submission {subject[:12]} is {before or 'not received yet'}; it cannot become {after}."
            + (" A withdrawn submission stays so: submit again." if before == "withdrawn" else "")
        )


def check_ledger(folder: Path, key: Ed25519PublicKey, head: str | None = None) -> list[Finding]:
    """Everything that is wrong with a ledger and with the files that it names; works offline.

    Args:
        folder: with the ledger.
        key: whose signatures count.
        head: hash of an entry that was seen before and must still be there.

    Raises:
        GnomonError: a line is no entry.
    """
    entries = read_ledger(folder)
    faults = [*chain_faults(entries, key), *_faults_of_files(folder, entries)]
    found = [Finding("ledger", "error", where, sentence) for where, sentence in faults]
    if head is not None and all(entry.hash != head for entry in entries):
        found.append(
            Finding("ledger", "error", "head", f"No entry has the hash {head}: the ledger was cut or rewritten.")
        )
    return found


def chain_faults(entries: Sequence[Entry], key: Ed25519PublicKey) -> Iterator[tuple[str, str]]:
    """What is wrong with the entries by themselves: where, and a sentence."""
    previous, known = NOTHING, dict[str, State]()
    time = datetime.min.replace(tzinfo=UTC)
    for number, entry in enumerate(entries):
        where = f"entry {number}"
        if entry.sequence != number:
            yield where, f"It says that it is entry {entry.sequence}."
        if entry.previous != previous:
            yield where, "It does not follow from the entry before: one was changed, left out or moved."
        if not is_signed(key, entry.signed_part, entry.signature):
            yield where, f"It is not signed with the key {fingerprint(key)}."
        if entry.time < time:
            yield where, "It is older than the entry before."
        if entry.state not in CHANGES[known.get(entry.subject)]:
            yield where, f"{known.get(entry.subject) or 'nothing'} cannot become {entry.state}."
        previous, time = entry.hash, entry.time
        known[entry.subject] = entry.state


def _faults_of_files(folder: Path, entries: Sequence[Entry]) -> Iterator[tuple[str, str]]:
    for entry in entries:
        for name, digest in entry.evidence.items():
            if (fault := fault_of_file(folder, name, digest)) is not None:
                yield f"entry {entry.sequence}", fault


def fault_of_file(folder: Path, name: str, digest: str) -> str | None:
    """Why a file of a ledger's folder is not the one that an entry names; none where it is."""
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        return f"{name} leads out of the folder."
    if not path.is_file():
        return f"{name} is missing."
    if sha256(path.read_bytes()).hexdigest() != digest:
        return f"{name} was changed."
    return None
