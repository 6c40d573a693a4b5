"""Drawing preference data: splits that cannot overlap, problems that come once, labels from streams of their own.

A problem belongs to the splits that a hash of its canonical form names, whoever draws it. Each problem has a stream of
its own, and so has its label: splits that are labellings of the same pairs differ in nothing but the labels, and of
two of them with unequal shares of flips the larger holds the flips of the smaller.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import count, islice
from random import Random
from typing import Any, NamedTuple

from gnomon.benchmarks.seeds import seed_of
from gnomon.datasets.preferences.contract import Annotator, Candidate, Noise, PreferenceSet, Proposal, Split
from gnomon.errors import UsageError

ATTEMPTS = 20_000  # draws without a new problem before a level counts as used up


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One comparison, labelled.

    Attributes:
        id: unique within the set's version and split.
        set, split, subset, level, template: where it comes from.
        prompt: what a model reads.
        chosen, rejected: the candidates, as they were labelled.
        u_chosen, u_rejected: their true utilities.
        p_star: the probability that the chosen one is chosen by an unbiased annotator, flips included.
        p_label: the same of the annotator who labelled it.
        chosen_first: whether the chosen one was shown first.
        annotator: who labelled it.
        canonical: the problem without its wording.
    """

    id: str
    set: str
    split: str
    subset: str
    level: int
    template: str
    prompt: str
    chosen: Candidate
    rejected: Candidate
    u_chosen: float
    u_rejected: float
    p_star: float
    p_label: float
    chosen_first: bool
    annotator: str
    canonical: str

    @property
    def tie(self) -> bool:
        """Whether the true utilities are equal."""
        return self.u_chosen == self.u_rejected

    @property
    def flipped(self) -> bool:
        """Whether the label contradicts the true utilities."""
        return self.u_chosen < self.u_rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A prompt with a finite set of candidates and their true utilities, the candidates in a random order."""

    id: str
    set: str
    split: str
    subset: str
    level: int
    template: str
    prompt: str
    candidates: tuple[Candidate, ...]
    utilities: tuple[float, ...]
    canonical: str


def bucket_of(set: str, canonical: str) -> int:
    """The first byte of the hash that decides which splits a problem belongs to."""
    return sha256(f"{set}\n{canonical}".encode()).digest()[0]


def draw_pairs(preferences: PreferenceSet, split: str, n: int) -> list[Pair]:
    """The first `n` pairs of a split, labelled; more pairs begin with the same ones.

    Raises:
        UsageError: there is no such split, or it has fewer problems.
    """
    _check_split(preferences, split)
    noise = preferences.noise_of(split)
    drawn = islice(_proposals(preferences, split, 2), _checked(n))
    return [_labelled(preferences, split, noise, problem) for problem in drawn]


def draw_scored(preferences: PreferenceSet, split: str, n: int, candidates: int = 4) -> list[Scored]:
    """The first `n` problems of a split, each with so many candidates and their true utilities.

    The two candidates of a pair are among them.

    Raises:
        UsageError: there is no such split, it has fewer problems, or fewer than two candidates are asked for.
    """
    if candidates < 2:
        raise UsageError(f"A list has two candidates or more, not {candidates}.")
    _check_split(preferences, split)
    drawn = islice(_proposals(preferences, split, candidates), _checked(n))
    return [_scored(preferences, split, problem) for problem in drawn]


class _Problem(NamedTuple):
    level: int
    number: int
    canonical: str
    proposal: Proposal


def _check_split(preferences: PreferenceSet, name: str) -> None:
    if name not in preferences.splits:
        raise UsageError(f"{preferences.id} has no split {name!r}; it has {', '.join(preferences.splits)}.")


def _checked(n: int) -> int:
    if n < 0:
        raise UsageError(f"n is {n}; ask for 0 rows or more.")
    return n


def _proposals(preferences: PreferenceSet, name: str, candidates: int) -> Iterator[_Problem]:
    """Proposals for distinct problems of the split, the levels in turn."""
    split, seen = preferences.splits[name], set[str]()
    for number in count():
        for level in split.levels:
            stream = Random(_seed(preferences, split, "problem", level, number))  # noqa: S311  # no secret is drawn
            world, canonical = _first_new(preferences, split, level, stream, seen)
            seen.add(canonical)
            yield _Problem(level, number, canonical, preferences.propose(world, stream, split, candidates))


def _seed(preferences: PreferenceSet, split: Split, what: str, level: int, number: int) -> int:
    """Of splits with equal buckets it is the same: they are labellings of the same pairs."""
    return seed_of(split.role, f"{preferences.id}/{split.buckets.start}/{what}/{level}", number)


def _first_new(preferences: PreferenceSet, split: Split, level: int, stream: Random, seen: set[str]) -> tuple[Any, str]:
    for _ in range(ATTEMPTS):
        world = preferences.draw(stream, level)
        canonical = preferences.canonical(world)
        if canonical not in seen and bucket_of(preferences.id, canonical) in split.buckets:
            return world, canonical
    raise UsageError(f"Level {level} of {preferences.id} has only {len(seen)} problems or so left; ask for fewer rows.")


def _labelled(preferences: PreferenceSet, name: str, noise: Noise, problem: _Problem) -> Pair:
    split, proposal = preferences.splits[name], problem.proposal
    stream = Random(_seed(preferences, split, "label", problem.level, problem.number))  # noqa: S311
    shown = proposal.candidates[:2] if stream.random() < 0.5 else proposal.candidates[1::-1]
    utilities = [proposal.utility(candidate) for candidate in shown]
    annotator = noise.annotators[int(stream.random() * len(noise.annotators))]
    p_star = noise.probability(utilities[0] - utilities[1])
    p_label = noise.probability(utilities[0] - utilities[1] + _bias(annotator, *shown))
    first_wins = _first_wins(stream.random(), p_label, noise, utilities[0] - utilities[1])
    order = (0, 1) if first_wins else (1, 0)
    return Pair(
        **_common(preferences, name, problem),
        chosen=shown[order[0]],
        rejected=shown[order[1]],
        u_chosen=utilities[order[0]],
        u_rejected=utilities[order[1]],
        p_star=p_star if first_wins else 1 - p_star,
        p_label=p_label if first_wins else 1 - p_label,
        chosen_first=first_wins,
        annotator=annotator.name,
    )


def _first_wins(draw: float, probability: float, noise: Noise, difference: float) -> bool:
    """Whether the first candidate is chosen, by one number in [0, 1); with it the flips of a smaller share are among
    those of a larger one: the better candidate loses where the number is close to 1, whichever place it has.
    """
    return draw < probability if difference >= 0 or noise.temperature else draw >= 1 - probability


def _bias(annotator: Annotator, first: Candidate, second: Candidate) -> float:
    return annotator.first_place + annotator.per_hundred_characters * (len(first.text) - len(second.text)) / 100


def _scored(preferences: PreferenceSet, name: str, problem: _Problem) -> Scored:
    proposal, split = problem.proposal, preferences.splits[name]
    stream = Random(_seed(preferences, split, "order", problem.level, problem.number))  # noqa: S311
    candidates = stream.sample(proposal.candidates, len(proposal.candidates))
    return Scored(
        **_common(preferences, name, problem),
        candidates=tuple(candidates),
        utilities=tuple(proposal.utility(candidate) for candidate in candidates),
    )


def _common(preferences: PreferenceSet, split: str, problem: _Problem) -> dict[str, Any]:
    """What a pair and a list of candidates both say of their problem."""
    return {
        "id": f"{preferences.id}/{split}/{problem.level}-{problem.number}",
        "set": preferences.id,
        "split": split,
        "subset": problem.proposal.subset,
        "level": problem.level,
        "template": problem.proposal.template,
        "prompt": problem.proposal.prompt,
        "canonical": problem.canonical,
    }
