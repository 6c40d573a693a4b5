"""NeoRL and NeoRL-2: one `.npz` file (Qin et al., 2021, arXiv 2102.00714; Gao et al., 2025, arXiv 2503.19267).

`done` ends the task. NeoRL-2 cuts episodes where `truncated` is set; NeoRL gives the first row of each in `index`.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gnomon.datasets.formats import FORMATS, Format
from gnomon.datasets.formats.archive import SUFFIX, load, names_in
from gnomon.datasets.formats.rows import Rows, renamed, with_flags

NAMES = {
    "obs": "observations",
    "next_obs": "next_observations",
    "action": "actions",
    "reward": "rewards",
    "done": "terminated",
    "truncated": "truncated",
}


def recognises(path: Path) -> bool:
    return "obs" in names_in(path)


def read(path: Path) -> Rows:
    arrays = load(path)
    columns = renamed(arrays, NAMES)
    for name in {"rewards", "terminated", "truncated"} & set(columns):
        columns[name] = columns[name].reshape(-1)  # NeoRL has them as [N, 1]
    columns = with_flags(columns)
    if "truncated" not in arrays and "index" in arrays:
        columns["truncated"] = _ends(arrays["index"], len(columns["actions"])) & ~columns["terminated"].astype(bool)
    missing = "" if {"truncated", "index"} & set(arrays) else "truncated"
    return Rows(columns=columns, files=(path,), missing_cuts=missing)


def _ends(starts: NDArray, rows: int) -> NDArray[np.bool_]:
    ends = np.append(np.real(starts).reshape(-1)[1:], rows).astype(int) - 1
    return np.isin(np.arange(rows), ends)


FORMATS.add(
    "neorl",
    Format(
        summary="NeoRL and NeoRL-2: one .npz file with obs, next_obs and done.",
        suffixes=(SUFFIX,),
        recognises=recognises,
        read=read,
    ),
)
