"""Training a model of a dataset in a folder, as an offline training, and then writing the dataset that it gives."""

from typing import Any

from gnomon.baselines.algorithm import Budget, configured
from gnomon.baselines.engine.offline import rounds_of
from gnomon.baselines.engine.precision import check_precision
from gnomon.baselines.engine.trainer import Trainer
from gnomon.baselines.registry import BASELINES
from gnomon.baselines.train import Options, check_kind, facts_of_offline, offline_training, train_to_the_end
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.store import load_dataset
from gnomon.datasets.write import Provenance, add_dataset
from gnomon.errors import AlgorithmError
from gnomon.files import hash_of


def train_synthetic(
    name: str, dataset: str, seed: int, budget: Budget, options: Options, device: str = "cpu"
) -> Dataset:
    """Train a baseline that makes a dataset of a dataset; returns what it made, written beside its parent.

    Raises:
        UsageError: no such baseline, preset, device or precision, or the folder holds another training.
        DatasetError: the parent is not there, is damaged, or is not one that the algorithm can learn from; or the
            child's id is taken by other data.
        AlgorithmError: the parameters are not finite any more.
    """
    check_kind(name, "synthetic")
    check_precision(options.precision, device)
    parent = load_dataset(dataset)
    parent.verify_columns()
    algorithm: Any = configured(BASELINES[name], options.preset, parent.task.family)
    facts = facts_of_offline(algorithm, parent, [seed], budget, options, device)
    with offline_training(facts, options):
        packed = algorithm.pack(parent, device)
        trainer: Trainer = algorithm.trainer(packed, seed, budget)
        train_to_the_end(trainer, rounds_of(trainer, budget.updates, options.report), facts, options)
        if trainer.state.diverged(trainer.learner)[0]:
            raise AlgorithmError(f"{name} diverged: the parameters of its model are not finite.")
        data = algorithm.columns(trainer, packed, seed)
    return add_dataset(synthetic_id(dataset, name, options.preset, seed), provenance_of(parent, facts), data)


def synthetic_id(parent: str, name: str, preset: str, seed: int) -> str:
    """The id of what a baseline makes of a dataset.

    >>> synthetic_id("maze/umaze/planner-v1", "synther", "small", 0)
    'maze/umaze/planner-synther-small-0-v1'
    """
    stem, _, version = parent.rpartition("-v")
    return f"{stem}-{name}-{preset}-{seed}-v{version}"


def provenance_of(parent: Dataset, facts: dict[str, Any]) -> Provenance:
    """What the manifest says: that the data is synthetic, of which parent, and all that decided it."""
    manifest = parent.manifest
    decides = {name: facts[name] for name in ("algorithm", "config", "budget", "seeds")}
    described = {
        "summary": f"Synthetic: drawn from a model of {parent.id}; no simulator made these transitions.",
        **facts,
        "parent": {name: getattr(manifest, name) for name in ("id", "recipe_hash", "content_hash")},
    }
    return Provenance(
        origin="synthetic",
        task=manifest.task,
        recipe=described,
        recipe_hash=hash_of(decides | {"parent": {"recipe_hash": manifest.recipe_hash}}),
        licence=manifest.licence,
        knows_success=False,
    )
