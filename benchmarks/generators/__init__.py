"""The generators: each file registers one kind of model that answers prompts.

A reference is `KIND` or `KIND:PLACE`: `hf:path/to/model`, `openai:http://localhost:8000`, `file:completions.jsonl`,
`answer-prior`. Nothing is trained here, and a listing imports no library of any model.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from gnomon.benchmarks.contracts import Generator, Prompt
from gnomon.errors import UsageError
from gnomon.registry import Registry


@dataclass(frozen=True, kw_only=True)
class GeneratorKind:
    """One kind of generator.

    Attributes:
        summary: one sentence for lists.
        place: what stands after the colon, in words; empty where nothing does.
        make: the generator of a place.
        prompts_at_once: how many prompts a call may hold, which is how often a progress bar moves.
        sees_prompts: whether it reads the prompt; a trivial one does not.
        sees_files: whether it can be asked about pictures and sounds, of the tasks that have some.
    """

    summary: str
    place: str = ""
    make: Callable[[str], Generator]
    prompts_at_once: int = 16
    sees_prompts: bool = True
    sees_files: bool = False


GENERATORS: Registry[GeneratorKind] = Registry("generator", __name__)


def is_generator(reference: str) -> bool:
    """Whether a reference begins with the name of a kind.

    >>> is_generator("hf:model"), is_generator("random-answer"), is_generator("td3bc")
    (True, True, False)
    """
    return reference.partition(":")[0] in GENERATORS


def kind_of(reference: str) -> GeneratorKind:
    """The kind that a reference names.

    Raises:
        UsageError: there is no such kind, or a place where there must be none, or none where there must be one.
    """
    name, _, place = reference.partition(":")
    kind = GENERATORS[name]
    if bool(place) != bool(kind.place):
        wanted = f"{name}:{kind.place.upper().replace(' ', '-')}" if kind.place else name
        raise UsageError(f"{reference!r} names no generator; write {wanted}.")
    return kind


def make_generator(reference: str) -> Generator:
    """The generator that a reference names; raises UsageError where it cannot be made."""
    return kind_of(reference).make(reference.partition(":")[2])


def sample_seed(seed: int, prompt: Prompt, sample: int) -> int:
    """The 63-bit seed of one sample: of whatever batch it is a part, it is drawn from the same stream."""
    text = "\n".join((str(seed), str(sample), prompt.item, prompt.text, prompt.begun))
    return int.from_bytes(sha256(text.encode()).digest()[:8], "big") >> 1
