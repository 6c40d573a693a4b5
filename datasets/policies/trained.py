"""Behaviour policies that were trained online by `gnomon baselines train … --publish`, and lie here as small files.

weights/<task without version>/seed-<n>/ is what one training left:

card.json                what was trained, how it went, and which checkpoints have names
<step>.safetensors       a checkpoint in fixed-point form (`gnomon.benchmarks.fixed_point`)
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from gnomon.benchmarks.contracts import ControlTask
from gnomon.benchmarks.fixed_point import FixedPointPolicy, load_fixed_point
from gnomon.datasets.policies import POLICIES
from gnomon.datasets.recipe import Recipe
from gnomon.errors import DatasetError
from gnomon.files import hash_file

WEIGHTS = Path(__file__).with_name("weights")
CARD = "card.json"


def folder_of(task: str, seed: int = 0) -> Path:
    """Where the training of a task with that seed lies."""
    return WEIGHTS / task.rpartition("-v")[0] / f"seed-{seed}"


@cache
def card_of(task: str, seed: int = 0) -> dict[str, Any]:
    """What `gnomon baselines train … --publish` wrote of a training.

    Raises:
        DatasetError: no such training was published.
    """
    missing = (
        f"No policy was published for {task} with seed {seed}; "
        f"train one with: gnomon baselines train sac --task {task} --seed {seed} --publish"
    )
    return read_card(folder_of(task, seed), missing)


def read_card(folder: Path, missing: str) -> dict[str, Any]:
    """The card of published weights; raises DatasetError with the sentence `missing` where there is none."""
    try:
        return json.loads((folder / CARD).read_text())
    except OSError as error:
        raise DatasetError(missing) from error


def load_published(path: Path, sha256: str, stochastic: bool = False) -> FixedPointPolicy:
    """A published policy; raises DatasetError where `sha256` is said and is not the file's."""
    if sha256 and hash_file(path) != sha256:
        raise DatasetError(f"{path} is not the file that the recipe was written for.")
    return load_fixed_point(path, stochastic)


@dataclass(frozen=True)
class Checkpoint:
    """One policy of a published training.

    Attributes:
        task: id of the task that it was trained on.
        step: of the training.
        seed: of the training.
    """

    task: str
    step: int
    seed: int = 0

    @property
    def path(self) -> Path:
        return folder_of(self.task, self.seed) / f"{self.step:09d}.safetensors"

    def options(self, **others: Any) -> dict[str, Any]:
        """Of the policy `trained`, as a recipe names it: with the hash of the file, so that other weights are another
        recipe.
        """
        sha256 = card_of(self.task, self.seed)["sha256"][self.path.name]
        return {"step": self.step, "seed": self.seed, "sha256": sha256, **others}


def named(task: str, name: str, seed: int = 0) -> Checkpoint:
    """The checkpoint that the card calls `expert` or `medium`."""
    return Checkpoint(task, card_of(task, seed)["named"][name]["step"], seed)


@POLICIES.register("trained")
def trained(
    task: ControlTask, step: int | None = None, seed: int = 0, sha256: str = "", stochastic: bool = False
) -> FixedPointPolicy:
    """A checkpoint of a published training.

    Args:
        task: that the policy was trained on.
        step: of the training; without one, the expert's.
        seed: of the training.
        sha256: what the file must be, where it is said.
        stochastic: draw actions as the training did, in place of the mean.

    Raises:
        DatasetError: the training or the checkpoint is not there, or the file is another one.
    """
    chosen = named(task.id, "expert", seed) if step is None else Checkpoint(task.id, step, seed)
    return load_published(chosen.path, sha256, stochastic)


def ladder(
    recipe: Recipe, steps: Sequence[int], options: Callable[[Checkpoint], dict[str, Any]], task: str = ""
) -> list[Recipe]:
    """Parts of equal shares: `recipe` once for each step, with the options of its checkpoint; `uniform` at step 0.

    `task` is what was trained on, where that is not the recipe's.
    """
    part = replace(recipe, transitions=recipe.transitions // len(steps))
    return [
        replace(part, options=options(Checkpoint(task or recipe.task, step)))
        if step
        else replace(part, policy="uniform", options={})
        for step in steps
    ]
