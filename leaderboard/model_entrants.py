"""Who takes part in a track of ready models: runs of this home and submissions of a register."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gnomon.evaluation.language.record import LanguageRecord
from gnomon.evaluation.language.results import LanguageResults
from gnomon.leaderboard.entrants import Submitted, Tombstone, Trust, of_track, placed, tombstones
from gnomon.leaderboard.pack_generations import command_of_record


@dataclass(frozen=True)
class ModelEntrants:
    """What the page of the ready models is made of; see `gnomon.leaderboard.entrants.Entrants`."""

    results: LanguageResults
    trust: dict[str, Trust]
    tombstones: tuple[Tombstone, ...]


def model_entrants(track: str, local: LanguageResults, known: Sequence[Submitted]) -> ModelEntrants:
    """The runs of this home and the submissions that are at least structurally sound, under names that do not clash.

    Args:
        track: its id.
        local: runs of this home.
        known: everything that the register knows.
    """
    here = [one for one in of_track(track, known) if one.submission.protocol.hash == local.protocol.hash]
    trust, added = placed(here, {model: frozenset(record.key for record in local.of(model)) for model in local.models})
    records = [*local.records, *(record for name, one in added for record in _named(one, name))]
    return ModelEntrants(replace(local, records=tuple(records)), trust, tombstones(here))


def _named(one: Submitted, name: str) -> list[LanguageRecord]:
    """The records under that name, each with the command that follows from its parts: a stranger's would be copied."""
    return [
        record.model_copy(
            update={
                "model": record.model.model_copy(update={"name": name}),
                "command": command_of_record(record),
            }
        )
        for record in one.reading.language_records.values()
    ]
