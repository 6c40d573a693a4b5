"""Fitted Q evaluation: what a policy is worth, learned from data that other policies collected (arXiv 1903.08738).

    y     = clip(r + γ (1 − terminated) Q̄(s', π(s')), reachable returns)
    L(Q)  = E (Q(s, a) − y)²
    V(π)  = mean of Q(s, π(s)) over the first states of the data's episodes

As in DOPE (Fu et al. 2021, arXiv 2103.16596, appendix A) the network gives (1 − γ) Q, here in units of the largest
reward, and targets are clipped to what rewards of the data can add up to. π is asked once for each state of the data,
so it may be any function of the present observation. Sizes and rates are DOPE's; differences: no weight decay, no noise
on the actions of π, and rewards are scaled but never shifted, which would pay for not ending an episode.

It ranks policies better than it values them: see docs/selection.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gnomon.baselines.algorithm import Budget
from gnomon.baselines.engine.discrete import of_actions
from gnomon.baselines.engine.learner import MLP, Learner, Metrics, Update
from gnomon.benchmarks.contracts import Policy
from gnomon.datasets.dataset import Dataset
from gnomon.errors import AlgorithmError, PolicyError, UsageError

if TYPE_CHECKING:
    from torch import Tensor

    from gnomon.baselines.engine.data import Packed, Rows
    from gnomon.baselines.engine.networks import Network

LANES = 256  # observations that a policy is asked for at a time, the last ones padded
BUDGET = Budget(updates=100_000, batch_size=256)


@dataclass(frozen=True)
class FQEConfig:
    """Hyper-parameters of fitted Q evaluation."""

    hidden: tuple[int, ...] = (256, 256)
    learning_rate: float = 3e-4
    discount: float = 0.99
    target_rate: float = 0.005
    normalise: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.discount < 1:
            raise UsageError(f"The discount must be from 0 to less than 1, not {self.discount}.")


DEFAULT = FQEConfig()


@dataclass(frozen=True)
class _Problem:
    """What the loss reads: the configuration, and the least and the most that the network can say, as floats."""

    discount: float
    learning_rate: float
    target_rate: float
    lowest: float
    highest: float
    is_discrete: bool


def fitted_q_evaluation(
    dataset: Dataset,
    policy: Policy,
    seeds: Sequence[int] = (0,),
    budget: Budget = BUDGET,
    config: FQEConfig = DEFAULT,
    device: str = "cpu",
    stacked: bool | None = None,
) -> NDArray[np.float64]:
    """[seeds] the discounted return of a policy from the first states of the data, Σ γᵗ r, one estimate a seed.

    Args:
        dataset: with rewards; of continuous or discrete actions.
        policy: a deterministic function of the present observation, with actions as the task takes them.
        seeds: of networks and batches; nothing of a seed depends on the others.
        budget: how much training.
        config: hyper-parameters.
        device: where it trains.
        stacked: all seeds at once; if not said, on a device that is not the processor.

    Raises:
        DatasetError: the data has no rewards, no actions, images, or numbers that are not finite.
        PolicyError: the policy's actions are not those of the task.
        AlgorithmError: the parameters of a seed are not finite any more.
    """
    from gnomon.baselines.engine.matmul import best_backend, matmul_backend
    from gnomon.baselines.engine.trainer import Trainer

    evaluation = _Evaluation(dataset, policy, config, device)
    learner = evaluation.learner()
    problems = [evaluation.problem] * len(seeds)
    trainer = Trainer(learner, evaluation.rows, seeds, problems, budget.batch_size, budget.updates, stacked=stacked)
    with matmul_backend(best_backend()):
        trainer.advance(budget.updates)
        if any(trainer.state.diverged(learner)):
            raise AlgorithmError(f"Fitted Q evaluation on {dataset.id} diverged; lower its learning rate.")
        return np.array([evaluation.value(trainer.network("critic", seed)) for seed in range(len(seeds))])


def critic_loss(
    networks: SimpleNamespace, batch: SimpleNamespace, _noise: SimpleNamespace, config: "_Problem"
) -> "tuple[Tensor, Metrics]":
    """L(Q), of what the network gives."""
    following = _values(networks.critic_target, batch.next_observations, batch.policy_actions, config.is_discrete)
    targets = batch.rewards + config.discount * (1 - batch.terminated) * following
    inside = targets.clamp(config.lowest, config.highest)
    errors = _values(networks.critic, batch.observations, batch.actions, config.is_discrete) - inside
    loss = errors.square().mean()
    return loss, {"critic loss": loss}


def _values(network: "Network", observations: "Tensor", actions: "Tensor", is_discrete: bool) -> "Tensor":
    """[batch] (1 − γ) Q of actions, in units of the largest reward."""
    return of_actions(network(observations), actions) if is_discrete else network(observations, actions)


class _Evaluation:
    """The data with the policy's actions beside it, and how numbers of the network become returns."""

    def __init__(self, dataset: Dataset, policy: Policy, config: FQEConfig, device: str) -> None:
        from gnomon.baselines.engine.data import STANDARD, pack

        self.config, self.is_discrete = config, dataset.columns["actions"].dtype.kind != "f"
        rewards = dataset.columns["rewards"]
        self.unit = float(np.abs(rewards).max()) / (1 - config.discount)  # of what the network gives
        scale = 1 / self.unit if self.unit else 1.0
        packed = pack(dataset, STANDARD, config.normalise, device, self.is_discrete, reward_scale=scale)
        self.packed = packed
        self.rows = _with_column(packed, self._actions(policy, dataset.transitions().next_observations, dataset))
        self.first = _first_observations(dataset)
        self.first_actions = self._actions(policy, self.first, dataset)
        lowest, highest = _reachable(rewards, dataset.columns["terminated"], config.discount)
        self.problem = _Problem(
            config.discount,
            config.learning_rate,
            config.target_rate,
            lowest / self.unit,
            highest / self.unit,
            self.is_discrete,
        )

    def learner(self) -> Learner:
        observations, hidden = self.packed.width("observations"), self.config.hidden
        critic = (
            MLP((observations, *hidden, self.packed.action_count))
            if self.is_discrete
            else MLP((observations + self.packed.width("actions"), *hidden, 1), is_value=True)
        )
        update = Update("critic", critic_loss, targets=("critic",))
        return Learner(networks={"critic": critic}, targets=("critic",), updates=(update,))

    def value(self, network: "Network") -> float:
        """The mean return from the first states."""
        import torch

        device = self.rows.rows.device
        observations = (self.first - self.packed.mean) / self.packed.scale
        seen, actions = (torch.from_numpy(array).to(device) for array in (observations, self.first_actions))
        values = _values(network, seen, actions, self.is_discrete)
        return float(values.double().mean()) * self.unit

    def _actions(self, policy: Policy, observations: NDArray[np.float32], dataset: Dataset) -> NDArray[np.float32]:
        """[N, action dimension] mapped as the data's are, or [N] numbers; in batches of one shape."""
        count = len(observations)
        padded = np.concatenate([observations, np.repeat(observations[-1:], -count % LANES, 0)])
        parts = padded.reshape(-1, LANES, *observations.shape[1:])
        asked = [np.asarray(policy.act(part, np.ones(LANES, bool))) for part in parts]
        actions = np.concatenate(asked)[:count]
        data = dataset.columns["actions"]
        if actions.shape != (count, *data.shape[1:]) or not np.isfinite(actions).all():
            raise PolicyError(f"The policy's actions must be finite and of shape [lanes{_rest(data)}] on {dataset.id}.")
        if self.is_discrete:
            return actions.astype(np.float32)
        low, high = self.packed.low, self.packed.high
        return (2 * (actions.clip(low, high) - low) / (high - low) - 1).astype(np.float32)


