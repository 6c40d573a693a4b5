"""Small datasets of three tasks of two domains, for the tests of what learns from several at once."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gnomon.benchmarks.rollout import rollout
from gnomon.benchmarks.seeds import seed_of
from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets import columns
from gnomon.datasets.multi_domain import MultiDomain
from gnomon.datasets.policies import POLICIES
from gnomon.datasets.store import load_dataset
from gnomon.datasets.write import Provenance, add_dataset

TASK_IDS = ("dmcontrol/pendulum-swingup-v1", "metaworld/drawer-open-v1", "dmcontrol/cheetah-run-v1")
STEPS = 60  # of each of the two episodes of a dataset


def dataset_of(task: str) -> str:
    """The id of a task's dataset."""
    return f"{task.removesuffix('-v1')}/view-test-v1"


def add_datasets() -> None:
    """Write the three into the home: random actions, two short episodes each."""
    for id in TASK_IDS:
        task = TASKS[id]
        seeds = [seed_of("train", f"multi-domain {id}", number) for number in range(2)]
        episodes = rollout(replace(task, horizon=STEPS), POLICIES["uniform"](task), seeds, lanes=1)
        origin = Provenance(origin="imported", task=id, recipe={"seeds": seeds})
        add_dataset(dataset_of(id), origin, columns.from_episodes(episodes))


def shared_home(folder: Path) -> Iterator[Path]:
    """The folder as a home with the three datasets, which is the current one until the test that asked is over."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GNOMON_HOME", str(folder))
        add_datasets()
        yield folder


def view_of(*tasks: str) -> MultiDomain:
    """The view of the datasets of these tasks."""
    return MultiDomain.of([load_dataset(dataset_of(id)) for id in tasks])
