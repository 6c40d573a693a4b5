"""What the visual tasks hold for true, found again from the pixels or samples, or by a physics engine."""

import io
import struct
import zlib
from fractions import Fraction
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gnomon.benchmarks.media.canvas import STYLES
from gnomon.benchmarks.media.physics import BLOCK, BRAKES, Slide, Stack, draw_slide, draw_stack, outcome
from gnomon.benchmarks.media.png import png_of
from gnomon.benchmarks.media.scenes import COLOURS, THINGS, draw_scene
from gnomon.benchmarks.media.wav import RATE, TIMBRES, UNSEEN_TIMBRES, tone
from gnomon.benchmarks.verification import score_completions
from gnomon.benchmarks.verifiers.boxes import average_precision, boxes_of
from gnomon.benchmarks.visual import VISUAL_TASKS, file_of
from gnomon.benchmarks.visual.scene_class import is_base

GROUND = VISUAL_TASKS["visual/scene-ground-v1"]
DETECT = VISUAL_TASKS["visual/scene-detect-v1"]


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_pillow_reads_the_pixels_that_were_written(width: int, height: int, seed: int) -> None:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(png_of(pixels)))), pixels)


def test_pictures_of_more_than_one_block_are_whole() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (200, 300, 3), np.uint8)  # 180,200 bytes: three blocks
    file = png_of(pixels)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(file))), pixels)
    (length,) = struct.unpack(">I", file[33:37])
    assert len(zlib.decompress(file[41 : 41 + length])) == 200 * 901


@pytest.mark.parametrize("renderer", STYLES)
def test_boxes_are_those_of_the_pixels(renderer: str) -> None:
    """The pixels of the colour that only one thing of a level 1 scene has, in a picture read by Pillow."""
    for item in GROUND.items("test", 20, level=1):
        problem_scene = item.arguments["scene"]
        pixels = np.asarray(Image.open(io.BytesIO(GROUND.render(problem_scene, renderer))))
        boxes = []
        for thing in problem_scene:
            rows, columns = np.nonzero((pixels == COLOURS[thing.colour]).all(axis=2))
            boxes.append(f"{columns.min()}, {rows.min()}, {columns.max() + 1}, {rows.max() + 1}")
        assert item.answer in boxes
        meant = next(thing for thing, box in zip(problem_scene, boxes, strict=True) if box == item.answer)
        assert all(word in ("Find", "the", "thing", "in", "picture.", *meant[:3]) for word in _first_line(item).split())


def _first_line(item) -> str:
    return item.prompt.split("\n")[0]


