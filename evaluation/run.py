"""A run: one algorithm, one dataset, one seed, one protocol; its key says whether it was done already."""

import inspect
import json
import shlex
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, is_dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from gnomon import __version__
from gnomon.baselines.algorithm import Algorithm, Takes, Tuning, configured, tuning_of
from gnomon.baselines.registry import BASELINES
from gnomon.benchmarks.contracts import ScoreScale
from gnomon.errors import UsageError
from gnomon.evaluation.protocol import PROTOCOLS, Protocol
from gnomon.files import canonical_json, hash_file, hash_of, home
from gnomon.references import resolve


@dataclass(frozen=True)
class AlgorithmUnderTest:
    """What an algorithm is to a run: how to make it again, and what it was made of.

    Attributes:
        name: what tables call it.
        reference: name of a baseline, or `path/to/file.py:Class`.
        digest: SHA-256 of the source file.
        config: its configuration for the task's family, as JSON values.
        family: of the task.
        tuning: what was spent on choosing the configuration; none where nobody declares it.
        takes: what it can learn from.
    """

    name: str
    reference: str
    digest: str
    config: Mapping[str, Any]
    family: str
    tuning: Tuning | None = None
    takes: Takes = field(default_factory=Takes)

    @property
    def version(self) -> tuple[str, str]:
        """What makes two algorithms of one name different: class and source."""
        return self.reference.rpartition(":")[2], self.digest

    def make(self, protocol: Protocol) -> Algorithm:
        """An instance of the algorithm, configured as the protocol says.

        Raises:
            UsageError: its file is no longer the one that the run was planned with.
        """
        instance, digest = _instance(self.reference, protocol, self.family)
        if digest != self.digest:
            raise UsageError(f"{self.reference} was edited while its runs were waiting; evaluate it again.")
        return instance


@dataclass(frozen=True)
class Run:
    """The plan of one run."""

    algorithm: AlgorithmUnderTest
    dataset: str
    recipe_hash: str
    scale: ScoreScale
    seed: int
    protocol: Protocol

    @cached_property
    def key(self) -> str:
        """Sixteen hexadecimal digits over everything that decides the outcome."""
        decides = {
            "algorithm": [self.algorithm.name, *self.algorithm.version, dict(self.algorithm.config)],
            "recipe": self.recipe_hash,
            "scale": [self.scale.random, self.scale.reference],
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
    def place(self) -> str:
        """What sentences call the run."""
        return f"{self.algorithm.name} on {self.dataset}, seed {self.seed}"

    @property
    def is_done(self) -> bool:
        return self.folder.exists()

    @property
    def command(self) -> str:
        """Does this run alone, under a protocol that is shipped."""
        words = ["gnomon", "evaluate", self.algorithm.reference, "--dataset", self.dataset]
        return shlex.join([*words, "--protocol", self.protocol.name, "--seed-list", str(self.seed)])


def algorithm_under_test(
    reference: str, protocol: Protocol, family: str, tuning: Tuning | None = None
) -> AlgorithmUnderTest:
    """Look an algorithm up by baseline name or reference, and check it before anything starts.

    Args:
        reference: a baseline's name, or of a user's class.
        protocol: names the preset.
        family: of the task.
        tuning: what is declared of an algorithm that declares nothing itself.

    Raises:
        UsageError: nothing of that name, no `name` or `train`, a baseline's name, or an odd configuration or
            declaration.
    """
    instance, digest = _instance(reference, protocol, family)
    if instance.name in BASELINES and reference != instance.name:
        raise UsageError(f"{reference} is called {instance.name!r} as a baseline is; give your class another `name`.")
    takes = getattr(instance, "takes", Takes())
    if not isinstance(takes, Takes):
        raise UsageError(f"{reference}.takes must be a gnomon.baselines.algorithm.Takes, not {takes!r}.")
    return AlgorithmUnderTest(
        instance.name,
        _absolute(reference),
        digest,
        _config_of(instance, reference),
        family,
        tuning_of(instance, protocol.preset, family) or tuning,
        takes,
    )


def _instance(reference: str, protocol: Protocol, family: str) -> tuple[Algorithm, str]:
    found = resolve(reference if ":" in reference else _baseline_reference(reference))
    _check_kind(reference, found.target, protocol)
    if not callable(getattr(found.target, "train", None)):
        raise UsageError(f"{reference} has no method train(dataset, seeds, budget, on_checkpoint).")
    try:
        instance = configured(found.target, protocol.preset, family)
    except Exception as error:  # whatever a user's constructor raises
        raise UsageError(
            f"{reference} cannot be made with the preset {protocol.preset!r}: {type(error).__name__}: {error}"
        ) from error
    if not isinstance(getattr(instance, "name", None), str):
        raise UsageError(f"{reference} has no `name`; give the class one, it is what tables call it.")
    return instance, found.digest if ":" in reference else _baseline_digest(type(instance))


def _check_kind(reference: str, target: Any, protocol: Protocol) -> None:
    """Refuse what does not learn from a dataset, and what must act under a protocol that grants no steps."""
    kind = getattr(target, "kind", "offline")
    if kind not in ("offline", "hybrid"):
        command = f"gnomon baselines train {reference} {'--task' if kind == 'online' else '--dataset'} ID"
        raise UsageError(f"{reference} learns no policy from a dataset; train it with: {command}")
    if kind == "hybrid" and not protocol.online_steps:
        granting = ", ".join(name for name, one in PROTOCOLS.items() if one.online_steps)
        raise UsageError(
            f"{reference} also acts in its task, for which {protocol.name} grants no steps; choose one of: {granting}."
        )


def _baseline_reference(name: str) -> str:
    baseline = BASELINES[name]
    return f"{baseline.__module__}:{baseline.__qualname__}"


@cache
def _baseline_digest(baseline: type) -> str:
    """SHA-256 over what a baseline is built from: its file, what that takes from other baselines, and the engine."""
    room = Path(inspect.getfile(configured)).parent
    files = {*_files_behind(baseline.__module__), *room.glob("engine/*.py"), *room.glob("gradients/*.py")}
    return hash_of([[str(file.relative_to(room)), hash_file(file)] for file in sorted(files)])


def _files_behind(module: str) -> set[Path]:
    """The file of a module of the baselines, and those of the modules there whose classes and functions it uses."""
    found, left = set[str](), {module}
    while left:
        found.add(name := left.pop())
        used = {str(getattr(value, "__module__", "")) for value in vars(sys.modules[name]).values()}
        left |= {other for other in used if other.startswith("gnomon.baselines.")} - found
    return {Path(inspect.getfile(sys.modules[name])) for name in found}


def _absolute(reference: str) -> str:
    """A reference that holds in every folder."""
    place, _, name = reference.rpartition(":")
    return f"{Path(place).resolve()}:{name}" if place.endswith(".py") else reference


def _config_of(instance: Algorithm, reference: str) -> dict[str, Any]:
    """The configuration as JSON values; an algorithm without one has an empty one."""
    config = getattr(instance, "config", None)
    if config is None:
        return {}
    values: Any = asdict(config) if is_dataclass(config) and not isinstance(config, type) else config
    try:
        return json.loads(canonical_json({**values}))
    except (TypeError, ValueError) as error:
        raise UsageError(f"The config of {reference} must be a dataclass or dict of JSON values ({error}).") from error
