"""One view of datasets of many tasks and domains: wide observations and actions with masks, read where they lie.

| what        | how it is laid out                                                                                 |
| ----------- | -------------------------------------------------------------------------------------------------- |
| observation | each named part of an observation has columns of its own, as many as the widest; parts of one name |
|             | share them, whatever the task. What a task does not have is 0, and its mask is false               |
| action      | the columns of the task with most of them; the others are 0, and their mask is false               |
| batch       | transitions of all datasets, each drawn with the weight of its dataset, then evenly within it      |

L2M (arXiv 2306.14884) lays the control suite out in this way, and fills Meta-World's observations up at the end. Values
are in the units of their tasks. Only what is asked for is copied out of the memory-mapped columns, so that datasets may
be larger than memory.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Self

import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.seeds import seed_of
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.windows import Windows
from gnomon.errors import DatasetError, UsageError

WORDS = 2**32  # of which the random words that rows are chosen by are
_MOST_ROWS = 2**31  # of a dataset: products with a word fit into 64 bits
_CHUNK = 2**14  # rows that are summed up together


@dataclass(frozen=True)
class Layout:
    """Where the tasks' observations and actions lie in wide ones.

    Attributes:
        parts: name of a part of observations → its columns.
        action_size: columns of an action.
    """

    parts: Mapping[str, slice]
    action_size: int

    @classmethod
    def of(cls, observations: Sequence[Mapping[str, slice]], action_sizes: Sequence[int]) -> Self:
        """The layout of tasks, from the parts of their observations and the sizes of their actions.

        Parts lie in the order in which they are first met.
        """
        widths: dict[str, int] = {}
        for parts in observations:
            for name, place in parts.items():
                widths[name] = max(widths.get(name, 0), place.stop - place.start)
        ends = pairwise(accumulate(widths.values(), initial=0))
        return cls({name: slice(*end) for name, end in zip(widths, ends, strict=True)}, max(action_sizes))

    @property
    def observation_size(self) -> int:
        return max(place.stop for place in self.parts.values())

    def columns_of(self, parts: Mapping[str, slice]) -> NDArray[np.int64]:
        """[dimension] the wide column that each column of a task's own observation lies in."""
        columns = np.empty(max(place.stop for place in parts.values()), np.int64)
        for name, place in parts.items():
            columns[place] = self.parts[name].start + np.arange(place.stop - place.start)
        return columns


@dataclass(frozen=True)
class TaskDescriptor:
    """What a learner may know of a task.

    Attributes:
        number: of its dataset in the view, from 0.
        dataset, task, domain: ids, and the family of the task.
        columns: [dimension] the wide column that each column of its own observation lies in.
        observation_mask: [wide observation] true in those columns.
        action_mask: [wide action] true in its first ones.
    """

    number: int
    dataset: str
    task: str
    domain: str
    columns: NDArray[np.int64]
    observation_mask: NDArray[np.bool_]
    action_mask: NDArray[np.bool_]


@dataclass(frozen=True)
class MultiDomainBatch:
    """B transitions of several datasets; O and A are the sizes of wide observations and actions."""

    observations: NDArray[np.float32]  # [B, O]
    actions: NDArray[np.float32]  # [B, A]
    rewards: NDArray[np.float32]  # [B]
    next_observations: NDArray[np.float32]  # [B, O]
    terminated: NDArray[np.bool_]  # [B]
    truncated: NDArray[np.bool_]  # [B]
    numbers: NDArray[np.int64]  # [B] of the descriptors
    observation_mask: NDArray[np.bool_]  # [B, O]
    action_mask: NDArray[np.bool_]  # [B, A]


