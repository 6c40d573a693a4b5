"""Measuring the two ends of a task's score scale: the random policy and the deterministic expert."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.contracts import ControlTask
from gnomon.benchmarks.rollout import rollout
from gnomon.benchmarks.seeds import seed_of
from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets.manifest import simulator_versions
from gnomon.datasets.policies import POLICIES
from gnomon.errors import GnomonError
from gnomon.evaluation.outcomes import Outcome

LANES = 10
LEAST_DISTANCE = 10  # standard errors between the ends; with less, noise of the scale would be read as skill


def measure(id: str, episodes: int) -> dict[str, Any]:
    """The entry of `reference_scores.json` for a task: means, standard errors, and how they were measured.

    Where the metric is success, the discounted success of both ends stands beside it. A task without an expert has its
    bound as the reference, which is known and not measured.

    Raises:
        GnomonError: expert and random differ by less than ten standard errors, so a score would mean nothing.
    """
    task = TASKS[id]
    random = _end(task, _outcomes(task, "uniform", episodes))
    entry: dict[str, Any] = {"random": random, "reference": _reference(task, episodes)}
    if not is_apart(entry["random"], entry["reference"]):
        raise GnomonError(
            f"{id} gets no score scale: the expert's {task.metric} ({entry['reference']['mean']:.3g}) is not "
            f"{LEAST_DISTANCE} standard errors above the random policy's ({entry['random']['mean']:.3g})."
        )
    return entry | {
        "metric": task.metric,
        "expert": task.expert,
        "episodes": episodes,
        "versions": simulator_versions(),
    }


def _outcomes(task: ControlTask, policy: str, episodes: int) -> list[Outcome]:
    seed = partial(seed_of, "reference", f"{task.id} {policy}")
    played = rollout(task, POLICIES[policy](task), [seed(index) for index in range(episodes)], LANES)
    if task.has_limit and policy == task.expert and any(episode.cost for episode in played):
        raise GnomonError(f"{task.id} gets no score scale: its expert breaks the limit.")
    unlimited = replace(task, has_limit=False)  # what a broken limit is worth is measured here
    return [Outcome.from_episode(index, episode, unlimited) for index, episode in enumerate(played)]


def _reference(task: ControlTask, episodes: int) -> dict[str, float]:
    """The upper end: what the expert reaches, or the bound."""
    if task.bound is not None:
        return {"mean": task.bound, "standard_error": 0.0}
    return _end(task, _outcomes(task, task.expert, episodes))


def _end(task: ControlTask, outcomes: Sequence[Outcome]) -> dict[str, float]:
    values = np.array([outcome.of(task.metric) for outcome in outcomes])
    end = summary(values)
    if task.metric == "success":
        discounted = np.mean([outcome.discounted_success for outcome in outcomes])
        end["discounted_success"] = round(float(discounted), 6)
    return end


def summary(values: NDArray[np.float64]) -> dict[str, float]:
    """Mean and standard error of values [n], n at least 2, to six digits after the point."""
    end = {"mean": float(values.mean()), "standard_error": float(values.std(ddof=1) / np.sqrt(len(values)))}
    return {name: round(value, 6) for name, value in end.items()}


def is_apart(lower: Mapping[str, float], upper: Mapping[str, float]) -> bool:
    """Whether the upper of two summaries is ten standard errors of the difference above the lower one."""
    distance = upper["mean"] - lower["mean"]
    error = np.hypot(upper["standard_error"], lower["standard_error"])
    return distance > 0 and bool(distance >= LEAST_DISTANCE * error)
