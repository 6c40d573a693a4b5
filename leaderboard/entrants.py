"""Who takes part in a track: runs of this home and submissions of a register, and how far each can be trusted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from gnomon.evaluation.record import Record, read_record
from gnomon.evaluation.results import Results, read_results
from gnomon.evaluation.shipped import find_shipped
from gnomon.files import home
from gnomon.leaderboard.checks import CHECKS, LANGUAGE_CHECKS, AnySubject, Check, LanguageSubject, subject_of
from gnomon.leaderboard.checks.identity import run_of
from gnomon.leaderboard.ledger import LEVELS, TOMBSTONES, Entry, Level
from gnomon.leaderboard.reading.reader import Reading
from gnomon.leaderboard.register import Register, sound
from gnomon.leaderboard.submission import AnySubmission
from gnomon.leaderboard.tracks import Track

LADDER = ("local", "shipped", "L0", "L1", "L2", "L3")  # from the least on; the first two were never submitted


@dataclass(frozen=True)
class Trust:
    """How far a row can be trusted.

    Attributes:
        level: `local` for runs of this machine that nobody submitted, `shipped` for those that come with gnomon.
        submission: first digits of its id.
        author: who submitted.
        since: the day of the last change of state.
        reason: the ledger's.
    """

    level: Literal["local", "shipped"] | Level = "local"
    submission: str = ""
    author: str = ""
    since: str = ""
    reason: str = "It ran on this machine, and was not submitted."


LOCAL = Trust()


@dataclass(frozen=True)
class Tombstone:
    """A submission that was rejected, disputed or withdrawn: it is not ranked, and not forgotten."""

    algorithm: str
    trust: Trust


@dataclass(frozen=True)
class Entrants:
    """What a board is made of.

    Attributes:
        results: the runs that are ranked.
        trust: name of an algorithm in the results → how far its runs can be trusted.
        tombstones: in the order of the ledger.
    """

    results: Results
    trust: dict[str, Trust]
    tombstones: tuple[Tombstone, ...]


@dataclass(frozen=True)
class Submitted:
    """A submission of a register as it was read, and its last entry."""

    reading: Reading
    entry: Entry

    @property
    def submission(self) -> AnySubmission:
        return sound(self.reading)

    @property
    def trust(self) -> Trust:
        entry, author = self.entry, self.submission.author.name
        return Trust(LEVELS[entry.state], entry.subject[:16], author, entry.time.date().isoformat(), entry.reason)

    @property
    def tombstone(self) -> Tombstone:
        return Tombstone(self.submission.name, self.trust)

    @property
    def keys(self) -> frozenset[str]:
        """Of its runs."""
        return frozenset(self.reading.records) | frozenset(self.reading.language_records)

    @property
    def is_comparable(self) -> bool:
        """Whether its runs are judged by the rules, data and scales that this version has."""
        subject = subject_of(self.reading)
        if isinstance(subject, LanguageSubject):
            return not _has_errors(LANGUAGE_CHECKS["identity"], subject)
        return not _has_errors(CHECKS["identity"], subject)


def _has_errors(check: Check[AnySubject], subject: AnySubject) -> bool:
    return any(severity == "error" for severity, _, _ in check.check(subject))


def submitted(register: Register) -> list[Submitted]:
    """Everything that the ledger of a register knows.

    Raises:
        GnomonError: one of them is not what was received.
    """
    return [Submitted(register.read(id), entry) for id, entry in register.entries().items()]


def entrants(track: Track, known: Sequence[Submitted]) -> Entrants:
    """The runs of this home and the submissions that are at least structurally sound, under names that do not clash."""
    here = of_track(track.id, known)
    local = read_results(track.suite, track.protocol)
    trust, added = placed(here, {name: _keys(local, name) for name in local.algorithms})
    records = [*local.records, *(record for name, one in added for record in _named(one, name))]
    return Entrants(Results(tuple(records)), trust, tombstones(here))


def of_track(track: str, known: Sequence[Submitted]) -> list[Submitted]:
    """The submissions of a track that can be compared here, or are tombstones."""
    ranked = [one for one in known if (wanted := subject_of(one.reading).track) is not None and wanted.id == track]
    return [one for one in ranked if one.trust.level in TOMBSTONES or one.is_comparable]


def placed(
    here: Sequence[Submitted], local: Mapping[str, frozenset[str]]
) -> tuple[dict[str, Trust], list[tuple[str, Submitted]]]:
    """Who is ranked: name → trust, and the submissions that are not of this home, under free names.

    Runs that are here and were submitted count once, and are trusted as the best submission that holds all of them.

    Args:
        here: submissions of a track.
        local: name → keys of the runs of this home.
    """
    trust, added = {name: _best(keys, here) for name, keys in local.items()}, []
    present = frozenset().union(*local.values())
    ranked = [one for one in here if one.trust.level in ("L1", "L2", "L3")]
    for one in sorted(ranked, key=lambda one: -LADDER.index(one.trust.level)):
        if present.isdisjoint(one.keys):
            trust[name := _free_name(one, trust)] = one.trust
            added.append((name, one))
            present |= one.keys
    return trust, added


def tombstones(here: Sequence[Submitted]) -> tuple[Tombstone, ...]:
    """Of the submissions that do not stand."""
    return tuple(one.tombstone for one in here if one.trust.level in TOMBSTONES)


def _keys(results: Results, algorithm: str) -> frozenset[str]:
    return frozenset(record.key for record in results.records if record.algorithm.name == algorithm)


def _best(keys: frozenset[str], known: Sequence[Submitted]) -> Trust:
    """The trust of the best submission that holds all of the runs, else what there is without one."""
    holding = [one.trust for one in known if keys <= one.keys and one.trust.level in LADDER]
    return max(holding, key=lambda trust: LADDER.index(trust.level), default=None) or _unsubmitted(keys)


def _unsubmitted(keys: frozenset[str]) -> Trust:
    """Runs that all come with gnomon, with how many were repeated here; or local ones."""
    shipped = {key: record for key in keys if (record := find_shipped(key))}
    if len(shipped) < len(keys):
        return LOCAL
    repeated = {key: read_record(run) for key in shipped if (run := home() / "runs" / key).is_dir()}
    others = sum(record.outcomes != shipped[key].outcomes for key, record in repeated.items())
    if others:
        return Trust(reason=f"{others} of its {len(keys)} runs came out otherwise here than those that gnomon ships.")
    some = f"{len(repeated)} of its {len(keys)} runs were repeated here, with equal episodes"
    none = f"none of its {len(keys)} runs was repeated here"
    return Trust("shipped", reason=f"It comes with gnomon; {some if repeated else none}.")


def _free_name(one: Submitted, taken: Mapping[str, Trust]) -> str:
    """The submission's name, with its author's or its id where another entrant has it."""
    name = one.submission.name
    names = (name, f"{name} ({one.submission.author.name})", f"{name} ({one.entry.subject[:8]})")
    return next(free for free in names if free not in taken)


def _named(one: Submitted, name: str) -> list[Record]:
    """The records under that name, each with the command that follows from its parts: a stranger's would be copied."""
    return [
        record.model_copy(
            update={
                "algorithm": record.algorithm.model_copy(update={"name": name}),
                "command": run_of(record).command,
            }
        )
        for record in one.reading.records.values()
    ]
