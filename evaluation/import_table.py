"""Reading a table of episodes that somebody else wrote: bounded, and every fault one sentence."""

import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.tasks import get_task
from gnomon.datasets.store import facts_of
from gnomon.errors import UsageError

if TYPE_CHECKING:
    import pandas
    import pyarrow

NAMES = ("algorithm", "task", "dataset")
COUNTS = ("seed", "episode")
METRICS = ("return", "success")
COLUMNS = (*NAMES, *COUNTS, *METRICS)
MOST_BYTES = 2**30
MOST_ROWS = 10_000_000
LONGEST_NAME = 100
TRUTH = {"true": 1.0, "false": 0.0}


def read_table(file: Path, names: Sequence[str]) -> "pandas.DataFrame":
    """The checked columns `COLUMNS` of a file, in the order of algorithm, task, dataset, seed and episode.

    Returns:
        Names as text, `dataset` empty where it is not known; seed and episode int64; `return` and `success` float64,
        NaN where the file does not have them and the task's metric is the other one.

    Raises:
        UsageError: the file is no such table.
    """
    import pandas

    raw = _read(file)
    if "algorithm" not in raw and len(names) == 1:
        raw["algorithm"] = names[0]
    _check_columns(raw)
    table = pandas.DataFrame({name: _texts(raw, name) for name in NAMES if name in raw})
    table = table.assign(**{name: _counts(raw[name]) for name in COUNTS})
    table = table.assign(**{name: _values(raw[name]) if name in raw else np.nan for name in METRICS})
    table = _chosen(_with_tasks(table), names)
    _check_values(table)
    _check_counted_once(table)
    return table[list(COLUMNS)].sort_values([*NAMES, *COUNTS], ignore_index=True)


def _read(file: Path) -> "pandas.DataFrame":
    import pandas

    readers = {".csv": _read_csv, ".parquet": _read_parquet}
    if file.suffix.lower() not in readers:
        raise UsageError(f"{file} must end with .csv or .parquet.")
    if not file.is_file():
        raise UsageError(f"There is no file {file}.")
    if file.stat().st_size > MOST_BYTES:
        raise UsageError(f"{file} is larger than {MOST_BYTES // 2**20} MiB: split it, an algorithm a file.")
    try:
        table: pandas.DataFrame = readers[file.suffix.lower()](file)
    except (ValueError, OSError, NotImplementedError) as error:  # what pandas and PyArrow raise for a broken file
        reason = " ".join(str(error).split())[:200].removesuffix(".")
        raise UsageError(f"{file} cannot be read as {file.suffix[1:]}: {reason}.") from error
    if not 0 < len(table) <= MOST_ROWS:
        raise UsageError(f"{file} has {len(table)} rows: there must be 1 to {MOST_ROWS:,}.")
    return table


def _read_csv(file: Path) -> "pandas.DataFrame":
    import pandas

    texts: Any = dict.fromkeys(NAMES, str)  # an algorithm may be called NA, or 1.0
    wanted = lambda name: name in COLUMNS  # noqa: E731
    return pandas.read_csv(file, usecols=wanted, dtype=texts, keep_default_na=False, nrows=MOST_ROWS + 1)


def _read_parquet(file: Path) -> "pandas.DataFrame":
    from pyarrow.parquet import ParquetFile, read_schema

    texts = [name for name in NAMES if name in read_schema(file).names]
    parquet = ParquetFile(file, read_dictionary=texts)  # a long name in every row is kept once
    fields = [field for field in parquet.schema_arrow if field.name in COLUMNS]
    if parquet.metadata.num_rows > MOST_ROWS:
        raise ValueError(f"it has more than {MOST_ROWS:,} rows")
    for field in fields:
        if field.name not in NAMES and not _is_number(field.type):
            raise ValueError(f"the column {field.name} is {field.type} instead of numbers or booleans")
    return parquet.read([field.name for field in fields]).to_pandas()


def _is_number(kind: "pyarrow.DataType") -> bool:
    from pyarrow import types

    return types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind)


def _check_columns(table: "pandas.DataFrame") -> None:
    has = ", ".join(map(str, table.columns)) or "none of them"
    for group in (("algorithm",), ("dataset", "task"), ("seed",), ("episode",), METRICS):
        if not any(name in table for name in group):
            way = "; name the algorithm with --name" if group == ("algorithm",) else ""
            raise UsageError(
                f"The table needs a column {' or '.join(group)}; of the columns that count it has {has}{way}."
            )
    if twice := [name for name in COLUMNS if list(table.columns).count(name) > 1]:
        raise UsageError(f"The table has two columns {twice[0]}.")


