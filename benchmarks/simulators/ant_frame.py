"""What an ant knows of itself and of where to go, in the frame of its torso: it need not know which way is north.

Only sums, products and one square root a row, so that equal numbers give equal bits on every machine.
"""

import numpy as np
from numpy.typing import NDArray

POSTURE, VELOCITY = slice(0, 13), slice(13, 27)  # of what Gymnasium's ant observes: positions without x and y, speeds
SIZE = 29
COLUMNS = {  # of what the ant knows
    "height": slice(0, 1),
    "up": slice(1, 4),
    "joints": slice(4, 12),
    "velocity": slice(12, 15),
    "turning": slice(15, 18),
    "joint_rates": slice(18, 26),
    "direction": slice(26, 29),
}


def in_torso_frame(body: NDArray[np.floating], direction: NDArray[np.floating]) -> NDArray[np.float64]:
    """The observation of `gnomon.benchmarks.simulators.ant_direction`, from the one of Gymnasium's ant.

    Args:
        body: [n, 27] height (m), quaternion of the torso (w, x, y, z), 8 joints (rad), 3 velocities (m/s) and 3 rates
            of turning (rad/s, in the torso's frame) of the torso, 8 rates of the joints (rad/s).
        direction: [n, 2] where to go, a unit vector on the floor.

    Returns:
        [n, 29] height, what is up, joints, velocity, rates of turning, rates of the joints, direction.
    """
    body, direction = body.astype(np.float64), direction.astype(np.float64)
    posture, velocity = body[:, POSTURE], body[:, VELOCITY]
    turned = torso_axes(posture[:, 1:5])
    floor = np.concatenate([direction, np.zeros((len(direction), 1))], axis=1)
    return np.concatenate(
        [
            posture[:, :1],
            turned[:, 2],
            posture[:, 5:],
            _seen_from(turned, velocity[:, :3]),
            velocity[:, 3:],
            _seen_from(turned, floor),
        ],
        axis=1,
    )


def torso_axes(quaternions: NDArray[np.float64]) -> NDArray[np.float64]:
    """[n, 3, 3] the rotations of unit quaternions (w, x, y, z): column j is the torso's axis j in the world."""
    w, x, y, z = quaternions.T
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    return np.stack([np.stack(row, axis=1) for row in rows], axis=1)


def _seen_from(axes: NDArray[np.float64], vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """[n, 3] the vectors of the world in the frame of the torso."""
    return (axes * vectors[:, :, None]).sum(1)


def unit(vectors: NDArray[np.floating]) -> NDArray[np.float64]:
    """[n, 2] the vectors at length 1; those of length 0 stay."""
    length = np.sqrt((vectors.astype(np.float64) ** 2).sum(1, keepdims=True))
    return vectors / np.where(length > 0, length, 1)
