"""The contract of a language task, checked on every registered one."""

from collections import Counter
from dataclasses import astuple

import pytest

from gnomon.benchmarks.answer_prior import answer_prior
from gnomon.benchmarks.catalogue import every_task, get_language_task, get_task, list_tasks
from gnomon.benchmarks.contracts import Item, LanguageTask
from gnomon.benchmarks.interactive import INTERACTIVE_TASKS
from gnomon.benchmarks.items import LEVELS, split_of
from gnomon.benchmarks.reasoning import LANGUAGE_TASKS
from gnomon.benchmarks.tasks import TASKS
from gnomon.benchmarks.verification import score_completions
from gnomon.benchmarks.verifiers import get_verifier
from gnomon.benchmarks.visual import VISUAL_TASKS
from gnomon.errors import UnknownId, UsageError
from gnomon.files import hash_of

ITEMS_V1 = {  # digest of the first ten test items: a change of any is a change of the version
    "reasoning/chain-sum-v1": "3a3eb3360eb1bee9",
    "reasoning/countdown-v1": "39c351765823220b",
    "reasoning/gsm-style-v1": "191c291d74d5452e",
    "reasoning/instr-follow-v1": "eb6db521aa7078d1",
    "reasoning/linear-eq-v1": "40c313688f996e03",
    "reasoning/list-prog-v1": "eaac3cb608c39cb2",
    "reasoning/logic-kk-v1": "e147ddc29dca35ba",
    "reasoning/modchain-v1": "f5efd83fef05a279",
    "reasoning/path-grid-v1": "5a4f549cb3c0bef3",
    "reasoning/synth-mt-v1": "fb4c3e833ae3d22f",
}


def test_the_registry_is_whole() -> None:
    assert len(LANGUAGE_TASKS) == 10
    assert LANGUAGE_TASKS.broken == {}


@pytest.fixture(params=list(LANGUAGE_TASKS), scope="module")
def task(request: pytest.FixtureRequest) -> LanguageTask:
    return LANGUAGE_TASKS[request.param]


@pytest.fixture(scope="module")
def items(task: LanguageTask) -> list[Item]:
    return task.items("test", 100)


def test_items_are_what_the_version_says(task: LanguageTask, items: list[Item]) -> None:
    assert hash_of([astuple(item) for item in items[:10]])[:16] == ITEMS_V1[task.id]


def test_no_problem_is_in_two_splits_or_twice_in_one(task: LanguageTask, items: list[Item]) -> None:
    splits = {
        "train": task.items("train", 300),
        "validation": task.items("validation", 60),
        "test": items,
        "secret": task.items("secret", 60, key="round one"),
    }
    problems = [item.canonical for drawn in splits.values() for item in drawn]
    assert len(set(problems)) == len(problems) == 520
    assert len({item.prompt for drawn in splits.values() for item in drawn}) == 520
    # That is no luck: a problem's split is a function of the problem, so it holds for any number of items.
    for split, drawn in splits.items():
        assert {split_of(task.id, item.canonical) for item in drawn} == {split}


def test_more_items_begin_with_the_same_ones_and_a_level_can_be_had_alone(
    task: LanguageTask, items: list[Item]
) -> None:
    assert task.items("test", 10) == items[:10]
    assert task.items("test", 4, level=3) == [item for item in items if item.level == 3][:4]


def test_every_key_draws_another_secret_split(task: LanguageTask) -> None:
    ours, theirs = (task.items("secret", 25, key=key) for key in ("ours", "theirs"))
    common = {item.canonical for item in ours} & {item.canonical for item in theirs}
    assert len(common) <= 2  # of a level with few problems


def test_the_gold_solution_earns_1_and_that_of_another_item_0(items: list[Item]) -> None:
    assert score_completions([item.solution for item in items], items).values.tolist() == [1.0] * 100
    others = [other for other, item in zip(items[1:] + items[:1], items, strict=True) if other.answer != item.answer]
    asked = [item for other, item in zip(items[1:] + items[:1], items, strict=True) if other.answer != item.answer]
    assert len(asked) > 90
    assert score_completions([other.solution for other in others], asked).values.sum() == 0


def test_what_says_nothing_earns_nothing(items: list[Item]) -> None:
    for completion in (None, "", "Answer:", "Answer: 0 or 1", "zzz wrong"):
        assert score_completions([completion] * 100, items).values.sum() == 0
    assert score_completions([item.prompt for item in items], items).values.sum() == 0
    assert score_completions([f"{item.prompt}\nAnswer: yes" for item in items], items).values.sum() == 0


