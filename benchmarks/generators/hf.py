"""Hugging Face: a causal language model that `transformers` loads: a folder, a `.gguf` file, or an id on the hub.

Prompts go through the model's chat template where it has one. Tokens are drawn by inverting the cumulative
distribution from a stream a sample, never from PyTorch's global one; a batch's composition still changes the last bits
of the logits, so the record says how large batches are. The model's own code is never run (`trust_remote_code` is off).
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gnomon.benchmarks.contracts import Completion, Prompt, Sampling
from gnomon.benchmarks.generators import GENERATORS, GeneratorKind, sample_seed
from gnomon.errors import UsageError
from gnomon.files import hash_file, hash_of

if TYPE_CHECKING:
    from torch import Tensor

BATCH = 16  # sequences
WEIGHTS = ("*.safetensors", "*.gguf", "tokenizer*.json", "config.json")


class TransformersModel:
    """A model of `transformers`, on the GPU where there is one; see the file's first lines."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._tokenizer, self._model = _loaded(place)

    @property
    def facts(self) -> Mapping[str, str]:
        return self._facts

    @cached_property
    def _facts(self) -> dict[str, str]:
        from importlib.metadata import version

        return {
            "model": _digest(self._place) or str(getattr(self._model.config, "_commit_hash", "unknown")),
            "parameters": str(self._model.num_parameters()),
            "dtype": str(self._model.dtype).removeprefix("torch."),
            "device": self._model.device.type,
            "batch": str(BATCH),
            "transformers": version("transformers"),
        }

    def generate(self, prompts: Sequence[Prompt], n: int, seed: int, sampling: Sampling) -> list[list[Completion]]:
        rows = [(self._text(prompt), sample_seed(seed, prompt, sample)) for prompt in prompts for sample in range(n)]
        completions = [
            completion
            for start in range(0, len(rows), BATCH)
            for completion in self._batch(rows[start : start + BATCH], sampling)
        ]
        return [completions[start : start + n] for start in range(0, len(completions), n)]

    def _text(self, prompt: Prompt) -> str:
        if not self._tokenizer.chat_template:
            return f"{prompt.text}\n{prompt.begun}"
        chat = [{"role": "user", "content": prompt.text}]
        return self._tokenizer.apply_chat_template(chat, add_generation_prompt=True, tokenize=False) + prompt.begun

    def _batch(self, rows: Sequence[tuple[str, int]], sampling: Sampling) -> list[Completion]:
        import torch
        from transformers import GenerationConfig, LogitsProcessorList

        # A chat template has written the marks of beginning itself.
        inputs = self._tokenizer(
            [text for text, _ in rows],
            return_tensors="pt",
            padding=True,
            add_special_tokens=not self._tokenizer.chat_template,
        ).to(self._model.device)
        draws = torch.stack(
            [torch.rand(sampling.max_tokens, generator=torch.Generator().manual_seed(seed)) for _, seed in rows]
        )
        ends = _ends_of(self._model, self._tokenizer)
        rules = GenerationConfig(
            max_new_tokens=sampling.max_tokens, do_sample=False, pad_token_id=ends[0], eos_token_id=ends
        )
        chooser = _Chooser(draws, inputs["input_ids"].shape[1], sampling)
        with torch.no_grad():
            written = self._model.generate(
                input_ids=inputs["input_ids"],
                attention_mask=inputs["attention_mask"],
                generation_config=rules,
                logits_processor=LogitsProcessorList([chooser]),  # pyright: ignore[reportArgumentType]
            )
        completions = written[:, inputs["input_ids"].shape[1] :].tolist()
        read = inputs["attention_mask"].sum(1).tolist()
        return [self._cut(row, ends, count) for row, count in zip(completions, read, strict=True)]

    def _cut(self, tokens: list[int], ends: list[int], read: int) -> Completion:
        """The text up to the first end."""
        length = next((place for place, token in enumerate(tokens) if token in ends), None)
        written = tokens[:length]
        text = self._tokenizer.decode(written, skip_special_tokens=True)
        return Completion(text, len(written), length is not None, read)


class _Chooser:
    """A logits processor that leaves one token possible: the one that the row's next draw picks."""

    def __init__(self, draws: "Tensor", begins: int, sampling: Sampling) -> None:
        self._draws, self._begins, self._sampling = draws, begins, sampling

    def __call__(self, input_ids: "Tensor", scores: "Tensor") -> "Tensor":
        import torch

        place = input_ids.shape[1] - self._begins
        chosen = choose(scores, self._draws[:, place].to(scores.device), self._sampling)
        return torch.full_like(scores, -torch.inf).scatter(1, chosen[:, None], 0.0)


def choose(logits: "Tensor", draws: "Tensor", sampling: Sampling) -> "Tensor":
    """[B] tokens by inverting the cumulative distribution of the likeliest tokens that have probability `top_p`.

    Args:
        logits: [B, vocabulary].
        draws: [B] in [0, 1).
        sampling: temperature and top-p (arXiv 1904.09751, section 3.1).
    """
    if sampling.temperature == 0:
        return logits.argmax(-1)
    probabilities = (logits.double() / sampling.temperature).softmax(-1)
    probabilities, tokens = probabilities.sort(dim=-1, descending=True, stable=True)
    before = probabilities.cumsum(-1) - probabilities
    kept = probabilities * (before < sampling.top_p)
    cumulative = kept.cumsum(-1)
    places = (cumulative <= draws[:, None].double() * cumulative[:, -1:]).sum(-1)
    return tokens.gather(1, places[:, None].clamp(max=logits.shape[1] - 1))[:, 0]


def _loaded(place: str) -> tuple[Any, Any]:
    """Tokenizer and model."""
    try:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer
        from transformers.utils import logging
    except ImportError as error:
        raise UsageError(f"hf:{place} needs transformers: pip install 'gnomon[language]'.") from error
    logging.disable_progress_bar()  # ours shows what matters
    folder, options = (str(Path(place).parent), {"gguf_file": Path(place).name}) if _is_gguf(place) else (place, {})
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, padding_side="left", **options)
        model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, **options)
    except (OSError, ValueError, ImportError) as error:
        raise UsageError(f"hf:{place} cannot be loaded ({str(error).strip().splitlines()[0]}).") from error
    tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token
    return tokenizer, model.to("cuda" if torch.cuda.is_available() else "cpu").eval()


def _is_gguf(place: str) -> bool:
    return place.endswith(".gguf")


def _ends_of(model: Any, tokenizer: Any) -> list[int]:
    """The tokens that end a text: those of the model's generation settings, and the tokenizer's."""
    named = model.generation_config.eos_token_id
    ends = [*(named if isinstance(named, list) else [named]), tokenizer.eos_token_id]
    return list(dict.fromkeys(end for end in ends if end is not None))


def _digest(place: str) -> str:
    """SHA-256 over the files of a model on this machine; empty where it is an id of the hub."""
    path = Path(place)
    if path.is_file():
        return hash_file(path)
    files = sorted({file for pattern in WEIGHTS for file in path.glob(pattern)}) if path.is_dir() else []
    return hash_of([[file.name, hash_file(file)] for file in files]) if files else ""


GENERATORS.add(
    "hf",
    GeneratorKind(
        summary="A causal language model that transformers loads: a folder, a .gguf file or an id on the hub.",
        place="folder, file.gguf or id",
        make=TransformersModel,
        prompts_at_once=4,
    ),
)
