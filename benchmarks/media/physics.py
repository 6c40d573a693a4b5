"""Small worlds of intuitive physics, in whole numbers: a stack of blocks, a hidden flight, a block that slides.

Each is a tuple that says all of its motion, with what is true of it, and is painted on 96 × 96 pixels: the stack at
once, the others as four frames in the order in which one reads.
"""

from random import Random
from typing import NamedTuple

from gnomon.benchmarks.media import canvas
from gnomon.benchmarks.media.canvas import Pixels, Style, disc, paint, rectangle
from gnomon.benchmarks.media.font import writing

SIDE, FRAME = 96, 48  # pixels of the picture and of one of its four frames
BLOCK, GROUND = 11, 88  # pixels: the height of a block, and where the lowest stands
BLUE, RED, GREY = (52, 110, 210), (214, 62, 50), (128, 128, 134)
SPACINGS = {1: 10, 2: 9, 3: 8, 4: 7, 5: 6}  # level → pixels between two places where the ball may be
BRAKES = {1: 4, 2: 3, 3: 3, 4: 2, 5: 1}  # level → pixels that each step of the sliding block is shorter than the last
RADIUS = 3  # of the ball


class Stack(NamedTuple):
    """Blocks of equal height and density, from the lowest up: left and right edge of each, in pixels."""

    blocks: tuple[tuple[int, int], ...]


def overhangs(stack: Stack) -> list[tuple[int, int]]:
    """For each block but the highest, how far the centre of mass of all above lies inside its contact.

    Returns:
        From the left and from the right end of the contact, in pixels times twice the mass above; negative is outside.
    """
    found, mass, moment = [], 0, 0  # the moment is twice the sum of mass times centre
    for lower, upper in zip(stack.blocks[-2::-1], stack.blocks[:0:-1], strict=True):
        mass += upper[1] - upper[0]
        moment += (upper[1] - upper[0]) * (upper[0] + upper[1])
        left, right = max(lower[0], upper[0]), min(lower[1], upper[1])
        found.append((moment - 2 * mass * left, 2 * mass * right - moment))
    return found


def outcome(stack: Stack) -> str:
    """`stands`, `falls left`, `falls right`; empty where it is not clear.

    It stands where every centre of mass is inside its contact. Clear is what is inside or outside by a pixel or more,
    and falls to one side.
    """
    masses, total = [], 0
    for left, right in stack.blocks[:0:-1]:
        total += right - left
        masses.append(total)
    ends = overhangs(stack)
    if any(abs(end) < 2 * mass for pair, mass in zip(ends, masses, strict=True) for end in pair):
        return ""
    sides = {"falls left" for left, _ in ends if left < 0} | {"falls right" for _, right in ends if right < 0}
    return "stands" if not sides else sides.pop() if len(sides) == 1 else ""


