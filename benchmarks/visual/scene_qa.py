"""Scene questions: the colour, shape or size of a thing at a place, and how many things have two properties.

Scenes are balanced (`gnomon.benchmarks.media.scenes`), so that pixels without the question tell no answer. Another
modality is another renderer, as Med-R1 (arXiv 2503.13939) holds out kinds of medical images.
"""

from random import Random
from typing import Literal, NamedTuple

from gnomon.benchmarks.contracts import Solution, Step
from gnomon.benchmarks.media.canvas import STYLES, UNSEEN_STYLES
from gnomon.benchmarks.media.phrases import PLACES, Kind, draw_kind, fitting, is_clear
from gnomon.benchmarks.media.scenes import COLOURS, RADII, SHAPES, Scene, draw_scene, render_scene, written_scene
from gnomon.benchmarks.reasoning import ends_with_answer
from gnomon.benchmarks.visual import VISUAL_TASKS, VisualTask

Asked = Literal["size", "colour", "shape", "count"]
ASKED: tuple[Asked, ...] = ("size", "colour", "shape", "count")


class Problem(NamedTuple):
    """A scene and a question: how many there are of a kind, or a property of the one at a place among its kind."""

    scene: Scene
    asked: Asked
    kind: Kind
    place: str


def draw(stream: Random, level: int) -> Problem:
    """8 to 16 things; a property of the thing at a place, from level 2 among those of a kind; or a count."""
    asked = stream.choice(ASKED)
    return _draw_count(stream, level) if asked == "count" else _draw_property(stream, level, asked)


def _draw_count(stream: Random, level: int) -> Problem:
    """Each number of the things, 0 to 2 (0 to 3 of twelve or more), is as common as the others."""
    wanted = stream.randint(0, 2 if level < 4 else 3)
    while True:
        scene = draw_scene(stream, max(level, 2))
        kind = draw_kind(stream, [stream.choice(values) for values in (tuple(RADII), tuple(COLOURS), SHAPES)], 2)
        if len(fitting(scene, kind, "")) == wanted:
            return Problem(scene, "count", kind, "")


def _draw_property(stream: Random, level: int, asked: Asked) -> Problem:
    """The property is not named in the question, and several things are of the kind."""
    while True:
        scene = draw_scene(stream, max(level, 2))
        kind, place = draw_kind(stream, stream.choice(scene)[:3], int(level >= 2)), stream.choice(list(PLACES))
        if not getattr(kind, asked) and is_clear(fitting(scene, kind, place), place):
            return Problem(scene, asked, kind, place)


def canonical(problem: Problem) -> str:
    return f"{problem.asked} of {problem.place} {problem.kind} in {written_scene(problem.scene)}"


def solve(problem: Problem) -> Solution:
    things = fitting(problem.scene, problem.kind, problem.place)
    if problem.asked == "count":
        answer = str(len(things))
        step = Step("count", f"Of {len(problem.scene)} things {answer} fit: {problem.kind}.", answer)
    else:
        answer = getattr(things[0], problem.asked)
        step = Step("find", f"The {problem.place} one is a {Kind(*things[0][:3])}.", answer)
    return Solution(answer, (step,), {"scene": problem.scene})


def _wording(problem: Problem) -> str:
    kind = problem.kind
    if problem.asked == "count":
        return f"How many things in the picture are {f'{kind}s' if kind.shape else f'{kind.size} and {kind.colour}'}?"
    *values, last = {"size": tuple(RADII), "colour": tuple(COLOURS), "shape": SHAPES}[problem.asked]
    choice = f"{', '.join(values)} or {last}"
    return f"What {problem.asked} has the {problem.place} {kind} in the picture: {choice}?"


VISUAL_TASKS.add(
    "visual/scene-qa-v1",
    VisualTask(
        id="visual/scene-qa-v1",
        summary="A property of one thing, or the number of things of a kind, in a scene of 8 to 16.",
        verifier="exact",
        draw=draw,
        canonical=canonical,
        solve=solve,
        templates=dict.fromkeys(STYLES, _wording),
        unseen_templates=dict.fromkeys(UNSEEN_STYLES, _wording),
        related=("visual/scene-ground-v1",),
        instruction=ends_with_answer("one word in small letters or a whole number in digits"),
        render=render_scene,
    ),
)
