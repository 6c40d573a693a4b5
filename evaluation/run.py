"""A run: one algorithm, one dataset, one seed, one protocol; its key says whether it was done already."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, is_dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from gnomon import __version__
from gnomon.baselines.algorithm import Algorithm, configured
from gnomon.baselines.registry import BASELINES
from gnomon.errors import UsageError
from gnomon.evaluation.protocol import Protocol
from gnomon.files import hash_of, home
from gnomon.references import resolve


@dataclass(frozen=True)
class AlgorithmUnderTest:
    """What an algorithm is to a run: how to make it again, and what it was made of.

    Attributes:
        name: what tables call it.
        reference: name of a baseline, or `path/to/file.py:Class`.
        digest: SHA-256 of the source file.
        config: its configuration as JSON values.
    """

    name: str
    reference: str
    digest: str
    config: Mapping[str, Any]

    def make(self, protocol: Protocol) -> Algorithm:
        """An instance of the algorithm, configured as the protocol says.

        Raises:
            UsageError: its file is no longer the one that the run was planned with.
        """
        instance, digest = _instance(self.reference, protocol)
        if digest != self.digest:
            raise UsageError(f"{self.reference} was edited while its runs were waiting; evaluate it again.")
        return instance


@dataclass(frozen=True)
class Run:
    """The plan of one run."""

    algorithm: AlgorithmUnderTest
    dataset: str
    recipe_hash: str
    seed: int
    protocol: Protocol

    @cached_property
    def key(self) -> str:
        """Sixteen hexadecimal digits over everything that decides the outcome."""
        decides = {
            "algorithm": [self.algorithm.name, self.algorithm.digest, self.algorithm.config],
            "recipe": self.recipe_hash,
            "seed": self.seed,
            "protocol": self.protocol.hash,
            "gnomon": __version__,
        }
        return hash_of(decides)[:16]

    @property
    def folder(self) -> Path:
        """Where the record and the policy of the run are, or will be."""
        return home() / "runs" / self.key

    @property
    def is_done(self) -> bool:
        return self.folder.exists()


def algorithm_under_test(reference: str, protocol: Protocol) -> AlgorithmUnderTest:
    """Look an algorithm up by baseline name or reference, and check it before anything starts.

    Raises:
        UsageError: nothing of that name, or it has no `name` and `train`.
    """
    instance, digest = _instance(reference, protocol)
    config = getattr(instance, "config", None)
    values = asdict(config) if is_dataclass(config) and not isinstance(config, type) else {}
    return AlgorithmUnderTest(instance.name, reference, digest, {key: _plain(value) for key, value in values.items()})


def _instance(reference: str, protocol: Protocol) -> tuple[Algorithm, str]:
    text = reference if ":" in reference else _baseline_reference(reference)
    found = resolve(text)
    if not callable(getattr(found.target, "train", None)):
        raise UsageError(f"{reference} has no method train(dataset, seeds, budget, on_checkpoint).")
    try:
        instance = configured(found.target, protocol.preset)
    except (TypeError, KeyError) as error:
        raise UsageError(f"{reference} cannot be made with the preset {protocol.preset!r}: {error}") from error
    if not isinstance(getattr(instance, "name", None), str):
        raise UsageError(f"{reference} has no `name`; give the class one, it is what tables call it.")
    return instance, found.digest


def _baseline_reference(name: str) -> str:
    baseline = BASELINES[name]
    return f"{baseline.__module__}:{baseline.__qualname__}"


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
