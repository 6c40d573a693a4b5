"""XQL: implicit Q-learning whose value is a soft maximum, found by Gumbel regression (arXiv 2301.02328).

    z     = min((min_i Q̄_i(s, a) − V(s)) / β, 7)
    L(V)  = E (eᶻ − z − 1) e^−m,   m = max(−1, the largest z of the batch), held constant

L(Q) and L(π) are those of implicit Q-learning (`gnomon.baselines.offline.iql`). The factor e^−m and the bound of 7 are
the authors': without them one outlier decides a step. The value's layers are normalised, here after each ReLU.

Numbers: the authors' "consistent" ones, one a family, chosen by them on D4RL returns: β 2 for locomotion, 0.6 for
AntMaze, 5 for kitchen and Adroit, the other values as IQL's. Mazes and what they did not judge take AntMaze's 0.6,
whose rewards are of the same size. Differences: the critics' squared error is not made linear beyond 20; no dropout.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, ClassVar

from gnomon.baselines.algorithm import Tuning
from gnomon.baselines.engine.learner import MLP, Learner, Metrics, Update
from gnomon.baselines.engine.offline import OfflineAlgorithm
from gnomon.baselines.offline.iql import IQL, advantage
from gnomon.baselines.registry import BASELINES

if TYPE_CHECKING:
    from torch import Tensor

LARGEST_EXPONENT = 7.0


@dataclass(frozen=True)
class XQLConfig:
    """Hyper-parameters of XQL."""

    hidden: tuple[int, ...] = (256, 256)
    learning_rate: float = 3e-4
    discount: float = 0.99
    target_rate: float = 0.005
    softness: float = 0.6  # β of the value
    temperature: float = 3.0  # of the actor, as in IQL
    normalise: bool = False
    reward_shift: float = 0.0
    return_range: float = 0.0


def value_loss(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: XQLConfig
) -> "tuple[Tensor, Metrics]":
    """L(V)."""
    u = advantage(networks, batch)
    z = (u / config.softness).clamp(max=LARGEST_EXPONENT)
    largest = z.detach().amax().clamp(min=-1)
    loss = ((z - largest).exp() - (z + 1) * (-largest).exp()).mean()
    return loss, {"value loss": loss, "advantage": u.detach().mean()}


@BASELINES.register("xql")
class XQL(OfflineAlgorithm[XQLConfig]):
    """Extreme Q-learning."""

    name = "xql"
    presets: ClassVar[Mapping[str, XQLConfig]] = {
        "published": (published := XQLConfig()),
        "published/locomotion": replace(published, softness=2.0, return_range=1000.0),
        "published/antmaze": replace(published, temperature=10.0, reward_shift=-1.0),
        "published/adroit": replace(published, softness=5.0, temperature=0.5),
        "published/kitchen": replace(published, softness=5.0, temperature=0.5),
        "published/nearreal": replace(published, normalise=True),
        "small": (small := replace(published, hidden=(128, 128), learning_rate=1e-3)),
        "small/locomotion": replace(small, softness=2.0, return_range=1000.0),
        "small/antmaze": replace(small, temperature=10.0, reward_shift=-1.0),
        "small/adroit": replace(small, softness=5.0, temperature=0.5),
        "small/kitchen": replace(small, softness=5.0, temperature=0.5),
        "small/nearreal": replace(small, normalise=True),
    }
    tuning: ClassVar[Mapping[str, Tuning]] = {
        "published": Tuning(1, 0, "Its authors, on D4RL returns."),
        "small": Tuning(1, 0, "Its authors, on D4RL returns; with the learning rate that was chosen for TD3+BC."),
    }

    def learner(self, observation_size: int, action_size: int, batch_size: int) -> Learner:
        of_iql = IQL(self.config).learner(observation_size, action_size, batch_size)
        value = MLP((observation_size, *self.config.hidden, 1), is_value=True, layer_norm=True)
        return replace(
            of_iql,
            networks={**of_iql.networks, "value": value},
            updates=(Update("value", value_loss), *of_iql.updates[1:]),
        )