def test_scenes_are_balanced() -> None:
    for level, count in THINGS.items():
        scene = draw_scene(Random(level), level)
        for place, values in ((0, 2), (1, 4), (2, 4)):
            kinds = [thing[place] for thing in scene]
            assert {kinds.count(kind) for kind in kinds} == {count // values}
        quarters = [(thing.x >= 40, thing.y >= 40) for thing in scene]
        assert {quarters.count(quarter) for quarter in quarters} == {count // 4}


def test_average_precision_by_hand() -> None:
    right = [(0, 0, 1, 1), (2, 2, 3, 3), (4, 4, 5, 5)]
    wrong = (9, 9, 10, 10)
    # hit, miss, hit, none of the third: precisions 1, 1/2, 2/3; made monotone 1 and 2/3 at the two hits
    assert average_precision([right[0], wrong, right[2]], right, 1) == (1 + Fraction(2, 3)) / 3
    assert average_precision([right[0], right[0], right[0]], right, 1) == Fraction(1, 3)  # a box is found once
    assert average_precision(right[::-1], right, 1) == 1


@given(st.text(alphabet="0123456789,; .-", max_size=60))
def test_what_is_no_list_of_boxes_is_none(text: str) -> None:
    boxes = boxes_of(text)
    assert boxes is None or len(boxes) == text.count(";") + 1


def test_spamming_boxes_does_not_pay() -> None:
    """All cells of the picture, after the right boxes: without the length term nothing would be lost (VLM-R1)."""
    items = DETECT.items("test", 20)
    cells = "; ".join(f"{x}, {y}, {x + 20}, {y + 20}" for x in range(0, 80, 20) for y in range(0, 80, 20))
    spam = score_completions([f"Answer: {item.answer}; {cells}" for item in items], items).values
    blind = score_completions([f"Answer: {cells}"] * 20, items).values
    counts = np.array([item.answer.count(";") + 1 for item in items])
    np.testing.assert_allclose(spam, counts / (counts + 16))
    assert blind.max() < 0.2


def test_base_and_new_classes_are_apart() -> None:
    for name, base in (("scene-class", True), ("scene-class-new", False)):
        for item in VISUAL_TASKS[f"visual/{name}-v1"].items("train", 50):
            drawings = [*item.arguments["scene"].examples, item.arguments["scene"].query]
            assert {is_base(drawing.strokes) for drawing in drawings} == {base}
            assert len({drawing.strokes for drawing in drawings}) == len(drawings) - 1


def test_counts_and_places_of_questions() -> None:
    seen = set()
    for item in VISUAL_TASKS["visual/scene-qa-v1"].items("test", 100):
        question, scene = _first_line(item), item.arguments["scene"]
        words = question.rstrip("?").replace("discs", "disc").replace("squares", "square").replace("crosss", "cross")
        if question.startswith("How many"):
            said = [w for w in words.replace("triangles", "triangle").split() if any(w in thing[:3] for thing in scene)]
            assert item.answer == str(sum(all(word in thing[:3] for word in said) for thing in scene))
            seen.add("count")
        else:
            asked, place = words.split()[1], words.split()[4]
            said = [word for word in words.split(":")[0].split() if any(word in thing[:3] for thing in scene)]
            things = [thing for thing in scene if all(word in thing[:3] for word in said)]
            axis, sign = {"leftmost": (3, 1), "rightmost": (3, -1), "uppermost": (4, 1), "lowest": (4, -1)}[place]
            first = min(things, key=lambda thing: sign * thing[axis])
            assert item.answer == first[("size", "colour", "shape").index(asked)]
            seen.add(asked)
    assert seen == {"count", "size", "colour", "shape"}


def test_a_click_counts_on_the_widget_alone_and_with_the_right_action() -> None:
    items = VISUAL_TASKS["visual/ui-click-v1"].items("test", 50)
    for item in items:
        x1, y1, x2, y2 = map(int, item.arguments["box"].split(", "))
        action = item.answer.split()[0]
        answers = [
            f"{action} {x1}, {y1}",
            f"{action} {x2}, {y2}",
            f"{action} {x1 - 1}, {y1}",
            f"{action} {x1}, {y2 + 1}",
        ]
        other = "click" if action != "click" else "type"
        answers.append(f"{other} {x1}, {y1}")
        scores = score_completions([f"Answer: {answer}" for answer in answers], [item] * 5).values
        assert scores.tolist() == [1, 1, 0, 0, 0]
        widgets = item.arguments["scene"].widgets
        assert len({(widget.kind, widget.label) for widget in widgets}) == len(widgets)


def test_stacks_do_what_a_physics_engine_says() -> None:
    """Box2D drops the stacks of thirty seeds; the block that moves most tells the side."""
    stacks = [draw_stack(Random(seed), 1 + seed % 3) for seed in range(30)]
    assert {outcome(stack) for stack in stacks} == {"stands", "falls left", "falls right"}
    assert [_fall(stack) for stack in stacks] == [outcome(stack) for stack in stacks]


def _fall(stack: Stack) -> str:
    import Box2D

    world = Box2D.b2World(gravity=(0, -10))
    world.CreateStaticBody(shapes=Box2D.b2PolygonShape(box=(100, 1, (0, -1), 0)))
    bodies = []
    for number, (left, right) in enumerate(stack.blocks):
        body = world.CreateDynamicBody(position=((left + right) / 20, (number + 0.5) * BLOCK / 10))
        body.CreatePolygonFixture(box=((right - left) / 20, BLOCK / 20), density=1, friction=1)
        bodies.append(body)
    starts = [body.position.x for body in bodies]
    for _ in range(240):
        world.Step(1 / 120, 20, 20)
    turn = max((body.angle for body in bodies), key=abs)
    moved = max((body.position.x - start for body, start in zip(bodies, starts, strict=True)), key=abs)
    if abs(turn) < 0.05 and abs(moved) < 0.2:
        return "stands"
    return "falls left" if moved < 0 else "falls right"


def test_friction_makes_steps_shorter_unless_the_film_runs_backwards() -> None:
    for level, brake in BRAKES.items():
        for seed in range(20):
            slide = draw_slide(Random(seed), level)
            steps = np.abs(np.diff(slide.lefts))
            assert np.diff(steps).tolist() == [brake if slide.backwards else -brake] * 2
            assert steps.min() >= 1
            assert 0 < min(slide.lefts) < max(slide.lefts) + slide.width < 48
    assert Slide(2, 5, 1, False, False, 5, 30).lefts == [2, 7, 11, 14]


@pytest.mark.parametrize("timbre", [*TIMBRES, *UNSEEN_TIMBRES])
@pytest.mark.parametrize("decihertz", [2200, 4400, 6985])
def test_a_tone_has_its_frequency(timbre: str, decihertz: int) -> None:
    spectrum = np.abs(np.fft.rfft(tone(timbre, decihertz, RATE, 50)))
    assert abs(int(spectrum.argmax()) - decihertz / 10) <= 1  # a second of sound: a bin is a hertz


def test_tones_answer_their_questions() -> None:
    words = {"highest": (0, max), "lowest": (0, min), "longest": (1, max), "shortest": (1, min)}
    words |= {"loudest": (2, max), "softest": (2, min)}
    for item in VISUAL_TASKS["visual/tone-qa-v1"].items("test", 100):
        problem = item.arguments["scene"]
        if problem.asked == "rises":
            pitches = [one.pitch for one in problem.tones]
            assert item.answer == str(int((np.diff(pitches) > 0).sum()))
            assert (np.diff(pitches) != 0).all()
        else:
            place, best = words[problem.asked]
            values = [one[place] for one in problem.tones]
            assert values.count(best(values)) == 1
            assert item.answer == str(values.index(best(values)) + 1)


def test_the_file_of_an_item_is_that_of_its_renderer() -> None:
    item = GROUND.items("test", 1, view="L2")[0]
    assert file_of(item) == GROUND.render(item.arguments["scene"], "dotted")