def _texts(table: "pandas.DataFrame", kind: str) -> "pandas.Series":
    """Names as text without space around them; only a dataset may be empty."""
    import pandas

    codes, found = pandas.factorize(table[kind])
    names = [unicodedata.normalize("NFC", str(name)).strip() for name in found]
    may_be_empty = kind == "dataset" or (kind == "task" and "dataset" in table)
    for name in names:
        if len(name) > LONGEST_NAME or not name.isprintable() or (not name and not may_be_empty):
            raise UsageError(
                f"The {kind} {name[:40]!r} is no name: it must be 1 to {LONGEST_NAME} printable characters."
            )
    if (codes < 0).any() and not may_be_empty:
        raise UsageError(f"Row {_first(codes < 0)} has no {kind}.")
    return pandas.Series(np.array([*names, ""], object)[codes])


def _counts(column: "pandas.Series") -> NDArray[np.int64]:
    import pandas

    numbers = np.asarray(pandas.to_numeric(column, errors="coerce"), np.float64)
    wrong = ~(np.isfinite(numbers) & (numbers == np.floor(numbers)) & (numbers >= 0) & (numbers < 2**53))
    if wrong.any():
        row = _first(wrong)
        raise UsageError(
            f"Row {row} has the {column.name} {str(column.iloc[row])[:40]!r}: it must be a whole number from 0."
        )
    return numbers.astype(np.int64)


def _values(column: "pandas.Series") -> NDArray[np.float64]:
    """Numbers, NaN where there is none; true and false are 1 and 0."""
    import pandas

    if column.dtype == object:
        column = column.map(lambda value: TRUTH.get(value.strip().lower(), value) if isinstance(value, str) else value)
    return np.asarray(pandas.to_numeric(column, errors="coerce"), np.float64)


def _with_tasks(table: "pandas.DataFrame") -> "pandas.DataFrame":
    """Both columns, the task being the dataset's where there is a dataset."""
    table = table.assign(**{name: "" for name in ("task", "dataset") if name not in table})
    pairs = list(zip(table["task"].tolist(), table["dataset"].tolist(), strict=True))
    tasks = {pair: _task_of(*pair) for pair in sorted(set(pairs))}
    return table.assign(task=[tasks[pair] for pair in pairs])


def _task_of(task: str, dataset: str) -> str:
    if not dataset and not task:
        raise UsageError("A row has neither a dataset nor a task.")
    if dataset:
        its_task = facts_of(dataset).task
        if task not in ("", its_task):
            raise UsageError(f"The table says that {dataset} is judged on {task}, but its task is {its_task}.")
        task = its_task
    get_task(task).scale  # noqa: B018  # refused here where it was not measured
    return task


def _chosen(table: "pandas.DataFrame", names: Sequence[str]) -> "pandas.DataFrame":
    for name in names:
        if not (table["algorithm"] == name).any():
            known = ", ".join(sorted(table["algorithm"].unique())[:8])
            raise UsageError(f"The table has no algorithm {name}; it has {known}.")
    return table[table["algorithm"].isin(names)].reset_index(drop=True) if names else table


def _check_values(table: "pandas.DataFrame") -> None:
    """The metric of each row's task must be there."""
    metrics = {task: get_task(task).metric for task in table["task"].unique()}
    for metric in METRICS:
        judged = (table["task"].map(metrics) == metric).to_numpy()
        values = table[metric].to_numpy()
        wrong = judged & (~np.isfinite(values) if metric == "return" else ~np.isin(values, (0, 1)))
        if wrong.any():
            row = table.iloc[_first(wrong)]
            what = "a finite number" if metric == "return" else "0 or 1"
            raise UsageError(
                f"{row['algorithm']}, seed {row['seed']}, episode {row['episode']} on {row['dataset'] or row['task']} "
                f"has the {metric} {row[metric]}: the task is judged by {metric}, which must be {what} in every row."
            )


def _check_counted_once(table: "pandas.DataFrame") -> None:
    twice = table.duplicated([*NAMES, *COUNTS]).to_numpy()
    if twice.any():
        row = table.iloc[_first(twice)]
        raise UsageError(
            f"Two rows are episode {row['episode']} of seed {row['seed']} of {row['algorithm']} on "
            f"{row['dataset'] or row['task']}."
        )


def _first(wrong: NDArray[np.bool_]) -> int:
    return int(np.argmax(wrong))
