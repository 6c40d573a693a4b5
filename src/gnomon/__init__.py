"""gnomon: datasets that can be rebuilt, baselines that can be trusted, a leaderboard that can be recomputed.

Every public name is imported when it is first used, so `import gnomon` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_PUBLIC = {
    "aggregate": "gnomon.evaluation.aggregate",
    "build_dataset": "gnomon.datasets.build",
    "evaluate": "gnomon.evaluation.evaluate",
    "evaluate_policy": "gnomon.evaluation.evaluate_policy",
    "get_task": "gnomon.benchmarks.catalogue",
    "get_verifier": "gnomon.benchmarks.verifiers",
    "list_baselines": "gnomon.baselines.registry",
    "list_datasets": "gnomon.datasets.recipes",
    "list_tasks": "gnomon.benchmarks.catalogue",
    "load_dataset": "gnomon.datasets.store",
    "make": "gnomon.benchmarks.tasks",
}

__all__ = sorted(_PUBLIC)  # pyright: ignore[reportUnsupportedDunderAll]

if TYPE_CHECKING:
    from gnomon.baselines.registry import list_baselines as list_baselines
    from gnomon.benchmarks.catalogue import get_task as get_task
    from gnomon.benchmarks.catalogue import list_tasks as list_tasks
    from gnomon.benchmarks.tasks import make as make
    from gnomon.benchmarks.verifiers import get_verifier as get_verifier
    from gnomon.datasets.build import build_dataset as build_dataset
    from gnomon.datasets.recipes import list_datasets as list_datasets
    from gnomon.datasets.store import load_dataset as load_dataset
    from gnomon.evaluation.aggregate import aggregate as aggregate
    from gnomon.evaluation.evaluate import evaluate as evaluate
    from gnomon.evaluation.evaluate_policy import evaluate_policy as evaluate_policy


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'gnomon' has no attribute {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(_PUBLIC[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
