"""The training of visual baselines: one loop for both losses, on one core, with streams of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from gnomon.baselines.engine.streams import key_of
from gnomon.baselines.visual import Recipe, recipe_of
from gnomon.baselines.visual.cloning import cloning_loss
from gnomon.baselines.visual.policy import PolicyNetwork, save_policy
from gnomon.baselines.visual.policy_gradient import policy_gradient_loss
from gnomon.benchmarks.visual import VISUAL_TASKS
from gnomon.files import home, locked


@dataclass(frozen=True)
class Progress:
    """What an update of a training did.

    Attributes:
        update: its number, from 1.
        loss: of its batch.
        paid: mean reward of the completions that were drawn; 0 of a clone, which draws none.
        forms: form → its probability.
    """

    update: int
    loss: float
    paid: float
    forms: dict[str, float]


OnUpdate = Callable[[Progress], None]


def trained_policy(reference: str, on_update: OnUpdate = lambda _: None) -> Path:
    """The file of the policy that `NAME` or `NAME:SEED` names; trained first where it is not there.

    A second process waits.

    Raises:
        UsageError: there is no such baseline.
    """
    recipe = recipe_of(reference)
    path = home() / "generators" / f"{reference.partition(':')[0]}-{recipe.hash[:12]}.safetensors"
    with locked(path.with_suffix(".lock")):
        if not path.exists():
            save_policy(train(recipe, on_update), recipe, path)
    return path


def train(recipe: Recipe, on_update: OnUpdate = lambda _: None) -> PolicyNetwork:
    """The trained network, in evaluation mode; equal bytes on one platform, whatever else the machine does."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return _trained(recipe, on_update)
    finally:
        torch.set_num_threads(threads)


def _trained(recipe: Recipe, on_update: OnUpdate) -> PolicyNetwork:
    network, optimizer = _initial(recipe)
    stream = torch.Generator().manual_seed(_seed(recipe, "samples"))
    items = VISUAL_TASKS[recipe.task].items("train", recipe.updates * recipe.batch_size)
    for update in range(1, recipe.updates + 1):
        batch = items[(update - 1) * recipe.batch_size : update * recipe.batch_size]
        paid = torch.zeros(1)
        if recipe.method == "cloning":
            loss = cloning_loss(network, batch)
        else:
            loss, paid = policy_gradient_loss(network, batch, recipe, stream)
        _step(optimizer, loss, recipe, update)
        on_update(Progress(update, loss.item(), paid.mean().item(), network.shares()))
    return network.eval()


def _initial(recipe: Recipe) -> tuple[PolicyNetwork, torch.optim.Optimizer]:
    """Weights of variance 1 / inputs from a stream of their own, in the order of their names; biases and forms 0."""
    network = PolicyNetwork(recipe.task)
    stream = torch.Generator().manual_seed(_seed(recipe, "weights"))
    for _, parameter in sorted(network.named_parameters()):
        if parameter.ndim > 1:
            nn.init.kaiming_normal_(parameter, nonlinearity="linear", generator=stream)
        else:
            nn.init.zeros_(parameter)
    groups = [{"params": list(network.answer_network.parameters())}, {"params": [network.form_logits]}]
    return network, torch.optim.AdamW(groups, weight_decay=recipe.weight_decay)


def _seed(recipe: Recipe, purpose: str) -> int:
    return key_of(recipe.seed, f"visual baseline {purpose}") & (2**63 - 1)


def _step(optimizer: torch.optim.Optimizer, loss: Tensor, recipe: Recipe, update: int) -> None:
    left = (recipe.updates - update + 1) / recipe.updates
    rate = recipe.learning_rate * min(update / recipe.warmup, left)
    for group, times in zip(optimizer.param_groups, (1.0, recipe.form_rate), strict=True):
        group["lr"] = rate * times
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_([one for group in optimizer.param_groups for one in group["params"]], recipe.clipped_at)
    optimizer.step()
