"""The trainer: it draws rows and noise for many passes at once, and lets the seeds make them."""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor

from gnomon.baselines.engine import streams
from gnomon.baselines.engine.data import Packed
from gnomon.baselines.engine.learner import Draw, Learner
from gnomon.baselines.engine.networks import Network, views
from gnomon.baselines.engine.seedwise import Seedwise
from gnomon.baselines.engine.state import State

CHUNK = 64  # passes whose random numbers are drawn together


class Trainer:
    """Trains all seeds of a learner on packed data.

    Args:
        learner: networks, losses, schedule.
        data: what batches are drawn from, uniformly and with replacement.
        seeds: S different numbers; nothing of a seed depends on the others.
        configs: S configurations, which may differ in their scalars.
        batch_size: transitions a pass.
        total: passes of the whole training, which a decaying learning rate ends with.
        by_hand: use the derivatives that were derived by hand, where there are such.
    """

    def __init__(
        self,
        learner: Learner,
        data: Packed,
        seeds: Sequence[int],
        configs: Sequence[Any],
        batch_size: int,
        total: int,
        by_hand: bool = True,
    ) -> None:
        self.learner, self.data, self.batch_size = learner, data, batch_size
        self.state = State(learner, seeds, str(data.rows.device))
        self.metrics: list[dict[str, Tensor]] = [{} for _ in seeds]
        self._passes = Seedwise(learner, self.state, configs, total, by_hand)
        self._row_keys = streams.keys_of(seeds, "rows")
        self._noise_keys = {name: streams.keys_of(seeds, f"noise {name}") for name in learner.noise}

    def advance(self, count: int) -> None:
        """Make so many passes."""
        end = self.state.passes + count
        while self.state.passes < end:
            self._chunk(min(CHUNK, end - self.state.passes))

    def _chunk(self, count: int) -> None:
        numbers = torch.arange(self.state.passes + 1, self.state.passes + count + 1)
        rows = streams.integers(self._row_keys, numbers, self.batch_size, len(self.data))
        noise = {name: _drawn(draw, self._noise_keys[name], numbers) for name, draw in self.learner.noise.items()}
        for index in range(count):
            for seed, metrics in enumerate(self.metrics):
                drawn = SimpleNamespace(**{name: values[index, seed] for name, values in noise.items()})
                batch = self.data.batch(rows[index, seed])
                metrics |= self._passes.one(seed, self.state.passes + 1, batch, drawn)
            self.state.passes += 1

    def network(self, name: str, seed: int) -> Network:
        """A network of the seed at a position, as views of its parameters."""
        shape = self.learner.networks[name]
        return Network(shape, views(shape, self.state.tensors[name][seed]))

    def latest(self) -> Mapping[str, list[float]]:
        """The metrics of the last pass that made each, one value a seed."""
        return {name: [float(metrics[name]) for metrics in self.metrics] for name in self.metrics[0]}


def _drawn(draw: Draw, keys: Tensor, numbers: Tensor) -> Tensor:
    source = streams.normals if draw.kind == "normal" else streams.uniforms
    count = 1
    for length in draw.shape:
        count *= length
    return source(keys, numbers, count).view(len(numbers), len(keys), *draw.shape)
