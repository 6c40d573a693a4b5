"""The long table: gaps, duplicates, mixtures and names; each a defined result or one sentence."""

import time
from typing import Any

import numpy as np
import pandas
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnomon.errors import ComparisonError, GnomonError, UsageError
from gnomon.evaluation.aggregate import aggregate, compare, rank
from gnomon.evaluation.score_table import score_table

names = st.text(min_size=1, max_size=6)


def grid(algorithms: int = 2, tasks: int = 2, seeds: int = 3) -> pandas.DataFrame:
    """One row a score; the score says where it belongs: algorithm, task, seed as three digits."""
    rows = [
        {"algorithm": f"a{a}", "task": f"t{t}", "seed": s, "score": float(100 * a + 10 * t + s)}
        for a in range(algorithms)
        for t in range(tasks)
        for s in range(seeds)
    ]
    return pandas.DataFrame(rows)


def test_every_score_is_where_it_belongs_in_any_order_of_the_rows() -> None:
    table = score_table(grid().sample(frac=1, random_state=0))
    assert table.tasks == ("t0", "t1")
    assert table.matrices["a1"].tolist() == [[100, 110], [101, 111], [102, 112]]
    assert table.left_out == ()


def test_columns_of_plain_lists_and_a_dataset_column_will_do() -> None:
    table = score_table({"algorithm": ["b"], "dataset": ["d"], "task": ["t"], "seed": [3], "score": [7]})
    assert table.tasks == ("d",)
    assert table.matrices["b"].tolist() == [[7.0]]


def test_a_seed_is_the_mean_of_its_episodes() -> None:
    table = pandas.concat([grid().assign(episode=0), grid().assign(episode=1, score=0.0)])
    assert score_table(table).matrices["a1"].tolist() == [[50, 55], [50.5, 55.5], [51, 56]]


def test_ragged_seeds_keep_the_lowest_numbers_and_say_what_is_not_used() -> None:
    table = score_table(grid().query("not (algorithm == 'a0' and task == 't1' and seed == 2)"))
    assert table.matrices["a0"].tolist() == [[0, 10], [1, 11]]
    assert len(table.matrices["a1"]) == 3
    assert table.left_out == ("1 scores of a0 are not used: its shortest task has 2 seeds.",)


def test_the_three_policies_for_a_missing_cell() -> None:
    gap = grid().query("not (algorithm == 'a0' and task == 't1')")
    with pytest.raises(ComparisonError, match=r"a0 has not run on t1 \(1 of 4 cells are missing\): run it, or"):
        score_table(gap)
    without = score_table(gap, "drop algorithm")
    assert (list(without.matrices), without.tasks) == (["a1"], ("t0", "t1"))
    fewer = score_table(gap, "drop task")
    assert (list(fewer.matrices), fewer.tasks) == (["a0", "a1"], ("t0",))
    assert without.left_out == ("a0 is left out: a0 has not run on t1.",)
    assert fewer.left_out == ("t1 is left out: a0 has not run on t1.",)
    with pytest.raises(UsageError, match="no policy 'guess'"):
        score_table(gap, "guess")  # pyright: ignore[reportArgumentType]


def test_nothing_left_is_said() -> None:
    table = grid().query("(algorithm == 'a0') == (task == 't0')")
    with pytest.raises(ComparisonError, match="every algorithm has a missing cell"):
        score_table(table, "drop algorithm")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"score": np.nan}, "Row 0 of the scores has the score nan, which is not a finite number"),
        ({"score": np.inf}, "has the score inf"),
        ({"score": "high"}, "has the score high, which"),
        ({"seed": 0.5}, "has the seed 0.5, which is not a whole number"),
        ({"seed": 1}, "Two rows of the scores are seed 1 of a0 on t0"),
        ({"algorithm": None}, "Row 0 of the scores has no algorithm"),
        ({"task": " t1"}, "two tasks that are both written 't1'"),
        ({"task": "  "}, "without a name"),
        ({"metric": "success"}, "Scores of different metrics cannot share a table: return and success"),
    ],
)
def test_a_row_that_cannot_be_read_is_one_sentence(change: dict[str, object], sentence: str) -> None:
    table: dict[Any, list] = grid().assign(metric="return").to_dict("list")
    for column, value in change.items():
        table[column] = [value, *table[column][1:]]
    with pytest.raises(GnomonError, match=sentence):
        score_table(table)


def test_names_that_look_the_same_are_refused() -> None:
    table = grid().replace({"a0": "caf\u00e9", "a1": "cafe\u0301"})
    with pytest.raises(UsageError, match="two algorithms that are both written 'caf\u00e9'"):
        score_table(table)


def test_an_empty_table_and_a_missing_column() -> None:
    with pytest.raises(UsageError, match="has no rows"):
        score_table(grid().head(0))
    with pytest.raises(UsageError, match="seed is missing"):
        score_table(grid().drop(columns="seed"))


@given(st.lists(st.tuples(names, names, st.integers(-2, 4), st.floats()), max_size=12))
def test_any_rows_are_matrices_or_one_sentence(rows: list[tuple[str, str, int, float]]) -> None:
    table = pandas.DataFrame(rows, columns=pandas.Index(["algorithm", "task", "seed", "score"]))
    try:
        found = score_table(table, "drop task")
    except GnomonError:
        return
    assert found.matrices
    assert all(np.isfinite(matrix).all() and matrix.shape[1] == len(found.tasks) for matrix in found.matrices.values())


def test_a_million_rows_are_read_in_seconds() -> None:
    rows = pandas.MultiIndex.from_product([[f"a{k}" for k in range(10)], [f"t{k}" for k in range(10)], range(10_000)])
    table = rows.to_frame(index=False, name=["algorithm", "task", "seed"]).assign(score=1.0)
    begun = time.process_time()
    assert score_table(table).matrices["a3"].shape == (10_000, 10)
    assert time.process_time() - begun < 20  # about one; no more than a bound against quadratic time


def test_tables_from_a_long_table_with_commas_and_unicode_in_names() -> None:
    table = grid(seeds=4).replace({"a0": "bc, filtered", "a1": "τ-BC <b>"})
    assert set(aggregate(table)["statistic"]) == {"iqm", "mean", "median", "optimality-gap"}
    pair = compare(table).iloc[0]
    assert (pair["algorithm"], pair["over"], pair["difference"]) == ("bc, filtered", "τ-BC <b>", -100)
    assert rank(table)["algorithm"].tolist() == ["τ-BC <b>", "bc, filtered"]
    assert rank(table, statistic="optimality-gap")["rank"].tolist() == [1, 2]


def test_one_seed_has_values_and_no_intervals() -> None:
    table = aggregate(grid(seeds=1))
    assert table["value"].notna().all()
    assert table["lower"].isna().all()
    assert len(compare(grid(seeds=1))) == 0
