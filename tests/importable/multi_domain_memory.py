"""Run by a test in a process of its own: read datasets that are larger than the memory that it may have.

Prints the bytes that the process was allowed beyond what it had, those of the files, and the most of its own memory
that grew while it read batches and moments.
"""

import json
import resource
import sys
from pathlib import Path

import numpy as np

from gnomon.datasets import columns
from gnomon.datasets.multi_domain import MultiDomain
from gnomon.datasets.store import load_dataset

ALLOWED = 64 * 2**20
EPISODES, LENGTH = 600, 1000


def own_memory(name: str) -> int:
    """Bytes of a line of this process's status; what is mapped from files is in neither line."""
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(f"{name}:")]
    return 1024 * int(line.split()[1])


def stretch(folder: Path, dimension: int, actions: int) -> int:
    """Columns of many episodes that hold nothing but zeros, and take no room on the disk; their bytes."""
    folder.mkdir()
    steps = EPISODES * LENGTH
    shapes = {
        "observations": ((steps + EPISODES, dimension), np.float32),
        "actions": ((steps, actions), np.float32),
        "rewards": ((steps,), np.float32),
        "success": ((steps,), np.bool_),
        "terminated": ((steps,), np.bool_),
        "truncated": ((steps,), np.bool_),
        "offsets": ((EPISODES + 1,), np.int64),
        "seeds": ((EPISODES,), np.int64),
    }
    for name, (shape, kind) in shapes.items():
        array = np.lib.format.open_memmap(folder / f"{name}.npy", "w+", kind, shape)
        if name == "offsets":
            array[:] = np.arange(EPISODES + 1) * LENGTH
    return sum(file.stat().st_size for file in folder.iterdir())


def main(folder: Path, ids: list[str]) -> None:
    """See the module."""
    found, size = [], 0
    for id in ids:
        dataset = load_dataset(id)
        shapes = [dataset.columns[name].shape[1] for name in ("observations", "actions")]
        size += stretch(folder / id.replace("/", "-"), *shapes)
        found.append(dataset.holding(columns.load(folder / id.replace("/", "-"))))
    view = MultiDomain.of(found)
    next(view.batches(0, 256))
    before = own_memory("RssAnon")
    limit = own_memory("VmData") + ALLOWED
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    most = before
    for batch, _ in zip(view.batches(1, 256), range(100), strict=False):
        most = max(most, own_memory("RssAnon"))
        assert batch.observation_mask.any()
    view.moments()
    try:
        whole = [np.array(dataset.columns["observations"]) for dataset in found]
        refused = not whole
    except MemoryError:
        refused = True
    print(json.dumps({"allowed": ALLOWED, "files": size, "grown": most - before, "refused": refused}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
