"""Layouts for other libraries, files of other suites, and the probe as a public command."""

import json
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest
from pyarrow import parquet

from gnomon.datasets.preferences.card import card_of
from gnomon.datasets.preferences.comparisons import Comparison, comparisons_of, read_comparisons
from gnomon.datasets.preferences.importing import import_preferences
from gnomon.datasets.preferences.layouts import PREFERENCE_LAYOUTS, export_preferences, write_json_lines
from gnomon.datasets.preferences.probes import logistic_weights, probe
from gnomon.datasets.preferences.sets import PREFERENCE_SETS
from gnomon.errors import DatasetError, UnknownId, UsageError

GNOMON = str(Path(sys.executable).with_name("gnomon"))
SET = PREFERENCE_SETS["preference/steps-process-v1"]


def rows_in(folder: Path) -> list[dict[str, Any]]:
    (file,) = folder.iterdir()
    if file.suffix == ".jsonl":
        return [json.loads(line) for line in file.read_text().splitlines()]
    return parquet.read_table(file).to_pylist()


def test_there_are_nine_layouts() -> None:
    assert list(PREFERENCE_LAYOUTS) == [
        "openrlhf",
        "plain",
        "prm800k",
        "rewardbench",
        "rewardbench2",
        "trl",
        "trl-conversational",
        "trl-stepwise",
        "trl-unpaired",
    ]


@pytest.mark.parametrize("layout", PREFERENCE_LAYOUTS)
def test_every_layout_writes_every_set(layout: str, tmp_path: Path) -> None:
    for id, preferences in PREFERENCE_SETS.items():
        export_preferences(preferences, {"iid": 4}, layout, tmp_path / id)
        assert list((tmp_path / id / "iid").iterdir())


@pytest.mark.parametrize(
    ("layout", "columns"),
    [
        ("trl", {"prompt", "chosen", "rejected"}),
        ("trl-unpaired", {"prompt", "completion", "label"}),
        ("trl-stepwise", {"prompt", "completions", "labels"}),
        ("rewardbench", {"prompt", "chosen", "rejected", "chosen_model", "rejected_model", "subset", "id"}),
    ],
)
def test_columns_of_layouts(layout: str, columns: set[str], tmp_path: Path) -> None:
    export_preferences(SET, {"iid": 30}, layout, tmp_path / "out")
    rows = rows_in(tmp_path / "out" / "iid")
    assert rows[0].keys() == columns


def test_prm800k_ends_with_the_first_error(tmp_path: Path) -> None:
    export_preferences(SET, {"iid": 30}, "prm800k", tmp_path / "out")
    endings = set()
    for row in rows_in(tmp_path / "out" / "iid"):
        ratings = [step["completions"][0]["rating"] for step in row["label"]["steps"]]
        assert set(ratings[:-1]) <= {1}
        assert (ratings[-1] == -1) == (row["label"]["finish_reason"] == "found_error")
        endings.add(ratings[-1])
    assert endings == {-1, 1}


def test_rewardbench2_has_one_best_of_four(tmp_path: Path) -> None:
    export_preferences(PREFERENCE_SETS["preference/steps-outcome-v1"], {"iid": 8}, "rewardbench2", tmp_path / "out")
    assert [(len(row["chosen"]), len(row["rejected"])) for row in rows_in(tmp_path / "out" / "iid")] == [(1, 3)] * 8


def test_the_card_states_hash_and_probes() -> None:
    card = card_of(SET, {"iid": 100, "train": 10})
    assert card == card_of(SET, {"iid": 100, "train": 10})
    assert set(card["splits"]["iid"]["probes"]) == {"length", "position", "overlap", "n-grams"}
    assert card["splits"]["train"]["probes"] == {}  # too few
    assert 0.5 < card["splits"]["iid"]["bayes_accuracy"] < 1


