"""The Franka arm as a controller knows it: where its hand is, and which action moves it by how much.

All is computed from observed positions, with data of its own for the simulator's model: no policy looks into the
simulator. The step from hand to joints is damped least squares with a motion in the null space (Wampler 1986, IEEE
Transactions on Systems, Man, and Cybernetics 16(1); Siciliano et al. 2009, Robotics, section 3.5); the step from joints
to actions inverts the position servo of the package.
"""

# pyright: reportAttributeAccessIssue=false
# MuJoCo's functions are compiled and have no types.

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

ARM = slice(0, 7)
PERIOD = 0.08  # s; an action is held for 40 steps of the simulator
UNIT = 0.16  # rad; how far an action of 1 puts the set-point of a joint ahead: 2 rad/s over a period
MARGIN = 0.05  # rad; a joint is not led nearer to the end of its range
DAMPING = 0.05  # of the least squares
TURN_WEIGHT = 0.25  # m; a radian of the hand's direction counts as much as this distance
POSTURE_PULL = 0.1  # share of the distance to the posture that is made up in a step
LEVEL = np.array([[0.0, 1, 0], [0, 0, 1], [1, 0, 0]])  # the hand's axes, as columns, when it points at the kitchen


def pointing(yaw: float, pitch: float, roll: float = 0.0) -> Array:
    """[3, 3] the axes of a hand that points that much to the left and up (rad): columns up, sideways, forward.

    A roll (rad) turns the hand about its forward axis, its upper side to the right.
    """
    left = np.array([[np.cos(yaw), -np.sin(yaw), 0], [np.sin(yaw), np.cos(yaw), 0], [0, 0, 1]])
    raised = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    rolled = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    return left @ raised @ LEVEL @ rolled


class Arm:
    """Kinematics of the arm and the places of the handles, for the positions that it was told last.

    Args:
        model: of the kitchen; the package's where none is given.
    """

    def __init__(self, model: Any = None) -> None:
        import mujoco

        from gnomon.benchmarks.simulators.kitchen import package

        self.mujoco = mujoco
        self.model = model or package().model
        self.data = mujoco.MjData(self.model)
        self.hand = self.model.site("end_effector").id
        self.stiffness = self.model.actuator_gainprm[ARM, 0]  # N m/rad
        self.progress = 1 - np.exp(-self.stiffness / self.model.dof_damping[ARM] * PERIOD)
        self.low, self.high = self.model.jnt_range[ARM].T + np.array([[MARGIN], [-MARGIN]])
        self.low[5] = 0.0  # the package clips the set-point of the sixth joint there

    def look(self, positions: Array) -> None:
        """Take the positions of robot and objects [30] as they are."""
        self.data.qpos[:] = positions
        self.mujoco.mj_kinematics(self.model, self.data)
        self.mujoco.mj_comPos(self.model, self.data)

    @property
    def joints(self) -> Array:
        """[7] the joints of the arm, rad."""
        return self.data.qpos[ARM].copy()

    @property
    def pose(self) -> tuple[Array, Array]:
        """Position [3] (m) and axes [3, 3] of the hand, which are those of `pointing`."""
        return self.data.site_xpos[self.hand].copy(), self.data.site_xmat[self.hand].reshape(3, 3).copy()

    def place(self, site: str, moved: int | None = None, lead: float = 0.0) -> Array:
        """[3] where a site is (m), or where it comes to when position number `moved` is `lead` further."""
        number = self.model.site(site).id
        if moved is None or not lead:
            return self.data.site_xpos[number].copy()
        seen = self.data.qpos.copy()
        self.data.qpos[moved] += lead
        self.mujoco.mj_kinematics(self.model, self.data)
        ahead = self.data.site_xpos[number].copy()
        self.look(seen)
        return ahead

    def way_to(self, position: Array, axes: Array) -> tuple[Array, Array]:
        """The shift [3] (m) and the rotation vector [3] (rad) that bring the hand to a position and axes."""
        here, now = self.pose
        quaternion, turn = np.zeros(4), np.zeros(3)
        self.mujoco.mju_mat2Quat(quaternion, (axes @ now.T).ravel())
        self.mujoco.mju_quat2Vel(turn, quaternion, 1.0)
        return position - here, turn

    def joints_for(self, shift: Array, turn: Array, posture: Array) -> Array:
        """[7] joint displacements (rad) that shift the hand by [3] m and turn it by the rotation vector [3] rad.

        What the task leaves free goes towards the posture [7] (rad). A joint that would leave its range stays where
        it is, and the others are asked again.
        """
        jacobian, wanted = self._jacobian(), np.concatenate([shift, TURN_WEIGHT * turn])
        pull = POSTURE_PULL * (posture - self.joints)
        free = np.ones(7, bool)
        while True:
            displacement = _least_squares(jacobian * free, wanted, pull * free)
            beyond = free & self._leaves_range(displacement)
            if not beyond.any():
                return displacement
            free &= ~beyond

    def _jacobian(self) -> Array:
        """[6, 7] how position and direction of the hand move with the joints; directions weigh `TURN_WEIGHT`."""
        linear, angular = np.zeros((3, self.model.nv)), np.zeros((3, self.model.nv))
        self.mujoco.mj_jacSite(self.model, self.data, linear, angular, self.hand)
        return np.concatenate([linear[:, ARM], TURN_WEIGHT * angular[:, ARM]])

    def _leaves_range(self, displacement: Array) -> NDArray[np.bool_]:
        after = self.joints + displacement
        return ((displacement < 0) & (after < self.low)) | ((displacement > 0) & (after > self.high))

    def servo(self, displacement: Array) -> Array:
        """[7] actions that move the joints by [7] rad in one step.

        An action sets the servo's target ahead of the joint. Until the next step the joint makes up the share
        `progress` of the way, as a spring of `stiffness` against a damper does, and the weight of the arm pulls the
        target off by its torque over the stiffness.
        """
        return (displacement / self.progress + self._weight() / self.stiffness) / UNIT

    def _weight(self) -> Array:
        """[7] the torques (N m) that hold the arm where it is."""
        torques = np.zeros(self.model.nv)
        self.data.qvel[:] = 0
        self.mujoco.mj_comVel(self.model, self.data)
        self.mujoco.mj_rne(self.model, self.data, 0, torques)
        return torques[ARM]


def _least_squares(jacobian: Array, wanted: Array, pull: Array) -> Array:
    """The damped solution of `jacobian` x = `wanted`, with `pull` in its null space."""
    inverse = jacobian.T @ np.linalg.inv(jacobian @ jacobian.T + DAMPING**2 * np.eye(len(wanted)))
    return inverse @ wanted + pull - inverse @ (jacobian @ pull)
