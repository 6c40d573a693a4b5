"""A policy that cloned a dataset, made by `gnomon baselines train bc --dataset … --publish`, and kept as a small file.

weights/<task without version>/cloned/ holds card.json, which says what was cloned, and the policy in fixed-point form.
"""

from functools import cache
from pathlib import Path
from typing import Any

from gnomon.benchmarks.contracts import ControlTask
from gnomon.benchmarks.fixed_point import FixedPointPolicy
from gnomon.datasets.policies import POLICIES
from gnomon.datasets.policies.trained import WEIGHTS, load_published, read_card

POLICY = "policy.safetensors"


def folder_of(task: str) -> Path:
    """Where the clone of a task lies."""
    return WEIGHTS / task.rpartition("-v")[0] / "cloned"


@cache
def clone_card(task: str) -> dict[str, Any]:
    """What `--publish` wrote of the clone of a task.

    Raises:
        DatasetError: none was published.
    """
    missing = f"No clone was published for {task}; train one with: gnomon baselines train bc --dataset ID --publish"
    return read_card(folder_of(task), missing)


@POLICIES.register("cloned")
def cloned(task: ControlTask, sha256: str = "") -> FixedPointPolicy:
    """The published clone.

    Args:
        task: that its data are of.
        sha256: what the file must be, where it is said.

    Raises:
        DatasetError: none was published, or the file is another one.
    """
    return load_published(folder_of(task.id) / POLICY, sha256 or clone_card(task.id)["sha256"][POLICY])
