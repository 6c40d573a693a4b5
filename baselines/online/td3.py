"""TD3: twin delayed deep deterministic policy gradient (arXiv 1802.09477).

The critics are those of TD3+BC (`gnomon.baselines.offline.td3_bc`), and L(π) = −E Q_1(s, π(s)). It explores with normal
noise of 0.1 on its actions. Each environment step makes one pass. Defaults: table 3 of the paper's supplement, with the
learning rate 3e-4 and the batch 256 of its authors' later code, tuned on online returns. 10,000 random steps begin, and
4 environments take a step each in turn, which are choices of ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, ClassVar

from gnomon.baselines.engine.learner import MLP, Draw, Learner, Metrics, Update
from gnomon.baselines.engine.online import OnlineAlgorithm, OnlineConfig
from gnomon.baselines.offline.td3_bc import critic_loss
from gnomon.baselines.registry import BASELINES

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class TD3Config(OnlineConfig):
    """Hyper-parameters of TD3."""

    learning_rate: float = 3e-4
    target_noise: float = 0.2
    target_noise_clip: float = 0.5
    actor_period: int = 2
    exploration_noise: float = 0.1


def actor_loss(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: TD3Config
) -> "tuple[Tensor, Metrics]":
    """L(π)."""
    loss = -networks.critics.member(0)(batch.observations, networks.actor(batch.observations).tanh()).mean()
    return loss, {"actor loss": loss}


@BASELINES.register("td3")
class TD3(OnlineAlgorithm[TD3Config]):
    """Twin delayed deep deterministic policy gradient."""

    name = "td3"
    head = "tanh"
    presets: ClassVar[Mapping[str, TD3Config]] = {
        "published": TD3Config(),
        "small": TD3Config(hidden=(64, 64), learning_rate=1e-3, random_steps=500, batch_size=64),
    }

    def learner(self, observation_size: int, action_size: int, batch_size: int) -> Learner:
        hidden = self.config.hidden
        return Learner(
            networks={
                "actor": MLP((observation_size, *hidden, action_size)),
                "critics": MLP((observation_size + action_size, *hidden, 1), ensemble=2, is_value=True),
            },
            targets=("actor", "critics"),
            noise={"smoothing": Draw("normal", (batch_size, action_size))},
            updates=(
                Update("critics", critic_loss, "gnomon.baselines.gradients.td3_bc:critic_gradient"),
                Update("actor", actor_loss, every="actor_period", targets=("actor", "critics")),
            ),
        )

    def explore(self, outputs: "Tensor", drawn: "Tensor", progress: float) -> "Tensor":
        return (outputs.tanh() + self.config.exploration_noise * drawn).clamp(-1, 1)
