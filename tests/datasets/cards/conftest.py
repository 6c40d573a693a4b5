"""One home with three datasets and their cards: built, derived from it, and imported without a task."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from gnomon.datasets import columns
from gnomon.datasets.cards.card import write_card
from gnomon.datasets.columns import Columns
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.store import load_dataset
from gnomon.datasets.transforms import derive
from gnomon.datasets.write import Provenance, add_dataset

BUILT, IMPORTED = "maze/umaze/planner-test-v1", "foreign/hopper/medium-v3"
DERIVED = "maze/umaze/planner-test-size-20-v1"


@pytest.fixture(scope="session")
def card_home(shared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Read it, never write to it."""
    folder = tmp_path_factory.mktemp("cards") / "home"
    shutil.copytree(shared_home / "datasets" / BUILT, folder / "datasets" / BUILT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GNOMON_HOME", str(folder))
        data = load_dataset(BUILT).columns
        for dataset in (
            load_dataset(BUILT),
            derive(load_dataset(BUILT), "size", 20),
            add_dataset(IMPORTED, imported(), foreign(data)),
        ):
            write_card(dataset)
    return folder


def imported() -> Provenance:
    return Provenance(
        origin="imported",
        task=None,
        recipe={"file": "hopper|medium.hdf5", "repairs": ["<b>rewards</b> were shifted"]},
        licence="as its authors say",
        knows_success=False,
    )


def foreign(data: Columns) -> Columns:
    """The first episodes, with nothing known that only gnomon knows."""
    first = columns.select_episodes(data, np.arange(len(data["seeds"])) < 3)
    return {**first, "seeds": np.full(3, columns.UNKNOWN_SEED), "success": np.zeros_like(first["success"])}


@pytest.fixture
def built(card_home: Path, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """The built dataset, with its card."""
    monkeypatch.setenv("GNOMON_HOME", str(card_home))
    return load_dataset(BUILT)


@pytest.fixture(params=[BUILT, DERIVED, IMPORTED])
def carded(request: pytest.FixtureRequest, card_home: Path, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """Each of the datasets, with its card."""
    monkeypatch.setenv("GNOMON_HOME", str(card_home))
    return load_dataset(request.param)
