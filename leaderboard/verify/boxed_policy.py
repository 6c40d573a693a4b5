"""The policy of a stranger: computed in the sandbox, asked through a pipe, and ended when it is late."""

import os
import select
import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gnomon.errors import GnomonError, PolicyError
from gnomon.leaderboard.plain_text import shown
from gnomon.leaderboard.verify.filters import second_filter
from gnomon.leaderboard.verify.sandbox import HERE, LIMITS, SandboxLimits, require_sandbox, started

LENGTH = struct.Struct("<I")
LONGEST_SENTENCE = 500  # bytes


@dataclass(frozen=True)
class Contract:
    """What a task's policies take and give, in batches of `lanes` rows.

    Attributes:
        observations: [lanes, dimension] float32.
        actions: [lanes, dimension] float32, or [lanes] int64 of a task with discrete actions.
    """

    observations: tuple[int, int]
    actions: tuple[int, ...]
    dtype: str

    @property
    def answer(self) -> int:
        """Bytes of the actions of one step."""
        return int(np.prod(self.actions)) * np.dtype(self.dtype).itemsize


@dataclass(frozen=True)
class WallClock:
    """Seconds that a policy may take: to be loaded, for one step, and for all its steps together."""

    load: float = 120.0
    step: float = 10.0
    total: float = 1800.0


WALL_CLOCK = WallClock()


@contextmanager
def boxed_policy(
    model: bytes, contract: Contract, clock: WallClock = WALL_CLOCK, limits: SandboxLimits = LIMITS
) -> Iterator["BoxedPolicy"]:
    """A policy that plays while the block lasts.

    Raises:
        GnomonError: there is no sandbox, or it does not start.
        PolicyError: the model cannot be loaded, or takes too much time or memory.
    """
    require_sandbox()
    lanes, dimension = contract.observations
    with started(HERE / "worker.py", [str(lanes), str(dimension)], limits) as process:
        policy = BoxedPolicy(process, contract, clock)
        policy.load(model)
        yield policy


class BoxedPolicy:
    """See `gnomon.benchmarks.contracts.Policy`. It keeps the times of its steps in seconds."""

    def __init__(self, process: "subprocess.Popen[bytes]", contract: Contract, clock: WallClock) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.contract, self.clock = contract, clock
        self.seconds: list[float] = []
        self._to, self._from = process.stdin.fileno(), process.stdout.fileno()
        self._process = process
        for descriptor in (self._to, self._from):
            os.set_blocking(descriptor, False)

    def load(self, model: bytes) -> None:
        """Send the second filter and the model."""
        deadline = time.monotonic() + self.clock.load
        try:
            self._send(second_filter(), deadline)
            self._receive(b"S", 0, deadline)
        except PolicyError as error:
            raise GnomonError(f"The sandbox did not start: {error}") from error
        self._send(model, deadline)
        self._receive(b"R", 0, deadline)

    def act(self, observations: NDArray[np.float32], reset: NDArray[np.bool_]) -> NDArray[Any]:
        """[lanes, observation dimension] → actions; raises PolicyError where they are late or none."""
        begun = time.monotonic()
        left = self.clock.total - sum(self.seconds)
        if left <= 0:
            raise PolicyError(f"The policy took more than the {self.clock.total:g} s that it has for all its steps.")
        deadline = begun + min(self.clock.step, left)
        self._send(observations.astype("<f4").tobytes(), deadline)
        answer = self._receive(b"A", self.contract.answer, deadline)
        self.seconds.append(time.monotonic() - begun)
        return np.frombuffer(answer, self.contract.dtype).reshape(self.contract.actions)

    def _send(self, content: bytes, deadline: float) -> None:
        message = memoryview(LENGTH.pack(len(content)) + content)
        while message:
            self._wait(self._to, select.POLLOUT, deadline)
            try:
                message = message[os.write(self._to, message) :]
            except BrokenPipeError:  # it has said why, or will have ended
                self._head(deadline)

    def _receive(self, letter: bytes, size: int, deadline: float) -> bytes:
        found, length = self._head(deadline)
        if found != letter or length != size:
            raise PolicyError(f"The policy gave {length:,} bytes of actions; it must give {size:,}.")
        return self._exactly(size, deadline)

    def _head(self, deadline: float) -> tuple[bytes, int]:
        """The letter and the length of the next frame; raises what a frame with a sentence says."""
        head = self._exactly(1 + LENGTH.size, deadline)
        letter, length = head[:1], LENGTH.unpack(head[1:])[0]
        if letter == b"E" and length <= LONGEST_SENTENCE:
            said = shown(self._exactly(length, deadline).decode(errors="replace"))
            raise PolicyError(f"The policy failed in the sandbox: {said}")
        return letter, length

    def _exactly(self, size: int, deadline: float) -> bytes:
        content = bytearray()
        while len(content) < size:
            self._wait(self._from, select.POLLIN, deadline)
            part = os.read(self._from, size - len(content))
            if not part:
                raise PolicyError(self._ending())
            content += part
        return bytes(content)

    def _wait(self, descriptor: int, event: int, deadline: float) -> None:
        poll = select.poll()
        poll.register(descriptor, event)
        if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
            raise PolicyError(f"The policy took more than the {self.clock.step:g} s that it has for one step.")

    def _ending(self) -> str:
        """Why there are no more bytes."""
        try:
            code = self._process.wait(5)
        except subprocess.TimeoutExpired:
            return "The policy's process closed its pipe."
        signal = code - 128 if code > 128 else -code  # bwrap says 128 + signal, as shells do
        return f"The policy's process was ended ({f'signal {signal}' if signal > 0 else f'exit code {code}'})."
