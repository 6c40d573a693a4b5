"""A run of a ready model: one generator, one language task, one protocol; its key says whether it was done already."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from gnomon import __version__
from gnomon.baselines.visual import is_visual_baseline
from gnomon.benchmarks.contracts import Generator, Item
from gnomon.benchmarks.generators import kind_of, make_generator
from gnomon.errors import UsageError
from gnomon.evaluation.language.protocol import LANGUAGE_PROTOCOLS, LanguageProtocol
from gnomon.files import hash_of, home

REFERENCE = "reference"  # trained by a recipe where it is not there
AT_ONCE = 200  # prompts of a call to a visual baseline


@dataclass(frozen=True)
class Model:
    """A generator, and what a record says of it.

    Attributes:
        name: what tables call it.
        reference: how to make it again.
        facts: of the model itself: hashes, versions.
        prompts_at_once: how many prompts it is asked in one call.
    """

    name: str
    reference: str
    facts: Mapping[str, str]
    prompts_at_once: int
    generator: Generator


def open_model(reference: str) -> Model:
    """The model that a reference names: `reference`, a visual baseline, or one of `gnomon.benchmarks.generators`.

    Raises:
        UsageError: there is no such thing, or it cannot be loaded.
    """
    if is_visual_baseline(reference):
        policy = _trained(reference)
        return Model(reference, reference, policy.facts, AT_ONCE, policy)
    place = f"characters:{_reference_file()}" if reference == REFERENCE else reference
    kind, generator = kind_of(place), make_generator(place)
    return Model(_name(reference, generator), _absolute(reference), generator.facts, kind.prompts_at_once, generator)


def _trained(reference: str) -> Generator:
    from gnomon.baselines.visual.policy import read_policy
    from gnomon.baselines.visual.training import trained_policy

    return read_policy(trained_policy(reference))


def _reference_file() -> Path:
    from gnomon.baselines.language.reference import reference_generator

    return reference_generator()


def _name(reference: str, generator: Generator) -> str:
    """`hf:models/tiny/` is tiny, `file:a.jsonl` is a; a server's model has the name that the server gives it."""
    kind, _, place = reference.partition(":")
    if kind == "openai":
        return generator.facts["model"]
    name = place.rstrip("/").rpartition("/")[2].removesuffix(".jsonl").removesuffix(".gguf") if place else kind
    return name or kind


def _absolute(reference: str) -> str:
    """A reference that holds in every folder."""
    kind, _, place = reference.partition(":")
    return f"{kind}:{Path(place).resolve()}" if kind != "openai" and place and Path(place).exists() else reference


@dataclass(frozen=True)
class LanguageRun:
    """The plan of one run."""

    model: Model
    task: str
    protocol: LanguageProtocol
    seed: int = 0

    @cached_property
    def items(self) -> list[Item]:
        """What is asked."""
        return self.protocol.items_of(self.task)

    @cached_property
    def items_hash(self) -> str:
        """SHA-256 over prompts, answers and verifiers."""
        return items_hash(self.items)

    @cached_property
    def key(self) -> str:
        """Sixteen hexadecimal digits over everything that decides the outcome."""
        return key_of(self.model.name, self.model.facts, self.task, self.items_hash, self.seed, self.protocol.hash)

    @property
    def folder(self) -> Path:
        """Where the record and the completions are, or will be."""
        return runs_folder() / self.key

    @property
    def log(self) -> Path:
        """Where completions lie while the model is still writing."""
        return runs_folder() / f"{self.key}.partial.jsonl"

    @property
    def is_done(self) -> bool:
        return self.folder.exists()

    @property
    def command(self) -> str:
        """Does this run alone."""
        said = command_of(self.model.reference, self.task, self.protocol.name, self.protocol.samples, self.seed)
        return f"{said} --secret FILE" if self.protocol.secret else said


def command_of(reference: str, task: str, protocol: str, samples: int, seed: int) -> str:
    """The command of a run under a protocol that is shipped, or under one with another number of samples."""
    words = ["gnomon", "evaluate", reference, "--task", task, "--protocol", protocol]
    if samples != LANGUAGE_PROTOCOLS[protocol].samples:
        words += ["--samples", str(samples)]
    return shlex.join([*words, "--seed-list", str(seed)])


def key_of(name: str, facts: Mapping[str, str], task: str, items: str, seed: int, protocol: str) -> str:
    """The key of a run of this version, from a model's name and facts and the hashes of items and rules."""
    decides = {
        "model": [name, dict(facts)],
        "task": [task, items],
        "seed": seed,
        "protocol": protocol,
        "gnomon": __version__,
    }
    return hash_of(decides)[:16]


def items_hash(items: "list[Item]") -> str:
    """SHA-256 over ids, prompts, answers, arguments and verifiers of items."""
    return hash_of([[item.id, item.prompt, item.answer, item.verifier, dict(item.arguments)] for item in items])


def runs_folder() -> Path:
    return home() / "language-runs"


def with_secret(protocol: LanguageProtocol, secret: str) -> LanguageProtocol:
    """The protocol on the items of the secret split that a key draws; without a key, the protocol as it is."""
    return replace(protocol, split="secret", secret=secret) if secret else protocol


def with_samples(protocol: LanguageProtocol, samples: int | None) -> LanguageProtocol:
    """The protocol with another number of samples, which are other rules under another hash.

    Raises:
        UsageError: it is no number from 1.
    """
    if samples is not None and samples < 1:
        raise UsageError(f"samples is {samples}; ask for 1 or more.")
    return protocol if samples is None else replace(protocol, samples=samples)
