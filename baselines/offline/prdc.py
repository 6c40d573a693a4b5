"""PRDC: TD3 whose actor is pulled towards the action of the nearest transition in the data (arXiv 2306.06569).

    (ŝ, â)  = the transition of the data with the least |β (s − ŝ)|² + |π(s) − â|²
    L(π)    = −λ E Q_1(s, π(s)) + E (π(s) − â)²,   λ = α / E |Q_1(s, π(s))|, held constant

Critics, targets and schedule are those of TD3+BC (`gnomon.baselines.offline.td3_bc`), which pulls towards the action
that was taken in s. The authors search a k-d tree on the host; here distances are worked out in blocks where the data
lies (`gnomon.baselines.engine.neighbours`), exactly, at a cost that grows with the data: 256 · N products a step of π.

Numbers: the authors', chosen on D4RL returns: β 2; α 2.5 (Hopper, Walker2d) and 40 (HalfCheetah) for locomotion, of
which 2.5 is taken; α and β 7.5 and rewards 10⁴ r − 1 for AntMaze. Tasks that they did not judge take locomotion's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, ClassVar

from gnomon.baselines.algorithm import Tuning
from gnomon.baselines.engine.learner import Learner, Metrics
from gnomon.baselines.engine.offline import OfflineAlgorithm
from gnomon.baselines.offline.td3_bc import TD3BC, TD3BCConfig
from gnomon.baselines.registry import BASELINES

if TYPE_CHECKING:
    from torch import Tensor

    from gnomon.baselines.engine.data import Packed
    from gnomon.baselines.engine.neighbours import Neighbours


@dataclass(frozen=True)
class PRDCConfig(TD3BCConfig):
    """Hyper-parameters of PRDC."""

    closeness: float = 2.0  # β
    reward_scale: float = 1.0


def actor_loss(
    neighbours: "Neighbours",
    networks: SimpleNamespace,
    batch: SimpleNamespace,
    noise: SimpleNamespace,
    config: PRDCConfig,
) -> "tuple[Tensor, Metrics]":
    """L(π)."""
    actions = networks.actor(batch.observations).tanh()
    nearest = neighbours.nearest_actions(batch.observations, actions.detach(), config.closeness)
    values = networks.critics.member(0)(batch.observations, actions)
    weight = config.alpha / values.detach().abs().mean()
    distance = (actions - nearest).square().mean()
    loss = -weight * values.mean() + distance
    return loss, {"actor loss": loss, "distance": distance.detach()}


@BASELINES.register("prdc")
class PRDC(OfflineAlgorithm[PRDCConfig]):
    """Policy regularisation with a dataset constraint."""

    name = "prdc"
    presets: ClassVar[Mapping[str, PRDCConfig]] = {
        "published": (published := PRDCConfig()),
        "published/antmaze": (
            antmaze := replace(published, alpha=7.5, closeness=7.5, reward_scale=1e4, reward_shift=-1.0)
        ),
        "small": replace(published, hidden=(128, 128), learning_rate=1e-3),
        "small/antmaze": replace(antmaze, hidden=(128, 128), learning_rate=1e-3),
    }
    tuning: ClassVar[Mapping[str, Tuning]] = {
        "published": Tuning(1, 0, "Its authors, on D4RL returns."),
        "small": Tuning(1, 0, "Its authors, on D4RL returns; with the learning rate that was chosen for TD3+BC."),
    }

    def learner_on(self, data: "Packed", batch_size: int) -> Learner:
        from gnomon.baselines.engine.neighbours import Neighbours

        neighbours = Neighbours.of(*(data.rows[:, data.places[name]] for name in ("observations", "actions")))
        of_td3_bc = TD3BC(self.config).learner(data.width("observations"), data.action_size, batch_size)
        critics, actor = of_td3_bc.updates
        return replace(of_td3_bc, updates=(critics, replace(actor, loss=partial(actor_loss, neighbours), by_hand="")))
