"""What users hand in: one algorithm that works, and those that poison a grid. Each notes its attempts in a file."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

import numpy as np


class Noise:
    """A policy of noise that the seed decides."""

    def __init__(self, seed):
        self.stream = np.random.default_rng(seed)

    def act(self, observations, reset):
        return self.stream.uniform(-1, 1, (len(observations), 2))


class Good:
    name = "good"

    def train(self, dataset, seeds, budget, on_checkpoint):
        with (Path(__file__).parent / f"{self.name}.attempts").open("a") as file:
            file.write("x\n")
        self.misbehave(seeds)
        return [Noise(seed) for seed in seeds]

    def misbehave(self, seeds):
        """Nothing."""


class Slow(Good):
    name = "slow"

    def misbehave(self, seeds):
        time.sleep(0.5)


class Raises(Good):
    name = "raises"

    def misbehave(self, seeds):
        raise ValueError("a bug in line 1")


class Kills(Good):
    name = "kills"

    def misbehave(self, seeds):
        os.kill(os.getpid(), signal.SIGKILL)


class KillsOnce(Good):
    name = "kills-once"

    def misbehave(self, seeds):
        if len((Path(__file__).parent / f"{self.name}.attempts").read_text().split()) == 1:
            os.kill(os.getpid(), signal.SIGKILL)


class KillsWithSeedOne(Good):
    name = "kills-with-seed-one"

    def misbehave(self, seeds):
        if 1 in seeds:
            os.kill(os.getpid(), signal.SIGKILL)


class Hungry(Good):
    name = "hungry"

    def misbehave(self, seeds):
        np.empty(2**60, np.uint8)


class Endless(Good):
    """Swallows the exception that a time limit is, as far as it can."""

    name = "endless"

    def misbehave(self, seeds):
        while True:
            with suppress(Exception):
                time.sleep(60)
