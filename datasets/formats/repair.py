"""From the rows of a file to episodes with T + 1 observations; what that takes is said in sentences with counts.

Most suites store T rows an episode, so that the observation after the last action is in no row. Then the last
transition cannot be kept, unless the task ended there and no value is bootstrapped from what follows.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gnomon.datasets.columns import UNKNOWN_SEED, Columns, has_actions
from gnomon.datasets.formats.rows import Rows
from gnomon.errors import DatasetError

VECTORS = ("observations", "next_observations", "actions")


def episodes_of(rows: Rows, horizon: int | None = None) -> tuple[Columns, list[str]]:
    """The episodes of a file as columns (see `gnomon.datasets.columns`), and a sentence for each repair.

    An episode ends where its number changes, or at a flag where episodes have no numbers. A terminated episode without
    its final observation keeps its last transition and gets a copy of its last observation; a truncated one loses it.

    Args:
        rows: of the file.
        horizon: after so many steps an episode was cut, where the file does not say where.

    Raises:
        DatasetError: columns do not fit together, the ends of episodes are not known, or a number is not finite.
    """
    said = list(rows.changed)
    data = _typed(rows.columns, said)
    if rows.missing_cuts and horizon:
        data["truncated"] = _cut_after(data["terminated"], horizon)
        count, what = int(data["truncated"].sum()), f"Episodes that are cut after {horizon:,} steps"
        _note(said, count, what, "the file does not say where, the length was given")
        rows = replace(rows, missing_cuts="")
    ends = _ends(rows, data, said)
    kept = _transitions(rows, data, ends, said)
    columns = _laid_out(data, ends, kept, said)
    _refuse_what_is_not_finite(columns, said)
    return columns, said


def _cut_after(terminated: NDArray[np.bool_], horizon: int) -> NDArray[np.bool_]:
    """[N] whether a row is step `horizon`, twice it, … since the last row that was terminated."""
    rows = np.arange(len(terminated))
    begins = np.maximum.accumulate(np.where(np.append(True, terminated[:-1]), rows, 0))
    return ((rows - begins + 1) % horizon == 0) & ~terminated


def _note(said: list[str], count: int, what: str, then: str) -> None:
    if count:
        said.append(f"{what}: {count:,}; {then}.")


def _typed(columns: Mapping[str, NDArray], said: list[str]) -> dict[str, NDArray]:
    """Vectors as [N, dimension], the rest as [N]; numbers as float32, flags as bool."""
    data = {name: _shaped(name, column) for name, column in columns.items()}
    _refuse_what_does_not_fit(data)
    if "rewards" not in data:
        data["rewards"] = np.zeros(len(data["actions"]), np.float32)
        said.append("The file has no rewards; they are 0.")
    continuous = [name for name in (*VECTORS, "rewards") if name in data and data[name].dtype != np.int64]
    data |= {name: _float32(name, data[name], said) for name in continuous}
    data |= {name: data[name].astype(bool) for name in ("terminated", "truncated", "success") if name in data}
    both = data["terminated"] & data["truncated"]
    _note(said, int(both.sum()), "Rows flagged terminated and truncated", "they count as terminated")
    return data | {"truncated": data["truncated"] & ~both}


def _shaped(name: str, column: NDArray) -> NDArray:
    if name == "actions" and column.ndim == 1 and column.dtype.kind in "iu":
        return column.astype(np.int64)  # discrete
    is_vector = name in VECTORS
    if column.dtype.kind not in "fiub" or (is_vector and (column.ndim != 2 or not column.shape[1])):
        found = f"{' × '.join(map(str, column.shape))} of {column.dtype}"
        raise DatasetError(f"The {name} are {found}; gnomon reads a {'vector' if is_vector else 'number'} a row.")
    return column if is_vector else column.reshape(-1)


def _refuse_what_does_not_fit(data: Mapping[str, NDArray]) -> None:
    lengths = {name: len(column) for name, column in data.items()}
    if len(set(lengths.values())) > 1:
        found = ", ".join(f"{name} {length:,}" for name, length in sorted(lengths.items()))
        raise DatasetError(f"The columns have different lengths, so rows are lost: {found}.")
    if not lengths["actions"]:
        raise DatasetError("The data has no rows.")
    widths = [data[name].shape[1] for name in ("observations", "next_observations") if name in data]
    if len(set(widths)) > 1:
        raise DatasetError(f"The observations have {widths[0]} numbers and the next observations {widths[1]}.")


def _float32(name: str, column: NDArray, said: list[str]) -> NDArray[np.float32]:
    if column.dtype != np.float32:
        said.append(f"The {name} were {column.dtype}; they were cast to float32.")
    with np.errstate(over="ignore"):  # what becomes infinite is refused later
        return column.astype(np.float32, copy=False)


def _ends(rows: Rows, data: Mapping[str, NDArray], said: list[str]) -> NDArray[np.int64]:
    """The last row of each episode."""
    flagged = data["terminated"] | data["truncated"]
    if "episode" in data:
        last = np.append(data["episode"][1:] != data["episode"][:-1], True)
        _note(said, int((flagged & ~last).sum()), "Flags inside an episode", "they were dropped")
        return np.flatnonzero(last)
    if rows.missing_cuts:
        raise DatasetError(
            f"The data does not say where time limits cut episodes; give their length with --horizon, or add the array "
            f"{rows.missing_cuts!r}, true there."
        )
    if not flagged.any():
        raise DatasetError("No row is flagged as the end of an episode; set the flags where episodes end.")
    tail = len(flagged) - 1 - int(np.flatnonzero(flagged)[-1])
    _note(said, tail, "Rows after the last flag", "they are a truncated episode")
    flagged[-1] = True
    return np.flatnonzero(flagged)


def _transitions(rows: Rows, data: Mapping[str, NDArray], ends: NDArray, said: list[str]) -> NDArray[np.bool_]:
    """[N] whether a row is kept as a transition; otherwise it only holds the final observation of its episode."""
    kept, terminated = np.ones(len(data["actions"]), bool), data["terminated"][ends]
    if "next_observations" in data:
        inside = np.delete(np.arange(len(kept)), ends)
        differs = (data["next_observations"][inside] != data["observations"][inside + 1]).any(1)
        what = "Next observations that are not the following row's inside an episode"
        _note(said, int(differs.sum()), what, "the following row was kept")
    elif rows.ends_hold_no_transition:
        kept[ends] = False
        _note(said, len(ends), "Last rows that are an episode's final observation", "their actions were dropped")
    else:
        kept[ends[~terminated]] = False
        what = "episodes without their final observation"
        _note(said, int(terminated.sum()), f"Terminated {what}", "it is a copy of the last one")
        _note(said, int((~terminated).sum()), f"Truncated {what}", "they lost their last transition")
    return kept


def _laid_out(data: Mapping[str, NDArray], ends: NDArray, kept: NDArray[np.bool_], said: list[str]) -> Columns:
    lengths = np.diff(np.cumsum(kept)[ends], prepend=0)
    _note(said, int((lengths == 0).sum()), "Episodes that are left without a transition", "they were dropped")
    ends, lengths, row = ends[lengths > 0], lengths[lengths > 0], np.flatnonzero(kept)
    if not len(ends):
        raise DatasetError("No episode has a transition whose next observation is known, so nothing can be imported.")
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    last, finals = offsets[1:] - 1, data.get("next_observations", data["observations"])[ends]
    cut = data["truncated"] if "episode" in data else ~data["terminated"]
    return {
        "observations": np.insert(data["observations"][row], offsets[1:], finals, axis=0),
        "actions": data["actions"][row],
        "rewards": data["rewards"][row],
        "success": data["success"][row] if "success" in data else np.zeros(len(row), bool),
        "terminated": _at(last, data["terminated"][ends], len(row)),
        "truncated": _at(last, cut[ends], len(row)),
        "offsets": offsets,
        "seeds": data["seed"][ends].astype(np.int64) if "seed" in data else np.full(len(ends), UNKNOWN_SEED),
    }


def _at(places: NDArray[np.int64], values: NDArray[np.bool_], length: int) -> NDArray[np.bool_]:
    flags = np.zeros(length, bool)
    flags[places] = values
    return flags


def _refuse_what_is_not_finite(columns: Columns, said: list[str]) -> None:
    """Except actions that a whole episode does not have, which gnomon writes as NaN."""
    present = has_actions(columns)
    actions = columns["actions"][np.repeat(present, np.diff(columns["offsets"]))]
    for name, values in {**columns, "actions": actions}.items():
        wrong = int((~np.isfinite(values)).reshape(len(values), -1).any(1).sum()) if len(values) else 0
        if wrong:
            raise DatasetError(f"The {name} are NaN or infinite in {wrong:,} rows; take their episodes out first.")
    _note(said, int((~present).sum()), "Episodes without actions", "they stay NaN")
