"""Every verifier of ours passes the conformance suite, and the suite finds every fault that it is for."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from time import sleep

import pytest

from gnomon.benchmarks.conformance import Subject, subject_of
from gnomon.benchmarks.conformance.checks import check_all, with_patience
from gnomon.benchmarks.conformance.hash_seeds import hash_seeds
from gnomon.benchmarks.contracts import Item
from gnomon.benchmarks.verifiers import VERIFIERS, get_verifier
from gnomon.errors import UnknownId, UsageError

BAD = Path(__file__).with_name("bad_verifiers.py")
TASK = "reasoning/chain-sum-v1"
GNOMON = str(Path(sys.executable).with_name("gnomon"))


def errors_of(subject: Subject) -> set[str]:
    return {finding.rule for finding in check_all(subject) if finding.severity == "error"}


def test_the_registry_is_whole() -> None:
    assert len(VERIFIERS) == 16
    assert VERIFIERS.broken == {}


@pytest.mark.parametrize("name", list(VERIFIERS))
def test_ours_pass(name: str) -> None:
    subject = subject_of(name)
    assert len(subject.samples) >= 2
    findings = [finding for finding in check_all(subject) if finding.severity != "note"]
    assert findings == []


def test_ours_give_the_same_scores_under_every_hash_seed() -> None:
    assert hash_seeds(list(VERIFIERS)) == {name: [] for name in VERIFIERS}


@pytest.mark.parametrize("task", ["chain-sum", "countdown", "logic-kk", "path-grid", "list-prog", "instr-follow"])
def test_ours_pass_on_the_items_of_tasks(task: str) -> None:
    from gnomon.benchmarks.reasoning import LANGUAGE_TASKS

    id = f"reasoning/{task}-v1"
    assert errors_of(subject_of(LANGUAGE_TASKS[id].verifier, id)) == set()


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        ("pays_any_text", "other-gold"),
        ("pays_any_text", "garbage"),
        ("finds_the_gold_anywhere", "enumeration"),
        ("takes_the_last_number", "hedge"),
        ("adds_up_what_it_sees", "prompt-echo"),
        ("compares_the_first_letter", "first-letter"),
        ("evaluates", "unevaluated"),
        ("reads_every_script", "unicode-digits"),
        ("raises", "garbage:raises"),
        ("raises", "blank:raises"),
        ("pays_when_it_fails", "blank"),
        ("pays_without_a_gold_answer", "unreadable-gold"),
        ("is_slow", "long-input"),
        ("sets_a_signal", "threads"),
        ("remembers", "threads"),
        ("pays_two", "gold"),
        ("is_not_a_number", "garbage:raises"),
    ],
)
def test_a_fault_is_found(fault: str, rule: str) -> None:
    subject = subject_of(f"{BAD}:{fault}", TASK)
    few = Subject(name=fault, score=subject.score, carry=subject.carry, samples=subject.samples[:8])
    assert rule in errors_of(few)


def test_what_takes_too_long_is_found_and_not_tried_again() -> None:
    asked: Counter[str | None] = Counter()

    def score(completion: str | None, item: Item) -> float:
        asked[completion] += 1
        if completion == "zzz wrong":
            sleep(1.1)
        return float(completion == f"Answer: {item.answer}")

    ours = subject_of("exact")
    subject = with_patience(Subject(name="slow", score=score, carry=ours.carry, samples=ours.samples))
    assert subject.slow == {"zzz wrong"}
    (found,) = (finding for finding in check_all(subject) if finding.rule == "slow")
    assert "1 completions take more than 1 s each, such as 'zzz wrong'" in found.sentence
    assert asked["zzz wrong"] == 2


def test_a_missing_equivalent_and_a_lost_symmetry_are_found() -> None:
    bad, ours = subject_of(f"{BAD}:rejects_decimals", TASK), subject_of("numeric")
    subject = Subject(name="bad", score=bad.score, carry=ours.carry, samples=ours.samples, symmetric=True)
    assert {"equivalent", "gold", "symmetry"} <= errors_of(subject)  # 0.5 is a gold answer of a sample


def test_a_boolean_and_a_near_miss_are_found() -> None:
    ours = subject_of("exact")
    subject = Subject(
        name="bad",
        score=lambda completion, item: float((completion or "").lower() in ("answer: true", f"answer: {item.answer}")),
        carry=ours.carry,
        samples=ours.samples,
    )
    assert {"boolean", "near-miss"} <= errors_of(subject)


def test_a_silent_0_without_a_gold_answer_is_a_warning() -> None:
    subject = subject_of(f"{BAD}:says_nothing_without_a_gold_answer", TASK)
    found = [finding for finding in check_all(subject) if finding.rule == "unreadable-gold"]
    assert [finding.severity for finding in found] == ["warning"]


def test_string_hashes_in_a_score_are_found() -> None:
    name = f"{BAD}:hashes_strings"
    assert [finding.rule for finding in hash_seeds([name], TASK)[name]] == ["hash-seed"]


def test_the_command_lists_and_fails_a_bad_verifier() -> None:
    listed = subprocess.run([GNOMON, "verifiers", "list", "--json"], capture_output=True, text=True, check=True)
    assert [row["verifier"] for row in json.loads(listed.stdout)] == list(VERIFIERS)
    command = [GNOMON, "verifiers", "check", f"{BAD}:pays_any_text", "--task", TASK, "--json"]
    checked = subprocess.run(command, capture_output=True, text=True)
    assert checked.returncode == 1
    assert "other-gold" in {finding["rule"] for finding in json.loads(checked.stdout)}


def test_a_wrong_call_is_one_sentence() -> None:
    with pytest.raises(UnknownId, match="Did you mean numeric"):
        get_verifier("numerics")
    with pytest.raises(UsageError, match="--task reasoning/chain-sum-v1"):
        subject_of(f"{BAD}:raises")
    with pytest.raises(UsageError, match="has no one place for the answer"):
        subject_of(f"{BAD}:raises", TASK, answer_form="boxed")


def test_another_answer_form_reaches_the_function(tmp_path: Path) -> None:
    file = tmp_path / "boxed.py"
    file.write_text(
        "import re\n"
        "def boxed(completion, item):\n"
        "    number = int(item.answer)\n"
        "    return float(completion == '\\\\boxed{' + str(number) + '}')\n"
    )
    assert errors_of(subject_of(f"{file}:boxed", TASK, answer_form=r"\boxed{{{}}}")) == set()
