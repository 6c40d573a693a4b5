"""Tone questions: of 3 to 7 tones, which is the highest, shortest, loudest and so on, or how often does pitch rise?

After the audio questions of R1-AQA (arXiv 2503.11197); another renderer is another timbre. Of a tone's three properties
none says anything of the others, so that loudness does not tell pitch.
"""

from collections.abc import Sequence
from itertools import pairwise
from random import Random
from typing import NamedTuple

import numpy as np

from gnomon.benchmarks.contracts import Solution, Step
from gnomon.benchmarks.media.wav import RATE, TIMBRES, UNSEEN_TIMBRES, tone, wav_of
from gnomon.benchmarks.reasoning import ends_with_answer
from gnomon.benchmarks.visual import VISUAL_TASKS, VisualTask

PITCHES = (2200, 2469, 2772, 3111, 3492, 3920, 4400, 4939, 5544, 6223, 6985)  # decihertz: whole tones from A3
LENGTHS = (80, 110, 150, 200, 270, 360, 480)  # milliseconds, a third longer each
LOUDNESSES = (12, 17, 24, 34, 48, 68, 96)  # percent, 3 decibels each
STEPS = {1: 2, 2: 2, 3: 1, 4: 1, 5: 1}  # level → how many steps of its scale the answer is ahead of the next
SUPERLATIVES = {  # word → the property of a tone, and whether the least is meant
    "highest": (0, False), "lowest": (0, True),
    "longest": (1, False), "shortest": (1, True),
    "loudest": (2, False), "softest": (2, True),
}  # fmt: skip
PAUSE = 480  # samples between two tones


class Tone(NamedTuple):
    """Numbers of a pitch, a length and a loudness on their scales."""

    pitch: int
    length: int
    loudness: int


class Problem(NamedTuple):
    """Tones in order, and what is asked: a superlative, or `rises`."""

    tones: tuple[Tone, ...]
    asked: str


def draw(stream: Random, level: int) -> Problem:
    """`level` + 2 tones; each superlative is as common as the others, and so is each count of rises."""
    asked = stream.choice([*SUPERLATIVES, "rises", "rises"])
    while True:
        pitches = _melody(stream, level + 2) if asked == "rises" else _any(stream, PITCHES, level + 2)
        scales = (pitches, _any(stream, LENGTHS, level + 2), _any(stream, LOUDNESSES, level + 2))
        problem = Problem(tuple(Tone(*numbers) for numbers in zip(*scales, strict=True)), asked)
        if asked == "rises" or _is_clear(problem, level):
            return problem


def _any(stream: Random, scale: Sequence[int], count: int) -> list[int]:
    return [stream.randrange(len(scale)) for _ in range(count)]


def _melody(stream: Random, count: int) -> list[int]:
    """Numbers of pitches that rise as often as they may by one draw, in any order of rises and falls."""
    rises = stream.randint(0, count - 1)
    ways = [True] * rises + [False] * (count - 1 - rises)
    stream.shuffle(ways)
    while True:
        melody = [stream.randrange(len(PITCHES))]
        for way in ways:
            open_ones = range(melody[-1] + 1, len(PITCHES)) if way else range(melody[-1])
            if not open_ones:
                break
            melody.append(stream.choice(open_ones))
        else:
            return melody


def _rises(tones: Sequence[Tone]) -> int:
    return sum(one.pitch < other.pitch for one, other in pairwise(tones))


def _ranked(problem: Problem) -> list[tuple[int, int]]:
    """The value asked for, signed so that the largest is meant, and the place of each tone; the right one first."""
    which, least = SUPERLATIVES[problem.asked]
    return sorted(((one[which] * (-1 if least else 1), place) for place, one in enumerate(problem.tones)), reverse=True)


def _is_clear(problem: Problem, level: int) -> bool:
    first, second = _ranked(problem)[:2]
    return first[0] - second[0] >= STEPS[level]


def canonical(problem: Problem) -> str:
    return f"{problem.asked} of {[tuple(one) for one in problem.tones]}"


def solve(problem: Problem) -> Solution:
    if problem.asked == "rises":
        answer = str(_rises(problem.tones))
        pitches = ", ".join(f"{PITCHES[one.pitch] / 10:g}" for one in problem.tones)
        step = Step("listen", f"The tones have {pitches} hertz.", answer)
    else:
        answer = str(_ranked(problem)[0][1] + 1)
        step = Step("listen", f"Tone {answer} is the {problem.asked}.", answer)
    return Solution(answer, (step,), {"scene": problem})


def render(problem: Problem, renderer: str) -> bytes:
    """The tones with pauses between them, WAV."""
    pause = np.zeros(PAUSE, np.int16)
    parts = [pause]
    for one in problem.tones:
        samples = RATE * LENGTHS[one.length] // 1000
        parts += [tone(renderer, PITCHES[one.pitch], samples, LOUDNESSES[one.loudness]), pause]
    return wav_of(np.concatenate(parts))


def _wording(problem: Problem) -> str:
    count = f"The sound has {len(problem.tones)} tones."
    if problem.asked == "rises":
        return f"{count} How often is a tone higher than the one before it?"
    return f"{count} Which is the {problem.asked}, counted from 1?"


VISUAL_TASKS.add(
    "visual/tone-qa-v1",
    VisualTask(
        id="visual/tone-qa-v1",
        summary="Compare the pitch, length or loudness of 3 to 7 tones.",
        verifier="numeric",
        draw=draw,
        canonical=canonical,
        solve=solve,
        templates=dict.fromkeys(TIMBRES, _wording),
        unseen_templates=dict.fromkeys(UNSEEN_TIMBRES, _wording),
        related=("visual/scene-qa-v1",),
        instruction=ends_with_answer("a whole number"),
        render=render,
        media="audio",
    ),
)
