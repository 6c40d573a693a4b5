"""Evaluating algorithms on a suite."""

import inspect
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from gnomon.baselines.algorithm import Tuning
from gnomon.baselines.registry import BASELINES
from gnomon.benchmarks.tasks import get_task
from gnomon.datasets.build import build_dataset
from gnomon.datasets.recipes import RECIPES
from gnomon.datasets.store import facts_of
from gnomon.engines import ENGINES
from gnomon.engines.local import count_of
from gnomon.errors import UsageError
from gnomon.evaluation.applicability import objection
from gnomon.evaluation.grid import Grid
from gnomon.evaluation.protocol import Protocol, get_protocol
from gnomon.evaluation.results import Results, read_results, wanted_versions
from gnomon.evaluation.run import Run, algorithm_under_test
from gnomon.evaluation.suites import Suite, get_suite

Algorithms = str | type[Any] | Sequence[str | type[Any]]
Progress = Callable[[str, int, int], None]  # what is done, how much more of it, out of how much


def evaluate(
    algorithm: Algorithms,
    suite: str = "quickstart",
    datasets: Sequence[str] = (),
    protocol: str | Protocol | None = None,
    seeds: int | Sequence[int] = 3,
    workers: int | str = "auto",
    on_progress: Progress = lambda *_: None,
    engine: str = "local",
    time_limit: float | None = None,
    retry_failed: bool = False,
    tuning: Tuning | None = None,
    device: str = "cpu",
) -> Results:
    """Train and judge algorithms; what was done before is not done again.

    A run that fails does not end the others: it is tried again where that may help, and set aside where it does not
    (see `gnomon.evaluation.failure`). What is raised in the end is the first failure.

    Args:
        algorithm: a baseline's name, `path/to/file.py:Class`, a class that lies in a file, or several of them.
        suite: the datasets, missing ones are built first.
        datasets: ids to use instead of a suite's.
        protocol: the rules, by name or your own; the suite's where none are given.
        seeds: how many (0, 1, …), or which.
        workers: processes, or `auto` for one a core.
        on_progress: called with a stage, an amount of work that was just done, and the stage's total.
        engine: what performs the runs (`gnomon.engines`).
        time_limit: seconds that one run may take.
        retry_failed: try again what an earlier call has set aside.
        tuning: what was spent on choosing the configuration of the algorithms that do not declare it themselves.
        device: where to train, for example `cuda`; judging is on the processor. One worker trains all seeds of a run
            together there.

    Returns:
        Every comparable run of these datasets in this home, the new ones among them.

    Raises:
        AlgorithmError: an algorithm raised an error.
        GnomonError: the workers of a run were lost every time.
        UsageError: an algorithm, dataset, suite, protocol, number or device that does not exist, or no algorithm that
            runs on any of the datasets; before anything starts.
        PolicyError: an algorithm's policy breaks the contract.
    """
    planned = prepare(algorithm, suite, datasets, protocol, seeds, tuning, device)
    for sentence in planned.left_out:
        warnings.warn(sentence, stacklevel=2)
    grid = Grid(planned.runs, time_limit, retry_failed, device)
    build_missing(grid, engine, workers, on_progress)
    grid.perform(ENGINES[engine], workers, _teller(on_progress, grid))
    raise_failures(grid)
    return planned.results()


@dataclass(frozen=True)
class Plan:
    """What is to be run.

    Attributes:
        suite, protocol: of all runs.
        runs: done or not.
        left_out: a sentence an algorithm that does not run on some of the datasets.
    """

    suite: Suite
    protocol: Protocol
    runs: tuple[Run, ...]
    left_out: tuple[str, ...]

    def results(self) -> Results:
        """Every comparable run of the suite in this home, with the planned versions of the algorithms."""
        return read_results(self.suite, self.protocol, wanted_versions(self.runs))


def prepare(
    algorithm: Algorithms,
    suite: str,
    datasets: Sequence[str],
    protocol: str | Protocol | None,
    seeds: int | Sequence[int],
    tuning: Tuning | None = None,
    device: str = "cpu",
) -> Plan:
    """The plan of `evaluate`; what cannot be found, read or compared is said here, before anything starts."""
    if device != "cpu":
        from gnomon.baselines.engine.data import check_device

        check_device(device)
    chosen = get_suite(suite)
    if datasets:
        chosen = Suite("datasets", "Named on the command line.", tuple(datasets), "lite")
    rules = get_protocol(protocol or chosen.protocol)
    runs = plan(_references(algorithm), chosen, rules, _seed_numbers(seeds), tuning)
    if tuning and all(run.algorithm.tuning != tuning for run in runs):
        raise UsageError("The algorithms declare their tuning themselves; leave it out of the call.")
    objections = {
        (run.algorithm.name, run.dataset): reason
        for run in {(run.algorithm.name, run.dataset): run for run in runs}.values()
        if (reason := objection(run.algorithm.takes, run.dataset))
    }
    left_out = tuple(f"{name} does not run on {dataset}: {reason}." for (name, dataset), reason in objections.items())
    kept = tuple(run for run in runs if (run.algorithm.name, run.dataset) not in objections)
    if not kept:
        raise UsageError(" ".join(left_out))
    planned = Plan(chosen, rules, kept, left_out)
    planned.results()
    return planned


def plan(
    references: Sequence[str], suite: Suite, protocol: Protocol, seeds: Sequence[int], tuning: Tuning | None = None
) -> list[Run]:
    """Every run of the algorithms on the suite."""
    known = {dataset: facts_of(dataset) for dataset in suite.datasets}
    tasks = {dataset: get_task(facts.task) for dataset, facts in known.items()}
    return [
        Run(algorithm, dataset, facts.recipe_hash, tasks[dataset].scale, seed, protocol)
        for reference in dict.fromkeys(references)
        for dataset, facts in known.items()
        for algorithm in [algorithm_under_test(reference, protocol, tasks[dataset].family, tuning)]
        for seed in seeds
    ]


def build_missing(grid: Grid, engine: str, workers: int | str, on_progress: Progress) -> None:
    """Build the datasets that the runs of a grid learn from, where they are not there.

    Raises:
        UsageError: no such engine, or number of workers; before anything starts.
    """
    ENGINES[engine]
    count_of(workers)
    for dataset in dict.fromkeys(run.dataset for run in grid.to_do):
        _build(dataset, engine, workers, on_progress)


def _build(dataset: str, engine: str, workers: int | str, on_progress: Progress) -> None:
    if dataset in RECIPES:
        total = RECIPES[dataset].transitions
        build_dataset(dataset, workers, lambda amount: on_progress(f"building {dataset}", amount, total), engine)


def _teller(on_progress: Progress, grid: Grid) -> Callable[[Grid], None]:
    """Passes on how many updates are done."""
    total, seen = sum(run.protocol.budget.work for run in grid.to_do), 0

    def tell(grid: Grid) -> None:
        nonlocal seen
        on_progress("training and judging", grid.updates - seen, total)
        seen = grid.updates

    return tell


def raise_failures(grid: Grid) -> None:
    """Raise the first failure of a grid as the exception that it was, if there is one."""
    if grid.failures:
        raise grid.failures[0].raised(others=len(grid.failures) - 1)


def _references(algorithm: Algorithms) -> list[str]:
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
