"""Algorithms that behave and algorithms that do not, in a file of a user's, and grids of them that take seconds."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from gnomon.evaluation import grid
from gnomon.evaluation.protocol import Protocol

SMALL = "maze/umaze/planner-test-v1"
ALGORITHMS = Path(__file__).parent / "algorithms.py"


@pytest.fixture
def algorithm(tmp_path: Path) -> Callable[[str], str]:
    """The reference of a class of `algorithms.py`, in a copy of the file that counts attempts beside it."""
    copy = tmp_path / "algorithms.py"
    shutil.copy(ALGORITHMS, copy)
    return lambda name: f"{copy}:{name}"


@pytest.fixture
def attempts(tmp_path: Path) -> Callable[[str], int]:
    """How often an algorithm was trained."""

    def count(name: str) -> int:
        file = tmp_path / f"{name}.attempts"
        return len(file.read_text().split()) if file.exists() else 0

    return count


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hardly any pause before the next attempt."""
    monkeypatch.setattr(grid, "BACK_OFF", (0.01, 0.02))


@pytest.fixture
def table_of(own_small: Path, tiny_protocol: Protocol) -> Callable[..., str]:
    """The table of algorithms as JSON: what a grid ends with, however it got there."""
    from gnomon.evaluation.evaluate import evaluate

    def table(algorithms: list[str], **options) -> str:
        results = evaluate(algorithms, datasets=[SMALL], protocol=options.pop("protocol", tiny_protocol), **options)
        return results.table.to_json(double_precision=15) + results.outcomes.to_json(double_precision=15)

    return table


@pytest.fixture
def another_home(tmp_path: Path, own_small: Path) -> Path:
    """A second home with the same dataset and no runs."""
    folder = tmp_path / "another home"
    shutil.copytree(own_small, folder / "datasets" / SMALL)
    return folder
