"""The README of a dataset: what it says is true, what it tells a user to do is done, and it can be made again."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import yaml
from huggingface_hub import DatasetCard
from typer.testing import CliRunner

from gnomon.cli import app
from gnomon.datasets.cards.card import write_card
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.measures import MEASURES
from gnomon.datasets.report import read_report, write_report
from gnomon.datasets.store import load_dataset
from gnomon.datasets.transforms import derive
from gnomon.datasets.write import Provenance, add_dataset
from gnomon.errors import UnknownId

BUILT, IMPORTED = "maze/umaze/planner-test-v1", "foreign/hopper/medium-v3"
DERIVED = "maze/umaze/planner-test-size-20-v1"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
CARD = ("README.md", "croissant.json", "episodes.parquet", "plots/returns.svg", "plots/lengths.svg")


def readme(dataset: Dataset) -> str:
    return (dataset.path / "README.md").read_text()


def blocks(dataset: Dataset, language: str) -> list[str]:
    return [code for name, code in BLOCK.findall(readme(dataset)) if name == language]


def test_the_front_matter_is_what_hugging_face_reads(carded: Dataset) -> None:
    data = yaml.safe_load(readme(carded).split("---\n")[1])
    assert DatasetCard(readme(carded)).data.to_dict() == data
    assert data["license"] == ("other" if carded.id == IMPORTED else "cc-by-4.0")
    assert data["pretty_name"] == carded.id
    assert {"reinforcement-learning", "offline-rl"} <= set(data["tags"])
    assert ("maze-umaze-v1" in data["tags"]) == (carded.id != IMPORTED)
    assert data["size_categories"] == ["1K<n<10K" if carded.id == BUILT else "n<1K"]


def test_hugging_face_loads_the_table_that_the_front_matter_names(
    built: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = f"""
        import datasets
        rows = datasets.load_dataset({str(built.path)!r}, "episodes", cache_dir={str(tmp_path)!r})["train"]
        print(list(rows["length"]), list(rows["seed"]))
    """
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    command = [sys.executable, "-c", re.sub(r"^ {8}", "", code, flags=re.MULTILINE)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path).stdout
    lengths, seeds = np.diff(built.columns["offsets"]), built.columns["seeds"]
    assert printed.strip() == f"{lengths.tolist()} {seeds.tolist()}"


def test_it_says_what_the_manifest_says(carded: Dataset) -> None:
    manifest, text = carded.manifest, readme(carded)
    for value in (manifest.content_hash, manifest.recipe_hash, f"{manifest.transitions:,}", manifest.gnomon):
        assert value in text
    for file in manifest.files.values():
        assert file.sha256 in text
    known = "success" in manifest.statistics
    assert (f"{manifest.statistics['success']:.1%} of the episodes" if known else "| success | unknown |") in text


def test_the_commands_run(carded: Dataset) -> None:
    (block,) = blocks(carded, "bash")
    assert ("--rebuild" in block) == (carded.id != IMPORTED)
    assert ("--replay" in block) == (carded.id != IMPORTED)
    for command in block.splitlines():
        gnomon, *arguments = shlex.split(command)
        result = CliRunner().invoke(app, arguments)
        assert (gnomon, result.exit_code) == ("gnomon", 0), result.output + str(result.exception)


def test_the_snippets_run(carded: Dataset, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(carded.path)
    snippets = [code for code in blocks(carded, "python") if "d3rlpy" not in code]
    printed = []
    for code in snippets:
        exec(code, {})
        printed.append(capsys.readouterr().out)
    from_gnomon, from_minari, from_h5py, table = printed
    assert from_gnomon.startswith(f"({carded.manifest.transitions}, 6) ({carded.manifest.transitions}, 2)")
    assert len(from_minari.splitlines()) == carded.manifest.episodes
    assert str(carded.columns["seeds"][0]) in from_h5py
    assert "length" in table


def test_the_snippet_for_d3rlpy_gives_it_the_transitions(carded: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a stand-in that takes what d3rlpy's class takes; the real one needs another environment."""
    d3rlpy: Any = ModuleType("d3rlpy.dataset")
    d3rlpy.MDPDataset = lambda observations, actions, rewards, terminals, timeouts: locals()
    monkeypatch.setitem(sys.modules, "d3rlpy", ModuleType("d3rlpy"))
    monkeypatch.setitem(sys.modules, "d3rlpy.dataset", d3rlpy)
    monkeypatch.chdir(carded.path)
    (code,) = [code for code in blocks(carded, "python") if "d3rlpy" in code]
    names: dict[str, Any] = {}
    exec(code, names)
    data = carded.transitions()
    expected = (data.observations, data.actions, data.rewards, data.terminated, data.truncated)
    for given, wanted in zip(names["dataset"].values(), expected, strict=True):
        assert np.array_equal(given, wanted)