def _rest(data: NDArray) -> str:
    return "".join(f", {size}" for size in data.shape[1:])


def _with_column(packed: "Packed", actions: NDArray[np.float32]) -> "Rows":
    """The packed data and the policy's actions in the next states."""
    import torch

    from gnomon.baselines.engine.data import Rows

    width = packed.rows.shape[1]
    column = torch.from_numpy(actions.reshape(len(actions), -1)).to(packed.rows.device)
    place: slice | int = slice(width, width + column.shape[1]) if actions.ndim == 2 else width
    places = {**packed.places, "policy_actions": place}
    return Rows(torch.cat([packed.rows, column], 1), places)


def _first_observations(dataset: Dataset) -> NDArray[np.float32]:
    """[E, observation dimension]; an episode of T steps has T + 1 observations."""
    offsets = dataset.columns["offsets"][:-1]
    return dataset.columns["observations"][offsets + np.arange(len(offsets))]


def _reachable(rewards: NDArray, terminated: NDArray, discount: float) -> tuple[float, float]:
    """The least and the most that discounted rewards of the data can add up to, in one step or in endless many."""
    least, most = float(rewards.min()), float(rewards.max())
    lowest, highest = least / (1 - discount), most / (1 - discount)
    if terminated.any():  # an episode may be as short as one step
        return min(least, lowest), max(most, highest)
    return lowest, highest
