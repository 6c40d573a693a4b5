"""BibTeX: what to cite when a dataset or a task is used."""

from collections.abc import Iterable
from importlib.metadata import metadata

from gnomon import __version__
from gnomon.benchmarks.catalogue import every_task
from gnomon.benchmarks.citations import all_citations
from gnomon.benchmarks.contracts import ControlTask
from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets.manifest import Manifest
from gnomon.datasets.recipe import Recipe
from gnomon.datasets.recipes import RECIPES
from gnomon.datasets.store import is_built, load_dataset

FORMAT = "younis2024minari"  # of every dataset on disk


def cite(ids: Iterable[str]) -> str:
    """The BibTeX entries of datasets and tasks, each entry once: gnomon, the datasets, the works they stand on.

    Raises:
        UnknownId: an id is neither a task's nor a dataset's.
        DatasetError: the dataset is damaged.
    """
    entries = {"gnomon": _gnomon()}
    for id in ids:
        entries |= _entries_of(id)
    return "\n\n".join(entries.values())


def cite_dataset(manifest: Manifest) -> str:
    """The BibTeX entries of one dataset, from its manifest alone."""
    return "\n\n".join({"gnomon": _gnomon(), **_of_manifest(manifest)}.values())


def _entries_of(id: str) -> dict[str, str]:
    if id in (tasks := every_task()):
        return _works(tasks[id].cites)
    if id in RECIPES and not is_built(id):
        return _of_recipe(RECIPES[id])
    return _of_manifest(load_dataset(id).manifest)


def _of_manifest(manifest: Manifest) -> dict[str, str]:
    task = TASKS[manifest.task] if manifest.task else None
    note = f"{manifest.origin} with gnomon {manifest.gnomon}, content hash {manifest.content_hash[:12]}"
    return _dataset(manifest.id, note, task)


def _of_recipe(recipe: Recipe) -> dict[str, str]:
    return _dataset(recipe.id, f"gnomon {__version__}, recipe hash {recipe.hash[:12]}", TASKS[recipe.task])


def _dataset(id: str, note: str, task: ControlTask | None) -> dict[str, str]:
    key = f"gnomon/{id}"
    entry = _entry("misc", key, title=f"{{{id}}}", howpublished="Dataset", note=note)
    return {key: entry, **_works((*(task.cites if task else ()), FORMAT))}


def _works(keys: Iterable[str]) -> dict[str, str]:
    return {key: all_citations()[key] for key in keys}


def _gnomon() -> str:
    """The entry of this package; its title is the first clause of the package's summary."""
    title = metadata("gnomon")["Summary"].partition(":")[0].rstrip(".")
    authors = "{The gnomon authors}"
    return _entry("software", "gnomon", title=f"{{gnomon}}: {title}", author=authors, version=__version__)


def _entry(kind: str, key: str, **fields: str) -> str:
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    return f"@{kind}{{{key},\n{lines}\n}}"
