"""MBRCSL: return-conditioned supervised learning on the best of imagined episodes (arXiv 2310.19308).

    model        an ensemble (`gnomon.baselines.engine.dynamics`), and beside it the behaviour μ(a | s), a diffusion
                 model of the data's actions (`gnomon.baselines.engine.diffusion`)
    roll-outs    of μ in the model, from the first observations of the data's episodes, as long as the task's; kept are
                 the tenth with the highest return R, and all that equal the least of those
    L(π)         = E (π(s, R) − a)²,   over the roll-outs that were kept; to act, R is the greatest of them

μ strings together what different episodes did, the model says what comes of it, and no value is learned. Rewards and
endings are those of the task where it states them (`gnomon.benchmarks.simulators.transitions`), else learned ones.
The passes of model and behaviour come first and on top of those that the protocol allows, which are the policy's.

Numbers: 7 members of which 5 are elites, four layers of 200, learning rates 1e-3 (model), 1e-4 (behaviour) and 5e-5
(π), two layers of 1024 and 10 steps of diffusion are the authors' for their maze. `small` has 3 members of two layers
of 128, and networks of 128. Differences: the authors roll out until 100 episodes return more than any of the data, as
none can where reaching a goal is all that is paid; here the number of roll-outs is fixed, 2,000, and at most ten times
the steps of the data. π is conditioned on the return of the whole roll-out, not on what is left of it, since a policy
is told no rewards: the same where only the last step is paid. Imagined observations stay in the range of the data, and
imagined rewards are the model's means, so that a return is not great by noise. The behaviour is EDM's residual network
of three blocks of 512 (theirs is a U-net for DDPM) without a running average of parameters; model and behaviour make a
fixed number of passes (half of the policy's; `small`: as many); no weight decay of 0.1 for π, and no early stop.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar

from gnomon.baselines.algorithm import Budget, Tuning
from gnomon.baselines.engine.learner import MLP, Draw, Learner, Metrics, Update
from gnomon.baselines.engine.offline import OfflineAlgorithm
from gnomon.baselines.offline.bc import loss
from gnomon.baselines.registry import BASELINES
from gnomon.datasets.dataset import Dataset
from gnomon.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor

    from gnomon.baselines.engine.data import Packed, Rows
    from gnomon.baselines.engine.trainer import Trainer
    from gnomon.benchmarks.contracts import Policy
    from gnomon.benchmarks.simulators.transitions import TransitionFunctions

MOST_IMAGINED = 10  # steps of roll-outs for each of the data


@dataclass(frozen=True)
class MBRCSLConfig:
    """Hyper-parameters of MBRCSL."""

    hidden: tuple[int, ...] = (1024, 1024)
    learning_rate: float = 5e-5
    normalise: bool = True
    model_hidden: tuple[int, ...] = (200, 200, 200, 200)
    members: int = 7
    elites: int = 5
    weight_decays: tuple[float, ...] = (2.5e-5, 5e-5, 7.5e-5, 7.5e-5, 1e-4)  # one a layer
    model_learning_rate: float = 1e-3
    behaviour_width: int = 512
    behaviour_blocks: int = 3
    behaviour_learning_rate: float = 1e-4
    diffusion_steps: int = 10
    model_period: int = 2  # passes of the policy for each of model and behaviour
    rollouts: int = 2000
    kept_percent: int = 10


def behaviour_loss(
    networks: SimpleNamespace, batch: SimpleNamespace, noise: SimpleNamespace, config: MBRCSLConfig
) -> "tuple[Tensor, Metrics]":
    """EDM's loss of the actions, on the share of the model's first member."""
    from gnomon.baselines.engine.diffusion import denoising_error

    count = len(noise.level)
    seen, actions = batch.observations[:count], batch.actions[:count]
    error = denoising_error(networks.behaviour, actions, noise.actions, noise.level, seen)
    return error, {"behaviour loss": error}


def conditioned(batch: SimpleNamespace, noise: SimpleNamespace, config: MBRCSLConfig) -> Metrics:
    """Observations with the return of their episode behind them."""
    import torch

    return {"observations": torch.cat([batch.observations, batch.to_go[:, None]], -1)}


class RollOuts:
    """Episodes of the behaviour in the model, and what is kept of them.

    Attributes:
        count: of a seed.
        horizon: most steps of each.
    """

    def __init__(
        self,
        data: "Packed",
        judged_on: "Rows",
        makers: "Trainer",
        seeds: Sequence[int],
        config: MBRCSLConfig,
        task: "TransitionFunctions | None",
        horizon: int,
    ) -> None:
        from gnomon.baselines.engine import streams

        columns, device = data.named(data.rows), str(data.rows.device)
        begins = columns.step == 0
        self.unit = float(columns.to_go[begins].abs().max())
        if not self.unit:
            raise DatasetError("All episodes of the data have a return of 0, so there is none to ask for.")
        self.horizon, self.count = horizon, max(1, min(config.rollouts, MOST_IMAGINED * len(data) // horizon))
        self._data, self._judged_on, self._makers, self._config, self._task = data, judged_on, makers, config, task
        self._starts = columns.observations[begins]
        self._range = columns.next_observations.amin(0), columns.next_observations.amax(0)
        self._keys = {name: streams.keys_of(seeds, f"roll-outs {name}", device) for name in ("start", "act", "move")}

    def kept(self, seed: int) -> "Tensor":
        """[at most count · horizon, width] the transitions of the best, with the return of the episode in `to_go`."""
        import torch

        rows, inside = self._imagined(seed)
        rewards, to_go = self._data.places["rewards"], self._data.places["to_go"]
        returns = (rows[..., rewards] * inside).sum(0) / self.unit
        least = returns.sort(descending=True).values[-(-self.count * self._config.kept_percent // 100) - 1]
        rows[..., to_go] = returns.expand(len(rows), -1)
        chosen = inside & (returns >= least)
        return torch.cat([rows[:, episode][chosen[:, episode]] for episode in chosen.any(0).nonzero()[:, 0]])

    def _imagined(self, seed: int) -> "tuple[Tensor, Tensor]":
        """[steps, count, width] transitions, and [steps, count] whether the episode still went on."""
        import torch

        from gnomon.baselines.engine import streams
        from gnomon.baselines.engine.dynamics import elites

        chosen = elites(self._makers.network("model", seed), self._judged_on, self._config.elites)
        numbers = torch.zeros(1, dtype=torch.int64, device=self._starts.device)
        first = streams.integers(self._keys["start"][seed : seed + 1], numbers, self.count, len(self._starts))[0, 0]
        observations, goes_on = self._starts[first], torch.ones_like(first, dtype=torch.bool)
        rows, inside = [], []
        for step in range(self.horizon):
            rows.append(self._step(seed, step, chosen, observations))
            inside.append(goes_on)
            batch = self._data.named(rows[-1])
            goes_on, observations = goes_on & (batch.terminated == 0), batch.next_observations
            if not goes_on.any():
                break
        return torch.stack(rows), torch.stack(inside)

    def _step(self, seed: int, step: int, chosen: "Tensor", observations: "Tensor") -> "Tensor":
        """[count, width] a transition of each episode."""
        import torch

        from gnomon.baselines.engine.diffusion import sampled
        from gnomon.baselines.engine.model_based import judged, moved

        size, actions = observations.shape[1], self._data.action_size
        noise = self._drawn("act", seed, step, Draw("normal", (self._config.diffusion_steps + 1, self.count, actions)))
        taken = sampled(self._makers.network("behaviour", seed), list(noise), observations).clamp(-1, 1)
        members = self._drawn("start", seed, step + 1, Draw("uniform", (self.count,)))
        of_model = self._drawn("move", seed, step, Draw("normal", (self.count, size)))
        of_model = torch.cat([of_model, torch.zeros_like(of_model[:, :1])], -1)
        change, ending, _ = moved(self._makers.network("model", seed), chosen, observations, taken, members, of_model)
        following = (observations + change[:, :-1]).clamp(*self._range)
        rewards, ended = judged(self._task, self._data, observations, taken, following, change[:, -1], ending)
        columns = {
            "observations": observations,
            "actions": taken,
            "rewards": rewards,
            "next_observations": following,
            "terminated": ended.float(),
        }
        row = torch.zeros(self.count, self._data.rows.shape[1], device=observations.device)
        for name, column in columns.items():
            row[:, self._data.places[name]] = column
        return row

    def _drawn(self, name: str, seed: int, at: int, draw: Draw) -> "Tensor":
        import torch

        from gnomon.baselines.engine import streams

        numbers = torch.tensor([at], device=self._starts.device)
        return streams.drawn(draw, self._keys[name][seed : seed + 1], numbers)[0, 0]


@BASELINES.register("mbrcsl")
class MBRCSL(OfflineAlgorithm[MBRCSLConfig]):
    """Model-based return-conditioned supervised learning."""

    name = "mbrcsl"
    columns = (*OfflineAlgorithm.columns, "row", "step", "to_go")
    presets: ClassVar[Mapping[str, MBRCSLConfig]] = {
        "published": (published := MBRCSLConfig()),
        "small": replace(
            published,
            hidden=(128, 128),
            learning_rate=1e-3,
            model_hidden=(128, 128),
            members=3,
            elites=2,
            weight_decays=(2.5e-5, 5e-5, 1e-4),
            behaviour_width=128,
            behaviour_blocks=2,
            behaviour_learning_rate=1e-3,
            model_period=1,
            rollouts=400,
        ),
    }
    tuning: ClassVar[Mapping[str, Tuning]] = {
        "published": Tuning(1, 0, "Its authors, by returns on their own maze."),
        "small": Tuning(1, 0, "Its authors, on their own maze; with the learning rate that was chosen for TD3+BC."),
    }

    def learner_on(self, data: "Packed", batch_size: int) -> Learner:
        """Of the policy, on roll-outs."""
        return Learner(
            networks={"actor": MLP((data.width("observations") + 1, *self.config.hidden, data.action_size))},
            updates=(Update("actor", loss, "gnomon.baselines.gradients.bc:gradient"),),
            relabel=conditioned,
        )

    def makers_learner(self, data: "Packed", batch_size: int) -> Learner:
        """Of model and behaviour."""
        from gnomon.baselines.engine.diffusion import FEATURES
        from gnomon.baselines.engine.dynamics import dynamics_learner

        size, actions = data.width("observations"), data.action_size
        of_model = dynamics_learner(size, actions, self.config)
        hidden = (self.config.behaviour_width,) * (self.config.behaviour_blocks + 1)
        behaviour = MLP((actions + FEATURES + size, *hidden, actions))
        return Learner(
            networks={**of_model.networks, "behaviour": behaviour},
            noise={"actions": Draw("normal", (batch_size, actions)), "level": Draw("normal", (batch_size,))},
            updates=(
                *of_model.updates,
                Update("behaviour", behaviour_loss, learning_rate="behaviour_learning_rate", decays=True),
            ),
        )

    def trainer(  # pyright: ignore[reportIncompatibleMethodOverride] - it has two trainers inside
        self,
        dataset: Dataset,
        seeds: Sequence[int],
        budget: Budget,
        device: str = "cpu",
        configs: Sequence[MBRCSLConfig] | None = None,
        by_hand: bool = True,
        stacked: bool | None = None,
    ) -> Any:
        """A trainer of model, behaviour and policy at its first pass; raises DatasetError where all returns are 0."""
        import numpy as np
        import torch

        from gnomon.baselines.engine.dynamics import held_out
        from gnomon.baselines.engine.model_based import functions_of
        from gnomon.baselines.engine.trainer import Trainer
        from gnomon.baselines.engine.two_phases import Made, TwoPhaseTrainer

        chosen = self._sweep(configs, len(seeds))
        data, size, total = self.pack(dataset, device), budget.batch_size, budget.updates
        order = np.random.default_rng(len(data)).permutation(len(data))  # the same for all seeds
        learned, judged_on = held_out(data, torch.from_numpy(order).to(data.rows.device))
        makers = Trainer(
            self.makers_learner(data, size),
            learned,
            seeds,
            chosen,
            self.config.members * size,
            self._passes(total),
            stacked=stacked,
        )
        episodes = RollOuts(data, judged_on, makers, seeds, self.config, functions_of(dataset), dataset.task.horizon)
        made = Made(data, len(seeds), episodes.count * episodes.horizon)
        policy = Trainer(self.learner_on(data, size), made, seeds, chosen, size, total, by_hand, stacked)
        return TwoPhaseTrainer(makers, self._passes(total), policy, made, episodes.kept)

    def rounds(self, trainer: Any, updates: int, report: int) -> "Iterator[int]":
        """The passes of model and behaviour come on top."""
        return super().rounds(trainer, updates + self._passes(updates), report)

    def _passes(self, updates: int) -> int:
        from gnomon.baselines.engine.model_based import model_passes

        return model_passes(self.config, updates)

    def policy(self, trainer: Any, seed: int) -> "Policy":
        """That asks for the greatest return of the seed's roll-outs, which is a part of the first bias."""
        from gnomon.benchmarks.policy_file import NetworkPolicy

        trainer.make_once()
        data = trainer.data
        target = data.of_seed(seed)[:, data.places["to_go"]].max()
        (weight, bias), *rest = trainer.network("actor", seed).layers
        layers = [(weight[:-1], bias + target * weight[-1]), *rest]
        weights, biases = zip(*((w.cpu().numpy().copy(), b.cpu().numpy().copy()) for w, b in layers), strict=True)
        return NetworkPolicy(data.mean, data.scale, weights, biases, data.low, data.high)