def draw_stack(stream: Random, level: int) -> Stack:
    """`level` + 2 blocks; the three outcomes are equally common."""
    wanted = stream.choice(("stands", "falls left", "falls right"))
    while True:
        blocks, centre = [], SIDE // 2
        for _ in range(level + 2):
            width = 2 * stream.randint(7, 16)
            centre += stream.randint(-9, 9) if blocks else 0
            blocks.append((centre - width // 2, centre + width // 2))
        stack = Stack(tuple(blocks))
        if _touch(stack) and outcome(stack) == wanted:
            return stack


def _touch(stack: Stack) -> bool:
    """Whether each block rests on 3 pixels or more of the one below, and all are in the picture."""
    rests = all(min(a[1], b[1]) - max(a[0], b[0]) >= 3 for a, b in zip(stack.blocks, stack.blocks[1:], strict=False))
    return rests and all(left >= 2 and right <= SIDE - 2 for left, right in stack.blocks)


def paint_stack(pixels: Pixels, stack: Stack, style: Style) -> None:
    pixels[GROUND : GROUND + 2] = style.ink
    for number, (left, right) in enumerate(stack.blocks):
        low = GROUND - BLOCK * number
        paint(pixels, rectangle(pixels, (left, low - BLOCK + 1, right, low)), (BLUE, RED)[number % 2], style)


class Flight(NamedTuple):
    """A ball at constant speed: seen twice, then behind a screen, then at one of four places on a line.

    Attributes:
        start, speed: x and y in pixels, and pixels a frame.
        places: where it may be in the fourth frame.
        right: number of the place where it is.
    """

    start: tuple[int, int]
    speed: tuple[int, int]
    places: tuple[tuple[int, int], ...]
    right: int

    def at(self, frame: int) -> tuple[int, int]:
        return self.start[0] + frame * self.speed[0], self.start[1] + frame * self.speed[1]


def draw_flight(stream: Random, level: int) -> Flight:
    """From the left or the right; the places are nearer to each other from level to level."""
    while True:
        start, speed = (stream.randint(5, 10), stream.randint(6, 41)), (stream.randint(8, 10), stream.randint(-7, 7))
        if stream.random() < 0.5:
            start, speed = (FRAME - 1 - start[0], start[1]), (-speed[0], speed[1])
        end = start[0] + 3 * speed[0], start[1] + 3 * speed[1]
        right, upright, spacing = stream.randrange(4), stream.random() < 0.5, SPACINGS[level]
        shifts = [spacing * (place - right) for place in range(4)]
        places = tuple((end[0], end[1] + by) if upright else (end[0] + by, end[1]) for by in shifts)
        if all(4 <= x <= FRAME - 5 and 4 <= y <= FRAME - 5 for x, y in (*places, start, end)):
            return Flight(start, speed, places, right)


def paint_flight(pixels: Pixels, flight: Flight, letters: list[str], style: Style) -> None:
    """Two frames with the ball, one with a screen in front of it, one with a letter at each place."""
    hidden = flight.at(2)
    for number in range(3):
        frame = frame_of(pixels, number)
        if number < 2:
            paint(frame, disc(frame, flight.at(number), RADIUS), RED, style)
        frame[rectangle(frame, (hidden[0] - 4, 2, hidden[0] + 5, FRAME - 2))] = GREY
    last = frame_of(pixels, 3)
    for letter, (x, y) in zip(letters, flight.places, strict=True):
        last[writing(last, letter, (x - 1, y - 2))] = style.ink


class Slide(NamedTuple):
    """A block that friction brakes evenly on a floor, filmed four times; the film may be shown backwards.

    Attributes:
        start, first_step, brake: left edge in pixels; pixels to the second frame; how much shorter each next step is.
        leftward, backwards: which way it slides, and whether the last frame is shown first.
        width, floor: of the block, and y of the floor, in pixels.
    """

    start: int
    first_step: int
    brake: int
    leftward: bool
    backwards: bool
    width: int
    floor: int

    @property
    def lefts(self) -> list[int]:
        """The left edge of the block in each frame, as shown."""
        lefts = [self.start + k * self.first_step - self.brake * k * (k - 1) // 2 for k in range(4)]
        if self.leftward:
            lefts = [FRAME - self.width - left for left in lefts]
        return lefts[::-1] if self.backwards else lefts


def draw_slide(stream: Random, level: int) -> Slide:
    """The brake is weaker from level to level."""
    brake, width = BRAKES[level], stream.randint(5, 9)
    farthest = FRAME - 2 - width
    first = stream.randint(2 * brake + 1, (farthest - 2) // 3 + brake)
    start = stream.randint(2, farthest - 3 * first + 3 * brake)
    return Slide(start, first, brake, stream.random() < 0.5, stream.random() < 0.5, width, stream.randint(20, 42))


def paint_slide(pixels: Pixels, slide: Slide, style: Style) -> None:
    for number, left in enumerate(slide.lefts):
        frame = frame_of(pixels, number)
        frame[slide.floor] = style.ink
        paint(frame, rectangle(frame, (left, slide.floor - 7, left + slide.width, slide.floor)), BLUE, style)


def frame_of(pixels: Pixels, number: int) -> Pixels:
    """The part of the picture that a frame fills, with a line around it."""
    left, top = FRAME * (number % 2), FRAME * (number // 2)
    return pixels[top : top + FRAME, left : left + FRAME]


def paint_frames(pixels: Pixels, style: Style) -> None:
    """The lines between four frames, on top of them."""
    pixels[FRAME - 1 : FRAME + 1] = style.ink
    pixels[:, FRAME - 1 : FRAME + 1] = style.ink


def empty(style: Style) -> Pixels:
    """A picture without anything in it."""
    return canvas.blank(SIDE, SIDE, style)
