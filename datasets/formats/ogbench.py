"""OGBench: one `.npz` file (Park et al., 2024, arXiv 2410.20092; seohongpark/ogbench, `ogbench/utils.py`).

`terminals` mark the last row of a trajectory, which is its final observation: the action there leads to nothing in the
file. They do not end the task, so they are read as truncated.
"""

from pathlib import Path

from gnomon.datasets.formats import FORMATS, Format
from gnomon.datasets.formats.archive import SUFFIX, load, names_in
from gnomon.datasets.formats.rows import Rows, renamed, with_flags

NAMES = {"observations": "observations", "actions": "actions", "rewards": "rewards", "terminals": "truncated"}


def recognises(path: Path) -> bool:
    return names_in(path) >= {"observations", "actions", "terminals"}


def read(path: Path) -> Rows:
    columns = with_flags(renamed(load(path), NAMES))
    return Rows(columns=columns, files=(path,), ends_hold_no_transition=True)


FORMATS.add(
    "ogbench",
    Format(
        summary="OGBench: one .npz file whose terminals mark the final observations.",
        suffixes=(SUFFIX,),
        recognises=recognises,
        read=read,
    ),
)
