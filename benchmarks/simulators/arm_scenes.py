"""What stands before the arm in each of its tasks, where it stands at the start, and how far the task is done.

Positions are on the table, in metres: x forward from the arm, y to its left, z up. All shapes and places are ours; what
is to be done, and that a plate counts within 0.05 m, is after D5RL (arXiv 2408.08441).
"""

# pyright: reportAttributeAccessIssue=false
# MuJoCo's functions are compiled and have no types.

from typing import Protocol

import mujoco
import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.tasks.arm import BINS

Array = NDArray[np.float64]
Colour = tuple[float, float, float, float]

BOX, CYLINDER = mujoco.mjtGeom.mjGEOM_BOX, mujoco.mjtGeom.mjGEOM_CYLINDER
RED, BLUE, WHITE = (0.85, 0.22, 0.18, 1.0), (0.16, 0.40, 0.85, 1.0), (0.95, 0.95, 0.93, 1.0)
WOOD, METAL = (0.58, 0.42, 0.27, 1.0), (0.75, 0.76, 0.78, 1.0)
HALF = 0.012  # m; half the width of an object
MASS = 0.02  # kg of an object
ARM_POSITIONS = ARM_VELOCITIES = 8  # of the simulator: six joints and two fingers come before all else


class Scene(Protocol):
    """A task of the arm.

    Attributes:
        size: columns of what is seen.
        goal: what `done` is when the task is.
        camera: the one that sees it best.
    """

    size: int
    goal: int
    camera: str

    def add_to(self, spec: mujoco.MjSpec) -> None:
        """Put the things on the table."""
        ...

    def arrange(self, data: mujoco.MjData, stream: np.random.Generator) -> None:
        """Draw where the things stand at the start of an episode."""
        ...

    def seen(self, data: mujoco.MjData) -> Array:
        """[size] the things as they are now."""
        ...

    def done(self, data: mujoco.MjData) -> int:
        """How much of the task is done now, from 0 to `goal`."""
        ...


class Sorting:
    """A red cube belongs into the red bin on the left, a blue cylinder into the blue bin on the right.

    Seen are cube and cylinder, 13 columns each: position (m), quaternion, velocity (m/s), and
    rotation about its own axes (rad/s).
    """

    size, goal, camera = 26, 2, "fixed"
    bins = np.array(BINS)
    inside = 0.045  # m; half the inner width of a bin
    wall = 0.03  # m; its height
    low, high = np.array([0.20, -0.09]), np.array([0.32, 0.09])  # m; where objects start
    apart = 0.07  # m; least distance of their starts: the gripper fits in between

    def add_to(self, spec: mujoco.MjSpec) -> None:
        """See `Scene`."""
        for middle, colour in zip(self.bins, (RED, BLUE), strict=True):
            _add_bin(spec, middle, self.inside, self.wall, colour)
        _add_object(spec, "cube", BOX, RED)
        _add_object(spec, "cylinder", CYLINDER, BLUE)

    def arrange(self, data: mujoco.MjData, stream: np.random.Generator) -> None:
        """See `Scene`."""
        for number, place in enumerate(_drawn_apart(stream, self.low, self.high, self.apart)):
            _put(data, number, place, stream)

    def seen(self, data: mujoco.MjData) -> Array:
        """See `Scene`."""
        return np.concatenate([_object(data, 0), _object(data, 1)])

    def done(self, data: mujoco.MjData) -> int:
        """Objects whose middle is in their own bin, below its rim."""
        return sum(self.lies_in(_object(data, number)[:3], number) for number in range(2))

    def lies_in(self, position: Array, bin: int) -> bool:
        """Whether a position [3] is inside a bin, below its rim."""
        return bool((np.abs(position[:2] - self.bins[bin]) < self.inside).all() and position[2] < self.wall)


class PickPlace:
    """A red cube belongs onto a plate. Seen are the cube, 13 columns as in `Sorting`, and the plate's x and y (m)."""

    size, goal, camera = 15, 1, "fixed"
    radius, thickness = 0.05, 0.004  # m; of the plate, and within which the cube counts
    low, high = np.array([0.18, -0.16]), np.array([0.34, 0.16])  # m; where both start
    apart = 0.10  # m; least distance of their starts
    lying = 0.02  # m; a cube whose middle is above it does not lie on the plate

    def add_to(self, spec: mujoco.MjSpec) -> None:
        """See `Scene`."""
        plate = spec.worldbody.add_body(name="plate", mocap=True)
        _add_geom(plate, CYLINDER, [self.radius, self.thickness / 2, 0], WHITE)
        _add_object(spec, "cube", BOX, RED)

    def arrange(self, data: mujoco.MjData, stream: np.random.Generator) -> None:
        """See `Scene`."""
        cube, plate = _drawn_apart(stream, self.low, self.high, self.apart)
        _put(data, 0, cube, stream)
        data.mocap_pos[0] = [*plate, self.thickness / 2]

    def seen(self, data: mujoco.MjData) -> Array:
        """See `Scene`."""
        return np.concatenate([_object(data, 0), data.mocap_pos[0, :2]])

    def done(self, data: mujoco.MjData) -> int:
        """1 where the cube lies on the plate, its middle within 0.05 m of the plate's."""
        x, y, z = _object(data, 0)[:3]
        return int(np.hypot(*(data.mocap_pos[0, :2] - [x, y])) < self.radius and z < self.lying)


