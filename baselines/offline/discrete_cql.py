"""CQL for numbered actions: double Q-learning that is pushed down where the data has no actions (arXiv 2006.04779).

    y     = r + γ (1 − terminated) Q̄(s', argmax_a' Q(s', a'))
    L(Q)  = E huber(Q(s, a) − y) + α E [log Σ_a' exp Q(s, a') − Q(s, a)]                     equation 4

The sum over actions is exact. α is 1, as in d3rlpy's DiscreteCQL; nobody tuned it for these tasks. Sizes, optimiser and
a target that follows at 0.005 are those that the authors of discrete BCQ use on small observations (arXiv 1910.01708).
Differences from the paper: it builds on QR-DQN and on Atari's screens.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, ClassVar

from gnomon.baselines.algorithm import Tuning
from gnomon.baselines.engine.discrete import huber, of_actions
from gnomon.baselines.engine.learner import MLP, Learner, Metrics, Update
from gnomon.baselines.engine.offline import OfflineAlgorithm
from gnomon.baselines.registry import BASELINES

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class DiscreteCQLConfig:
    """Hyper-parameters of CQL for numbered actions."""

    hidden: tuple[int, ...] = (256, 256)
    learning_rate: float = 3e-4
    discount: float = 0.99
    target_rate: float = 0.005
    conservatism: float = 1.0  # α
    normalise: bool = True


def loss(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: DiscreteCQLConfig
) -> "tuple[Tensor, Metrics]":
    """L(Q)."""
    best = networks.actor(batch.next_observations).detach().argmax(-1)
    next_values = of_actions(networks.actor_target(batch.next_observations), best)
    targets = batch.rewards + config.discount * (1 - batch.terminated) * next_values
    values = networks.actor(batch.observations)
    of_data = of_actions(values, batch.actions)
    gap = (values.logsumexp(-1) - of_data).mean()
    error = huber(of_data - targets).mean()
    return error + config.conservatism * gap, {"critic loss": error, "gap": gap}


@BASELINES.register("discrete-cql")
class DiscreteCQL(OfflineAlgorithm[DiscreteCQLConfig]):
    """Conservative Q-learning; its network `actor` gives the values of all actions."""

    name = "discrete-cql"
    head = "argmax"
    presets: ClassVar[Mapping[str, DiscreteCQLConfig]] = {
        "published": (published := DiscreteCQLConfig()),
        "small": replace(published, hidden=(128, 128), learning_rate=1e-3),
    }
    tuning: ClassVar[Mapping[str, Tuning]] = {
        "published": Tuning(1, 0, "Settings of d3rlpy and of the authors of discrete BCQ."),
        "small": Tuning(1, 0, "The learning rate that was chosen for TD3+BC."),
    }

    def learner(self, observation_size: int, action_size: int, batch_size: int) -> Learner:
        return Learner(
            networks={"actor": MLP((observation_size, *self.config.hidden, action_size))},
            targets=("actor",),
            updates=(Update("actor", loss, targets=("actor",)),),
        )
