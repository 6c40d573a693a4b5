"""A look at an HDF5 file of unknown origin before it is read: it may hold plain arrays and nothing else."""

from pathlib import Path
from typing import Any

import h5py

from gnomon.errors import DatasetError


def refuse_unless_plain(path: Path) -> None:
    """Refuse what could read other files, or take more memory than the file is long.

    Raises:
        DatasetError: there is a link that is not hard, an array that is chunked, virtual, external or not of numbers,
            or arrays that share their bytes.
        OSError: it is not an HDF5 file.
    """
    left = path.stat().st_size
    with h5py.File(path, "r") as file:

        def fault(name: bytes, link: Any) -> str | None:
            nonlocal left
            if link.type != h5py.h5l.TYPE_HARD:  # pyright: ignore[reportAttributeAccessIssue]
                return f"{name.decode(errors='replace')} is a link to elsewhere"
            item = h5py.h5o.open(file.id, name)  # pyright: ignore[reportAttributeAccessIssue]
            if isinstance(item, h5py.h5d.DatasetID):
                if not _is_plain(item):
                    return f"{name.decode(errors='replace')} is not a plain array of numbers"
                left -= item.get_space().get_simple_extent_npoints() * item.get_type().get_size()
            return "its arrays take more bytes than it has" if left < 0 else None

        found = file.id.links.visit(fault, info=True)  # the first that is not None; h5py lets no exception through
    if found:
        raise DatasetError(found)


def _is_plain(array: Any) -> bool:
    stored = array.get_create_plist()
    plain = stored.get_layout() in (h5py.h5d.CONTIGUOUS, h5py.h5d.COMPACT) and stored.get_external_count() == 0
    numbers = (h5py.h5t.INTEGER, h5py.h5t.FLOAT, h5py.h5t.ENUM)  # flags are an enumeration
    return plain and array.get_type().get_class() in numbers
