"""What a model wrote, as a stranger's JSON lines. Runs in the child.

A completion is data: it may hold any character, as models write what they write, and nobody is shown it. The names of
items are shown, and have to be fit for that; so are outcomes but for the answer, which is a part of the completion.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256

from pydantic import ConfigDict

from gnomon.benchmarks.generations import Generation
from gnomon.evaluation.judges.language import LanguageOutcome
from gnomon.files import canonical_json
from gnomon.leaderboard.plain_text import objection_to, shown
from gnomon.leaderboard.reading.json_values import bounded_json

LONGEST_LINE = 1 << 20  # bytes of a completion, or of an outcome with its answer


class SubmittedGeneration(Generation):
    """A line that has nothing else."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def language_outcome(line: bytes) -> LanguageOutcome:
    """An outcome of a line; raises ValueError where it is none."""
    outcome = LanguageOutcome.model_validate_json(_bounded(line))
    _check_name(outcome.item)
    return outcome


def generation(line: bytes) -> SubmittedGeneration:
    """A completion of a line; raises ValueError where it is none."""
    found = SubmittedGeneration.model_validate_json(_bounded(line))
    if found.tokens is None:
        raise ValueError("does not say how long the completion is")
    _check_name(found.item)
    return found


def _bounded(line: bytes) -> bytes:
    try:
        return canonical_json(bounded_json(line, LONGEST_LINE))
    except UnicodeEncodeError as error:
        raise ValueError("has half a character (a lone surrogate)") from error


def _check_name(item: str) -> None:
    if objection := objection_to(item):
        raise ValueError(f"has the item '{shown(item, 40)}', which {objection}")


def faults(generations: Sequence[SubmittedGeneration], outcomes: Sequence[LanguageOutcome]) -> Iterator[str]:
    """What keeps completions from being those of the outcomes: one each, of the same length and ending."""
    wanted = {(one.item, one.sample): one for one in outcomes}
    found = {(one.item, one.sample): one for one in generations}
    if len(found) < len(generations):
        yield f"has {len(generations) - len(found):,} samples twice"
    if missing := wanted.keys() - found.keys():
        yield f"lacks {_named(missing)}"
    if strange := found.keys() - wanted.keys():
        yield f"has {_named(strange)}, of which there is no outcome"
    odd = {key for key in wanted.keys() & found.keys() if not _fits(found[key], wanted[key])}
    if odd:
        yield f"has another length or ending than the outcome says of {_named(odd)}"


def _fits(one: SubmittedGeneration, outcome: LanguageOutcome) -> bool:
    return (one.tokens, one.ended) == (outcome.tokens, outcome.ended)


def _named(keys: set[tuple[str, int]]) -> str:
    """The first of some samples, and how many more there are."""
    item, sample = min(keys)
    more = f" and {len(keys) - 1:,} others" if len(keys) > 1 else ""
    return f"sample {sample} of {shown(item, 80)}{more}"


def digest_of(generations: Sequence[SubmittedGeneration]) -> str:
    """SHA-256 over what was written; empty where all of it is alike, which honest models may have in common."""
    texts = {one.completion for one in generations}
    lines = sorted(([one.item, one.sample, one.completion] for one in generations), key=lambda line: line[:2])
    return sha256(canonical_json(lines)).hexdigest() if len(texts) > 1 else ""
