"""SAC-N: soft actor-critic with N critics, of which the least counts (arXiv 2110.01548, §3).

    y     = r + γ (1 − terminated) (min_{i ≤ N} Q̄_i(s', a') − α log π(a' | s')),   a' ~ π(s')
    L(Q)  = Σ_i E (Q_i(s, a) − y)²
    L(π)  = E (α log π(ã | s) − min_i Q_i(s, ã)),  ã ~ π(s);   L(α) = −log α E (log π(ã | s) + H)

The losses are SAC's (`gnomon.baselines.online.sac`): the data alone takes the place of exploration, and the number of
critics that of a penalty. One pass is α, π, Q, then the targets, the order of CORL (arXiv 2210.07105). Three hidden
layers of 256, biases from 0.1, last layers within ±10⁻³ (π) and ±3·10⁻³ (Q), learning rate 3e-4, rewards as they are.

The authors chose N for each dataset on its online returns: 5 to 20 for HalfCheetah and Walker2d, 100 to 500 for Hopper.
Here locomotion, and tasks that nobody judged, take 20; mazes 25 and Adroit 100, as in CORL. `small` has 5. The
published training is three million updates; here the protocol sets their number.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from gnomon.baselines.algorithm import Tuning
from gnomon.baselines.engine.learner import MLP, Draw, Learner, Update
from gnomon.baselines.engine.offline import OfflineAlgorithm
from gnomon.baselines.online.sac import actor_loss, critic_loss, temperature_loss
from gnomon.baselines.registry import BASELINES


@dataclass(frozen=True)
class SACNConfig:
    """Hyper-parameters of SAC-N."""

    hidden: tuple[int, ...] = (256, 256, 256)
    critics: int = 20  # N
    learning_rate: float = 3e-4
    discount: float = 0.99
    target_rate: float = 0.005
    normalise: bool = False


@BASELINES.register("sac-n")
class SACN(OfflineAlgorithm[SACNConfig]):
    """Soft actor-critic with N critics."""

    name = "sac-n"
    of_critics: ClassVar[Update] = Update(
        "critics", critic_loss, "gnomon.baselines.gradients.sac:critic_gradient", targets=("critics",)
    )
    presets: ClassVar[Mapping[str, SACNConfig]] = {
        "published": (published := SACNConfig()),
        "published/maze": replace(published, critics=25),
        "published/adroit": replace(published, critics=100),
        "published/nearreal": replace(published, normalise=True),
        "small": (small := SACNConfig(hidden=(128, 128), critics=5, learning_rate=1e-3)),
        "small/nearreal": replace(small, normalise=True),
    }
    tuning: ClassVar[Mapping[str, Tuning]] = {
        "published": Tuning(1, 0, "Its authors and those of CORL, on D4RL returns."),
        "small": Tuning(1, 0, "The learning rate that was chosen for TD3+BC."),
    }

    def learner(self, observation_size: int, action_size: int, batch_size: int) -> Learner:
        hidden, drawn = self.config.hidden, Draw("normal", (batch_size, action_size))
        critics = (observation_size + action_size, *hidden, 1)
        by_hand = "gnomon.baselines.gradients.sac:"
        return Learner(
            networks={
                "temperature": MLP((), free=1),
                "actor": MLP((observation_size, *hidden, 2 * action_size), bias=0.1, last=1e-3),
                "critics": MLP(critics, ensemble=self.config.critics, is_value=True, bias=0.1, last=3e-3),
            },
            targets=("critics",),
            noise={"following": drawn, "acting": drawn},
            updates=(
                Update("temperature", temperature_loss, by_hand + "temperature_gradient"),
                Update("actor", actor_loss, by_hand + "actor_gradient"),
                self.of_critics,
            ),
        )
