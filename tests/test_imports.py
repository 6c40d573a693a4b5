"""What importing costs, that every public name is there, and that every module's examples are true."""

import doctest
import importlib
import subprocess
import sys
import time
from pathlib import Path

import pytest

import gnomon

ROOT = Path(__file__).parent.parent
HEAVY = ("torch", "mujoco", "metaworld", "gymnasium_robotics", "dm_control", "pandas", "matplotlib")
GNOMON = str(Path(sys.executable).with_name("gnomon"))


def modules() -> list[str]:
    """Every module of the package by its full name."""
    rooms = ["benchmarks", "datasets", "baselines", "evaluation", "leaderboard"]
    source = ROOT / "src" / "gnomon"
    own = [file for file in source.rglob("*.py") if file.parent != source or file.stem != "__init__"]
    paths = [file.relative_to(source) for file in own if file.relative_to(source).parts[0] not in rooms]
    paths += [file.relative_to(ROOT) for room in rooms for file in (ROOT / room).rglob("*.py")]
    return sorted("gnomon." + ".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in paths)


@pytest.mark.parametrize("name", modules())
def test_module_imports_and_its_examples_are_true(name: str) -> None:
    failed, _ = doctest.testmod(importlib.import_module(name), raise_on_error=False)
    assert failed == 0


def test_the_list_of_modules_is_not_short() -> None:
    tracked = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    others = ("tests/", "examples/", "docs/", "src/gnomon/__init__")
    assert len(modules()) >= len([name for name in tracked.stdout.split() if not name.startswith(others)])


@pytest.mark.parametrize("name", gnomon.__all__)
def test_public_name_is_there(name: str) -> None:
    assert callable(getattr(gnomon, name))
    assert getattr(gnomon, name).__doc__


def test_unknown_public_name_says_what_there_is() -> None:
    with pytest.raises(AttributeError, match="build_dataset"):
        gnomon.build_datasets  # noqa: B018  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize("statement", ["pass", "gnomon.list_tasks()", "gnomon.list_datasets()"])
def test_importing_and_listing_loads_nothing_heavy(statement: str) -> None:
    _runs_without_heavy_modules(f"import gnomon; {statement}")


@pytest.mark.parametrize("arguments", [["--help"], ["tasks", "list"], ["datasets", "list"], ["baselines", "list"]])
def test_listing_on_the_command_line_loads_nothing_heavy(arguments: list[str]) -> None:
    _runs_without_heavy_modules(f"from gnomon.cli import app; app({arguments}, standalone_mode=False)")


def _runs_without_heavy_modules(code: str) -> None:
    check = f"import sys; loaded = [name for name in {HEAVY} if name in sys.modules]; assert not loaded, loaded"
    subprocess.run([sys.executable, "-c", f"{code}\n{check}"], check=True, capture_output=True)


def test_help_answers_in_under_a_third_of_a_second() -> None:
    assert min(_seconds_of_help() for _ in range(5)) < 0.3


def _seconds_of_help() -> float:
    begun = time.perf_counter()
    subprocess.run([GNOMON, "--help"], check=True, capture_output=True)
    return time.perf_counter() - begun
