"""Judging a policy on a control task: final episodes on the protocol's seeds."""

from gnomon.benchmarks.contracts import ControlTask, Episode, Policy
from gnomon.benchmarks.rollout import rollout
from gnomon.benchmarks.seeds import seed_of
from gnomon.evaluation.outcomes import Outcome
from gnomon.evaluation.protocol import Protocol


def judge(policy: Policy, task: ControlTask, protocol: Protocol) -> list[Outcome]:
    """One outcome an episode. Episode k has the same start for every algorithm, so runs can be paired.

    Raises:
        PolicyError: the policy returns a wrong shape or a number that is not finite.
    """
    seeds = [seed_of("evaluate", task.id, index) for index in range(protocol.episodes)]
    episodes = rollout(task, policy, seeds, protocol.lanes)
    return [_outcome(index, episode, task) for index, episode in enumerate(episodes)]


def _outcome(index: int, episode: Episode, task: ControlTask) -> Outcome:
    total, success = float(episode.rewards.sum(dtype="float64")), bool(episode.success.any())
    value = total if task.metric == "return" else float(success)
    return Outcome(item=index, value=value, total_reward=total, success=success, length=len(episode))
