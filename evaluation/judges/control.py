"""Judging a policy on a control task: final episodes on the protocol's seeds.

Episodes are played in blocks of one a lane, episode k in row k mod lanes of block k div lanes. Each block is played in
a process of its own, beginning with the policy as it was handed in, so the number of workers changes nothing.
"""

from functools import partial
from typing import Any

from gnomon.benchmarks.contracts import ControlTask, Policy
from gnomon.benchmarks.rollout import lanes_of, rollout
from gnomon.benchmarks.seeds import seed_of
from gnomon.evaluation.judges.children import Beat, TimeLimits, can_fork, in_children
from gnomon.evaluation.outcomes import Outcome
from gnomon.evaluation.protocol import Protocol

LIMITS = TimeLimits()


def judge(
    policy: Policy, task: ControlTask, protocol: Protocol, workers: int = 1, limits: TimeLimits = LIMITS
) -> list[Outcome]:
    """One outcome an episode. Episode k has the same start for every algorithm, so runs can be paired.

    Where this process cannot be forked (CUDA is in use, Windows) the blocks are played in it, one after the other, and
    a policy that stalls cannot be ended.

    Args:
        policy: what is judged; it is not changed.
        task: what it is to solve.
        protocol: how many episodes, on how many lanes.
        workers: blocks that are played at once.
        limits: how long the policy may take.

    Raises:
        PolicyError: the policy raises an error, takes too long, or returns a wrong shape or what is not finite.
    """
    numbers = range(protocol.episodes)
    blocks = [numbers[start : start + protocol.lanes] for start in numbers[:: protocol.lanes]]
    pieces = [partial(_play, policy, task, protocol.lanes, block) for block in blocks]
    lanes_of(task, protocol.lanes)  # made here once, found there by every child
    played = in_children(pieces, workers, limits) if can_fork() else [piece(lambda: None) for piece in pieces]
    return [Outcome(**outcome) for block in played for outcome in block]


def _play(policy: Policy, task: ControlTask, lanes: int, numbers: range, beat: Beat) -> list[dict[str, Any]]:
    seeds = [seed_of("evaluate", task.id, number) for number in numbers]
    episodes = rollout(task, policy, seeds, lanes, beat)
    return [
        Outcome.from_episode(number, episode, task).model_dump()
        for number, episode in zip(numbers, episodes, strict=True)
    ]
