"""A quadruped with the parameters of the Unitree A1, as D5RL (arXiv 2408.08441) has it: what it is, does and feels.

Masses, lengths, ranges of the joints, damping, friction of the feet and the torque law are the A1's and D5RL's. The
rest is chosen here, as no mesh is used: the shapes are primitive and their mass is spread evenly, the legs do not
collide with each other or with the trunk, and the physics take 2.5 ms a step.

A position actuator of MuJoCo with gains kp and kv and a range of forces is the torque law: at every step of the
physics, clip(60 (q* − q) − 6 q̇, −33.5, 33.5) N m.
"""

# pyright: reportAttributeAccessIssue=false
# MuJoCo's functions are compiled and have no types.

from pathlib import Path

import mujoco
import numpy as np
from numpy.typing import NDArray

MODEL = Path(__file__).with_suffix(".xml")
CONTROL = 0.05  # s an action is held
LEGS = ("FR", "FL", "RR", "RL")  # front and rear, right and left: the order of all joints
STAND = np.tile([0.0, 0.9, -1.8], 4)  # rad, of hip, thigh and calf of each leg
SPREAD = np.tile([0.2, 0.4, 0.4], 4)  # rad, within which a joint counts as standing
REACH = 3 * SPREAD  # rad, of the targets around the stand pose, where the joint has that range
START_SPREAD = 0.05  # rad; most that a joint starts off the stand pose, either way
HEIGHT, LIFT = 0.25, 0.01  # m; where a start is tried first, and by how much it is raised until nothing touches
STEEPEST = np.cos(np.radians(60))  # a roll or pitch beyond 60° is a fall
ROOT_POSITION, ROOT_TURN, JOINTS = slice(0, 3), slice(3, 7), slice(7, 19)  # of the simulator's positions
ROOT_SPEED, ROOT_RATE, JOINT_RATES = slice(0, 3), slice(3, 6), slice(6, 18)  # of its velocities
SIZE = 58  # columns of what it feels


def specification() -> mujoco.MjSpec:
    """The quadruped on an endless floor, for a task to add to."""
    return mujoco.MjSpec.from_file(str(MODEL))


class Quadruped:
    """The body in its world.

    | felt            | columns  | range, unit                                                              |
    | --------------- | -------- | ------------------------------------------------------------------------ |
    | joints          | 0 to 11  | hip, thigh and calf of the legs front right, front left, rear right and  |
    |                 |          | rear left, rad                                                           |
    | joint rates     | 12 to 23 | rad/s                                                                    |
    | torques         | 24 to 35 | of the actuators in the last step of the physics, −33.5 to 33.5 N m      |
    | turning         | 36 to 38 | of the trunk, in its own frame, rad/s                                    |
    | velocity        | 39 to 41 | of the trunk, in its own frame (forward, left, up), m/s                  |
    | orientation     | 42 to 45 | quaternion of the trunk (w, x, y, z)                                     |
    | previous action | 46 to 57 | −1 to 1; 0 at the start                                                  |

    Args:
        world: the model, which has the quadruped's positions first.

    Attributes:
        low: [12] rad, the targets of the joints that the action −1 asks for.
        high: [12] rad, those of the action 1.
    """

    def __init__(self, world: mujoco.MjSpec) -> None:
        self.model = world.compile()
        self.data = mujoco.MjData(self.model)
        ranges = self.model.jnt_range[1:13]
        self.low, self.high = np.maximum(STAND - REACH, ranges[:, 0]), np.minimum(STAND + REACH, ranges[:, 1])
        self.action = np.zeros(12)
        self._steps = round(CONTROL / self.model.opt.timestep)

    def place(self, stream: np.random.Generator, place: NDArray[np.floating], heading: float = 0.0) -> None:
        """Stand it above `place` (x and y, m), with its head towards `heading` (rad), its joints a little off.

        It is raised until nothing touches, and falls the last centimetre.
        """
        mujoco.mj_resetData(self.model, self.data)
        self.action[:] = 0
        self.data.ctrl[:] = self.targets(self.action)
        self.data.qpos[ROOT_POSITION] = [*place, HEIGHT]
        self.data.qpos[ROOT_TURN] = [np.cos(heading / 2), 0, 0, np.sin(heading / 2)]
        self.data.qpos[JOINTS] = STAND + stream.uniform(-START_SPREAD, START_SPREAD, 12)
        mujoco.mj_forward(self.model, self.data)
        while self.data.ncon:
            self.data.qpos[2] += LIFT
            mujoco.mj_forward(self.model, self.data)

    def targets(self, action: NDArray[np.floating]) -> NDArray[np.float64]:
        """[12] rad, what an action [12] from −1 to 1 asks of the joints."""
        return self.low + (np.asarray(action, np.float64) + 1) / 2 * (self.high - self.low)

    def act(self, action: NDArray[np.floating]) -> None:
        """Hold the targets of an action [12] for 0.05 s."""
        self.action[:] = action
        self.data.ctrl[:] = self.targets(action)
        mujoco.mj_step(self.model, self.data, self._steps)

    def feel(self) -> NDArray[np.float64]:
        """[58] what it feels."""
        positions, speeds = self.data.qpos, self.data.qvel
        return np.concatenate(
            [
                positions[JOINTS],
                speeds[JOINT_RATES],
                self.data.actuator_force,
                speeds[ROOT_RATE],
                speeds[ROOT_SPEED] @ self.axes,
                positions[ROOT_TURN],
                self.action,
            ]
        )

    @property
    def position(self) -> NDArray[np.float64]:
        """[2] x and y of the trunk, m."""
        return self.data.qpos[:2].copy()

    @property
    def joints(self) -> NDArray[np.float64]:
        """[12] rad."""
        return self.data.qpos[JOINTS]

    @property
    def axes(self) -> NDArray[np.float64]:
        """[3, 3] the trunk's axes forward, left and up in the world, as columns."""
        axes = np.empty(9)
        mujoco.mju_quat2Mat(axes, self.data.qpos[ROOT_TURN])
        return axes.reshape(3, 3)

    @property
    def forward_speed(self) -> float:
        """The speed of the trunk along its own forward axis, m/s."""
        return float(self.data.qvel[ROOT_SPEED] @ self.axes[:, 0])

    @property
    def work(self) -> float:
        """The power that the joints put in, W: those that are driven back do not count."""
        return float(np.maximum(self.data.qvel[JOINT_RATES] * self.data.actuator_force, 0).sum())

    @property
    def has_fallen(self) -> bool:
        """Whether it rolls or pitches, as seen from its own heading, by more than 60°."""
        pitch, (side, up) = self.axes[2, 0], self.axes[2, 1:]
        return bool(1 - pitch**2 < STEEPEST**2 or up < STEEPEST * np.hypot(side, up))