def test_every_link_leads_into_the_folder(carded: Dataset) -> None:
    links = LINK.findall(readme(carded))
    assert len(links) == (2 if carded.id == IMPORTED else 3)
    for link in links:
        assert (carded.path / link).is_file()


def test_quality_is_measured_once_and_shown(built: Dataset) -> None:
    quality = read_report(built)["quality"]
    assert quality.keys() == MEASURES.keys()
    for measure in MEASURES.values():
        assert f"| {measure.label} |" in readme(built)
        assert measure.meaning in readme(built)
    assert f"| TQ | {quality['tq']:.4g} |" in readme(built)


def test_the_data_and_the_manifest_stay(own_small: Path) -> None:
    before = {path: path.read_bytes() for path in own_small.rglob("*") if path.is_file()}
    dataset = load_dataset(BUILT)
    assert write_card(dataset) == own_small / "README.md"
    assert all(path.read_bytes() == content for path, content in before.items())
    dataset.verify()


def test_made_again_in_another_process_it_is_the_same(built: Dataset) -> None:
    before = {name: (built.path / name).read_bytes() for name in CARD}
    command = [Path(sys.executable).with_name("gnomon"), "datasets", "card", built.id]
    result = subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": "7"}, capture_output=True, text=True)
    assert result.stdout.strip() == str(built.path / "README.md"), result.stderr
    assert {name: (built.path / name).read_bytes() for name in CARD} == before


def test_what_the_linter_found_is_shown(own_small: Path) -> None:
    dataset = load_dataset(BUILT)
    write_card(dataset)
    assert "has not looked at it yet" in readme(dataset)
    finding = {"rule": "flags", "severity": "error", "where": "episode 3", "sentence": "It is | wrong."}
    write_report(dataset, "lint", {"rules": ["flags", "copies"], "findings": [finding]})
    write_card(dataset)
    assert "looked for 2 known faults and found 1." in readme(dataset)
    assert "| error | flags | episode 3 | It is \\| wrong. |" in readme(dataset)
    write_report(dataset, "lint", {"rules": ["flags", "copies"], "findings": []})
    write_card(dataset)
    assert "looked for 2 known faults and found none." in readme(dataset)


@pytest.mark.parametrize("carded", [DERIVED], indirect=True)
def test_a_derived_dataset_names_its_parent(carded: Dataset) -> None:
    text = readme(carded)
    assert f'| parent | {{"id": "{BUILT}", "recipe_hash": "' in text
    assert "A share of the episodes, drawn at random" in text
    assert f"gnomon datasets subset {BUILT} size 20" in text


@pytest.mark.parametrize("carded", [IMPORTED], indirect=True)
def test_an_imported_dataset_without_a_task_says_what_is_known(carded: Dataset) -> None:
    text = readme(carded)
    assert '| file | hopper\\|medium.hdf5 |\n| repairs | ["&lt;b>rewards&lt;/b> were shifted"] |' in text
    assert "Not measured: foreign/hopper/medium-v3 was imported without a task" in text
    assert "Whether an episode succeeded is not known." in text
    assert "The seeds of the episodes are not known" in text
    assert not (carded.path / "plots" / "observations.svg").exists()


def test_values_that_are_not_finite_do_not_stop_it(small: Dataset, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    actions = np.array(small.columns["actions"])
    actions[0] = np.nan
    data = {**small.columns, "actions": actions}
    monkeypatch.setenv("GNOMON_HOME", str(home))
    provenance = Provenance(origin="imported", task="maze/umaze-v1", recipe={"file": "x.hdf5"})
    dataset = add_dataset("foreign/maze/nan-v1", provenance, data)
    write_card(dataset)
    assert "Not measured: The actions of foreign/maze/nan-v1 are not all finite" in readme(dataset)
    assert (dataset.path / "plots" / "observations.svg").is_file()


@pytest.mark.parametrize(("percent", "said"), [(50, "50%"), (100, "100%")])
def test_actions_that_were_taken_away_are_a_limit(own_small: Path, percent: int, said: str) -> None:
    dataset = derive(load_dataset(BUILT), "action-free", percent)
    write_card(dataset)
    assert f"The actions of {said} of the episodes were taken away" in readme(dataset)
    assert ("--replay" in readme(dataset)) == ("| TQ |" in readme(dataset)) == (percent < 100)


def test_a_dataset_that_is_not_there_is_refused() -> None:
    assert isinstance(CliRunner().invoke(app, ["datasets", "card", "maze/umaze/nothing-v1"]).exception, UnknownId)
