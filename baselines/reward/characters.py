"""Characters: a small transformer that reads prompt and completion, trained as a reward or a process reward model.

bradley-terry   −log σ(r_chosen − r_rejected), plus a small (r_chosen + r_rejected)² that keeps rewards centred
                (arXiv 2312.09244, equation 2)
margin          the same with σ(r_chosen − r_rejected − 1) (a constant margin, as in arXiv 2307.09288, equation 2)
process         binary cross-entropy of "all is right so far" at the end of every line (in the manner of
                arXiv 2305.20050); a completion's reward is its lowest line's log-odds

The network is that of `gnomon.benchmarks.character_model`; the reward is the logit of its end mark after a line.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from gnomon.baselines.reward import REWARD_BASELINES
from gnomon.datasets.preferences.contract import Candidate
from gnomon.datasets.preferences.drawing import Pair
from gnomon.errors import UsageError

if TYPE_CHECKING:
    from torch import Tensor

    from gnomon.benchmarks.character_model import CharacterModel
    from gnomon.benchmarks.reward_models import RewardModel

Loss = Literal["bradley-terry", "margin", "process"]
BATCH = 64  # sequences that are scored at once


@dataclass(frozen=True)
class Recipe:
    """What decides the weights beside pairs, seed and platform.

    Attributes:
        loss: which of the file's first lines.
        width, blocks, heads, context: of the transformer; longer texts are refused.
        updates, batch_size: AdamW steps, and pairs of each.
        learning_rate, warmup: rises for `warmup` steps, then falls linearly to 0.
        centring: weight of the squared sum of rewards.
    """

    loss: Loss
    width: int = 96
    blocks: int = 2
    heads: int = 4
    context: int = 512
    updates: int = 300
    batch_size: int = 32
    learning_rate: float = 2e-3
    warmup: int = 20
    centring: float = 0.01


Text = tuple[str, tuple[str, ...]]  # the prompt, and the lines of the completion
LossOfBatch = Callable[[Recipe, "CharacterModel", Sequence[Pair]], "Tensor"]


class CharacterRewardModel:
    """A trained transformer; every line of a completion has a score."""

    def __init__(self, model: "CharacterModel", recipe: Recipe) -> None:
        self.model, self._recipe = model, recipe
        self.facts: Mapping[str, str] = {name: str(value) for name, value in asdict(recipe).items()}

    def score(self, prompts: Sequence[str], completions: Sequence[str]) -> NDArray[np.float64]:
        steps = self.score_steps(prompts, [completion.split("\n") for completion in completions])
        lowest = self._recipe.loss == "process"
        return np.array([scores.min() if lowest else scores[-1] for scores in steps])

    def score_steps(self, prompts: Sequence[str], steps: Sequence[Sequence[str]]) -> list[NDArray[np.float64]]:
        import torch

        texts = [(prompt, tuple(lines)) for prompt, lines in zip(prompts, steps, strict=True)]
        scores = list[NDArray[np.float64]]()
        with torch.no_grad():
            for first in range(0, len(texts), BATCH):
                batch = texts[first : first + BATCH]
                rewards = _line_rewards(self.model, batch)[0].double().numpy()
                scores += [row[: len(lines)] for row, (_, lines) in zip(rewards, batch, strict=True)]
        return scores


@dataclass(frozen=True)
class CharacterLearner:
    """The learner of a recipe."""

    summary: str
    recipe: Recipe

    def train(self, pairs: Sequence[Pair], seed: int) -> "RewardModel":
        """See `trained`."""
        return CharacterRewardModel(trained(self.recipe, pairs, seed, _loss), self.recipe)


def trained(recipe: Recipe, pairs: Sequence[Pair], seed: int, loss: LossOfBatch) -> "CharacterModel":
    """The network that a loss of batches leads to.

    Equal bytes on one platform, whatever else the machine does: one thread, streams of its own.

    Raises:
        UsageError: there are no pairs, or one is longer than the network reads.
    """
    import torch

    if not pairs:
        raise UsageError("A reward model learns from at least one pair.")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return _optimised(recipe, pairs, seed, loss)
    finally:
        torch.set_num_threads(threads)


def _optimised(recipe: Recipe, pairs: Sequence[Pair], seed: int, loss: LossOfBatch) -> "CharacterModel":
    import torch

    from gnomon.benchmarks.seeds import seed_of

    model = _initial(recipe, seed)
    optimizer = torch.optim.AdamW(model.parameters(), lr=recipe.learning_rate, betas=(0.9, 0.98), weight_decay=0.01)
    stream = np.random.default_rng(seed_of("train", "reward model", seed))
    for update in range(1, recipe.updates + 1):
        batch = [pairs[place] for place in stream.integers(len(pairs), size=recipe.batch_size)]
        for group in optimizer.param_groups:
            left = (recipe.updates - update + 1) / recipe.updates
            group["lr"] = recipe.learning_rate * min(update / recipe.warmup, left)
        optimizer.zero_grad()
        loss(recipe, model, batch).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    return model.eval()


def _initial(recipe: Recipe, seed: int) -> "CharacterModel":
    """Weights N(0, 0.02²) from a stream of their own, in the order of their names; gains 1, biases 0."""
    import torch

    from gnomon.baselines.engine.streams import key_of
    from gnomon.benchmarks.character_model import CharacterModel, Shape

    model = CharacterModel(Shape(recipe.width, recipe.blocks, recipe.heads, recipe.context))
    stream = torch.Generator().manual_seed(key_of(seed, "reward model weights") & (2**63 - 1))
    for name, parameter in sorted(model.named_parameters()):
        if parameter.ndim > 1:
            torch.nn.init.normal_(parameter, std=0.02, generator=stream)
        else:
            torch.nn.init.constant_(parameter, float(name.endswith("weight")))
    return model


def _loss(recipe: Recipe, model: "CharacterModel", batch: Sequence[Pair]) -> "Tensor":
    from torch.nn import functional

    rewards, ends = _line_rewards(model, texts_of(batch))
    if recipe.loss == "process":
        candidates = [pair.chosen for pair in batch] + [pair.rejected for pair in batch]
        return functional.binary_cross_entropy_with_logits(rewards[ends], _labels(candidates))
    return preference_loss(rewards, ends, recipe.centring, margin=1.0 if recipe.loss == "margin" else 0.0)


def texts_of(batch: Sequence[Pair]) -> list[Text]:
    """The chosen texts of a batch of pairs, then the rejected ones."""
    return [(pair.prompt, pair.chosen.lines) for pair in batch] + [(pair.prompt, pair.rejected.lines) for pair in batch]


def preference_loss(rewards: "Tensor", ends: "Tensor", centring: float, margin: float = 0.0) -> "Tensor":
    """Bradley and Terry's loss of the rewards of last lines, centred.

    Args:
        rewards: [2 · pairs, lines] of the chosen ones, then of the rejected ones.
        ends: [2 · pairs, lines] which lines there are.
        centring: weight of the mean squared sum of a pair's rewards.
        margin: by which the chosen one is to be better.
    """
    from torch.nn import functional

    last = rewards.gather(1, ends.sum(1, keepdim=True) - 1)[:, 0]
    chosen, rejected = last.chunk(2)
    centred = centring * (chosen + rejected).square().mean()
    return centred - functional.logsigmoid(chosen - rejected - margin).mean()


def _labels(candidates: Sequence[Candidate]) -> "Tensor":
    """[lines of all candidates] 1 where all is right so far, in the order of the rewards that are there."""
    import torch

    return torch.tensor([float(right) for candidate in candidates for right in candidate.on_track])


def _line_rewards(model: "CharacterModel", texts: Sequence[Text]) -> "tuple[Tensor, Tensor]":
    """[B, most lines] the logit of the end mark at the end of each line, and [B, most lines] which lines there are."""
    from gnomon.benchmarks.character_model import END

    codes, places, there = laid_out(texts, model.shape.context)
    return model(codes)[0][..., END].gather(1, places), there


def laid_out(texts: Sequence[Text], context: int) -> "tuple[Tensor, Tensor, Tensor]":
    """[B, T] padded codes, [B, most lines] the places where lines end, and [B, most lines] which lines there are.

    Raises:
        UsageError: a text is longer than the context.
    """
    import torch

    from gnomon.benchmarks.character_model import PAD

    rows = [_codes(text, context) for text in texts]
    codes = torch.full((len(rows), max(len(row) for row, _ in rows)), PAD)
    places = torch.zeros(len(rows), max(len(ends) for _, ends in rows), dtype=torch.int64)
    there = torch.zeros(places.shape, dtype=torch.bool)
    for number, (row, ends) in enumerate(rows):
        codes[number, : len(row)] = torch.tensor(row)
        places[number, : len(ends)], there[number, : len(ends)] = torch.tensor(ends), True
    return codes, places, there


def _codes(text: Text, context: int) -> tuple[list[int], list[int]]:
    """The codes of a prompt and a completion, and the place of the end of each line of the completion.

    Raises:
        UsageError: the text is longer than the model can read.
    """
    from gnomon.benchmarks.character_model import BEGIN, encode

    codes, ends = [BEGIN, *encode(f"{_short(text[0])}\n")], []
    for line in text[1]:
        codes += encode(f"{line}\n")
        ends.append(len(codes) - 1)
    if len(codes) > context:
        raise UsageError(f"A text has {len(codes)} characters; this reward model reads {context}.")
    return codes, ends


def _short(prompt: str) -> str:
    """The prompt without the line that says how to write, which never changes."""
    return "\n".join(line for line in prompt.split("\n") if not line.startswith("Write your steps line by line."))


_LEARNERS: tuple[tuple[str, Loss, str], ...] = (
    ("bradley-terry", "bradley-terry", "A character-level transformer trained by Bradley-Terry, centred; minutes."),
    ("bradley-terry-margin", "margin", "The same with a constant margin."),
    ("process", "process", "A character-level transformer trained on the labels of steps; minutes."),
)
for _name, _loss_name, _summary in _LEARNERS:
    REWARD_BASELINES.add(_name, CharacterLearner(_summary, Recipe(loss=_loss_name)))