class Drawer:
    """A drawer is to be pulled open. Seen are x and y of its handle (m), its opening (m) and how fast that grows."""

    size, goal, camera = 4, 1, "side"
    length, opened = 0.10, 0.08  # m; how far it can be opened, and from where on it is open
    ajar = 0.02  # m; most that it is open at the start
    low, high = np.array([0.33, -0.08]), np.array([0.36, 0.08])  # m; where the middle of its front is when it is closed
    handle = np.array([-0.045, 0.0, 0.04])  # m; from that middle, on the table, to the middle of the handle

    def add_to(self, spec: mujoco.MjSpec) -> None:
        """See `Scene`."""
        cabinet = spec.worldbody.add_body(name="cabinet", mocap=True)
        for size, place in (
            ([0.06, 0.003, 0.036], [0.066, 0.063, 0.036]),
            ([0.06, 0.003, 0.036], [0.066, -0.063, 0.036]),
            ([0.06, 0.066, 0.002], [0.066, 0, 0.074]),
        ):
            _add_geom(cabinet, BOX, size, WOOD, place)
        drawer = cabinet.add_body(name="drawer")
        slide = {"type": mujoco.mjtJoint.mjJNT_SLIDE, "axis": [-1, 0, 0], "range": [0, self.length]}
        drawer.add_joint(name="drawer", damping=2, frictionloss=0.5, armature=0, **slide)
        _add_geom(drawer, BOX, [0.003, 0.055, 0.03], METAL, [0.003, 0, 0.036], mass=0.15)
        _add_geom(drawer, BOX, [0.05, 0.055, 0.002], METAL, [0.056, 0, 0.008], mass=0.15)
        _add_geom(drawer, BOX, [0.004, 0.035, 0.004], BLUE, self.handle, mass=0.02)
        for side in (-1, 1):
            _add_geom(drawer, BOX, [0.023, 0.004, 0.004], BLUE, [-0.022, 0.031 * side, 0.04], mass=0.01)

    def arrange(self, data: mujoco.MjData, stream: np.random.Generator) -> None:
        """See `Scene`."""
        data.mocap_pos[0] = [*stream.uniform(self.low, self.high), 0]
        data.qpos[ARM_POSITIONS] = stream.uniform(0, self.ajar)

    def seen(self, data: mujoco.MjData) -> Array:
        """See `Scene`."""
        opening = data.qpos[ARM_POSITIONS]
        handle = data.mocap_pos[0, :2] + self.handle[:2] - [opening, 0]
        return np.array([*handle, opening, data.qvel[ARM_VELOCITIES]])

    def done(self, data: mujoco.MjData) -> int:
        """1 where the drawer is open by 0.08 m or more."""
        return int(data.qpos[ARM_POSITIONS] >= self.opened)


def _add_geom(
    body: mujoco.MjsBody,
    shape: mujoco.mjtGeom,
    size: list[float],
    colour: Colour,
    place: Array | list[float] | None = None,
    mass: float = 0.1,
) -> None:
    """A shape that touches what it meets."""
    touching = {"contype": 1, "conaffinity": 1, "condim": 4, "friction": [1, 0.01, 0.001], "solref": [0.005, 1]}
    place = [0.0, 0.0, 0.0] if place is None else place
    body.add_geom(type=shape, size=size, rgba=colour, pos=place, mass=mass, **touching)


def _add_bin(spec: mujoco.MjSpec, middle: Array, inside: float, wall: float, colour: Colour) -> None:
    thick = 0.003  # m; half the thickness of a wall
    body = spec.worldbody.add_body(pos=[*middle, 0])
    pale = (*(0.4 * np.array(colour[:3]) + 0.6), 1.0)
    body.add_geom(type=BOX, size=[inside, inside, 0.0005], pos=[0, 0, 0.0005], rgba=pale)
    for side in (-1, 1):
        edge = side * (inside + thick)
        _add_geom(body, BOX, [thick, inside + 2 * thick, wall / 2], colour, [edge, 0, wall / 2])
        _add_geom(body, BOX, [inside, thick, wall / 2], colour, [0, edge, wall / 2])


def _add_object(spec: mujoco.MjSpec, name: str, shape: mujoco.mjtGeom, colour: Colour) -> None:
    body = spec.worldbody.add_body(name=name, pos=[0, 0, HALF])
    body.add_freejoint()
    _add_geom(body, shape, [HALF] * 3, colour, mass=MASS)


def _object(data: mujoco.MjData, number: int) -> Array:
    """[13] position, quaternion, velocity and rotation of a free object."""
    position, velocity = ARM_POSITIONS + 7 * number, ARM_VELOCITIES + 6 * number
    return np.concatenate([data.qpos[position : position + 7], data.qvel[velocity : velocity + 6]])


def _put(data: mujoco.MjData, number: int, place: Array, stream: np.random.Generator) -> None:
    """Stand an object on the table, turned by a random angle."""
    turn, first = stream.uniform(-np.pi, np.pi), ARM_POSITIONS + 7 * number
    data.qpos[first : first + 7] = [*place, HALF, np.cos(turn / 2), 0, 0, np.sin(turn / 2)]


def _drawn_apart(stream: np.random.Generator, low: Array, high: Array, apart: float) -> Array:
    """[2, 2] two places between `low` and `high`, uniform among those that are far enough from each other."""
    while True:
        places = stream.uniform(low, high, (2, 2))
        if np.hypot(*(places[0] - places[1])) >= apart:
            return places
