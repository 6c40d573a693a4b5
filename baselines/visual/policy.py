"""The policy of a visual baseline: a network of answers with logits of forms, its file, and what it writes."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gnomon.baselines.visual import Recipe
from gnomon.baselines.visual.forms import FORMS
from gnomon.baselines.visual.networks import NETWORKS, AnswerNetwork, codes_of, pictures_of
from gnomon.benchmarks.contracts import Completion, Item, Prompt, Sampling
from gnomon.benchmarks.generators import sample_seed
from gnomon.benchmarks.tensor_file import read_tensors, write_tensors
from gnomon.benchmarks.visual import VISUAL_TASKS, file_of
from gnomon.errors import GnomonError, UsageError
from gnomon.files import hash_file

FORMAT = "gnomon-visual-policy-1"
BATCH = 64  # prompts that are looked at at once


class PolicyNetwork(nn.Module):
    """Two independent distributions: of the answers, given picture and instruction, and of the forms, given nothing."""

    def __init__(self, task: str) -> None:
        super().__init__()
        self.task = task
        self.answer_network: AnswerNetwork = NETWORKS[task]()
        self.form_logits = nn.Parameter(torch.zeros(len(FORMS)))

    def forward(self, files: Sequence[bytes], prompts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """[B, answers] and [forms] logarithms of probabilities."""
        logits = self.answer_network(pictures_of(files, self.answer_network.size), codes_of(prompts))
        return logits.log_softmax(1), self.form_logits.log_softmax(0)

    def of_items(self, items: Sequence[Item]) -> tuple[Tensor, Tensor]:
        """The same of items, whose pictures are drawn."""
        return self([file_of(item) for item in items], [item.prompt for item in items])

    def shares(self) -> dict[str, float]:
        """Form → its probability."""
        return dict(zip(FORMS, self.form_logits.detach().softmax(0).tolist(), strict=True))


def save_policy(network: PolicyNetwork, recipe: Recipe, path: Path) -> None:
    """Write a network and its recipe to a safetensors file."""
    tensors = {name: tensor.detach().numpy() for name, tensor in network.state_dict().items()}
    write_tensors(path, FORMAT, tensors, asdict(recipe))


def read_policy(path: Path) -> "VisualPolicy":
    """The policy of a file that `save_policy` wrote.

    Raises:
        GnomonError: the file cannot be read, or holds something else.
    """
    tensors, header = read_tensors(path, FORMAT)
    try:
        network = PolicyNetwork(str(header["task"]))
        network.load_state_dict({name: torch.from_numpy(array) for name, array in tensors.items()})
    except (KeyError, RuntimeError) as error:
        raise GnomonError(f"{path} holds no visual policy ({str(error).splitlines()[0]}).") from error
    told = {name: str(header.get(name, "")) for name in ("method", "reward", "updates", "seed")}
    return VisualPolicy(network, told | {"model": hash_file(path)})


class VisualPolicy:
    """A trained network as a generator: sample k of a prompt depends on the prompt, k, the seed and the temperature."""

    def __init__(self, network: PolicyNetwork, facts: Mapping[str, str]) -> None:
        self._network, self.facts = network, facts

    def generate(self, prompts: Sequence[Prompt], n: int, seed: int, sampling: Sampling) -> list[list[Completion]]:
        self._refuse_other_tasks(prompts)
        if sampling.top_p != 1:
            raise UsageError("A visual baseline draws from all answers; top_p must be 1.")
        rows: list[list[Completion]] = []
        for start in range(0, len(prompts), BATCH):
            rows += self._of_batch(prompts[start : start + BATCH], n, seed, sampling)
        return rows

    def _refuse_other_tasks(self, prompts: Sequence[Prompt]) -> None:
        task = self._network.task
        known = (task, *VISUAL_TASKS[task].related)
        if strangers := [prompt.task for prompt in prompts if prompt.task not in known]:
            raise UsageError(f"A baseline trained for {task} cannot be asked {strangers[0]}; name: --task {task}")

    def _of_batch(self, prompts: Sequence[Prompt], n: int, seed: int, sampling: Sampling) -> list[list[Completion]]:
        with torch.no_grad():
            answers, forms = self._network([prompt.file for prompt in prompts], [prompt.text for prompt in prompts])
        chances, forms = _chances(answers, sampling.temperature), _chances(forms[None], sampling.temperature)[0]
        return [
            [self._written(row, forms, np.random.default_rng(sample_seed(seed, prompt, number))) for number in range(n)]
            for prompt, row in zip(prompts, chances, strict=True)
        ]

    def _written(
        self, answers: NDArray[np.float64], forms: NDArray[np.float64], stream: np.random.Generator
    ) -> Completion:
        known = self._network.answer_network.answers
        form = list(FORMS.values())[stream.choice(len(forms), p=forms)]
        text = form(known[stream.choice(len(answers), p=answers)], known)
        return Completion(text, len(text), ended=True)


def _chances(logarithms: Tensor, temperature: float) -> NDArray[np.float64]:
    """[B, choices] probabilities at a temperature; at 0 the likeliest has all."""
    if temperature == 0:
        return np.eye(logarithms.shape[1])[logarithms.argmax(1).numpy()]
    return (logarithms.double() / temperature).softmax(1).numpy()
