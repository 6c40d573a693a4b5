"""Publishing an online training as behaviour policies: which checkpoints are kept, what they are called, how good.

A checkpoint's score is the mean return of the selection episodes, played as the training collects. *Expert* is the
checkpoint whose mean over itself and its two neighbours is best; *medium* and *competent* are the first whose such
means pass a third and three quarters of the way from the uniformly random policy to the expert. All are measured anew
on episodes that nothing was selected on. A ladder is an even choice of the checkpoints from step 0 on: to medium, and
to the end.
"""

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from gnomon.baselines.engine.online_training import SELECTION_EPISODES, selection_returns
from gnomon.benchmarks.contracts import Policy
from gnomon.benchmarks.fixed_point import load_fixed_point
from gnomon.benchmarks.rollout import rollout
from gnomon.benchmarks.seeds import seed_of
from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets.policies import POLICIES
from gnomon.datasets.policies.trained import CARD, WEIGHTS, folder_of
from gnomon.errors import UsageError
from gnomon.files import atomic_folder, hash_file, write_atomically

FACTS = ("algorithm", "config", "task", "seeds", "steps", "initial", "matmul", "versions")
NEIGHBOURS = 3  # the one before, itself, the one after
SHARES = {  # of the way from random to expert
    "medium": 1 / 3,  # "about a third" of D4RL (arXiv 2004.07219)
    "competent": 3 / 4,  # of NeoRL-2's behaviour policies (arXiv 2503.19267)
}
LADDERS = {"medium-replay": 12, "full-replay": 20}  # rungs
EPISODES = 100  # that named checkpoints are measured on


def publish(training: Path, root: Path = WEIGHTS, ladders: bool = True) -> Path:
    """Keep the checkpoints of a finished training that datasets are collected with; returns their folder.

    Args:
        training: the folder that `train_online` wrote.
        root: where the folders of all tasks lie.
        ladders: keep the rungs of replay data too, and not only the checkpoints with names.

    Raises:
        UsageError: the folder holds no training of a task, or fewer than three scored checkpoints.
    """
    facts, points = _read(training)
    task, seed = TASKS[facts["task"]], facts["seeds"][0]
    random = selection_returns(task, POLICIES["uniform"](task))
    steps, scores = zip(*[(point["step"], point["return"]) for point in points], strict=True)
    names = _named(steps, scores, float(random.mean()))
    ends = {"medium-replay": names["medium"], "full-replay": steps[-1]} if ladders else {}
    chosen = {name: rungs([0, *(step for step in steps if step <= end)], LADDERS[name]) for name, end in ends.items()}
    kept = {*names.values(), *(step for ladder in chosen.values() for step in ladder if step)}
    card: dict[str, Any] = {
        **{key: facts[key] for key in FACTS if key in facts},
        "selection_episodes": SELECTION_EPISODES,
        "random": _summary(random),
        "curve": [[step, round(score, 3)] for step, score in zip(steps, scores, strict=True)],
        "named": {
            name: {"step": step, **measured(_file(training, step), task.id, str(step))} for name, step in names.items()
        },
        "ladders": chosen,
    }
    folder = root / folder_of(task.id, seed).relative_to(WEIGHTS)
    with atomic_folder(folder) as temporary:
        for step in sorted(kept):
            shutil.copy(_file(training, step), temporary)
        card["sha256"] = {path.name: hash_file(path) for path in sorted(temporary.iterdir())}
        write_atomically(temporary / CARD, json.dumps(card, indent=1) + "\n")
    return folder


def _read(training: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What decided the training, and the points of its curve since it began to learn."""
    try:
        facts = json.loads((training / "config.json").read_text())
        points = [json.loads(line) for line in (training / "curve.jsonl").read_text().splitlines()]
        task, last = facts["task"], points[-1]["step"]
    except (OSError, ValueError, KeyError, IndexError) as error:
        raise UsageError(f"{training} holds no training of an online baseline.") from error
    if last < facts["steps"]:
        raise UsageError(f"The training of {task} in {training} ended at step {last} of {facts['steps']}; resume it.")
    learned = [point for point in points if point["step"] > facts["config"]["random_steps"] and "return" in point]
    if len(learned) < NEIGHBOURS:
        raise UsageError(f"{training} has fewer than {NEIGHBOURS} scored checkpoints; report more often.")
    return facts, learned


def _named(steps: Sequence[int], scores: Sequence[float], random: float) -> dict[str, int]:
    """The expert and those on the way to it, by the means of three neighbours."""
    means = np.convolve(scores, np.full(NEIGHBOURS, 1 / NEIGHBOURS), "valid")
    reached = {name: means >= random + share * (means.max() - random) for name, share in SHARES.items()}
    first = {name: steps[int(passed.argmax()) + 1] for name, passed in reached.items()}
    return {"expert": steps[int(means.argmax()) + 1], **first}


def rungs(steps: Sequence[int], count: int) -> list[int]:
    """At most so many of the steps, as even as they come, the first and the last among them.

    >>> rungs([0, 5, 10, 15, 20], 3), rungs([0, 5], 3)
    ([0, 10, 20], [0, 5])
    """
    chosen = np.rint(np.linspace(0, len(steps) - 1, min(count, len(steps)))).astype(int)
    return [steps[index] for index in chosen]


def _file(training: Path, step: int) -> Path:
    return training / "checkpoints" / f"{step:09d}.safetensors"


def measured(file: Path, task: str, name: str) -> dict[str, Any]:
    """Mean returns of a policy file, as it collects and without noise, on 100 episodes of the role `reference`."""
    policy = load_fixed_point(file)
    modes = {"deterministic": policy}
    if policy.head == "normal":
        modes["stochastic"] = replace(policy, stochastic=True)
    return {mode: _judged(task, each, f"{task} {name} {mode}") for mode, each in modes.items()}


def _judged(task: str, policy: Policy, key: str) -> dict[str, float]:
    seeds = [seed_of("reference", key, index) for index in range(EPISODES)]
    played = rollout(TASKS[task], policy, seeds)
    success = float(np.mean([episode.success.any() for episode in played]))
    return {**_summary(np.array([episode.total_reward for episode in played])), "success": success}


def _summary(values: np.ndarray) -> dict[str, float]:
    error = values.std(ddof=1) / len(values) ** 0.5
    return {"mean": round(float(values.mean()), 3), "standard_error": round(float(error), 3), "episodes": len(values)}
