"""What the model wrote is its own: no two runs, here or in another submission, have the same completions."""

from collections.abc import Iterator

from gnomon.leaderboard.checks import Detail, LanguageSubject, language_check
from gnomon.leaderboard.checks.independent import copies


@language_check("independent", "No two runs have the same completions, here or in another submission.")
def independent(subject: LanguageSubject) -> Iterator[Detail]:
    """Compare hashes of the completions; see `gnomon.leaderboard.checks.independent.copies`."""
    yield from copies(subject.own, subject.known, {cell.key: cell.place for cell in subject.submission.cells})