def test_levels_templates_and_steps(task: LanguageTask, items: list[Item]) -> None:
    assert Counter(item.level for item in items) == dict.fromkeys(LEVELS, 20)
    assert len(task.templates) >= 3
    assert {item.template for item in items} == set(task.templates)
    for item in items:
        assert item.steps
        assert all(step.kind and step.text and step.value for step in item.steps)
        assert item.answer not in item.prompt.split("\n")


def test_solutions_get_longer_from_level_to_level(task: LanguageTask, items: list[Item]) -> None:
    length = {level: sum(len(item.steps) for item in items if item.level == level) for level in LEVELS}
    if task.id == "reasoning/linear-eq-v1":  # its last levels have larger numbers and fractions instead
        assert length[1] < length[3] == length[5]
    else:
        assert sorted(length.values()) == list(length.values())
        assert len(set(length.values())) == len(LEVELS)


def test_the_unseen_wordings_word_the_same_problems(task: LanguageTask, items: list[Item]) -> None:
    unseen = task.items("test", 20, view="L2")
    assert [item.canonical for item in unseen] == [item.canonical for item in items[:20]]
    assert [item.answer for item in unseen] == [item.answer for item in items[:20]]
    assert {item.template for item in unseen} <= set(task.unseen_templates)
    assert not set(task.unseen_templates) & set(task.templates)
    assert score_completions([item.solution for item in unseen], unseen).values.sum() == 20


def test_the_related_tasks_are_other_tasks(task: LanguageTask) -> None:
    drawn = task.items("test", 7, view="L3")
    assert len(drawn) == 7
    assert {item.task for item in drawn} == set(task.related)
    assert task.id not in task.related
    assert score_completions([item.solution for item in drawn], drawn).values.sum() == 7


def test_guessing_the_commonest_answer_hardly_helps(task: LanguageTask) -> None:
    priors = answer_prior(task, trained=100, tested=40)
    assert [prior.level for prior in priors] == list(LEVELS)
    assert max(prior.accuracy for prior in priors) <= 0.2


def test_an_item_without_a_readable_answer_is_refused(task: LanguageTask, items: list[Item]) -> None:
    from dataclasses import replace

    broken = replace(items[0], answer="", arguments={})
    with pytest.raises(UsageError, match="Item reasoning/"):
        get_verifier(task.verifier).check(broken)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"split": "tset"}, "There is no split 'tset'; there are train, validation"),
        ({"view": "L4"}, "There is no view 'L4'"),
        ({"level": 6}, "levels are 1 to 5"),
        ({"n": -1}, "n is -1"),
        ({"split": "train", "view": "L2"}, "Training items have the view L1 alone"),
        ({"split": "secret"}, "needs a key"),
        ({"split": "test", "key": "mine"}, "The secret split, and no other"),
    ],
)
def test_a_wrong_call_is_one_sentence(arguments: dict, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        LANGUAGE_TASKS["reasoning/chain-sum-v1"].items(**arguments)


def test_a_level_that_is_used_up_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gnomon.benchmarks.items.ATTEMPTS", 50)
    with pytest.raises(UsageError, match=r"Level 1 of reasoning/list-prog-v1 has only about \d+ distinct problems"):
        LANGUAGE_TASKS["reasoning/list-prog-v1"].items("validation", 3_000, level=1)


def test_the_catalogue_has_every_kind_of_task() -> None:
    assert len(every_task()) == len(TASKS) + len(LANGUAGE_TASKS) + len(VISUAL_TASKS) + len(INTERACTIVE_TASKS)
    assert get_language_task("visual/ui-click-v1") is VISUAL_TASKS["visual/ui-click-v1"]
    with pytest.raises(UsageError, match="is a task of control"):
        get_language_task("maze/umaze-v1")
    assert get_task("reasoning/chain-sum-v1") is LANGUAGE_TASKS["reasoning/chain-sum-v1"]
    assert get_task("maze/umaze-v1") is TASKS["maze/umaze-v1"]
    assert list_tasks("reasoning") == list(LANGUAGE_TASKS)
    with pytest.raises(UnknownId, match="reasoning/countdown-v1"):
        get_task("reasoning/cuntdown-v1")