def test_what_cannot_be_exported(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing to export"):
        export_preferences(SET, {"iid": 0}, "trl", tmp_path / "a")
    with pytest.raises(UnknownId, match="Did you mean trl"):
        export_preferences(SET, {"iid": 1}, "tlr", tmp_path / "a")
    with pytest.raises(UsageError, match="already"):
        export_preferences(SET, {"iid": 1}, "trl", tmp_path)
    with pytest.raises(UsageError, match="no split"):
        export_preferences(SET, {"test": 1}, "trl", tmp_path / "a")
    assert not (tmp_path / "a").exists()


HH = {
    "chosen": "\n\nHuman: Hi\n\nAssistant: Hello\n\nHuman: Sky?\n\nAssistant: Blue.",
    "rejected": "\n\nHuman: Hi\n\nAssistant: Hello\n\nHuman: Sky?\n\nAssistant: Bluish green.",
}
ULTRA = {
    "instruction": "Say a.",
    "completions": [
        {"response": "a", "overall_score": 1, "annotations": {"x": {"Rating": "5"}, "y": {"Rating": "4"}}},
        {"response": "b", "overall_score": 10, "annotations": {"x": {"Rating": "1"}, "y": {"Rating": "2"}}},
    ],
}
SAFE = {"prompt": "p", "response_0": "x", "response_1": "y", "better_response_id": 1}


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        (HH, Comparison("\n\nHuman: Hi\n\nAssistant: Hello\n\nHuman: Sky?\n\nAssistant:", "Blue.", "Bluish green.")),
        (ULTRA, Comparison("Say a.", "a", "b", chosen_first=True)),  # the 10 that should be a 1 is not believed
        (SAFE, Comparison("p", "y", "x", chosen_first=False)),
        (
            {
                "prompt": [{"role": "user", "content": "p"}],
                "chosen": [{"content": "c"}],
                "rejected": [{"content": "r"}],
            },
            Comparison("p", "c", "r"),
        ),
        ({"prompt": "p", "completions": ["a", "b"], "scores": [0, 1]}, Comparison("p", "b", "a", chosen_first=False)),
    ],
)
def test_layouts_of_others_by_hand(row: dict[str, Any], wanted: Comparison) -> None:
    assert list(comparisons_of([row], "x")) == [wanted]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"text": "x"}, "which no known layout has"),
        (
            {**ULTRA, "completions": [{"response": "a", "annotations": {"x": {"Rating": "N/A"}}}]},
            "looks like UltraFeedback",
        ),
        ({"prompt": "p", "chosen": 3, "rejected": "r"}, "cannot be read"),
        ({**SAFE, "better_response_id": 7}, "cannot be read"),
    ],
)
def test_rows_that_cannot_be_read_are_refused(row: dict[str, Any], message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        list(comparisons_of([row], "x"))


def test_logistic_weights_against_the_closed_form() -> None:
    """One feature, differences +1 (a times) and −1 (b times), no penalty to speak of: w = log(a / b)."""
    import numpy as np

    found = logistic_weights(np.array([[1.0]] * 30 + [[-1.0]] * 10), penalty=1e-9)
    assert found[0] == pytest.approx(np.log(3), abs=1e-4)


def test_each_probe_finds_what_it_is_for() -> None:
    stream = Random(0)
    words = "one two three four five six seven eight".split()
    base = [(" ".join(stream.choices(words, k=6)), " ".join(stream.choices(words, k=6))) for _ in range(400)]

    def failing(**changes: Any) -> set[str]:
        rows = []
        for number, (one, other) in enumerate(base):
            told: dict[str, Any] = {"prompt": f"{number} zero", "chosen": one, "rejected": other}
            told |= {"chosen_first": number % 2 == 0}
            rows.append(Comparison(**{**told, **{name: change(told, number) for name, change in changes.items()}}))
        return {one.probe for one in probe(rows) if not one.passes}

    assert failing() == set()
    assert "length" in failing(chosen=lambda told, n: told["chosen"] + f" q{n}" * 3)
    assert failing(chosen_first=lambda told, n: n % 10 < 7) == {"position"}
    assert "overlap" in failing(prompt=lambda told, n: told["chosen"])
    assert failing(
        chosen=lambda told, n: told["chosen"] + " yes", rejected=lambda told, n: told["rejected"] + " no"
    ) >= {"n-grams"}


def test_the_probe_command_names_the_probe_and_exits_with_1(tmp_path: Path) -> None:
    cue = [
        {"prompt": f"p{number}", "chosen": "a b " * 5 + str(number), "rejected": f"c {number}"} for number in range(80)
    ]
    write_json_lines(tmp_path / "cue.jsonl", cue)
    found = subprocess.run(
        [GNOMON, "datasets", "probe", str(tmp_path / "cue.jsonl"), "--json"], capture_output=True, text=True
    )
    assert found.returncode == 1
    assert "length" in found.stderr
    assert {row["probe"] for row in json.loads(found.stdout)} == {"length", "overlap", "n-grams"}


def test_files_without_anything_to_probe(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no \.parquet or \.jsonl"):
        read_comparisons(tmp_path / "none.jsonl")
    (tmp_path / "empty.jsonl").write_text("")
    with pytest.raises(DatasetError, match="holds no comparison"):
        read_comparisons(tmp_path / "empty.jsonl")
    with pytest.raises(UsageError, match="at least 50"):
        probe([Comparison("p", "c", "r")])


def test_our_own_export_is_read_again_without_its_ties(tmp_path: Path) -> None:
    export_preferences(SET, {"iid": 60}, "plain", tmp_path / "out")
    rows = parquet.read_table(tmp_path / "out" / "iid" / "preference.parquet").to_pylist()
    found = read_comparisons(tmp_path / "out" / "iid" / "preference.parquet")
    assert [one.chosen for one in found] == [row["chosen"] for row in rows if not row["tie"]]
    assert any(row["tie"] for row in rows)


@pytest.mark.parametrize(
    ("shape", "row", "file", "columns"),
    [
        ("hh-rlhf", HH, "preference", {"prompt", "chosen", "rejected", "chosen_first", "subset"}),
        ("ultrafeedback", ULTRA, "preference", {"prompt", "chosen", "rejected", "chosen_first", "subset"}),
    ],
)
def test_preferences_of_others_are_imported(
    shape: str, row: dict[str, Any], file: str, columns: set[str], tmp_path: Path, home: Path
) -> None:
    write_json_lines(tmp_path / "data.jsonl", [row])
    command = [
        GNOMON,
        "datasets",
        "import",
        str(tmp_path / "data.jsonl"),
        "--id",
        "imported/some-v1",
        "--format",
        shape,
    ]
    made = subprocess.run(command, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    folder = home / "preferences" / "imported" / "some-v1"
    (read,) = parquet.read_table(folder / f"{file}.parquet").to_pylist()
    assert read.keys() == columns
    assert json.loads((folder / "card.json").read_text())["rows"] == 1


def test_prm800k_comes_back_as_it_was_written(tmp_path: Path, home: Path) -> None:
    from gnomon.datasets.preferences.views import rows_of

    export_preferences(SET, {"iid": 20}, "prm800k", tmp_path / "out")
    folder = import_preferences(tmp_path / "out" / "iid" / "train.jsonl", "imported/prm-v1", "prm800k")
    written = rows_of(SET, "iid", 20, "stepwise")
    read = parquet.read_table(folder / "stepwise.parquet").to_pylist()
    for before, after in zip(written, read, strict=True):
        assert after["prompt"] == before["prompt"]
        assert after["completions"] == before["completions"][: len(after["completions"])]
        assert after["labels"] == before["labels"][: len(after["labels"])]


def test_what_cannot_be_imported(tmp_path: Path, home: Path) -> None:
    write_json_lines(tmp_path / "bad.jsonl", [{"question": {}}])
    with pytest.raises(DatasetError, match="not of PRM800K's shape"):
        import_preferences(tmp_path / "bad.jsonl", "imported/some-v1", "prm800k")
    with pytest.raises(UnknownId, match="not the id"):
        import_preferences(tmp_path / "bad.jsonl", "../some", "prm800k")
    with pytest.raises(UsageError, match="no shape"):
        import_preferences(tmp_path / "bad.jsonl", "imported/some-v1", "csv")
    assert not (home / "preferences" / "imported").exists()


@pytest.mark.slow  # imports TRL and transformers, and trains two models of a few thousand weights
@pytest.mark.parametrize("layout", ["trl", "trl-conversational"])
def test_trl_trains_on_an_export(layout: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("trl")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    script = Path(__file__).with_name("train_with_trl.py")
    export_preferences(SET, {"train": 40}, layout, tmp_path / "data")
    command = [sys.executable, str(script), str(tmp_path / "data" / "train" / "train.parquet"), str(tmp_path)]
    made = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert made.returncode == 0, made.stderr[-3000:]
    assert {"reward 20", "dpo 20"} <= set(made.stdout.splitlines())
