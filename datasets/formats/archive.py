"""NumPy's `.npz` files: what the formats in them share."""

from pathlib import Path
from zipfile import BadZipFile, ZipFile

import numpy as np
from numpy.typing import NDArray

SUFFIX = ".npz"


def names_in(path: Path) -> set[str]:
    """The names of the arrays of a `.npz` file; none where it is no such file."""
    if path.suffix != SUFFIX or not path.is_file():
        return set()
    try:
        with ZipFile(path) as file:
            return {name.removesuffix(".npy") for name in file.namelist()}
    except (BadZipFile, OSError):
        return set()


def load(path: Path) -> dict[str, NDArray]:
    """The arrays of a `.npz` file; a pickle inside raises ValueError."""
    with np.load(path, allow_pickle=False) as arrays:
        return dict(arrays)
