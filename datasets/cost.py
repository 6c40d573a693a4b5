"""What a build will cost, told before it starts: measured here, on the recipe's own policy and simulator."""

import resource
import sys
from dataclasses import asdict, dataclass
from functools import partial
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from gnomon.benchmarks.rollout import lanes_of
from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets import columns
from gnomon.datasets.build import play_shard
from gnomon.datasets.columns import Columns
from gnomon.datasets.recipe import Recipe
from gnomon.datasets.write import Provenance, write_dataset
from gnomon.engines import ENGINES
from gnomon.engines.local import count_of

PLAY = 0.4  # seconds that a probe plays for, or one shard if that takes longer
COPIES = 3  # of the data in memory at once: shards, the joined columns, and what is being hashed or written


@dataclass(frozen=True)
class Cost:
    """Wall-clock seconds of a build, bytes of the finished folder without its card, and peak bytes of memory.

    While it is built, a dataset takes up to twice the disk: the shards go when it is finished. Memory is added up
    over the processes, so what they share counts several times.
    """

    seconds: float
    disk_bytes: int
    memory_bytes: int

    def __str__(self) -> str:
        """For example `about 40 s, 12 MB on disk, 310 MB of memory`."""
        time = f"{max(1, self.seconds):.0f} s" if self.seconds < 100 else f"{self.seconds / 60:.0f} min"
        return f"about {time}, {_megabytes(self.disk_bytes)} on disk, {_megabytes(self.memory_bytes)} of memory"


@dataclass(frozen=True)
class Probe:
    """What a worker process measured while it made a small dataset of the recipe."""

    shards: int
    transitions: int
    episodes: int
    play_seconds: float  # without making the environments
    write_seconds: float  # the first time, with what is imported for it
    rewrite_seconds: float
    disk_bytes: int
    data_bytes: int
    memory_bytes: int


def estimate(recipe: Recipe, workers: int | str = "auto") -> Cost:
    """Estimate the cost of building a recipe with so many workers of the engine `local`, in about two seconds.

    A worker process makes the environments, plays the first shards of the recipe, writes them as a dataset into a
    temporary folder, and throws all of it away; the rest is extrapolation over transitions. More workers than cores
    are counted as cores. Where episodes are few and their lengths differ much, so does the estimate.
    """
    begun = perf_counter()
    (probe,) = ENGINES["local"](partial(_probe, recipe), [0], 1, preload=["gnomon.datasets.build"])
    start = perf_counter() - begun - probe.play_seconds - probe.write_seconds - probe.rewrite_seconds
    total = recipe.transitions + 0.5 * probe.transitions / probe.episodes  # the last episode is whole
    growth = total / probe.transitions
    at_once = min(count_of(workers), count_of("auto"))
    rounds = ceil(growth * probe.shards / at_once) + 1  # shards that are under way at the end are waited for
    play = rounds * probe.play_seconds / probe.shards
    write = probe.write_seconds + max(0, growth - 1) * probe.rewrite_seconds
    data = COPIES * growth * probe.data_bytes
    return Cost(
        seconds=start + play + write,
        disk_bytes=int(growth * probe.disk_bytes),
        memory_bytes=int(count_of(workers) * probe.memory_bytes + data),
    )


def _probe(recipe: Recipe, _: int) -> Probe:
    lanes_of(TASKS[recipe.task], recipe.lanes)
    shards, play_seconds = _play(recipe)
    memory_bytes = _peak_memory()  # of a worker; writing is the calling process's, when the workers are gone
    data = columns.concatenate(shards)
    write_seconds, disk_bytes = _write(recipe, data)
    rewrite_seconds, _ = _write(recipe, data)
    return Probe(
        shards=len(shards),
        transitions=len(data["rewards"]),
        episodes=len(data["seeds"]),
        play_seconds=play_seconds,
        write_seconds=write_seconds,
        rewrite_seconds=rewrite_seconds,
        disk_bytes=disk_bytes,
        data_bytes=sum(array.nbytes for array in data.values()),
        memory_bytes=memory_bytes,
    )


def _play(recipe: Recipe) -> tuple[list[Columns], float]:
    begun, shards, transitions = perf_counter(), [], 0
    parts = max(1, len(recipe.parts))
    while len(shards) < parts or (perf_counter() - begun < PLAY and transitions < recipe.transitions):
        shards.append(play_shard(recipe, (len(shards) % parts, len(shards) // parts)))  # of each part one, then more
        transitions += len(shards[-1]["rewards"])
    return shards, perf_counter() - begun


def _write(recipe: Recipe, data: Columns) -> tuple[float, int]:
    """Seconds that writing takes, and bytes that are written."""
    begun = perf_counter()
    with TemporaryDirectory() as folder:
        provenance = Provenance(origin="built", task=recipe.task, recipe=asdict(recipe))
        write_dataset(Path(folder), recipe.id, provenance, data)
        seconds = perf_counter() - begun
        return seconds, sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())


def _peak_memory() -> int:
    """Bytes that this process held at most."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _megabytes(count: int) -> str:
    return f"{max(1, round(count / 1e6)):,} MB"
