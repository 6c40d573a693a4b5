"""Python, the installed packages, what gnomon itself holds, and the runs of this home."""

import sys
import tomllib
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from gnomon.doctor.check import Check, State

if TYPE_CHECKING:
    from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[3]  # of a checkout
NAMED = 5  # packages that are named one by one
T = TypeVar("T")


def python() -> Check:
    return Check("python", "ok", f"{sys.version.split()[0]} in {sys.prefix}")


def packages() -> list[Check]:
    """Every requirement, those of extras only where the package is installed."""
    needed, extra = _stated()
    wrong = [_misfit(one, "problem") for one in needed if not _fits(one)]
    odd = [_misfit(one, "warning") for one in extra if _installed(one.name) and not _fits(one)]
    return [Check("packages", "ok", f"{len(needed) - len(wrong)} of {len(needed)} needed ones fit"), *wrong, *odd]


def _stated() -> "tuple[list[Requirement], list[Requirement]]":
    """What is needed and what is extra: of a checkout by its pyproject.toml, else as the installed package says."""
    from packaging.requirements import Requirement

    if (ROOT / "pyproject.toml").is_file():
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
        extras = [line for lines in project["optional-dependencies"].values() for line in lines]
        needed = project["dependencies"]
    else:
        lines = requires("gnomon") or []
        extras = [line for line in lines if "extra ==" in line]
        needed = [line for line in lines if line not in extras]
    return list(map(Requirement, needed)), [one for one in map(Requirement, extras) if one.name != "gnomon"]


def _misfit(requirement: "Requirement", state: State) -> Check:
    name, specifier = requirement.name, requirement.specifier
    return Check(
        name, state, f"{_installed(name) or 'not installed'}; needed is {specifier}", f"pip install '{name}{specifier}'"
    )


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _fits(requirement: "Requirement") -> bool:
    found = _installed(requirement.name)
    return found is not None and requirement.specifier.contains(found, prereleases=True)


def tested_versions() -> list[Check]:
    """In a checkout: the tested set of versions. Other versions are allowed, but may build other bytes."""
    file = ROOT / "constraints.txt"
    if not file.is_file():
        return []
    pins = dict(line.split("==", 1) for line in file.read_text().splitlines() if "==" in line and line[0] != "#")
    others = {
        name: found
        for name, pin in pins.items()
        if (found := _installed(name)) and found.split("+")[0] != pin.split("+")[0]
    }
    if not others:
        return [Check("tested versions", "ok", f"{file}: no installed package differs")]
    named = ", ".join(f"{name} {found} (tested: {pins[name]})" for name, found in sorted(others.items())[:NAMED])
    more = f" and {len(others) - NAMED} more" if len(others) > NAMED else ""
    advice = "Data that is built may differ in bytes, not in kind. pip install -c constraints.txt -e '.[all]'"
    return [Check("tested versions", "warning", named + more, advice)]


def contents() -> Check:
    """Files of the registries that cannot be imported."""
    from gnomon.baselines.registry import BASELINES
    from gnomon.benchmarks.tasks import TASKS
    from gnomon.datasets.recipes import RECIPES

    registries = (TASKS, RECIPES, BASELINES)
    counts = ", ".join(f"{len(one)} {one.kind}s" for one in registries)
    broken = {module: error for one in registries for module, error in one.broken.items()}
    if not broken:
        return Check("contents", "ok", counts)
    sentence = "; ".join(f"{module}: {error}" for module, error in broken.items())
    return Check("contents", "problem", f"{counts}; cannot be imported: {sentence}", "Mend or remove these files.")


def runs() -> Check:
    """One record that cannot be read stops every table."""
    from gnomon.evaluation.record import read_record
    from gnomon.files import home

    return _readable("runs", sorted((home() / "runs").glob("[0-9a-f]" * 16)), read_record)


def datasets() -> Check:
    """Manifests and sizes; the bytes are what `gnomon datasets verify` is for."""
    from gnomon.datasets.store import built_ids, load_dataset

    return _readable("datasets", built_ids(), load_dataset)


def _readable(name: str, things: Sequence[T], read: Callable[[T], object]) -> Check:
    from gnomon.errors import GnomonError

    damaged = []
    for thing in things:
        try:
            read(thing)
        except GnomonError as error:
            damaged.append(str(error))
    if not damaged:
        return Check(name, "ok", f"{len(things)} readable")
    return Check(name, "problem", f"{len(damaged)} of {len(things)} cannot be read", damaged[0])
