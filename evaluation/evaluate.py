"""Evaluating algorithms on a suite, and judging a policy that was trained elsewhere."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gnomon.baselines.registry import BASELINES
from gnomon.benchmarks.contracts import ControlTask, Policy
from gnomon.benchmarks.tasks import get_task
from gnomon.datasets.build import build_dataset
from gnomon.datasets.recipes import RECIPES
from gnomon.datasets.store import facts_of
from gnomon.engines.local import count_of, map_in_order
from gnomon.errors import UsageError
from gnomon.evaluation.intervals import Estimate, item_estimate, student_estimate
from gnomon.evaluation.judges.control import judge
from gnomon.evaluation.outcomes import Outcome
from gnomon.evaluation.perform import perform, stacks
from gnomon.evaluation.protocol import Protocol, get_protocol
from gnomon.evaluation.results import Results, read_results, wanted_versions
from gnomon.evaluation.run import Run, algorithm_under_test
from gnomon.evaluation.suites import Suite, get_suite

Progress = Callable[[str, int, int], None]  # what is done, how much more of it, out of how much


def evaluate(
    algorithm: "str | type[Any] | Sequence[str | type[Any]]",
    suite: str = "quickstart",
    datasets: Sequence[str] = (),
    protocol: str | Protocol | None = None,
    seeds: int | Sequence[int] = 3,
    workers: int | str = "auto",
    on_progress: Progress = lambda *_: None,
) -> Results:
    """Train and judge algorithms; what was done before is not done again.

    Args:
        algorithm: a baseline's name, `path/to/file.py:Class`, a class that lies in a file, or several of them.
        suite: the datasets, missing ones are built first.
        datasets: ids to use instead of a suite's.
        protocol: the rules, by name or your own; the suite's where none are given.
        seeds: how many (0, 1, …), or which.
        workers: processes, or `auto` for one a core.
        on_progress: called with a stage, an amount of work that was just done, and the stage's total.

    Returns:
        Every comparable run of these datasets in this home, the new ones among them.

    Raises:
        AlgorithmError: an algorithm raised an error.
        UsageError: an algorithm, dataset, suite, protocol or number that does not exist; before anything starts.
        PolicyError: an algorithm's policy breaks the contract.
    """
    chosen = get_suite(suite)
    if datasets:
        chosen = Suite("datasets", "Named on the command line.", tuple(datasets), "lite")
    rules = get_protocol(protocol or chosen.protocol)
    runs = plan(_references(algorithm), chosen, rules, _seed_numbers(seeds))
    planned = wanted_versions(runs)
    read_results(chosen, rules, planned)  # what cannot be read or compared is found before anything starts
    for dataset in chosen.datasets:
        _build(dataset, workers, on_progress)
    _perform_all([run for run in runs if not run.is_done], count_of(workers), on_progress)
    return read_results(chosen, rules, planned)


def plan(references: Sequence[str], suite: Suite, protocol: Protocol, seeds: Sequence[int]) -> list[Run]:
    """Every run of the algorithms on the suite."""
    known = {dataset: facts_of(dataset) for dataset in suite.datasets}
    tasks = {dataset: get_task(facts.task) for dataset, facts in known.items()}
    return [
        Run(algorithm, dataset, facts.recipe_hash, tasks[dataset].scale, seed, protocol)
        for reference in dict.fromkeys(references)
        for dataset, facts in known.items()
        for algorithm in [algorithm_under_test(reference, protocol, tasks[dataset].family)]
        for seed in seeds
    ]


def _build(dataset: str, workers: int | str, on_progress: Progress) -> None:
    if dataset not in RECIPES:
        return
    total = RECIPES[dataset].transitions
    build_dataset(dataset, workers, lambda amount: on_progress(f"building {dataset}", amount, total))


def _perform_all(runs: Sequence[Run], workers: int, on_progress: Progress) -> None:
    total = sum(run.protocol.updates for run in runs)
    preload = ["torch", "gnomon.evaluation.perform"]
    progress = lambda amount: on_progress("training and judging", amount, total)  # noqa: E731
    for _ in map_in_order(perform, stacks(runs, workers), workers, preload, progress) if runs else ():
        pass


def _references(algorithm: "str | type[Any] | Sequence[str | type[Any]]") -> list[str]:
    several = [algorithm] if isinstance(algorithm, str | type) else algorithm
    if not isinstance(several, Sequence):
        raise UsageError(f"{algorithm!r} is no algorithm; pass a name, a reference or a class, not an instance.")
    return [one if isinstance(one, str) else _reference_of(one) for one in several]


def _reference_of(algorithm: type[Any]) -> str:
    """Workers import the class from its file, so it must lie in one."""
    for name, baseline in BASELINES.items():
        if baseline is algorithm:
            return name
    try:
        return f"{inspect.getfile(algorithm)}:{algorithm.__qualname__}"
    except (TypeError, OSError) as error:
        name = getattr(algorithm, "__name__", algorithm)
        raise UsageError(f"{name} is not in a file; save it in one and pass path/to/file.py:{name}.") from error


def _seed_numbers(seeds: int | Sequence[int]) -> list[int]:
    numbers = list(range(seeds)) if isinstance(seeds, int) else list(seeds)
    if not numbers or min(numbers) < 0 or len(set(numbers)) < len(numbers):
        raise UsageError(f"seeds must be a number from 1, or different numbers from 0, not {seeds}.")
    return numbers


@dataclass(frozen=True)
class PolicyEvaluation:
    """What a fixed policy did: its score with an interval over episodes, and the episodes."""

    score: Estimate
    outcomes: tuple[Outcome, ...]


def evaluate_policy(
    policy: "Policy | Callable[[NDArray[np.float32]], ArrayLike]", task: str, protocol: str | Protocol = "lite"
) -> PolicyEvaluation:
    """Judge a policy that was trained elsewhere, by the episodes that every run of the protocol is judged by.

    Args:
        policy: an object with `act(observations, reset)`, or a function from observations [lanes, dimension] float32
            to actions [lanes, dimension].
        task: id of a task.
        protocol: how many episodes, on how many lanes.

    Raises:
        PolicyError: the actions have the wrong shape or are not finite.
    """
    chosen = get_task(task)
    solution = policy if hasattr(policy, "act") else _Function(policy)  # pyright: ignore[reportArgumentType]
    outcomes = judge(solution, chosen, get_protocol(protocol))  # pyright: ignore[reportArgumentType]
    return PolicyEvaluation(_score_over_episodes(outcomes, chosen), tuple(outcomes))


def _score_over_episodes(outcomes: Sequence[Outcome], task: ControlTask) -> Estimate:
    """The score of a fixed policy: Wilson's interval of its success rate, Student's of its mean return."""
    values = np.array([outcome.value for outcome in outcomes])
    if task.metric == "return":
        return student_estimate(task.score(values), unit="episodes")
    rate = item_estimate(values)
    assert rate.lower is not None
    assert rate.upper is not None
    value, lower, upper = task.score([rate.value, rate.lower, rate.upper]).tolist()
    return replace(rate, value=value, lower=lower, upper=upper, unit="episodes")


@dataclass(frozen=True)
class _Function:
    function: Callable[[NDArray[np.float32]], ArrayLike]

    def act(self, observations: NDArray[np.float32], reset: NDArray[np.bool_]) -> ArrayLike:
        return self.function(observations)
