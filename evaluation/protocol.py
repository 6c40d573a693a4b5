"""A protocol: the rules that runs are judged by. It names no dataset, and its hash stands on every run."""

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Literal

from gnomon.baselines.algorithm import Budget
from gnomon.files import hash_of
from gnomon.registry import Registry


@dataclass(frozen=True)
class Protocol:
    """Rules of training and judging; two runs with different rules never share a table.

    Attributes:
        name, summary: for people; not part of the hash.
        updates, batch_size: the training budget.
        preset: which configuration of an algorithm is used, where it has presets.
        episodes: final episodes a run, on seeds that depend on the task and the episode's number alone.
        lanes: rows of the policy's batch (see `gnomon.benchmarks.rollout`).
        online_steps: environment steps that training may take (see `gnomon.baselines.engine.hybrid`).
        policy_mode: how the policy acts when it is judged.
        checkpoint: which policy of a training run is judged.
        success_rule: when an episode counts as a success.
    """

    name: str
    summary: str
    updates: int
    batch_size: int
    preset: str
    episodes: int
    lanes: int
    online_steps: int = 0
    policy_mode: Literal["deterministic"] = "deterministic"
    checkpoint: Literal["last"] = "last"
    success_rule: Literal["any step"] = "any step"

    @property
    def rules(self) -> dict[str, Any]:
        """What is hashed: everything but name and summary."""
        return {key: value for key, value in asdict(self).items() if key not in ("name", "summary")}

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the rules."""
        return hash_of(self.rules)

    @property
    def budget(self) -> Budget:
        return Budget(self.updates, self.batch_size, self.online_steps)


PROTOCOLS: Registry[Protocol] = Registry("protocol")

for _protocol in (
    Protocol(
        name="smoke",
        summary="A minute or two: enough to see that everything works, too little to conclude from.",
        updates=12_000,
        batch_size=256,
        preset="small",
        episodes=50,
        lanes=10,
    ),
    Protocol(
        name="lite",
        summary="Small networks and 50,000 updates: an honest ranking on a laptop. Fixed; never changed.",
        updates=50_000,
        batch_size=256,
        preset="small",
        episodes=100,
        lanes=10,
    ),
    Protocol(
        name="smoke-online",
        summary="As smoke, and then 5,000 steps in the task: minutes, and too little to conclude from.",
        updates=12_000,
        batch_size=256,
        preset="small",
        episodes=50,
        lanes=10,
        online_steps=5_000,
    ),
    Protocol(
        name="lite-online",
        summary="As lite, and then 50,000 steps in the task.",
        updates=50_000,
        batch_size=256,
        preset="small",
        episodes=100,
        lanes=10,
        online_steps=50_000,
    ),
):
    PROTOCOLS.add(_protocol.name, _protocol)


def get_protocol(name: str | Protocol) -> Protocol:
    """The protocol of that name, or the one given; an unknown name raises UnknownId with the nearest."""
    if isinstance(name, Protocol):
        return name
    return PROTOCOLS[name]


def differences(one: Protocol, other: Protocol) -> dict[str, tuple[Any, Any]]:
    """Rule → its value in one and in the other, for the rules that differ.

    >>> differences(PROTOCOLS["smoke"], PROTOCOLS["lite"])["episodes"]
    (50, 100)
    """
    return {rule: (value, other.rules[rule]) for rule, value in one.rules.items() if value != other.rules[rule]}
