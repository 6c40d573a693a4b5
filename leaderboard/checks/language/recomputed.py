"""Every number that is claimed is what the samples say, and the completions are those of the record."""

from collections.abc import Iterator

from gnomon.evaluation.language.record import COMPLETIONS
from gnomon.leaderboard.checks import Detail, LanguageSubject, language_check
from gnomon.leaderboard.checks.recomputed import differs
from gnomon.leaderboard.pack_generations import language_cell_of
from gnomon.leaderboard.submission import generations_name


@language_check(
    "recomputed", "Accuracies follow from the samples, and the completions have the hash that the run gave."
)
def recomputed(subject: LanguageSubject) -> Iterator[Detail]:
    """Compute all of them anew."""
    for cell in subject.submission.cells:
        if (record := subject.records.get(cell.key)) is None:
            continue
        now = language_cell_of(record)
        for what in ("items", "samples", "accuracy"):
            claimed, found = getattr(cell, what), getattr(now, what)
            if differs(claimed, found):
                yield "error", cell.place, f"The {what} is claimed as {claimed:.6g}; its samples say {found:.6g}."
        entry = subject.submission.files.get(generations_name(cell.key))
        if entry is not None and record.artefacts.get(COMPLETIONS) != entry.sha256:
            yield "error", cell.place, "The completions have another hash than the record says."
        if sum(not outcome.ended for outcome in record.outcomes) != round(
            record.rates.truncated * len(record.outcomes)
        ):
            yield "error", cell.place, "The share of completions that were cut is not that of the samples."
        if record.generation_seconds < 0:
            yield "error", cell.place, "It took a negative time."
