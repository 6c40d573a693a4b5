"""Building: the same bytes with any number of workers and after any interruption, and nothing half-written."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from gnomon.benchmarks.seeds import seed_of
from gnomon.datasets.build import build_dataset
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.recipes import RECIPES

ID = "maze/umaze/planner-test-v1"
GNOMON = str(Path(sys.executable).with_name("gnomon"))


def test_workers_do_not_change_a_byte(small: Dataset, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GNOMON_HOME", str(home))
    assert build_dataset(ID, workers=2).manifest == small.manifest


def test_progress_adds_up_to_the_size_of_the_recipe() -> None:
    amounts: list[int] = []
    build_dataset(ID, workers=1, on_progress=amounts.append)
    assert sum(amounts) == RECIPES[ID].transitions
    again: list[int] = []
    build_dataset(ID, workers=1, on_progress=again.append)
    assert again == []


def test_whole_episodes_are_added_until_there_are_enough(small: Dataset) -> None:
    columns, wanted = small.columns, RECIPES[ID].transitions
    assert len(columns["rewards"]) >= wanted
    assert columns["offsets"][-2] < wanted
    assert (columns["terminated"] | columns["truncated"])[-1]


def test_seeds_are_those_of_the_recipe(small: Dataset) -> None:
    expected = [seed_of("collect", RECIPES[ID].hash, index) for index in range(small.manifest.episodes)]
    assert small.columns["seeds"].tolist() == expected


def test_stored_actions_and_seeds_replay_every_observation_and_reward(small: Dataset) -> None:
    environment = small.task.make()
    for episode in list(small.episodes())[:5]:
        first, _ = environment.reset(seed=episode.seed)
        steps = [environment.step(action) for action in episode.actions]
        assert np.array_equal([first, *(step[0] for step in steps)], episode.observations)
        assert [step[1] for step in steps] == episode.rewards.tolist()
        assert steps[-1][2:4] == (episode.terminated, episode.truncated)


def test_a_build_that_is_killed_goes_on_and_ends_with_the_same_hash(home: Path) -> None:
    id = "maze/umaze/planner-v1"
    begun = subprocess.Popen([GNOMON, "datasets", "build", id, "--workers", "1"], start_new_session=True)
    shards = home / "datasets" / ".shards"
    deadline = time.monotonic() + 60
    while len(list(shards.rglob("*.npz"))) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    os.killpg(begun.pid, signal.SIGKILL)
    begun.wait()
    kept = {path.name: path.stat().st_mtime_ns for path in shards.rglob("0*.npz")}
    assert len(kept) >= 3
    assert not (home / "datasets" / id).exists()
    dataset = build_dataset(id)
    dataset.verify()
    assert not list(shards.rglob("*.npz"))
    assert dataset.manifest.content_hash == _undisturbed(home)


def _undisturbed(home: Path) -> str:
    """The content hash of the same recipe built in another home, without an interruption."""
    another = {**os.environ, "GNOMON_HOME": str(home.with_name("another"))}
    code = "import gnomon; print(gnomon.build_dataset('maze/umaze/planner-v1').manifest.content_hash)"
    built = subprocess.run([sys.executable, "-c", code], env=another, check=True, capture_output=True, text=True)
    return built.stdout.strip()


def test_two_builds_of_one_id_wait_for_each_other(home: Path) -> None:
    command = [GNOMON, "datasets", "build", "maze/open/planner-v1", "--workers", "1"]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    first, second = (process.communicate()[0] for process in both)
    assert [process.returncode for process in both] == [0, 0]
    assert first == second
    assert [path.name for path in (home / "datasets" / "maze" / "open").iterdir()] == ["planner-v1"]


@pytest.mark.skipif(
    (sys.platform, os.uname().machine) != ("linux", "x86_64"), reason="the golden hash is of Linux on x86-64"
)
def test_the_golden_hash(small: Dataset) -> None:
    """If this changes with equal simulators, the data changed: raise the version of the datasets concerned."""
    versions = small.manifest.versions
    if (versions["mujoco"], versions["gymnasium-robotics"]) != ("3.3.0", "1.4.2"):
        pytest.skip(f"the golden hash is of other simulators than {versions}")
    assert small.manifest.content_hash == "1e9d37e5a5e70825791280a5a9984835accac7b29785289dbed7ce5b8d5e7765"
