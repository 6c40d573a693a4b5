"""What a quadruped is paid for: speed, an upright trunk and joints near the stand pose, less the work that it does.

The terms are D5RL's (arXiv 2408.08441), and so are their widths. Each is 1 within some bounds and falls beyond them, as
the tolerances of the DeepMind Control Suite do (arXiv 1801.00690, §4): linearly or as a parabola to 0 a margin
further, or as a Gaussian to ½ there. One fault of D5RL's is mended: where a joint is driven back, its negative work is
not paid for (see `Quadruped.work`).
"""

import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.simulators.quadruped import SPREAD, STAND

MOST = 10.0  # of a step
BAND = 0.1  # m/s, around the speed that is asked for
UPRIGHT = 0.9  # cosine of the trunk's tilt
AHEAD = np.pi / 12  # rad; a heading within it counts as right


def speed_term(speed: float, target: float) -> float:
    """1 within 0.1 m/s of the target speed (m/s), linearly less beyond, and 0 where it is off by the target more."""
    return float(np.clip(1 - (abs(speed - target) - BAND) / target, 0, 1))


def upright_term(up: float) -> float:
    """1 where the cosine `up` of the trunk's tilt is 0.9 or more; a parabola below, 0 where it lies on its side."""
    missing = np.clip((UPRIGHT - up) / UPRIGHT, 0, 1)
    return float(1 - missing**2)


def posture_term(joints: NDArray[np.floating]) -> float:
    """The product over the joints [12] (rad) of 1 near the stand pose and a Gaussian beyond, ½ at twice the distance.

    Near is 0.2 rad of a hip and 0.4 rad of a thigh or a calf.
    """
    beyond = np.maximum(np.abs(joints - STAND) - SPREAD, 0) / SPREAD
    return float(0.5 ** (beyond**2).sum())


def heading_term(error: float) -> float:
    """1 where the heading is within 15° of the right one, and linearly less to 1/12 where it is the opposite one.

    Args:
        error: −π to π, rad.
    """
    return float(np.clip(1 - (abs(error) - AHEAD) / np.pi, 0, 1))


def wrapped(angle: float) -> float:
    """The angle in −π to π, rad.

    >>> round(wrapped(3 * np.pi / 2) / np.pi, 3)
    -0.5
    """
    return float(np.arctan2(np.sin(angle), np.cos(angle)))


def heading_error(heading: NDArray[np.floating], way: NDArray[np.floating]) -> float:
    """The angle from a heading [2] to the way [2] to go, −π to π, rad; to the left it is positive.

    >>> heading_error(np.array([1.0, 0.0]), np.array([0.0, 2.0])) * 2 / np.pi
    1.0
    """
    return wrapped(np.arctan2(way[1], way[0]) - np.arctan2(heading[1], heading[0]))
