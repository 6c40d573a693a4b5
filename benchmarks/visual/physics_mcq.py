"""Physics: does a stack stand, where is a ball that passed behind a screen, and does a film run forwards?

Three of the questions of intuitive physics that Cosmos-Reason1 (arXiv 2503.15558) asks of video: support, object
permanence behind an occluder, and the arrow of time. The truth is computed (`gnomon.benchmarks.media.physics`), and the
letters of the options are shuffled, so that pixels without the question do not tell the letter.
"""

from random import Random
from typing import NamedTuple

from gnomon.benchmarks.contracts import Solution, Step
from gnomon.benchmarks.media.canvas import ALL_STYLES, STYLES, UNSEEN_STYLES
from gnomon.benchmarks.media.physics import (
    Flight,
    Slide,
    Stack,
    draw_flight,
    draw_slide,
    draw_stack,
    empty,
    outcome,
    paint_flight,
    paint_frames,
    paint_slide,
    paint_stack,
)
from gnomon.benchmarks.media.png import png_of
from gnomon.benchmarks.reasoning import ends_with_answer
from gnomon.benchmarks.visual import VISUAL_TASKS, VisualTask

OUTCOMES = {"stands": "it stands", "falls left": "it tips to the left", "falls right": "it tips to the right"}
ORDERS = {False: "the order in which it was filmed", True: "the reverse of it"}
World = Stack | Flight | Slide


class Problem(NamedTuple):
    """A world, and the letters of its options, in the options' own order."""

    world: World
    letters: str


def draw(stream: Random, level: int) -> Problem:
    world = stream.choice((draw_stack, draw_flight, draw_slide))(stream, level)
    letters = list("ABCD"[: len(options_of(world))])
    stream.shuffle(letters)
    return Problem(world, "".join(letters))


def options_of(world: World) -> list[str]:
    """What may be true, in an order that says nothing."""
    if isinstance(world, Stack):
        return list(OUTCOMES.values())
    return [""] * len(world.places) if isinstance(world, Flight) else list(ORDERS.values())


def right_option(world: World) -> int:
    """The number of the option that is true."""
    if isinstance(world, Stack):
        return list(OUTCOMES).index(outcome(world))
    return world.right if isinstance(world, Flight) else list(ORDERS).index(world.backwards)


def canonical(problem: Problem) -> str:
    """The world: the letters of its options do not change the problem."""
    return f"{type(problem.world).__name__} {tuple(problem.world)}"


def solve(problem: Problem) -> Solution:
    letter = problem.letters[right_option(problem.world)]
    step = Step(type(problem.world).__name__.lower(), _reason(problem.world), letter)
    return Solution(letter, (step,), {"options": sorted(problem.letters), "scene": problem})


def _reason(world: World) -> str:
    if isinstance(world, Stack):
        return f"By the centres of mass above each contact, {OUTCOMES[outcome(world)]}."
    if isinstance(world, Flight):
        return f"The ball moves by {world.speed[0]}, {world.speed[1]} pixels from each frame to the next."
    steps = [abs(b - a) for a, b in zip(world.lefts, world.lefts[1:], strict=False)]
    return (
        f"From frame to frame the block moves {steps[0]}, {steps[1]}, {steps[2]} pixels; friction makes steps shorter."
    )


def render(problem: Problem, renderer: str) -> bytes:
    """The stack, or four frames, PNG."""
    world, style = problem.world, ALL_STYLES[renderer]
    pixels = empty(style)
    if isinstance(world, Stack):
        paint_stack(pixels, world, style)
        return png_of(pixels)
    if isinstance(world, Flight):
        paint_flight(pixels, world, list(problem.letters), style)
    else:
        paint_slide(pixels, world, style)
    paint_frames(pixels, style)
    return png_of(pixels)


def _wording(problem: Problem) -> str:
    world = problem.world
    if isinstance(world, Flight):
        return (
            "The picture has four frames, upper row first, at equal times. A ball flies at constant speed and passes "
            "behind a grey screen. Which letter of the fourth frame stands where the ball is then?"
        )
    options = sorted(zip(problem.letters, options_of(world), strict=True))
    listed = "; ".join(f"{letter}: {option}" for letter, option in options)
    if isinstance(world, Stack):
        return f"The blocks lie loosely on each other and are of one material. What will the stack do? {listed}."
    return (
        "The picture has four frames, upper row first, taken at equal times, of a block that slides over a rough "
        f"floor and that nothing drives. Which order are they in? {listed}."
    )


VISUAL_TASKS.add(
    "visual/physics-mcq-v1",
    VisualTask(
        id="visual/physics-mcq-v1",
        summary="Support, occlusion or the arrow of time in drawings of a 2-D world.",
        verifier="choice",
        draw=draw,
        canonical=canonical,
        solve=solve,
        templates=dict.fromkeys(STYLES, _wording),
        unseen_templates=dict.fromkeys(UNSEEN_STYLES, _wording),
        related=("visual/scene-qa-v1",),
        instruction=ends_with_answer("one letter"),
        render=render,
    ),
)
