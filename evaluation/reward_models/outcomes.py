"""What a reward model said of the pairs and lists of a split, with their truth: the raw values of every metric."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gnomon.baselines.reward import Revealed
from gnomon.benchmarks.reward_models import ProcessRewardModel, RewardModel, scored
from gnomon.datasets.preferences.contract import Candidate, PreferenceSet
from gnomon.datasets.preferences.drawing import Pair, Scored, draw_pairs, draw_scored

LIST = 4


@dataclass(frozen=True)
class Size:
    """How much is asked.

    Attributes:
        pairs: of a split.
        lists: prompts with four candidates of a split.
        prompts, candidates: for best-of-n, n in powers of two up to the number of candidates.
    """

    pairs: int = 500
    lists: int = 200
    prompts: int = 100
    candidates: int = 32

    @property
    def ns(self) -> list[int]:
        return [2**power for power in range(self.candidates.bit_length())]


@dataclass(frozen=True, slots=True)
class PairOutcome:
    """One labelled pair.

    Attributes:
        id, subset: of the pair.
        corruption: what was done to the truly worse one; empty where nothing was.
        chosen, rejected: scores of the candidates, as they were labelled.
        u_chosen, u_rejected: their true utilities.
        p_star: the probability that the chosen one is chosen.
        chosen_first: whether it was shown first.
    """

    id: str
    subset: str
    corruption: str
    chosen: float
    rejected: float
    u_chosen: float
    u_rejected: float
    p_star: float
    chosen_first: bool

    @property
    def decided(self) -> bool:
        """Whether the true utilities differ."""
        return self.u_chosen != self.u_rejected


@dataclass(frozen=True, slots=True)
class ListOutcome:
    """Four candidates of one prompt; each field but the id holds a value, or a row of them, a candidate.

    Attributes:
        id: of the list.
        scores, utilities: of the whole candidates.
        halves: scores of their first halves.
        steps: scores of every line.
        on_track: of every line, whether all is right so far.
    """

    id: str
    scores: tuple[float, ...]
    utilities: tuple[float, ...]
    halves: tuple[float, ...]
    steps: tuple[tuple[float, ...], ...]
    on_track: tuple[tuple[bool, ...], ...]


def ask(
    model: RewardModel, preferences: PreferenceSet, split: str, size: Size
) -> tuple[tuple[PairOutcome, ...], tuple[ListOutcome, ...]]:
    """The model's scores of the first pairs and lists of a split.

    Raises:
        PolicyError: the model does not give one finite number a completion.
        UsageError: there is no such split, or it has fewer problems.
    """
    pairs = draw_pairs(preferences, split, size.pairs)
    lists = draw_scored(preferences, split, size.lists, LIST)
    reveal(model, pairs, lists)
    return _pairs(model, pairs), _lists(model, lists)


def _pairs(model: RewardModel, pairs: Sequence[Pair]) -> tuple[PairOutcome, ...]:
    prompts = [pair.prompt for pair in pairs]
    chosen = scored(model, prompts, [pair.chosen.text for pair in pairs]).tolist()
    rejected = scored(model, prompts, [pair.rejected.text for pair in pairs]).tolist()
    return tuple(
        PairOutcome(
            id=pair.id,
            subset=pair.subset,
            corruption=corruption(pair.chosen if pair.flipped else pair.rejected),
            chosen=chosen[place],
            rejected=rejected[place],
            u_chosen=pair.u_chosen,
            u_rejected=pair.u_rejected,
            p_star=pair.p_star,
            chosen_first=pair.chosen_first,
        )
        for place, pair in enumerate(pairs)
    )


def _lists(model: RewardModel, lists: Sequence[Scored]) -> tuple[ListOutcome, ...]:
    whole, halves = list_scores(model, lists), list_scores(model, lists, half)
    prompts = [one.prompt for one in lists for _ in one.candidates]
    steps = iter(step_scores(model, prompts, [candidate.lines for one in lists for candidate in one.candidates]))
    return tuple(
        ListOutcome(
            id=one.id,
            scores=tuple(whole[place].tolist()),
            utilities=one.utilities,
            halves=tuple(halves[place].tolist()),
            steps=tuple(tuple(next(steps).tolist()) for _ in one.candidates),
            on_track=tuple(candidate.on_track for candidate in one.candidates),
        )
        for place, one in enumerate(lists)
    )


def reveal(model: RewardModel, pairs: Sequence[Pair], lists: Sequence[Scored]) -> None:
    """Tell a yardstick the truth of what it will be asked."""
    if not isinstance(model, Revealed):
        return
    model.reveal({(pair.prompt, pair.chosen.text): pair.u_chosen for pair in pairs})
    model.reveal({(pair.prompt, pair.rejected.text): pair.u_rejected for pair in pairs})
    for one in lists:
        model.reveal(_truth_of(one))


def _truth_of(one: Scored) -> Mapping[tuple[str, str], float]:
    """Of every text that is asked of a list: steps are worth whether all is right so far, halves what the whole is."""
    told = {
        (one.prompt, candidate.text): utility for candidate, utility in zip(one.candidates, one.utilities, strict=True)
    }
    halves = {(one.prompt, half(candidate)): told[one.prompt, candidate.text] for candidate in one.candidates}
    steps = {
        (one.prompt, "\n".join(candidate.lines[: place + 1])): float(right)
        for candidate in one.candidates
        for place, right in enumerate(candidate.on_track)
    }
    return steps | halves | told


def list_scores(
    model: RewardModel,
    lists: Sequence[Scored],
    text: Callable[[Candidate], str] = lambda candidate: candidate.text,
) -> list[NDArray[np.float64]]:
    """Of every list the scores of its candidates, or of another text of each."""
    prompts = [one.prompt for one in lists for _ in one.candidates]
    scores = scored(model, prompts, [text(candidate) for one in lists for candidate in one.candidates])
    ends = np.cumsum([len(one.candidates) for one in lists])
    return np.split(scores, ends[:-1])


def step_scores(
    model: RewardModel, prompts: Sequence[str], steps: Sequence[Sequence[str]]
) -> list[NDArray[np.float64]]:
    """The scores of steps: a process reward model's own, or any other's scores of the text up to each step."""
    if isinstance(model, ProcessRewardModel):
        return model.score_steps(prompts, steps)
    texts = ["\n".join(lines[: place + 1]) for lines in steps for place in range(len(lines))]
    asked = [prompt for prompt, lines in zip(prompts, steps, strict=True) for _ in lines]
    ends = np.cumsum([len(lines) for lines in steps])
    return np.split(scored(model, asked, texts), ends[:-1])


def half(candidate: Candidate) -> str:
    """The first half of the lines, rounded down, at least one."""
    return "\n".join(candidate.lines[: max(len(candidate.lines) // 2, 1)])


def corruption(candidate: Candidate) -> str:
    """What was done to a candidate; empty where nothing was."""
    return candidate.corruption.kind if candidate.corruption else ""
