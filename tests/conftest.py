"""One small read-only home, built once and shared by all tests; a test that writes gets an empty one of its own."""

import os
import shutil
from pathlib import Path

import pytest

from gnomon.datasets.build import build_dataset
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.recipe import Recipe
from gnomon.datasets.recipes import RECIPES
from gnomon.evaluation.protocol import Protocol
from gnomon.files import locked

for _name, _noise in (("planner", 0.5), ("calm", 0.0)):
    RECIPES.add(
        f"maze/umaze/{_name}-test-v1",
        Recipe(
            id=f"maze/umaze/{_name}-test-v1",
            summary="Small, for tests.",
            task="maze/umaze-v1",
            policy="maze/planner",
            options={"noise": _noise},
            transitions=1500,
            lanes=4,
        ),
    )
SMALL = "maze/umaze/planner-test-v1"


@pytest.fixture
def tiny_protocol() -> Protocol:
    """Rules that take a second."""
    return Protocol("tiny", "For tests.", updates=30, batch_size=32, preset="small", episodes=4, lanes=2)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty `GNOMON_HOME` for each test."""
    monkeypatch.setenv("GNOMON_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(scope="session")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one small dataset, built by the first worker that needs it. Read it, never write to it."""
    inside_xdist = "PYTEST_XDIST_WORKER" in os.environ
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if inside_xdist else base) / "shared_home"
    with pytest.MonkeyPatch.context() as patch, locked(folder.parent / "shared_home.lock"):
        patch.setenv("GNOMON_HOME", str(folder))
        build_dataset(SMALL, workers=1)
    return folder


@pytest.fixture
def small(shared_home: Path, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """The small dataset of the shared home, to read."""
    from gnomon.datasets.store import load_dataset

    monkeypatch.setenv("GNOMON_HOME", str(shared_home))
    return load_dataset(SMALL)


@pytest.fixture
def own_small(shared_home: Path, home: Path) -> Path:
    """A copy of the small dataset in the test's own home, to damage; its folder."""
    folder = home / "datasets" / SMALL
    shutil.copytree(shared_home / "datasets" / SMALL, folder)
    return folder
