"""The contract of a visual task, checked on every registered one."""

import io
import wave
from collections import Counter
from dataclasses import astuple, replace
from hashlib import sha256
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from gnomon.benchmarks.answer_prior import answer_prior
from gnomon.benchmarks.contracts import Item, Solution
from gnomon.benchmarks.items import LEVELS, split_of
from gnomon.benchmarks.linear_probe import linear_probe
from gnomon.benchmarks.media.canvas import UNSEEN_STYLES
from gnomon.benchmarks.media.wav import UNSEEN_TIMBRES
from gnomon.benchmarks.verification import score_completions
from gnomon.benchmarks.verifiers import get_verifier
from gnomon.benchmarks.visual import VISUAL_TASKS, VisualTask, file_of
from gnomon.errors import UnknownId, UsageError
from gnomon.files import hash_of

ITEMS_V1 = {  # digests of the first ten test items and of their files: a change of any is a change of the version
    "visual/physics-mcq-v1": ("2d617fda7f82f377", "aa664f55d0b368a8"),
    "visual/scene-class-new-v1": ("0c4994d70b6cfd3f", "6c2afe2f5b17f7b2"),
    "visual/scene-class-v1": ("01acc8a8826f42e3", "59116b25ce93bcb2"),
    "visual/scene-detect-v1": ("31e91e7ba7ea0712", "21783ef97184d760"),
    "visual/scene-ground-v1": ("3b066fcb44b808fa", "addc9cf485da4c2a"),
    "visual/scene-qa-v1": ("2f70747169a1d4ea", "853346331813cb41"),
    "visual/tone-qa-v1": ("0d82285545a80e7b", "47ea79ad2981ddca"),
    "visual/ui-click-v1": ("3ac859006bc8b117", "a83108eff7877fb2"),
}


def test_the_registry_is_whole() -> None:
    assert list(VISUAL_TASKS) == list(ITEMS_V1)
    assert VISUAL_TASKS.broken == {}


@pytest.fixture(params=list(VISUAL_TASKS), scope="module")
def task(request: pytest.FixtureRequest) -> VisualTask:
    return VISUAL_TASKS[request.param]


@pytest.fixture(scope="module")
def items(task: VisualTask) -> list[Item]:
    return task.items("test", 100)


def pixels_of(file: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(file)))


def test_items_and_files_are_what_the_version_says(task: VisualTask, items: list[Item]) -> None:
    files = b"".join(task.file_of(item) for item in items[:10])
    assert (hash_of([astuple(item) for item in items[:10]])[:16], sha256(files).hexdigest()[:16]) == ITEMS_V1[task.id]


def test_no_problem_is_in_two_splits_or_twice_in_one(task: VisualTask, items: list[Item]) -> None:
    splits = {
        "train": task.items("train", 150),
        "validation": task.items("validation", 40),
        "test": items,
        "secret": task.items("secret", 40, key="round one"),
    }
    problems = [item.canonical for drawn in splits.values() for item in drawn]
    assert len(set(problems)) == len(problems) == 330
    for split, drawn in splits.items():
        assert {split_of(task.id, item.canonical) for item in drawn} == {split}


def test_files_are_read_by_others_and_differ_from_item_to_item(task: VisualTask, items: list[Item]) -> None:
    files = [file_of(item) for item in items]
    assert len(set(files)) == len(files)
    if task.media == "audio":
        with wave.open(io.BytesIO(files[0])) as sound:
            assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 8000)
            assert sound.getnframes() * 2 + 44 == len(files[0])
        return
    pictures = [pixels_of(file) for file in files]
    assert len({picture.shape for picture in pictures}) == 1
    assert all((picture != picture[0, 0]).any() for picture in pictures)


def test_the_gold_solution_earns_1_and_what_says_nothing_0(items: list[Item]) -> None:
    assert score_completions([item.solution for item in items], items).values.tolist() == [1.0] * 100
    for completion in (None, "", "Answer:", "zzz wrong", "Answer: ?"):
        assert score_completions([completion] * 100, items).values.sum() == 0
    assert score_completions([item.prompt for item in items], items).values.sum() == 0
    assert score_completions([item.answer for item in items], items).values.sum() == 0  # without the mark


