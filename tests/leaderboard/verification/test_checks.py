"""Each structural check finds what it is for, and nothing in what is honest."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from submitted_runs import DATASETS, Made

from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets.recipes import RECIPES
from gnomon.evaluation.record import Record, TaskPart
from gnomon.leaderboard.checks import CHECKS, LANGUAGE_CHECKS, Known, Subject, episodes_of, findings, subject_of
from gnomon.leaderboard.checks.identity import run_of
from gnomon.leaderboard.pack import Packed
from gnomon.leaderboard.reading.examine import examine
from gnomon.leaderboard.tracks import Track
from gnomon.leaderboard.verify.gate import Port


@pytest.fixture
def subject(packed: Packed, track: Track, save: Callable) -> Subject:
    """What the checks are given of an honest submission."""
    found, _ = examine(save(packed.files))
    subject = subject_of(found)
    assert isinstance(subject, Subject)
    return subject


def changed(
    subject: Subject,
    submission: dict | None = None,
    cell: dict | None = None,
    record: Callable[[Record], dict] | None = None,
    known: tuple[Known, ...] = (),
) -> Subject:
    """The subject with other fields, of the first cell and of its record."""
    first, *rest = subject.submission.cells
    cells = (first.model_copy(update=cell or {}), *rest)
    records = dict(subject.records)
    if record is not None:
        records[first.key] = records[first.key].model_copy(update=record(records[first.key]))
    update = {"cells": cells} | (submission or {})
    return Subject(subject.submission.model_copy(update=update), records, subject.models, known)


def errors(subject: Subject, rule: str) -> list[str]:
    """Where and what a check says is wrong."""
    return [f"{f.where}: {f.sentence}" for f in findings(subject) if (f.rule, f.severity) == (rule, "error")]


def longer(record: Record) -> dict:
    """Every episode one step longer, and one better."""
    return {
        "outcomes": [
            outcome.model_copy(
                update={name: getattr(outcome, name) + 1 for name in ("value", "total_reward", "length")}
            )
            for outcome in record.outcomes
        ]
    }


def test_there_are_twelve_and_they_find_nothing_in_what_is_honest(subject: Subject) -> None:
    assert (len(CHECKS), len(LANGUAGE_CHECKS)) == (8, 4)
    assert CHECKS.broken == LANGUAGE_CHECKS.broken == {}
    assert findings(subject) == []


def test_a_track_that_is_not_there(subject: Subject) -> None:
    assert errors(changed(subject, {"suite": "nowhere"}), "complete") == [
        ": No track ranks the suite nowhere under tiny."
    ]


def test_a_missing_cell_is_named_and_so_is_its_dataset(subject: Subject) -> None:
    submission = subject.submission.model_copy(update={"cells": subject.submission.cells[1:]})
    said = errors(Subject(submission, subject.records, subject.models), "complete")
    assert said == [
        f"{DATASETS[0]} seed 0: The run is missing; other datasets have that seed.",
        f"{DATASETS[0]}: There are 2 seeds; Tiny needs 3.",
    ]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda r: {"seed": 7}, "Its key is not that of"),
        (lambda r: {"algorithm": r.algorithm.model_copy(update={"name": "other"})}, "It is a run of other"),
        (lambda r: {"algorithm": r.algorithm.model_copy(update={"digest": "0" * 64})}, "Its key is not that of"),
        (lambda r: {"algorithm": r.algorithm.model_copy(update={"config": {"hidden": [9]}})}, "Its key is not that of"),
        (lambda r: {"protocol": r.protocol.model_copy(update={"hash": "0" * 64})}, "judged under another protocol"),
        (lambda r: {"dataset": r.dataset.model_copy(update={"recipe_hash": "0" * 64})}, "Its recipe, task or metric"),
        (lambda r: {"task": r.task.model_copy(update={"reference": 30.0})}, "Its score scale is not"),
        (lambda r: {"task": r.task.model_copy(update={"broken_limit": 30.0})}, "Its score scale is not"),
        (lambda r: {"task": r.task.model_copy(update={"id": "maze/none-v1"})}, "There is no such dataset or task here"),
    ],
)
def test_a_run_that_is_not_what_it_says(subject: Subject, change: Callable[[Record], dict], sentence: str) -> None:
    assert any(sentence in said for said in errors(changed(subject, record=change), "identity"))


def test_another_version_of_gnomon_is_a_warning(subject: Subject) -> None:
    other = changed(subject, record=lambda record: {"gnomon": "0.0.9"})
    assert [f.severity for f in findings(other) if f.rule == "identity"] == ["warning"]


def test_numbers_are_those_of_the_episodes(subject: Subject) -> None:
    assert errors(changed(subject, cell={"score": 99.0}), "recomputed") == [
        f"{DATASETS[0]} seed 0: The score is claimed as 99; its episodes say "
        f"{subject.records[subject.submission.cells[0].key].score:.6g}."
    ]
    scores = subject.submission.scores | {DATASETS[1]: 100.0, "discrete/none-v1": 1.0}
    said = errors(changed(subject, {"scores": scores}), "recomputed")
    assert [line.partition(":")[0] for line in said] == [DATASETS[1], "discrete/none-v1"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda r: {"outcomes": r.outcomes[::-1]}, "not numbered"),
        (lambda r: {"outcomes": [o.model_copy(update={"length": 501}) for o in r.outcomes]}, "501 to 501 steps"),
        (lambda r: {"training": r.training.model_copy(update={"updates": 9})}, "trained with 9 updates"),
        (lambda r: {"training": r.training.model_copy(update={"seconds": -1.0})}, "a negative time"),
        (lambda r: {"outcomes": [o.model_copy(update={"cost": -1.0}) for o in r.outcomes]}, "a negative cost"),
    ],
)
def test_what_cannot_have_happened(subject: Subject, change: Callable[[Record], dict], sentence: str) -> None:
    assert any(sentence in said for said in errors(changed(subject, record=change), "plausible"))


def test_a_score_far_above_the_experts_is_a_warning(subject: Subject) -> None:
    def better(record: Record) -> dict:
        return {"outcomes": [o.model_copy(update={"value": 5000.0, "total_reward": 5000.0}) for o in record.outcomes]}

    said = [f for f in findings(changed(subject, record=better)) if f.rule == "plausible"]
    assert [(f.severity, f.sentence) for f in said] == [("warning", "The score is 1047, where the expert's is 100.")]


def test_two_seeds_with_the_same_episodes(subject: Subject, made: Made) -> None:
    second = subject.records[subject.submission.cells[1].key]
    said = errors(changed(subject, record=lambda _: {"outcomes": second.outcomes}), "independent")
    assert said == [f"{DATASETS[0]} seed 0, {DATASETS[0]} seed 1: These runs have the same episodes, to the last bit."]


def test_episodes_that_are_all_alike_say_nothing(made: Made) -> None:
    record = next(iter(made.records.values()))
    alike = record.model_copy(update={"outcomes": [record.outcomes[0]] * 6})
    assert episodes_of(alike) == ""
    assert episodes_of(record) != ""


def test_a_copy_is_an_error_and_a_reproduction_is_not(subject: Subject) -> None:
    own = subject.own
    again = tuple(replace(run, submission="b" * 64, key="0" * 16) for run in own)  # of another version of gnomon
    said = [f for f in findings(changed(subject, known=again)) if f.rule == "independent"]
    assert {f.severity for f in said} == {"note"}
    copies = tuple(Known("b" * 64, "0" * 16, "another", {"episodes": run.marks["episodes"]}) for run in own[:1])
    assert errors(changed(subject, known=copies), "independent") == [
        f"{DATASETS[0]} seed 0: It has the episodes of another run, {'0' * 16}, of {'b' * 12}."
    ]


def test_the_same_seed_twice(subject: Subject) -> None:
    assert errors(changed(subject, cell={"seed": 1}), "independent") == [": A seed of a dataset is there twice."]


def test_tuning_that_nobody_declares_is_a_warning(subject: Subject) -> None:
    other = changed(subject, record=lambda r: {"algorithm": r.algorithm.model_copy(update={"tuning": None})})
    assert [(f.rule, f.severity) for f in findings(other)] == [("declared", "warning")]


@pytest.mark.parametrize(
    ("part", "port", "sentence"),
    [
        ("input", Port(type="float32", shape=(None, 5)), "takes float32 [any, 5]; on discrete/cartpole-v1 it must be"),
        ("input", Port(type="float64", shape=(None, 4)), "takes float64 [any, 4]"),
        ("output", Port(type="float32", shape=(None,)), "gives float32 [any]"),
        ("output", Port(type="int64", shape=(10, 1)), "gives int64 [10, 1]"),
    ],
)
def test_a_policy_of_another_task(subject: Subject, part: str, port: Port, sentence: str) -> None:
    key = subject.submission.cells[0].key
    models = dict(subject.models) | {key: subject.models[key].model_copy(update={part: port})}
    said = errors(Subject(subject.submission, subject.records, models), "policies")
    assert len(said) == 1
    assert sentence in said[0]


def test_a_run_without_a_policy_is_told_that_it_ends_at_l1(subject: Subject) -> None:
    said = findings(Subject(subject.submission, subject.records, {}))
    assert {(f.rule, f.severity) for f in said} == {("policies", "note")}
    assert "L1 is the highest level" in said[0].sentence


def test_a_dataset_whose_solutions_are_judged_on_another_task(subject: Subject) -> None:
    """The stitching sets: what their records say is what `gnomon evaluate` writes."""
    recipe = RECIPES["maze/medium/stitch-v1"]
    task = TASKS[recipe.task].judged
    assert task.id != recipe.task

    def stitching(record: Record) -> dict:
        data = record.dataset.model_copy(update={"id": recipe.id, "recipe_hash": recipe.hash})
        found = record.model_copy(update={"dataset": data, "task": TaskPart.of(task, task.scale)})
        return {"dataset": data, "task": found.task, "key": run_of(found).key}

    assert errors(changed(subject, record=stitching), "identity") == []


def test_a_dataset_of_a_stranger_is_never_looked_up_on_this_disk(subject: Subject) -> None:
    def elsewhere(record: Record) -> dict:
        return {"dataset": record.dataset.model_copy(update={"id": "../../../etc"})}

    said = errors(changed(subject, record=elsewhere), "identity")
    assert said == [f"{DATASETS[0]} seed 0: There is no such dataset or task here."]


def test_a_check_that_cannot_be_made_is_an_error_and_no_traceback(subject: Subject) -> None:
    said = errors(changed(subject, record=lambda _: {"outcomes": []}), "plausible")
    assert said == [": It cannot be checked (ValueError: min() arg is an empty sequence)."]


def test_better_episodes_that_fit_together_pass_every_structural_check(subject: Subject) -> None:
    """What L1 cannot see: only a re-evaluation can."""
    from gnomon.leaderboard.pack import cell_of, scores_of

    records = {key: record.model_copy(update=longer(record)) for key, record in subject.records.items()}
    cells = tuple(cell_of(records[cell.key]) for cell in subject.submission.cells)
    scores = scores_of(list(records.values()))
    submission = subject.submission.model_copy(update={"cells": cells, "scores": scores})
    assert findings(Subject(submission, records, subject.models)) == []
