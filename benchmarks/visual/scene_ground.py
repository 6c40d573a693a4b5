"""Scene ground: the box of one thing that a phrase describes, and (scene-detect) the boxes of all things of a kind.

The boxes are exact: the smallest ones around the pixels that were drawn. The rewards are those of referring expressions
and open-vocabulary detection in VLM-R1 (arXiv 2504.07615): overlap of one box, precision of many with its length term.
"""

from random import Random
from typing import NamedTuple

from gnomon.benchmarks.contracts import Solution, Step
from gnomon.benchmarks.media.canvas import STYLES, UNSEEN_STYLES
from gnomon.benchmarks.media.phrases import PLACES, Kind, draw_kind, fitting, is_clear
from gnomon.benchmarks.media.scenes import Scene, Thing, box_of_thing, draw_scene, render_scene, written_scene
from gnomon.benchmarks.reasoning import ends_with_answer
from gnomon.benchmarks.visual import VISUAL_TASKS, VisualTask


class Problem(NamedTuple):
    """A scene, and the things asked for: one of a kind at a `place` among them, or all of the kind."""

    scene: Scene
    kind: Kind
    place: str

    @property
    def meant(self) -> list[Thing]:
        things = fitting(self.scene, self.kind, self.place)
        return things[:1] if self.place else things


def draw_one(stream: Random, level: int) -> Problem:
    """Two properties that fit one thing alone; from level 3 several fit, and the phrase says which of them."""
    while True:
        scene = draw_scene(stream, level)
        kind = draw_kind(stream, stream.choice(scene)[:3], 1 if level >= 4 else 2)
        place = stream.choice(list(PLACES)) if level >= 3 else ""
        things = fitting(scene, kind, place)
        if is_clear(things, place) if place else len(things) == 1:
            return Problem(scene, kind, place)


def draw_all(stream: Random, level: int) -> Problem:
    """All things of a kind: of one property in the levels 1, 2 and 4, of two in 3 and 5; there are 2 to 6."""
    while True:
        scene = draw_scene(stream, max(level, 2))
        kind = draw_kind(stream, stream.choice(scene)[:3], 2 if level in (3, 5) else 1)
        if 2 <= len(fitting(scene, kind, "")) <= 6:
            return Problem(scene, kind, "")


def canonical(problem: Problem) -> str:
    return f"{problem.place} {problem.kind} in {written_scene(problem.scene)}"


def solve(problem: Problem) -> Solution:
    boxes = [", ".join(map(str, box_of_thing(thing))) for thing in problem.meant]
    steps = [
        Step("find", f"A {Kind(*thing[:3])} fills the box {box}.", box)
        for thing, box in zip(problem.meant, boxes, strict=True)
    ]
    return Solution("; ".join(boxes), tuple(steps), {"scene": problem.scene})


def _one(problem: Problem) -> str:
    return f"Find the {' '.join(filter(None, (problem.place, str(problem.kind))))} in the picture."


def _all(problem: Problem) -> str:
    return f"Find every {problem.kind} in the picture."


BOX = "x1, y1, x2, y2: its left, upper, right and lower edge in pixels from the upper left corner"

VISUAL_TASKS.add(
    "visual/scene-ground-v1",
    VisualTask(
        id="visual/scene-ground-v1",
        summary="The box of one thing in a scene of 4 to 16, by a phrase that describes it.",
        verifier="iou",
        draw=draw_one,
        canonical=canonical,
        solve=solve,
        templates=dict.fromkeys(STYLES, _one),
        unseen_templates=dict.fromkeys(UNSEEN_STYLES, _one),
        related=("visual/scene-detect-v1",),
        instruction=ends_with_answer(f"a box {BOX}"),
        render=render_scene,
    ),
)
VISUAL_TASKS.add(
    "visual/scene-detect-v1",
    VisualTask(
        id="visual/scene-detect-v1",
        summary="The boxes of all things of a kind in a scene of 8 to 16.",
        verifier="boxes",
        draw=draw_all,
        canonical=canonical,
        solve=solve,
        templates=dict.fromkeys(STYLES, _all),
        unseen_templates=dict.fromkeys(UNSEEN_STYLES, _all),
        related=("visual/scene-ground-v1",),
        instruction=ends_with_answer(f"a box for each, with semicolons between them; a box is {BOX}"),
        render=render_scene,
    ),
)
