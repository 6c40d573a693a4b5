"""Judging a policy that was trained elsewhere, by the episodes that every run of a protocol is judged by."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gnomon.benchmarks.contracts import ControlTask, Metric, Policy, ScoreScale
from gnomon.benchmarks.onnx_policy import load_onnx
from gnomon.benchmarks.tasks import get_task
from gnomon.engines.local import count_of
from gnomon.errors import UsageError
from gnomon.evaluation.intervals import Estimate, item_estimate, student_estimate
from gnomon.evaluation.judges.control import judge
from gnomon.evaluation.outcomes import Outcome
from gnomon.evaluation.protocol import Protocol, get_protocol

Function = Callable[[NDArray[np.float32]], ArrayLike]


@dataclass(frozen=True)
class PolicyEvaluation:
    """What a fixed policy did: its score with an interval over episodes, and the episodes."""

    score: Estimate
    outcomes: tuple[Outcome, ...]


def evaluate_policy(
    policy: Policy | Function | str | Path, task: str, protocol: str | Protocol = "lite", workers: int | str = "auto"
) -> PolicyEvaluation:
    """Judge a policy that was trained elsewhere, by the episodes that every run of the protocol is judged by.

    Args:
        policy: an object with `act(observations, reset)`; a function from observations [lanes, dimension] float32 to
            actions; or the path of an ONNX file (see `gnomon.benchmarks.onnx_policy.load_onnx`). Actions are
            [lanes, dimension], of a task with discrete actions [lanes] whole numbers. It plays in processes of its own
            (see `gnomon.evaluation.judges.children`): what it keeps in itself is lost.
        task: id of a task.
        protocol: how many episodes, on how many lanes.
        workers: processes, or `auto` for one a core; their number changes nothing.

    Raises:
        UsageError: no such task, protocol or file, no score scale, no policy, or ONNX Runtime is not installed.
        PolicyError: the policy raises an error or takes too long, or its actions are of the wrong shape or not finite.
    """
    chosen, rules = get_task(task), get_protocol(protocol)
    scale, solution = chosen.scale, _solution(policy, chosen, rules.lanes)
    outcomes = judge(solution, chosen, rules, count_of(workers))
    return PolicyEvaluation(_score_over_episodes(outcomes, chosen.metric, scale), tuple(outcomes))


def _solution(policy: Policy | Function | str | Path, task: ControlTask, lanes: int) -> Policy:
    if isinstance(policy, str | Path):
        return load_onnx(Path(policy), task, lanes)
    if isinstance(policy, type):
        raise UsageError(f"{policy.__name__} is a class; pass an instance of it.")
    if callable(getattr(policy, "act", None)):
        return policy  # pyright: ignore[reportReturnType]
    if callable(policy):
        return _OfFunction(policy)
    raise UsageError(f"A {type(policy).__name__} is no policy; pass a function, an object with act, or an ONNX file.")


def _score_over_episodes(outcomes: Sequence[Outcome], metric: Metric, scale: ScoreScale) -> Estimate:
    """The score of a fixed policy: Wilson's interval of its success rate, Student's of its mean return."""
    values = np.array([outcome.value for outcome in outcomes])
    if metric == "return":
        return student_estimate(scale.score(values), unit="episodes")
    rate = item_estimate(values)
    assert rate.lower is not None
    assert rate.upper is not None
    value, lower, upper = scale.score([rate.value, rate.lower, rate.upper]).tolist()
    return replace(rate, value=value, lower=lower, upper=upper, unit="episodes")


@dataclass(frozen=True)
class _OfFunction:
    function: Function

    def act(self, observations: NDArray[np.float32], reset: NDArray[np.bool_]) -> ArrayLike:
        return self.function(observations)
