"""Importing episodes that were judged elsewhere: what is kept, how it is marked, and every fault as one sentence."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gnomon.benchmarks.tasks import TASKS
from gnomon.errors import ComparisonError, GnomonError, UsageError
from gnomon.evaluation import import_table
from gnomon.evaluation.choosing import choose
from gnomon.evaluation.evaluate import evaluate
from gnomon.evaluation.importing import import_outcomes, read_imports
from gnomon.evaluation.protocol import PROTOCOLS, Protocol
from gnomon.evaluation.result_rows import as_json_row, as_text_row, score_rows, with_imports

MAZE, RETURNS = "maze/medium/wander-v1", "maze/medium-v1"


def episodes(**columns: Any) -> pandas.DataFrame:
    """Three seeds with four episodes each; seed s succeeds s + 1 times."""
    rows = [
        {"algorithm": "theirs", "dataset": MAZE, "seed": seed, "episode": episode, "success": float(episode <= seed)}
        for seed in range(3)
        for episode in range(4)
    ]
    return pandas.DataFrame(rows).assign(**columns)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def write(table: pandas.DataFrame, name: str = "theirs.csv") -> Path:
        path = tmp_path / name
        table.to_csv(path, index=False) if path.suffix == ".csv" else table.to_parquet(path)
        return path

    return write


def test_scores_are_means_over_seeds_on_the_task_scale(write) -> None:
    imported = import_outcomes(write(episodes()))
    ((cell, estimate),) = imported.estimates([MAZE]).items()
    assert cell == ("theirs", MAZE)
    assert estimate.n == 3
    assert estimate.value == pytest.approx(float(TASKS[RETURNS].score(0.5)))  # 1, 2 and 3 of 4
    assert imported.header.rows == 12
    assert "cannot be run again" in (imported.folder / "import.json").read_text()


def test_csv_and_parquet_in_any_order_are_one_import(write) -> None:
    first = import_outcomes(write(episodes()))
    shuffled = episodes().sample(frac=1, random_state=0)
    again = import_outcomes(write(shuffled, "theirs.parquet"))
    assert again == first
    assert len(read_imports()) == 1
    assert import_outcomes(write(episodes(success=1), "other.csv")).folder != first.folder


def test_true_and_false_are_successes(write) -> None:
    words = episodes(success=["True" if value else "false" for value in episodes()["success"]])
    flags = episodes(success=episodes()["success"].astype(bool))
    assert import_outcomes(write(words)) == import_outcomes(write(flags, "b.csv")) == import_outcomes(write(episodes()))


def test_a_file_without_algorithms_gets_its_name(write) -> None:
    file = write(episodes().drop(columns="algorithm"))
    with pytest.raises(
        UsageError, match=r"column algorithm; of the columns that count it has .*; name the algorithm with --name"
    ):
        import_outcomes(file)
    assert import_outcomes(file, ["mine"]).header.algorithms == ["mine"]


def test_only_the_named_algorithms_are_taken(write) -> None:
    file = write(pandas.concat([episodes(), episodes(algorithm="other")]))
    assert import_outcomes(file, ["other"]).header.algorithms == ["other"]
    with pytest.raises(UsageError, match="has no algorithm third; it has other, theirs"):
        import_outcomes(file, ["other", "third"])


def test_an_algorithm_may_be_called_na_or_one(write) -> None:
    table = pandas.concat([episodes(algorithm="NA"), episodes(algorithm="1.0")])
    assert import_outcomes(write(table)).header.algorithms == ["1.0", "NA"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"dataset": "maze/medium/wanderer-v1"}, "Did you mean maze/medium/wander-v1"),
        ({"dataset": "../../etc"}, "is not the id of a dataset"),
        ({"dataset": ""}, "neither a dataset nor a task"),
        ({"task": "maze/umaze-v1"}, "its task is maze/medium-v1"),
        ({"seed": 0}, "Two rows are episode 0 of seed 0 of theirs on maze/medium/wander-v1"),
        ({"seed": 0.5}, "Row 0 has the seed '0.5': it must be a whole number from 0"),
        ({"seed": -1}, "a whole number from 0"),
        ({"seed": 1e300}, "a whole number from 0"),
        ({"episode": "first"}, "Row 0 has the episode 'first'"),
        ({"success": np.nan}, "has the success nan: the task is judged by success, which must be 0 or 1"),
        ({"success": 0.5}, "which must be 0 or 1 in every row"),
        ({"algorithm": ""}, "The algorithm .* is no name"),
        ({"algorithm": "a\nb"}, "The algorithm .* is no name"),
        ({"algorithm": "a" * 101}, "1 to 100 printable characters"),
        ({"algorithm": None}, "The algorithm .* is no name"),
    ],
)
def test_a_fault_is_one_sentence_and_nothing_is_kept(change: dict, sentence: str, write, home: Path) -> None:
    with pytest.raises(UsageError, match=sentence) as error:
        import_outcomes(write(episodes(**change)))
    assert "\n" not in str(error.value)
    assert not (home / "imports").exists()


@pytest.mark.parametrize("column", ["dataset", "seed", "episode", "success"])
def test_a_missing_column_is_named(column: str, write) -> None:
    with pytest.raises(UsageError, match=f"The table needs a column .*{column}"):
        import_outcomes(write(episodes().drop(columns=column)))


def test_the_metric_of_the_task_decides(write) -> None:
    with pytest.raises(UsageError, match="the task is judged by success"):
        import_outcomes(write(episodes().rename(columns={"success": "return"})))
    assert import_outcomes(write(episodes(**{"return": np.nan}))).header.rows == 12


@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe", b"algorithm,seed\n", b'"', b"PAR1PAR1"])
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_what_is_no_table_is_one_sentence(content: bytes, ending: str, tmp_path: Path) -> None:
    (tmp_path / f"a.{ending}").write_bytes(content)
    with pytest.raises(UsageError):
        import_outcomes(tmp_path / f"a.{ending}")


def test_a_parquet_file_of_words_is_refused(write) -> None:
    with pytest.raises(UsageError, match=r"the column seed is .*string instead of numbers"):
        import_outcomes(write(episodes(seed="0"), "a.parquet"))


def test_files_that_are_not_there_or_too_large(tmp_path: Path, write, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="There is no file"):
        import_outcomes(tmp_path / "none.csv")
    with pytest.raises(UsageError, match=r"must end with \.csv or \.parquet"):
        import_outcomes(tmp_path / "none.json")
    file, table = write(episodes()), write(episodes(), "a.parquet")
    monkeypatch.setattr(import_table, "MOST_ROWS", 5)
    for path in (file, table):
        with pytest.raises(UsageError, match="rows"):
            import_outcomes(path)
    monkeypatch.setattr(import_table, "MOST_BYTES", 10)
    with pytest.raises(UsageError, match="larger than"):
        import_outcomes(file)


@given(text=st.text(max_size=200))
@settings(max_examples=60, deadline=None)
def test_text_is_refused_in_one_sentence(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("text") / "any.csv"
    file.write_text(f"algorithm,dataset,seed,episode,success\n{text}")
    with pytest.raises(UsageError) as error:
        import_table.read_table(file, [])
    assert "\n" not in str(error.value)


def test_a_damaged_import_says_what_to_do(write) -> None:
    imported = import_outcomes(write(episodes()))
    (imported.folder / "outcomes.parquet").write_bytes(
        (import_outcomes(write(episodes(success=1), "b.csv")).folder / "outcomes.parquet").read_bytes()
    )
    with pytest.raises(GnomonError, match=r"is not what its header says\. Delete it and import again"):
        read_imports()[0].estimates([MAZE])
    (imported.folder / "import.json").write_text("{}")
    with pytest.raises(GnomonError, match=r"cannot be read\. Delete"):
        read_imports()


def test_imports_stand_beside_runs_marked_and_without_an_aggregate(
    own_small: Path, tiny_protocol: Protocol, write
) -> None:
    small, task = "maze/umaze/planner-test-v1", "maze/umaze-v1"
    found = evaluate("bc", datasets=[small], protocol=tiny_protocol, seeds=3, workers=1)
    import_outcomes(write(episodes(dataset=small, algorithm="bc")))
    import_outcomes(write(episodes(algorithm="unknown data").drop(columns="dataset").assign(task=task), "b.csv"))
    rows = with_imports(score_rows(found, [small]), read_imports(), [small])
    own, named, unnamed = map(as_text_row, rows)
    assert [own["judged by"], named["judged by"][:8], unnamed["judged by"][:8]] == ["gnomon", "imported", "imported"]
    assert named["iqm"] == unnamed["iqm"] == "not compared"
    assert (own[task], named[task], unnamed[small]) == ("not run", "not run", "not run")
    assert named[small].split()[0] == unnamed[task].split()[0]
    assert as_json_row(rows[1])["iqm"] is None
    assert len(found.records) == 3, "an import never becomes a record"


def test_an_import_is_never_compared(own_small: Path, tiny_protocol: Protocol, write, monkeypatch) -> None:
    small = "maze/umaze/planner-test-v1"
    evaluate("bc", datasets=[small], protocol=tiny_protocol, seeds=1, workers=1)
    import_outcomes(write(episodes(dataset=small)))
    monkeypatch.setitem(PROTOCOLS._entries, "tiny", tiny_protocol)
    assert choose("maze", "tiny", [small]).algorithms == ["bc"]
    assert choose("maze", "tiny", [small], ["bc"]).algorithms == ["bc"]
    with pytest.raises(ComparisonError, match="theirs was imported and not judged under a protocol of gnomon"):
        choose("maze", "tiny", [small], ["bc", "theirs"])
    with pytest.raises(UsageError, match=r"bcc has not run there under tiny: did you mean bc\?"):
        choose("maze", "tiny", [small], ["bcc"])
    with pytest.raises(GnomonError, match="Nothing has run on maze under the protocol lite"):
        choose("maze")


def test_a_million_rows(write) -> None:
    count = 1_000_000
    table = pandas.DataFrame(
        {
            "algorithm": "theirs",
            "task": RETURNS,
            "seed": np.arange(count) // 1000,
            "episode": np.arange(count) % 1000,
            "success": np.arange(count) % 2,
        }
    )
    imported = import_outcomes(write(table, "many.parquet"))
    assert imported.estimates([RETURNS])["theirs", RETURNS].n == 1000
    assert json.loads((imported.folder / "import.json").read_text())["rows"] == count
