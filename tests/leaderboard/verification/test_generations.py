"""Submissions of ready models: what the model wrote travels with the claim, and is read, checked and compared."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from asked_models import SMOKE, TASKS, Files, ask, consistent, relisted, with_json, with_line
from submitted_runs import ADA, Made

from gnomon.errors import GnomonError, UsageError
from gnomon.evaluation.language.record import COMPLETIONS, read_language_record
from gnomon.evaluation.language.results import accuracy
from gnomon.leaderboard.checks import LanguageSubject, findings, subject_of
from gnomon.leaderboard.named_runs import are_generations, run_folders
from gnomon.leaderboard.pack import Packed, zipped
from gnomon.leaderboard.pack_generations import pack_generations
from gnomon.leaderboard.reading.examine import examine
from gnomon.leaderboard.reading.reader import read_submission
from gnomon.leaderboard.submission import (
    MANIFEST,
    LanguageSubmission,
    generations_name,
    outcomes_name,
    policy_name,
    record_name,
)

Save = Callable[[Files], Path]


@pytest.fixture
def subject(packed_generations: Packed[LanguageSubmission], model_track: None, save: Save) -> LanguageSubject:
    """What the checks are given of an honest submission."""
    found = subject_of(examine(save(packed_generations.files))[0])
    assert isinstance(found, LanguageSubject)
    return found


def errors(files: Files, save: Save) -> str:
    """What is wrong with a submission of these files: when it is read, or else what the checks say."""
    found, _ = examine(save(files))
    said = found.findings if not found.is_sound else findings(subject_of(found))
    return " ".join(f"{f.where}: {f.sentence}" for f in said if f.severity == "error")


def first_name(packed: Packed[LanguageSubmission], of: Callable[[str], str]) -> str:
    return of(packed.submission.cells[0].key)


def test_what_is_read_is_what_was_run(
    asked: tuple[Path, ...], packed_generations: Packed[LanguageSubmission], save: Save
) -> None:
    found, files = examine(save(packed_generations.files))
    assert found.findings == []
    assert files == packed_generations.files
    records = {folder.name: read_language_record(folder) for folder in asked}
    assert {key: r.outcomes for key, r in found.language_records.items()} == {k: r.outcomes for k, r in records.items()}
    for folder in asked:
        assert files[generations_name(folder.name)] == (folder / COMPLETIONS).read_bytes()
    assert found.submission is not None
    assert found.submission.scores == {r.task.task: accuracy([r]).value for r in records.values()}
    assert zipped(pack_generations(asked[::-1], "reasoning", ADA, "CC-BY-4.0", "Made for tests.").files) == zipped(
        files
    )


def test_the_child_says_the_same(packed_generations: Packed[LanguageSubmission], save: Save) -> None:
    path = save(packed_generations.files)
    assert read_submission(path) == examine(path)[0]


def test_an_honest_submission_passes_every_check(subject: LanguageSubject) -> None:
    assert findings(subject) == []


def test_runs_are_named_by_their_model_or_key(
    asked: tuple[Path, ...], monkeypatch: pytest.MonkeyPatch, model_track: None
) -> None:
    monkeypatch.setenv("GNOMON_HOME", str(asked[0].parents[1]))
    assert sorted(run_folders(["random-answer"], "reasoning", None)) == list(asked)
    assert run_folders([asked[0].name], "reasoning", None) == [asked[0]]
    with pytest.raises(UsageError, match="what ran is: random-answer"):
        run_folders(["another"], "reasoning", None)


def test_what_cannot_be_packed(asked: tuple[Path, ...], made: Made, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="of one algorithm or of one model, not of both"):
        are_generations([asked[0], made.folders[0]])
    with pytest.raises(UsageError, match="no suite of language tasks; name one: --suite reasoning"):
        pack_generations(asked, "quickstart", ADA, "MIT")
    others = ask(tmp_path / "home", "format-only")
    with pytest.raises(UsageError, match="runs of one model"):
        pack_generations([asked[0], others[1]], "reasoning", ADA, "MIT")
    copy = tmp_path / asked[0].name
    shutil.copytree(asked[0], copy)
    with (copy / COMPLETIONS).open("a") as file:
        file.write("\n")
    with pytest.raises(GnomonError, match="is not what the run wrote"):
        pack_generations([copy], "reasoning", ADA, "MIT")


def test_folders_of_the_authors_machine_stay_there(asked: tuple[Path, ...], tmp_path: Path) -> None:
    value = json.loads((asked[0] / "record.json").read_text())
    value["model"]["reference"] = "file:/home/ada's secret/mine.jsonl"
    value["command"] = "gnomon evaluate 'file:/home/ada'\"'\"'s secret/mine.jsonl'"
    folder = tmp_path / asked[0].name
    folder.mkdir()
    (folder / "record.json").write_text(json.dumps(value))
    shutil.copy(asked[0] / COMPLETIONS, folder)
    files = pack_generations([folder], "reasoning", ADA, "MIT").files
    assert b"secret" not in b"".join(files.values())
    command = json.loads(files[record_name(folder.name)])["command"]
    task = value["task"]["task"]
    assert command == f"gnomon evaluate file:mine.jsonl --task {task} --protocol {SMOKE} --seed-list 0"


LINES: dict[str, tuple[Callable[[list[bytes]], list[bytes]], str]] = {
    "one is missing": (lambda lines: lines[1:], r"lacks sample 0 of reasoning/logic-kk-v1\S+\."),
    "all but one are missing": (lambda lines: lines[:1], "lacks sample .* and 38 others"),
    "one twice": (lambda lines: [*lines, lines[0]], "has 1 samples twice"),
    "one in place of another": (lambda lines: [lines[1], *lines[1:]], "twice.*lacks sample 0"),
    "of another item": (
        lambda lines: [lines[0].replace(b"logic-kk", b"logic-xy"), *lines[1:]],
        "has sample 0 of reasoning/logic-xy.*, of which there is no outcome",
    ),
    "no file": (lambda lines: [], "lacks sample"),
    "no JSON": (lambda lines: [b"Answer: 4", *lines[1:]], "line 1 of generations/.* is not JSON"),
    "an empty line": (lambda lines: [b"", *lines], "line 1 of generations/.* is empty"),
    "NaN": (lambda lines: [b'{"item": NaN}', *lines[1:]], "has NaN, which is no number"),
    "deep": (lambda lines: [b"[" * 99 + b"]" * 99, *lines[1:]], "nested more than 24 levels"),
    "many digits": (lambda lines: [b'{"sample": ' + b"9" * 9999 + b"}", *lines[1:]], "a number of 9,999 digits"),
    "a key twice": (lambda lines: [b'{"item": "a", "item": "b"}', *lines[1:]], "one key twice"),
    "a key more": (lambda lines: [lines[0][:-1] + b', "score": 1}', *lines[1:]], "score: Extra inputs"),
    "no length": (
        lambda lines: [re.sub(rb'"tokens": \d+', b'"tokens": null', lines[0]), *lines[1:]],
        "does not say how long",
    ),
    "a negative sample": (lambda lines: [lines[0].replace(b'"sample": 0', b'"sample": -1'), *lines[1:]], "sample: "),
    "no UTF-8": (lambda lines: [lines[0].replace(b"reasoning", b"\xff"), *lines[1:]], "is not UTF-8"),
    "half a character": (lambda lines: [lines[0].replace(b'on": "', rb'on": "\ud800'), *lines[1:]], "half a character"),
    "a hidden name": (lambda lines: [lines[0].replace(b"kk", "\u202ekk".encode()), *lines[1:]], r"U\+202E"),
    "a formula for a name": (lambda lines: [lines[0].replace(b'"reasoning', b'"=reasoning'), *lines[1:]], "formula"),
    "a long line": (
        lambda lines: [lines[0].replace(b'on": "', b'on": "' + b"a" * (1 << 20)), *lines[1:]],
        "it may have",
    ),
    "another length": (
        lambda lines: [lines[0].replace(b'"tokens": ', b'"tokens": 9'), *lines[1:]],
        "another length or ending than the outcome says of sample 0",
    ),
}


@pytest.mark.parametrize("name", LINES)
def test_lines_that_are_not_what_the_model_wrote(
    name: str, packed_generations: Packed[LanguageSubmission], model_track: None, save: Save
) -> None:
    change, reason = LINES[name]
    place, files = first_name(packed_generations, generations_name), packed_generations.files
    lines = b"".join(line + b"\n" for line in change(files[place].splitlines()))
    said = errors(consistent(files | {place: lines}), save)
    assert said.isprintable()
    assert re.search(reason, said), said


def test_a_completion_may_hold_any_character(
    packed_generations: Packed[LanguageSubmission], model_track: None, save: Save
) -> None:
    """Models write what they write; the answer, too, is theirs."""
    strange = "\x00\x07\u202e=\u0430a\u200b\u0301"
    name, answers = (first_name(packed_generations, of) for of in (generations_name, outcomes_name))
    files = with_line(packed_generations.files, name, 0, lambda line: line.update(completion=strange))
    files = with_line(files, answers, 0, lambda line: line.update(answer=strange))
    assert errors(consistent(files), save) == ""


@pytest.mark.parametrize("of", [record_name, outcomes_name, generations_name])
def test_a_missing_file_is_named(
    of: Callable[[str], str], packed_generations: Packed[LanguageSubmission], model_track: None, save: Save
) -> None:
    name = first_name(packed_generations, of)
    said = errors({n: c for n, c in packed_generations.files.items() if n != name}, save)
    assert f"{packed_generations.submission.cells[0].place}: {name} is missing." in said


def test_files_of_the_other_kind_belong_to_no_run(
    packed: Packed, packed_generations: Packed[LanguageSubmission], save: Save
) -> None:
    model = packed_generations.files | {first_name(packed_generations, policy_name): b"\x08"}
    assert "kind language has this file" in errors(consistent(model), save)
    key = packed.submission.cells[0].key
    value = json.loads(packed.files[MANIFEST])
    value["files"][generations_name(key)] = {"size": 1, "sha256": "0" * 64}
    said = errors(packed.files | {MANIFEST: json.dumps(value).encode(), generations_name(key): b"x"}, save)
    assert "kind control has this file" in said


def test_a_kind_that_does_not_exist(packed_generations: Packed[LanguageSubmission], save: Save) -> None:
    other = with_json(packed_generations.files, MANIFEST, lambda value: value.update(kind="preference"))
    assert "kind: Input should be 'control' or 'language'" in errors(other, save)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda v: v["model"].update(name="other"), "It is a run of other, not of random-answer"),
        (lambda v: v["model"]["facts"].update(more="1"), "another model of that name|Its key is not that of"),
        (lambda v: v["task"].update(items_hash="0" * 64), "Its items or its verifier are not the task's"),
        (lambda v: v["task"].update(verifier="exact"), "Its items or its verifier are not the task's"),
        (lambda v: v["protocol"].update(name="reasoning"), "judged under another protocol"),
        (lambda v: v["artefacts"].update({COMPLETIONS: "0" * 64}), "another hash than the record says"),
        (lambda v: v["rates"].update(truncated=0.5), "share of completions that were cut"),
        (lambda v: v.update(generation_seconds=-1.0), "a negative time"),
        (lambda v: v.update(seed=7), "the record of another run"),
    ],
)
def test_a_run_that_is_not_what_it_says(
    change: Callable[[Any], object], sentence: str, packed_generations: Packed, model_track: None, save: Save
) -> None:
    files = relisted(with_json(packed_generations.files, first_name(packed_generations, record_name), change))
    said = errors(files, save)
    assert re.search(sentence, said), said


def test_items_of_another_task(packed_generations: Packed[LanguageSubmission], model_track: None, save: Save) -> None:
    """Everything of the second run under the name of the first run's task."""
    one, other = packed_generations.submission.cells
    files = dict(packed_generations.files)
    for of in (outcomes_name, generations_name):
        files[of(one.key)] = files[of(other.key)]
    files = with_json(files, MANIFEST, lambda value: value["cells"][0].update(accuracy=other.accuracy))
    said = errors(consistent(files), save)
    assert f"{one.place}: Its outcomes are not one a sample of the task's items, in their order." in said


