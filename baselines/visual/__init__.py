"""The visual baselines: small networks that learn `scene-class` and `ui-click` by cloning or from rewards of a rule.

    NAME         trained with seed 0 where it is not there yet, in minutes of one core
    NAME:SEED    with another one

They show that the tasks can be learned from pixels, what a reward that a rule computes leads to, and how far the result
carries to another renderer and to related tasks. Networks and losses lie in the files beside this one; torch is
imported by them alone.
"""

from dataclasses import asdict, dataclass, replace
from typing import Literal

from gnomon.errors import UsageError
from gnomon.files import hash_of
from gnomon.registry import Registry

VERSION = 1  # of the code of this folder: a change that changes the weights is a change of the version


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """Everything that decides the weights, beside the platform.

    Attributes:
        task: whose training items are learned from, all levels in turn, each item once.
        method: `cloning` of gold answers, or `policy-gradient` of a reward.
        reward: which of `gnomon.baselines.visual.rewards`; a clone sees none.
        updates, batch_size: AdamW steps, and items of each.
        samples: completions that are drawn of each item of a batch, of a policy gradient.
        entropy: weight of the entropy of the answers, of a policy gradient.
        learning_rate, warmup: rises for `warmup` updates, then falls linearly to 0.
        form_rate: times the learning rate, of the six logits of the form.
        weight_decay, clipped_at: of AdamW; largest norm of the gradient.
        seed: of the first weights and the samples.
    """

    task: str
    method: Literal["cloning", "policy-gradient"]
    reward: str = "verifier"
    updates: int = 200
    batch_size: int = 32
    samples: int = 64
    entropy: float = 0.01
    learning_rate: float = 2e-3
    warmup: int = 20
    form_rate: float = 50.0
    weight_decay: float = 0.01
    clipped_at: float = 1.0
    seed: int = 0

    @property
    def hash(self) -> str:
        """SHA-256 over the recipe and the version of the code."""
        return hash_of([VERSION, asdict(self)])


@dataclass(frozen=True)
class VisualBaseline:
    """A recipe under a name, and one sentence for lists."""

    summary: str
    recipe: Recipe


VISUAL_BASELINES: Registry[VisualBaseline] = Registry("visual baseline")

for _task, _updates in (("scene-class", 200), ("ui-click", 600)):
    VISUAL_BASELINES.add(
        f"{_task}-cloning",
        VisualBaseline(
            f"A small convolutional network that clones the gold answers of {_task}.",
            Recipe(task=f"visual/{_task}-v1", method="cloning", updates=_updates),
        ),
    )
    VISUAL_BASELINES.add(
        f"{_task}-policy-gradient",
        VisualBaseline(
            f"The same network, which learns {_task} from the verifier's rewards of its own completions.",
            Recipe(task=f"visual/{_task}-v1", method="policy-gradient", updates=_updates),
        ),
    )


def is_visual_baseline(reference: str) -> bool:
    """Whether a reference begins with the name of one.

    >>> is_visual_baseline("scene-class-cloning:1"), is_visual_baseline("bc")
    (True, False)
    """
    return reference.partition(":")[0] in VISUAL_BASELINES


def recipe_of(reference: str) -> Recipe:
    """The recipe of `NAME` or `NAME:SEED`.

    Raises:
        UnknownId: there is no such baseline.
        UsageError: the seed is no whole number from 0.
    """
    name, _, seed = reference.partition(":")
    recipe = VISUAL_BASELINES[name].recipe
    if seed and not seed.isdecimal():
        raise UsageError(f"{reference!r} names no baseline; write {name} or {name}:SEED, a whole number.")
    return replace(recipe, seed=int(seed or 0))
