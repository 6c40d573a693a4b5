"""d3rlpy trains on the D4RL file that gnomon exports, in an environment of its own: it pins another gymnasium."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gnomon.datasets.columns import returns
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.formats.exporting import export_dataset
from gnomon.files import locked

ROOT = Path(__file__).parents[3]
PEERS = ROOT / ".venv-peers"
PACKAGES = ("torch==2.13.0", "d3rlpy==2.8.1")  # torch first: a plain one of d3rlpy's choice would be taken instead
TRAIN = """
import json, sys
import d3rlpy, h5py, numpy as np

with h5py.File(sys.argv[1]) as file:
    names = ("observations", "actions", "rewards", "terminals", "timeouts")
    arrays = {name: file[name][()] for name in names}
dataset = d3rlpy.dataset.MDPDataset(**arrays)
algorithm = d3rlpy.algos.TD3PlusBCConfig(batch_size=64).create(device="cpu:0")
quiet = d3rlpy.logging.NoopAdapterFactory()
algorithm.fit(dataset, n_steps=20, n_steps_per_epoch=20, show_progress=False, logger_adapter=quiet)
actions = algorithm.predict(arrays["observations"][:100])
print(json.dumps({
    "lengths": [len(episode) for episode in dataset.episodes],
    "returns": [float(episode.rewards.sum()) for episode in dataset.episodes],
    "terminated": [bool(episode.terminated) for episode in dataset.episodes],
    "shape": actions.shape,
    "finite": bool(np.isfinite(actions).all()),
    "steps": algorithm.grad_step,
}))
"""


@pytest.fixture
def peers() -> Path:
    """The Python of an environment with d3rlpy, made when it is missing."""
    python = PEERS / "bin/python"
    with locked(PEERS / ".lock"):
        if not python.exists() or subprocess.run([python, "-c", "import d3rlpy"], capture_output=True).returncode:
            subprocess.run([sys.executable, "-m", "venv", PEERS], check=True)
            for package in PACKAGES:
                subprocess.run([python, "-m", "pip", "install", "--quiet", package], check=True)
    return python


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_d3rlpy_trains_on_the_export(small: Dataset, peers: Path, tmp_path: Path) -> None:
    export_dataset(small, "d4rl", tmp_path / "data.hdf5")
    arguments = [peers, "-c", TRAIN, tmp_path / "data.hdf5"]
    output = subprocess.run(arguments, check=True, capture_output=True, text=True, cwd=tmp_path).stdout
    seen = json.loads(output.splitlines()[-1])
    episodes = list(small.episodes())
    assert seen["lengths"] == [len(episode) for episode in episodes]
    assert seen["returns"] == pytest.approx(returns(small.columns).tolist())
    assert seen["terminated"] == [episode.terminated for episode in episodes]
    assert (seen["shape"], seen["finite"], seen["steps"]) == ([100, episodes[0].actions.shape[1]], True, 20)
