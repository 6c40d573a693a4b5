"""Ready models through `gnomon evaluate`: records, tables, a killed process goes on, a file is judged alike."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import chat_server
import pytest
from pydantic import ValidationError

from gnomon.benchmarks.contracts import Completion, Prompt, Sampling
from gnomon.benchmarks.reasoning import LANGUAGE_TASKS
from gnomon.errors import AlgorithmError, GnomonError, UsageError
from gnomon.evaluation.language.evaluate import evaluate_models, is_model
from gnomon.evaluation.language.perform import perform_language
from gnomon.evaluation.language.protocol import LANGUAGE_PROTOCOLS
from gnomon.evaluation.language.record import LanguageRecord, read_language_record
from gnomon.evaluation.language.results import LanguageResults, accuracy, pass_rates
from gnomon.evaluation.language.rows import model_rows, task_rows
from gnomon.evaluation.language.run import LanguageRun, Model
from gnomon.evaluation.language.suites import LANGUAGE_SUITES, chosen_suite

TASK, OTHER = "reasoning/modchain-v1", "reasoning/chain-sum-v1"
SMOKE = "reasoning-smoke"


def gnomon(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "gnomon", *arguments], capture_output=True, text=True)


def gold_file(path: Path, right: int, samples: int = 4) -> Path:
    """Gold solutions of the first items of a task, wrong answers of the others; the first sample of each is cut."""
    rows = []
    for place, item in enumerate(LANGUAGE_TASKS[TASK].items("test", 10)):
        for sample in range(samples):
            text = item.solution if place < right and sample < samples - 1 else "Answer: 999999"
            rows.append({"item": item.id, "sample": sample, "completion": text, "tokens": 10, "ended": sample != 0})
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def judged(tmp_path: Path) -> LanguageResults:
    return evaluate_models([f"file:{gold_file(tmp_path / 'mine.jsonl', 6)}"], tasks=[TASK], protocol=SMOKE)


def test_the_record_says_what_was_asked_and_how(judged: LanguageResults) -> None:
    (record,) = judged.records
    assert (record.model.name, record.task.task, record.task.verifier) == ("mine", TASK, "numeric")
    assert record.protocol.rules == {
        "items": 10, "samples": 4, "split": "test", "view": "L1", "temperature": 1.0, "top_p": 1.0, "max_tokens": 128
    }  # fmt: skip
    assert len(record.outcomes) == 40
    assert (record.outcomes[0].value, record.outcomes[3].value, record.outcomes[3].answer) == (1.0, 0.0, "999999")
    assert (record.rates.answered, record.rates.truncated, record.verifier_errors) == (1.0, 0.25, 0)
    assert f"--task {TASK} --protocol reasoning-smoke --seed-list 0" in record.command


def test_the_table_s_numbers_by_hand(judged: LanguageResults) -> None:
    # 6 of 10 items with 3 of 4 samples right: avg 45 %; pass@2 = 6/10 · (1 − C(1,2)/C(4,2)) = 60 %; votes 6 of 10
    assert accuracy(judged.records).value == pytest.approx(45)
    assert pass_rates(judged.records) == pytest.approx({1: 45, 2: 60})
    (row,) = task_rows(judged, as_json=True)
    assert (row["task"], row["maj@4"], row["answered"], row["truncated"]) == ("modchain-v1", 60, 100, 25)
    assert row["tokens a solution"] == pytest.approx(400 / 18)
    assert row["avg@4"]["unit"] == "items"
    assert row["avg@4"]["lower"] < 45 < row["avg@4"]["upper"]


def test_what_was_done_is_not_done_again_and_an_edited_file_is_another_model(tmp_path: Path) -> None:
    file = gold_file(tmp_path / "mine.jsonl", 6)
    first = evaluate_models([f"file:{file}"], tasks=[TASK], protocol=SMOKE)
    again = evaluate_models([f"file:{file}"], tasks=[TASK], protocol=SMOKE)
    assert first.records == again.records
    gold_file(file, 10)
    edited = evaluate_models([f"file:{file}"], tasks=[TASK], protocol=SMOKE)
    assert accuracy(edited.records).value == 75
    assert len(edited.records) == 1  # of one name the model that ran last


def test_what_a_run_kept_is_judged_alike_as_a_file(judged: LanguageResults, home: Path) -> None:
    (record,) = judged.records
    kept = home / "language-runs" / record.key / "completions.jsonl"
    copied = evaluate_models([f"file:{kept}"], tasks=[TASK], protocol=SMOKE)
    by_name = {one.model.name: one for one in copied.records}
    assert set(by_name) == {"mine", "completions"}
    assert by_name["completions"].outcomes == record.outcomes


def test_a_model_that_was_not_asked_every_task_has_no_row_over_all(judged: LanguageResults) -> None:
    suite = LANGUAGE_SUITES["reasoning"]
    whole = LanguageResults(suite, judged.protocol, judged.records)
    assert not whole.is_complete("mine")
    assert model_rows(whole, as_json=False) == []


def test_trivial_models_over_two_tasks_and_other_samples_are_another_table(home: Path) -> None:
    seen: list[int] = []
    found = evaluate_models(
        ["answer-prior", "format-only"],
        tasks=[TASK, OTHER],
        protocol=SMOKE,
        samples=2,
        on_progress=lambda _, amount, total: seen.append(amount),
    )
    assert sum(seen) == 2 * 2 * 10 * 2
    assert [row["model"] for row in model_rows(found, as_json=False)] == ["answer-prior", "format-only"]
    assert found.matrix("format-only").shape == (10, 2)
    assert evaluate_models(["format-only"], tasks=[TASK], protocol=SMOKE, samples=3).models == ["format-only"]


class Broken:
    """Raises an error, or gives too few."""

    def __init__(self, raises: bool) -> None:
        self.facts, self.raises = {"kind": "broken"}, raises

    def generate(self, prompts: Sequence[Prompt], n: int, seed: int, sampling: Sampling) -> list[list[Completion]]:
        if self.raises:
            raise RuntimeError("out of order")
        return [[Completion("x", 1, True)] for _ in prompts]


@pytest.mark.parametrize(("raises", "sentence"), [(True, "RuntimeError: out of order"), (False, "and gave others")])
def test_a_model_that_breaks_is_one_sentence_and_leaves_no_record(home: Path, raises: bool, sentence: str) -> None:
    run = LanguageRun(Model("b", "b", {}, 4, Broken(raises)), TASK, LANGUAGE_PROTOCOLS[SMOKE])
    with pytest.raises(AlgorithmError, match=sentence):
        perform_language(run)
    assert not run.is_done


def test_a_record_that_contradicts_itself_is_refused(judged: LanguageResults, home: Path) -> None:
    values = json.loads(judged.records[0].model_dump_json())
    for change in (
        {"outcomes": values["outcomes"][1:]},
        {"outcomes": [values["outcomes"][0]] * 40},
        {"outcomes": [values["outcomes"][0] | {"value": 1.5}, *values["outcomes"][1:]]},
        {"protocol": values["protocol"] | {"hash": "0"}},
    ):
        with pytest.raises(ValidationError):
            LanguageRecord.model_validate(values | change)
    folder = home / "language-runs" / judged.records[0].key
    (folder / "record.json").write_text("{")
    with pytest.raises(GnomonError, match="cannot be read"):
        read_language_record(folder)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"references": ["bc"]}, "bc learns from a dataset"),
        ({"references": ["format-only"], "samples": 0}, "samples is 0"),
        ({"references": ["format-only"], "tasks": [TASK, TASK]}, "named twice"),
        ({"references": ["format-only"], "suite": "reasonin"}, "Did you mean reasoning"),
        ({"references": ["format-only"], "protocol": "lite"}, "no language protocol 'lite'"),
        ({"references": ["format-only"], "tasks": ["reasoning/none-v1"]}, "no language task"),
    ],
)
def test_a_wrong_call_is_one_sentence(arguments: dict, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        evaluate_models(**arguments)


def test_which_references_are_models() -> None:
    assert [is_model(name) for name in ("reference", "hf:x", "openai:http://a", "file:a", "bc", "a.py:B")] == [
        True, True, True, True, False, False
    ]  # fmt: skip


def test_the_command_prints_a_table_and_refuses_what_is_not_for_it(home: Path) -> None:
    shown = gnomon("evaluate", "format-only", "--task", TASK, "--protocol", SMOKE, "--json")
    assert shown.returncode == 0, shown.stderr
    (row,) = json.loads(shown.stdout)
    assert (row["model"], row["avg@4"]["value"]) == ("format-only", 0)
    refused = gnomon("evaluate", "bc", "--samples", "3")
    assert (refused.returncode, "are for ready models" in refused.stderr) == (2, True)


def test_a_killed_process_goes_on_where_it_was(home: Path, tmp_path: Path) -> None:
    with chat_server.serving(lambda *_: None, pause=0.05) as (address, asked):
        command = [sys.executable, "-m", "gnomon", "evaluate", f"openai:{address}", "--task", TASK]
        command += ["--protocol", SMOKE]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        logs = home / "language-runs"
        deadline = time.monotonic() + 120
        while not any(file.stat().st_size for file in logs.glob("*.partial.jsonl")):
            assert process.poll() is None, process.stderr and process.stderr.read()
            assert time.monotonic() < deadline
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        (log,) = logs.glob("*.partial.jsonl")
        kept = {(line["item"], line["sample"]) for line in map(json.loads, log.read_text().splitlines())}
        assert 0 < len(kept) < 40
        log.write_bytes(log.read_bytes() + b'{"item": "cut')
        del asked[:]
        found = evaluate_models([f"openai:{address}"], tasks=[TASK], protocol=SMOKE)
        assert len(asked) == 40 - len(kept)
    (record,) = found.records
    assert record.model.name == "little"
    assert len({outcome.item for outcome in record.outcomes}) == 10
    assert not list(logs.glob("*.partial.jsonl"))


PICTURES = ("visual/tone-qa-v1", "visual/ui-click-v1")


def test_trivial_models_are_asked_about_pictures_and_sounds(home: Path) -> None:
    found = evaluate_models(
        ["answer-prior", "random-answer", "format-only", "oracle"], tasks=PICTURES, protocol="visual-smoke"
    )
    values = {row["model"]: row["avg@2"]["value"] for row in model_rows(found, as_json=True)}
    assert (values["oracle"], values["format-only"]) == (100, 0)
    assert max(values["answer-prior"], values["random-answer"]) < 50
    assert [row["task"] for row in task_rows(found, as_json=True)] == ["tone-qa-v1"] * 4 + ["ui-click-v1"] * 4


def test_named_tasks_are_asked_under_the_protocol_of_their_suite() -> None:
    assert chosen_suite(None).name == chosen_suite(None, (TASK,)).protocol == "reasoning"
    assert chosen_suite(None, PICTURES).protocol == chosen_suite("visual").protocol == "visual"
    assert set(PICTURES) < set(chosen_suite("visual").tasks)


@pytest.mark.parametrize("reference", ["reference", "hf:nowhere", "characters:nowhere"])
def test_a_model_that_reads_text_alone_is_not_asked_about_pictures(home: Path, reference: str) -> None:
    with pytest.raises(UsageError, match=f"{reference} reads text alone"):
        evaluate_models([reference], tasks=PICTURES, protocol="visual-smoke")


def test_a_server_is_sent_the_picture_of_each_prompt(home: Path) -> None:
    with chat_server.serving(lambda *_: None) as (address, asked):
        evaluate_models([f"openai:{address}"], tasks=PICTURES[1:], protocol="visual-smoke")
    urls = {body["messages"][0]["content"][0]["image_url"]["url"] for body in asked}
    assert (len(asked), len(urls)) == (20, 10)
