"""A grid: runs in any number, on any engine. What fails is tried again, and set aside when it fails every time.

Workers return what happened by value, and this process, the driver, writes it, each run at once and whole. So the grid
can be killed at any moment and goes on where it was, and the workers need no disk in common with it.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from functools import partial
from itertools import groupby
from math import ceil
from typing import Literal

from gnomon.engines import POLL, Engine, Pool
from gnomon.evaluation.failure import Failed, Failure, failure_of, failure_on_file, forget, set_aside
from gnomon.evaluation.perform import Finished, Performed, Stack, perform
from gnomon.evaluation.record import RECORD
from gnomon.evaluation.run import Run
from gnomon.files import atomic_folder, write_atomically

BACK_OFF = (1.0, 4.0)  # seconds before the second and before the third attempt; there is no fourth
PRELOAD = ("torch", "gnomon.evaluation.perform")
State = Literal["waiting", "running", "done", "failed"]


def stacks(runs: Sequence[Run], workers: int) -> list[Stack]:
    """Group runs that differ in the seed alone, in no fewer groups than there are workers where that is possible."""
    groups = [
        list(group)
        for _, group in groupby(runs, key=lambda run: (run.algorithm.reference, run.algorithm.digest, run.dataset))
    ]
    pieces = ceil(workers / len(groups)) if groups else 1
    return [tuple(group[start::pieces]) for group in groups for start in range(min(pieces, len(group)))]


class Grid:
    """The runs of a grid and what became of them.

    Args:
        runs: every run; those that have a record are done.
        time_limit: seconds that one run may take.
        retry_failed: try again what an earlier grid has set aside.
        device: where algorithms train.

    Attributes:
        runs: as they were given.
        states: key of a run → state.
        failures: of the runs that are set aside, in the order of the runs.
        updates: how many of the updates of this call's runs are done, where the engine can tell.
    """

    def __init__(
        self, runs: Sequence[Run], time_limit: float | None = None, retry_failed: bool = False, device: str = "cpu"
    ) -> None:
        self.runs = list(runs)
        self._perform = partial(perform, time_limit=time_limit, device=device)
        self.updates = 0
        self._failures = {} if retry_failed else self._on_file()
        self.states: dict[str, State] = {run.key: self._first_state(run) for run in runs}
        self._begun_with = self.to_do
        self._attempts: Counter[str] = Counter()
        self._waiting: list[tuple[float, Stack]] = []  # not before which moment, what
        self._under_way: dict[Future[list[Performed]], Stack] = {}

    def _on_file(self) -> dict[str, Failure]:
        found = {run.key: failure_on_file(run) for run in self.runs if not run.is_done}
        return {key: failure for key, failure in found.items() if failure is not None}

    def _first_state(self, run: Run) -> State:
        if run.is_done:
            return "done"
        return "failed" if run.key in self._failures else "waiting"

    @property
    def failures(self) -> list[Failure]:
        return [self._failures[run.key] for run in self.runs if run.key in self._failures]

    @property
    def share(self) -> float:
        """How much of this call's work is done, from 0 to 1."""
        total = sum(run.protocol.budget.work for run in self._begun_with)
        ended = sum(self.states[run.key] in ("done", "failed") for run in self._begun_with)
        return max(ended / len(self._begun_with), min(1.0, self.updates / max(total, 1))) if self._begun_with else 1.0

    @property
    def to_do(self) -> list[Run]:
        return [run for run in self.runs if self.states[run.key] == "waiting"]

    def perform(self, engine: Engine, workers: int | str, on_change: "Callable[[Grid], None]") -> None:
        """Perform every run that waits; `on_change` is called several times a second."""
        if not self.to_do:
            return
        on_change(self)
        with engine.open(workers, PRELOAD) as pool:
            self._waiting = [(0.0, stack) for stack in stacks(self.to_do, pool.size)]
            while self._waiting or self._under_way:
                self._start_what_is_due(pool)
                finished, _ = wait(self._under_way, timeout=POLL, return_when=FIRST_COMPLETED)
                if not self._under_way:
                    time.sleep(POLL)
                for future in finished:
                    self._settle(self._under_way.pop(future), future)
                self.updates = pool.reported()
                on_change(self)

    def _start_what_is_due(self, pool: Pool) -> None:
        now = time.monotonic()
        for moment, stack in [entry for entry in self._waiting if entry[0] <= now]:
            if len(self._under_way) == pool.size:
                return
            self._waiting.remove((moment, stack))
            self._start(pool, tuple(run for run in stack if not self._is_done_by_now(run)))

    def _is_done_by_now(self, run: Run) -> bool:
        """Another grid on the same home may have been faster."""
        if run.is_done:
            self.states[run.key] = "done"
        return run.is_done

    def _start(self, pool: Pool, stack: Stack) -> None:
        if stack:
            self._under_way[pool.submit(self._perform, stack)] = stack
            self._set(stack, "running")

    def _set(self, stack: Stack, state: State) -> None:
        self.states |= {run.key: state for run in stack}

    def _settle(self, stack: Stack, future: "Future[list[Performed]]") -> None:
        try:
            performed = future.result()
        except Exception as error:  # the worker was lost, or cannot read what it was sent
            performed = [Failed.of(error, f"{run.place}: {error}", len(stack) > 1) for run in stack]
        for run, one in zip(stack, performed, strict=True):
            if isinstance(one, Finished):
                write(run, one)
                self._set((run,), "done")
            else:
                self._try_again_or_set_aside(run, one)

    def _try_again_or_set_aside(self, run: Run, failed: Failed) -> None:
        """See the table of `gnomon.evaluation.failure`."""
        self._attempts[run.key] += 1
        attempts = self._attempts[run.key]
        if failed.together or (failed.may_pass and attempts <= len(BACK_OFF)):
            pause = BACK_OFF[attempts - 1] if failed.may_pass else 0.0
            self._waiting.append((time.monotonic() + pause, (run,)))
            self._set((run,), "waiting")
            return
        self._failures[run.key] = failure_of(run, failed, attempts)
        set_aside(run, self._failures[run.key])
        self._set((run,), "failed")


def write(run: Run, finished: Finished) -> None:
    """Write the folder of a run; it appears whole."""
    with atomic_folder(run.folder) as folder:
        for name, content in finished.artefacts.items():
            write_atomically(folder / name, content)
        write_atomically(folder / RECORD, finished.record.model_dump_json(indent=1) + "\n")
    forget(run)
