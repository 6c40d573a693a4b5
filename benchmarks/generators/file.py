"""File: completions that were written elsewhere, JSON lines with item, sample and completion."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from gnomon.benchmarks.contracts import Completion, Prompt, Sampling
from gnomon.benchmarks.generations import read_generations
from gnomon.benchmarks.generators import GENERATORS, GeneratorKind
from gnomon.errors import UsageError
from gnomon.files import hash_file


class CompletionsFile:
    """The completions of a file; how they were drawn is what its author says, whatever the protocol asks."""

    def __init__(self, place: str) -> None:
        path = Path(place)
        self._path, self._completions = path, read_generations(path)
        self.facts: Mapping[str, str] = {"file": hash_file(path), "completions": str(len(self._completions))}

    def generate(self, prompts: Sequence[Prompt], n: int, seed: int, sampling: Sampling) -> list[list[Completion]]:
        wanted = [(prompt.item, sample) for prompt in prompts for sample in range(n)]
        absent = [key for key in wanted if key not in self._completions]
        if absent:
            item, sample = absent[0]
            raise UsageError(f"{self._path} lacks {len(absent)} completions; the first is sample {sample} of {item}.")
        return [[self._completions[prompt.item, sample] for sample in range(n)] for prompt in prompts]


GENERATORS.add(
    "file",
    GeneratorKind(
        summary="Completions that were written elsewhere, as JSON lines: item, sample, completion.",
        place="completions.jsonl",
        make=CompletionsFile,
        prompts_at_once=1_000,
        sees_files=True,  # or whoever wrote them did
    ),
)
