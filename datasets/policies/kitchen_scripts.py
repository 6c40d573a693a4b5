"""How the sub-tasks of the kitchen are done: way-points of the hand, measured from the handle that is moved.

A handle is gripped and pulled (microwave, hinge cabinet), gripped and turned (knobs of the burners), or pushed (all
others). The way-points were found by trial in the simulator; none is taken from a demonstration.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gnomon.datasets.policies.kitchen_arm import pointing

MICROWAVE, HINGE, SLIDE, LIGHT, BOTTOM_KNOB, TOP_KNOB, KETTLE_Y = 22, 21, 19, 17, 11, 15, 24  # positions, of 30
SIDE_POSTURE = (0.15, -1.2, 1.6, -2.2, 0.3, 0.9, 1.5)  # rad; the elbow out to the right, as at the start
LOW_POSTURE = (-0.5, -1.5, 2.4, -2.5, 0.0, 1.6, 2.4)  # and the hand low
FAR_POSTURE = (-1.5, -1.5, 2.1, -1.2, -0.4, 1.3, 2.0)  # and the hand to the left
HIGH_POSTURE = (-1.25, -1.0, 1.35, -1.95, 0.0, 1.35, 1.0)  # and the hand high


@dataclass(frozen=True)
class Waypoint:
    """Where the hand goes, and when that is over.

    Attributes:
        site: the place of the model that it is measured from, wherever that is by now.
        offset: m; sideways, forward and up, along the axes of the hand as it shall point.
        closed: whether the fingers close.
        yaw: rad; where the hand points: 0 at the kitchen, positive to the left.
        pitch: rad; positive up.
        roll: rad; about where it points, positive with the upper side to the right.
        posture: rad; what the seven joints of the arm tend to.
        moved: number of the position (of 30) that the way-point moves; without one it is over near its target.
        lead: rad or m; the target is where the site comes to when `moved` is that much further; a hand that gets
            there has lost what it moves.
        until: rad or m; over when `moved` is beyond it, on its own side of zero.
        tolerance: m; how near the target is near.
        hold: least steps.
        patience: most steps.
        speed: m/s; most speed of the hand.
    """

    site: str
    offset: tuple[float, float, float]
    closed: bool = True
    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    posture: tuple[float, ...] = SIDE_POSTURE
    moved: int | None = None
    lead: float = 0.0
    until: float = 0.0
    tolerance: float = 0.02
    hold: int = 0
    patience: int = 25
    speed: float = 0.5

    @property
    def axes(self) -> NDArray[np.float64]:
        """[3, 3] the axes of the hand as it shall point."""
        return pointing(self.yaw, self.pitch, self.roll)


def _pull(hand: Waypoint, moved: int, lead: float, until: float) -> tuple[Waypoint, ...]:
    """Grip the handle that the hand's offset tells of, pull it until it is open, let go and step back."""
    side, forward, up = hand.offset
    before = replace(hand, offset=(side, forward - 0.11, up), closed=False, tolerance=0.04, patience=70)
    return (
        before,
        replace(hand, closed=False),
        replace(hand, hold=6, tolerance=0.1),
        replace(hand, moved=moved, lead=lead, until=until, patience=60),
        replace(hand, closed=False, hold=4, tolerance=0.1),
        before,
    )


def _push(hand: Waypoint, before: float, beyond: float, moved: int, lead: float, until: float) -> tuple[Waypoint, ...]:
    """Come to the side of a handle with closed fingers, push it along, and step back.

    `before` and `beyond` are the sideways offsets (m) from which and towards which it is pushed.
    """
    _, forward, up = hand.offset
    away = replace(hand, offset=(before, forward - 0.07, up), tolerance=0.04, patience=70)
    return (
        away,
        replace(hand, offset=(before, forward, up)),
        replace(hand, offset=(beyond, forward, up), moved=moved, lead=lead, until=until, patience=50),
        replace(away, offset=(before, forward - 0.1, up), tolerance=0.06),
    )


def _knob(site: str, moved: int) -> tuple[Waypoint, ...]:
    """Grip a knob, turn it with the wrist, let go and step back."""
    hand = Waypoint(site, (0.0, -0.03, 0.0), posture=HIGH_POSTURE, closed=False)
    away = replace(hand, offset=(0.0, -0.1, 0.0), tolerance=0.04, patience=70)
    return (
        away,
        hand,
        replace(hand, closed=True, hold=5, tolerance=0.1),
        replace(hand, closed=True, roll=1.1, moved=moved, until=-0.7, patience=40),
        replace(hand, roll=1.1, hold=3, tolerance=0.1),
        replace(away, roll=0.3, offset=(0.0, -0.12, 0.0)),
    )


KETTLE_PUSH = Waypoint(  # pushed with both fingers apart, or it would turn
    "kettle_site", (0.0, -0.2, -0.22), closed=False, pitch=-0.4, posture=LOW_POSTURE, tolerance=0.05, patience=70
)

SCRIPTS: dict[str, tuple[Waypoint, ...]] = {
    "microwave": _pull(
        Waypoint("microhandle_site", (0.0, -0.01, 0.0), yaw=0.15, pitch=-0.4, posture=FAR_POSTURE),
        MICROWAVE,
        lead=-0.25,
        until=-0.72,
    ),
    "kettle": (
        KETTLE_PUSH,
        replace(KETTLE_PUSH, offset=(0.0, -0.1, -0.23), tolerance=0.03, patience=25),
        replace(KETTLE_PUSH, offset=(0.0, -0.1, -0.23), moved=KETTLE_Y, lead=0.2, until=0.58, speed=0.3, patience=35),
        replace(KETTLE_PUSH, offset=(0.0, -0.25, -0.1)),
    ),
    "light switch": _push(Waypoint("light_site", (0.0, -0.02, 0.0)), 0.06, 0.0, LIGHT, lead=-0.3, until=-0.6),
    "slide cabinet": _push(Waypoint("slide_site", (0.0, -0.02, 0.0)), -0.08, -0.02, SLIDE, lead=0.1, until=0.35),
    "hinge cabinet": _pull(Waypoint("hinge_site2", (0.0, -0.01, 0.0)), HINGE, lead=0.25, until=1.3),
    "bottom burner": _knob("knob2_site", BOTTOM_KNOB),
    "top burner": _knob("knob4_site", TOP_KNOB),
}