def test_numbers_are_those_of_the_samples(
    packed_generations: Packed[LanguageSubmission], model_track: None, save: Save
) -> None:
    files = with_json(packed_generations.files, MANIFEST, lambda value: value["cells"][0].update(accuracy=99.0))
    assert "The accuracy is claimed as 99; its samples say" in errors(files, save)


def test_a_task_that_was_not_asked_or_is_of_no_suite(subject: LanguageSubject, asked: tuple[Path, ...]) -> None:
    one = replace(subject, submission=subject.submission.model_copy(update={"cells": subject.submission.cells[:1]}))
    said = [f"{f.where}: {f.sentence}" for f in findings(one) if f.rule == "complete"]
    assert said == [f"{TASKS[1]}: There are 0 runs of the task; there must be one."]
    nowhere = replace(subject, submission=subject.submission.model_copy(update={"suite": "nowhere"}))
    assert "No track ranks the suite nowhere" in findings(nowhere)[0].sentence


def test_a_copy_is_an_error_and_a_reproduction_is_not(subject: LanguageSubject) -> None:
    again = [replace(run, submission="b" * 64, key="0" * 16) for run in subject.own]
    said = [f for f in findings(replace(subject, known=again)) if f.rule == "independent"]
    assert [f.severity for f in said] == ["note", "note"]
    copies = [replace(run, origin="another") for run in again]
    said = [f for f in findings(replace(subject, known=copies)) if f.rule == "independent"]
    assert [f.severity for f in said] == ["error", "error"]
    assert f"It has the completions of another run, {'0' * 16}, of {'b' * 12}." == said[0].sentence


def test_completions_that_are_all_alike_say_nothing(tmp_path: Path, save: Save) -> None:
    packed = pack_generations(ask(tmp_path / "home", "format-only"), "reasoning", ADA, "MIT")
    assert set(examine(save(packed.files))[0].written.values()) == {""}