def test_form_alone_is_seen_and_earns_nothing(items: list[Item]) -> None:
    form = get_verifier("format")
    completions = ["I looked.\nAnswer: something"] * 100
    assert score_completions(completions, items, form).values.tolist() == [1.0] * 100
    assert score_completions(completions, items).values.sum() == 0


def test_two_answers_and_first_letters_earn_nothing(items: list[Item]) -> None:
    both = [f"Answer: {item.answer}\nAnswer: {other.answer}" for item, other in pairwise(items)]
    assert score_completions(both, items[:-1]).values.sum() == 0
    longer = [f"Answer: {item.answer} because I saw it" for item in items]
    assert score_completions(longer, items).values.sum() == 0


def test_levels_renderers_and_steps(task: VisualTask, items: list[Item]) -> None:
    assert Counter(item.level for item in items) == dict.fromkeys(LEVELS, 20)
    assert {item.template for item in items} == set(task.templates)
    assert len(task.templates) >= 3
    assert all(item.steps for item in items)
    assert all(item.answer not in item.prompt.split("\n") for item in items)


def test_the_unseen_renderer_draws_the_same_problems_otherwise(task: VisualTask, items: list[Item]) -> None:
    unseen = task.items("test", 20, view="L2")
    assert [item.canonical for item in unseen] == [item.canonical for item in items[:20]]
    assert [item.prompt for item in unseen] == [item.prompt for item in items[:20]]
    assert {item.template for item in unseen} == set(UNSEEN_TIMBRES if task.media == "audio" else UNSEEN_STYLES)
    assert not {file_of(item) for item in unseen} & {file_of(item) for item in items[:20]}
    assert score_completions([item.solution for item in unseen], unseen).values.sum() == 20


def test_the_related_tasks_are_other_tasks(task: VisualTask) -> None:
    drawn = task.items("test", 5, view="L3")
    assert {item.task for item in drawn} == set(task.related) != {task.id}
    assert score_completions([item.solution for item in drawn], drawn).values.sum() == 5
    with pytest.raises(UsageError, match="Training items have the view L1 alone"):
        task.items("train", 5, view="L3")


CHANCE = {"choice": 0.6, "exact": 0.25, "numeric": 0.45}  # places and boxes: no answer comes twice in a hundred


def test_guessing_the_commonest_answer_is_no_better_than_chance(task: VisualTask) -> None:
    priors = answer_prior(task, trained=60, tested=40)
    assert max(prior.accuracy for prior in priors) <= CHANCE.get(task.verifier, 0.15)


def test_pixels_without_the_question_tell_no_answer(task: VisualTask) -> None:
    probe = linear_probe(task, 1, trained=150, tested=100)
    assert probe.accuracy <= max(probe.commonest, 0.25) + 3 * 0.05  # 0.05: standard error of 100 items


def test_the_probe_finds_what_pixels_tell() -> None:
    """The control of the gate: asked for the colour of the only thing, the same probe is nearly always right."""
    task = VISUAL_TASKS["visual/scene-ground-v1"]
    leaky = replace(
        task,
        verifier="exact",
        draw=lambda stream, level: (scene := task.draw(stream, level))._replace(scene=scene.scene[:1]),
        canonical=lambda problem: str(problem.scene),
        solve=lambda problem: Solution(problem.scene[0].colour, (), {"scene": problem.scene}),
    )
    probe = linear_probe(leaky, 1, trained=100, tested=60)
    assert probe.accuracy >= 0.8 > 0.5 > probe.commonest


def test_an_unknown_task_has_no_files(items: list[Item]) -> None:
    with pytest.raises(UnknownId, match="visual task"):
        file_of(replace(items[0], task="visual/scene-glass-v1"))