@dataclass(frozen=True)
class MultiDomain:
    """Datasets as one; rows are numbered through all of them, in their order.

    Attributes:
        datasets: with vectors as observations and continuous actions.
        weights: [datasets] how often a transition of each is drawn, in shares of 1.
    """

    datasets: tuple[Dataset, ...]
    weights: tuple[float, ...]

    @classmethod
    def of(cls, datasets: Sequence[Dataset], weights: Sequence[float] | None = None) -> Self:
        """A view of datasets, all alike in weight where none are given.

        Raises:
            UsageError: no dataset, or weights that are no shares.
            DatasetError: one has images, or actions that are numbers.
        """
        if not datasets:
            raise UsageError("A view needs at least one dataset.")
        for dataset in datasets:
            _check(dataset)
        return cls(tuple(datasets), _shares([1.0] * len(datasets) if weights is None else weights, len(datasets)))

    def weighted(self, weights: Sequence[float]) -> Self:
        """The same rows and layout, with other weights; one of weight 0 is never drawn.

        Raises:
            UsageError: they are no shares.
        """
        return replace(self, weights=_shares(weights, len(self.datasets)))

    def __len__(self) -> int:
        return int(self._first[-1])

    @cached_property
    def layout(self) -> Layout:
        action_sizes = [dataset.columns["actions"].shape[1] for dataset in self.datasets]
        return Layout.of([dataset.task.observation for dataset in self.datasets], action_sizes)

    @cached_property
    def descriptors(self) -> tuple[TaskDescriptor, ...]:
        """One a dataset, in their order."""
        return tuple(self._descriptor(number, dataset) for number, dataset in enumerate(self.datasets))

    def _descriptor(self, number: int, dataset: Dataset) -> TaskDescriptor:
        task, columns = dataset.task, self.layout.columns_of(dataset.task.observation)
        mask = np.zeros(self.layout.observation_size, bool)
        mask[columns] = True
        acts = np.arange(self.layout.action_size) < dataset.columns["actions"].shape[1]
        return TaskDescriptor(number, dataset.id, task.id, task.family, columns, mask, acts)

    @cached_property
    def _first(self) -> NDArray[np.int64]:
        """[datasets + 1] the first row of each, and the number of all."""
        return np.cumsum([0, *(len(dataset.columns["rewards"]) for dataset in self.datasets)])

    @cached_property
    def _ends(self) -> NDArray[np.int64]:
        """[datasets + 1] the words that choose each dataset begin and end at."""
        return np.rint(np.cumsum([0, *self.weights]) * WORDS).astype(np.int64)

    def chosen(self, words: NDArray[np.int64]) -> NDArray[np.int64]:
        """Row numbers of random words in 0 … 2³² − 1, in the same shape: by weight, then evenly within a dataset."""
        number = np.searchsorted(self._ends, words, side="right") - 1
        begin, size = self._ends[number], self._first[number + 1] - self._first[number]
        return self._first[number] + (words - begin) * size // (self._ends[number + 1] - begin)

    def batch(self, rows: NDArray[np.int64]) -> MultiDomainBatch:
        """The transitions of row numbers [B]."""
        numbers, own = self.places(rows)
        batch = self._empty(numbers)
        for number in np.unique(numbers):
            places = np.flatnonzero(numbers == number)
            self._read(int(number), own[places], batch, places)
        return batch

    def places(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The number of the dataset that each of the row numbers [B] lies in, and its row there; [B] each."""
        numbers = np.searchsorted(self._first, rows, side="right") - 1
        return numbers, rows - self._first[numbers]

    def _empty(self, numbers: NDArray[np.int64]) -> MultiDomainBatch:
        """A batch with nothing but its masks."""
        count = len(numbers)
        observations = np.zeros((2, count, self.layout.observation_size), np.float32)
        return MultiDomainBatch(
            observations=observations[0],
            actions=np.zeros((count, self.layout.action_size), np.float32),
            rewards=np.zeros(count, np.float32),
            next_observations=observations[1],
            terminated=np.zeros(count, bool),
            truncated=np.zeros(count, bool),
            numbers=numbers,
            observation_mask=np.stack([one.observation_mask for one in self.descriptors])[numbers],
            action_mask=np.stack([one.action_mask for one in self.descriptors])[numbers],
        )

    def _read(self, number: int, rows: NDArray[np.int64], batch: MultiDomainBatch, places: NDArray[np.int64]) -> None:
        """Copy rows of one dataset to their places in a batch."""
        found = Windows(self.datasets[number].columns, rows, 1)[:]
        columns = self.descriptors[number].columns
        batch.observations[places[:, None], columns] = found.observations[:, 0]
        batch.next_observations[places[:, None], columns] = found.next_observations[:, 0]
        batch.actions[places, : found.actions.shape[-1]] = found.actions[:, 0]
        for name in ("rewards", "terminated", "truncated"):
            getattr(batch, name)[places] = getattr(found, name)[:, 0]

    def batches(self, seed: int, size: int) -> Iterator[MultiDomainBatch]:
        """Batches without end, from the stream of a seed."""
        stream = np.random.default_rng(seed_of("train", "multi-domain", seed))
        while True:
            yield self.batch(self.chosen(stream.integers(WORDS, size=size)))

    def moments(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Mean and standard deviation of each dataset's observations, [datasets, O] each; 0 and 1 where there are none.

        All observations are read once, some thousand at a time.
        """
        means = np.zeros((len(self.datasets), self.layout.observation_size), np.float32)
        spreads = np.ones_like(means)
        for one, dataset in zip(self.descriptors, self.datasets, strict=True):
            means[one.number, one.columns], spreads[one.number, one.columns] = _moments(dataset.columns["observations"])
        return means, spreads


def _check(dataset: Dataset) -> None:
    observations, actions = dataset.columns["observations"], dataset.columns["actions"]
    if observations.ndim != 2 or actions.ndim != 2:
        kind = "images as observations" if observations.ndim != 2 else "numbers as actions"
        raise DatasetError(f"{dataset.id} has {kind}; a view of many domains is of vectors and continuous actions.")
    if len(actions) >= _MOST_ROWS:
        raise DatasetError(f"{dataset.id} has more than {_MOST_ROWS:,} transitions, too many for a view.")


def _shares(weights: Sequence[float], count: int) -> tuple[float, ...]:
    given = np.asarray(weights, np.float64)
    if given.shape != (count,) or not (given >= 0).all() or not 0 < given.sum() < np.inf:
        raise UsageError(f"A view of {count} datasets needs as many weights of 0 or more, one of them above 0.")
    return tuple((given / given.sum()).tolist())


def _moments(observations: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """[dimension] each; sums are of what differs from the first row, so that no digits are lost far from 0."""
    origin = observations[0].astype(np.float64)
    total, squares = np.zeros_like(origin), np.zeros_like(origin)
    for begin in range(0, len(observations), _CHUNK):
        moved = observations[begin : begin + _CHUNK] - origin
        total += moved.sum(0)
        squares += np.square(moved).sum(0)
    mean = total / len(observations)
    return origin + mean, np.sqrt(np.maximum(squares / len(observations) - np.square(mean), 0))
