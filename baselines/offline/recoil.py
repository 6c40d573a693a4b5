"""ReCOIL: imitation of a few expert episodes with arbitrary data beside them, and no discriminator (arXiv 2302.08560).

    L(V)  = that of XQL, over the data: E (eᶻ − z − 1) e^−m,   z = min((min_i Q̄_i(s, a) − V(s)) / β, 7)
    L(π)  = −E min(exp(α (min_i Q̄_i(s, a) − V(s))), 100) log π(a | s), one half over the data, one over the expert's
    L(Q)  = Σ_i [E_expert (Q_i − q)² + E_data (Q_i − y)²] / 2
    y     = −b + γ ((1 − terminated) V(s') − terminated q),   q = b / (1 − γ)

Rewards are read for one purpose: the expert's episodes are those with the highest return, of equal ones the earlier,
and they are part of the data too. The dual of Pearson's χ² raises Q where the expert is and shrinks Bellman residuals
on the data; L(Q) is the bounded form of its authors' code, after LS-IQ (arXiv 2303.00599): the expert's Q is drawn to
the greatest value that there is, and what ends has the least. One pass is V, π, Q and the targets, as in
`gnomon.baselines.offline.iql`.

Numbers: one demonstration, b 2, the bound of 7 and IQL's networks are the authors'; β is the 5 of their example for
hopper (they advise 2.5 to 20, by whether Q runs away); α is IQL's for each family. Differences: the authors' expert is
another dataset's, of which up to 200 more episodes lie unmarked among the data; m is taken over the data alone; the
protocol sets the batch, 1,024 in their code, which is drawn once from the data and once from the expert.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, ClassVar

from gnomon.baselines.algorithm import Tuning
from gnomon.baselines.engine.learner import MLP, Draw, Learner, Metrics, Update
from gnomon.baselines.engine.offline import OfflineAlgorithm
from gnomon.baselines.offline import iql, xql
from gnomon.baselines.registry import BASELINES

if TYPE_CHECKING:
    from torch import Tensor

    from gnomon.baselines.engine.data import Packed


@dataclass(frozen=True)
class ReCOILConfig:
    """Hyper-parameters of ReCOIL."""

    hidden: tuple[int, ...] = (256, 256)
    learning_rate: float = 3e-4
    discount: float = 0.99
    target_rate: float = 0.005
    demonstrations: int = 1  # episodes of the expert
    bound: float = 2.0  # b, of rewards
    softness: float = 5.0  # β of the value
    temperature: float = 3.0  # α of the actor
    normalise: bool = False


def expert_rows(data: "Packed", count: int) -> "Tensor":
    """The rows of so many episodes with the highest return; of equal returns the earlier."""
    import torch

    columns = data.named(data.rows)
    begins = (columns.step == 0).nonzero()[:, 0]
    best = begins[columns.to_go[begins].argsort(descending=True, stable=True)[:count]]
    lengths = columns.steps_left[best].long()
    return torch.cat(
        [first + torch.arange(length, device=best.device) for first, length in zip(best, lengths, strict=True)]
    )


def demonstrated(
    data: "Packed", rows: "Tensor", batch: SimpleNamespace, noise: SimpleNamespace, config: ReCOILConfig
) -> Metrics:
    """A batch of the expert's, beside that of the data."""
    found = data.batch(rows[(noise.expert * len(rows)).long().clamp(max=len(rows) - 1)])
    return {"expert_observations": found.observations, "expert_actions": found.actions}


def target_values(networks: SimpleNamespace, batch: SimpleNamespace) -> Metrics:
    """min_i Q̄_i(s, a) [batch], of the data and of the expert."""
    of_expert = networks.critics_target(batch.expert_observations, batch.expert_actions).amin(0)
    return {**iql.target_values(networks, batch), "expert_target_values": of_expert}


def actor_loss(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: ReCOILConfig
) -> "tuple[Tensor, Metrics]":
    """L(π)."""
    expert = SimpleNamespace(
        observations=batch.expert_observations, actions=batch.expert_actions, target_values=batch.expert_target_values
    )
    halves = [iql.actor_loss(networks, half, noise, config)[0] for half in (batch, expert)]  # pyright: ignore[reportArgumentType]
    loss = (halves[0] + halves[1]) / 2
    return loss, {"actor loss": loss}


def critic_loss(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: ReCOILConfig
) -> "tuple[Tensor, Metrics]":
    """L(Q)."""
    most = config.bound / (1 - config.discount)
    following = (1 - batch.terminated) * networks.value(batch.next_observations) - batch.terminated * most
    targets = config.discount * following - config.bound
    of_data = networks.critics(batch.observations, batch.actions)
    of_expert = networks.critics(batch.expert_observations, batch.expert_actions)
    loss = ((of_data - targets).square() + (of_expert - most).square()).mean(-1).sum() / 2
    return loss, {"critic loss": loss, "value of the expert": of_expert.detach().mean()}


@BASELINES.register("recoil")
class ReCOIL(OfflineAlgorithm[ReCOILConfig]):
    """Relaxed coverage for off-policy imitation learning."""

    name = "recoil"
    columns = (*OfflineAlgorithm.columns, "row", "step", "steps_left", "to_go")
    presets: ClassVar[Mapping[str, ReCOILConfig]] = {
        "published": (published := ReCOILConfig()),
        "published/antmaze": replace(published, temperature=10.0),
        "published/adroit": replace(published, temperature=0.5),
        "published/kitchen": replace(published, temperature=0.5),
        "published/nearreal": replace(published, normalise=True),
        "small": (small := replace(published, hidden=(128, 128), learning_rate=1e-3)),
        "small/antmaze": replace(small, temperature=10.0),
        "small/adroit": replace(small, temperature=0.5),
        "small/kitchen": replace(small, temperature=0.5),
        "small/nearreal": replace(small, normalise=True),
    }
    tuning: ClassVar[Mapping[str, Tuning]] = {
        "published": Tuning(1, 0, "Its authors, for each dataset, on D4RL returns."),
        "small": Tuning(1, 0, "Its authors, on D4RL returns; with the learning rate that was chosen for TD3+BC."),
    }

    def learner_on(self, data: "Packed", batch_size: int) -> Learner:
        size, actions, hidden = data.width("observations"), data.action_size, self.config.hidden
        return Learner(
            networks={
                "value": MLP((size, *hidden, 1), is_value=True),
                "actor": MLP((size, *hidden, actions), free=actions),
                "critics": MLP((size + actions, *hidden, 1), ensemble=2, is_value=True),
            },
            targets=("critics",),
            noise={"expert": Draw("uniform", (batch_size,))},
            relabel=partial(demonstrated, data, expert_rows(data, self.config.demonstrations)),
            shared=target_values,
            updates=(
                Update("value", xql.value_loss),
                Update("actor", actor_loss, decays=True),
                Update("critics", critic_loss, targets=("critics",)),
            ),
        )
