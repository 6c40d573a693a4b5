"""Where the things of a randomised kitchen stand, how large its kettle is, and when a sub-task is complete there.

What is drawn follows KitchenShift, as D5RL uses it (arXiv 2408.08441, the authors' `randomized_kitchen.py`: microwave
0.025 m normal along x and y and 0.4 rad of heading, hood 0.05 m along x, kettle 0.025 m normal), with uniform draws in
its place, so that every range has an end, and with the cabinets, the whole kitchen and the kettle's size beside them.
No file is read again for it: positions in the compiled model are edited.
"""

# pyright: reportAttributeAccessIssue=false
# MuJoCo's model is compiled and has no types.

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

RANGES = {  # of a layout, in the order of the observation: how far it may be off the package's
    "kitchen x": (-0.04, 0.0),  # m; all but the robot and its pedestal, which is in the arm's way further right
    "kitchen y": (-0.01, 0.04),  # and nearer
    "microwave x": (-0.02, 0.04),
    "microwave y": (-0.04, 0.04),
    "microwave heading": (-0.2, 0.2),  # rad
    "slide cabinet x": (-0.04, 0.04),
    "slide cabinet z": (-0.03, 0.03),
    "hinge cabinet x": (-0.04, 0.04),
    "hinge cabinet z": (-0.03, 0.03),
    "hood x": (-0.05, 0.05),  # the light switch is on it
    "hood z": (-0.03, 0.03),
    "kettle size": (-0.12, 0.12),  # of 1
}
COLUMN = {name: place for place, name in enumerate(RANGES)}
SHIFTED = {  # body → the columns of its shift along x, y and z
    "desk": ("kitchen x", "kitchen y", None),
    "microwave": ("microwave x", "microwave y", None),
    "slidecabinet": ("slide cabinet x", None, "slide cabinet z"),
    "hingecabinet": ("hinge cabinet x", None, "hinge cabinet z"),
    "hoodroot": ("hood x", None, "hood z"),
}
KETTLE, KETTLE_MESHES = "kettleroot", ("kettle", "kettlehandle")
KETTLE_GOAL = np.array([-0.23, 0.75, 1.62])  # m; the package's, in a kitchen that is not shifted
KETTLE_NEAR = 0.1  # m
THRESHOLDS = {  # sub-task → the position (of 30) that must be beyond a threshold, on its side of zero; rad or m
    "microwave": (22, -0.55),
    "bottom burner": (11, -0.65),
    "top burner": (15, -0.65),
    "light switch": (17, -0.45),
    "slide cabinet": (19, 0.25),
    "hinge cabinet": (21, 1.25),
}

Array = NDArray[np.floating]


def draw_layout(stream: np.random.Generator) -> NDArray[np.float64]:
    """[12] a layout: shifts (m), a turn (rad) and a size (0 is the package's), each uniform in its range."""
    return stream.uniform(*np.array(list(RANGES.values())).T)


def kitchen_shift(layout: Array) -> NDArray[np.float64]:
    """[3] how far (m) all but the robot is off the package's place; the kettle's goal goes along."""
    return np.array([layout[COLUMN["kitchen x"]], layout[COLUMN["kitchen y"]], 0.0])


def is_complete(subtask: str, positions: Array, layout: Array) -> bool:
    """Whether a sub-task is complete by D5RL's thresholds, at positions [30] of the simulator and a layout [12]."""
    if subtask == "kettle":
        goal = KETTLE_GOAL + kitchen_shift(layout)
        return bool(np.linalg.norm(positions[23:26] - goal) < KETTLE_NEAR)
    place, threshold = THRESHOLDS[subtask]
    return bool((positions[place] - threshold) * np.sign(threshold) > 0)


@dataclass(frozen=True)
class Originals:
    """What an editor of one model needs of the model as it was compiled: copies that nobody writes to."""

    model: Any

    def arrange(self, model: Any, layout: Array) -> None:
        """Give a copy of the model this layout [12], whatever layout it had before."""
        for name, columns in SHIFTED.items():
            shift = [0.0 if column is None else layout[COLUMN[column]] for column in columns]
            model.body(name).pos[:] = self.model.body(name).pos + shift
        half_turn = layout[COLUMN["microwave heading"]] / 2
        model.body("microwave").quat[:] = _turned(self.model.body("microwave").quat, half_turn)
        self._scale_kettle(model, 1 + float(layout[COLUMN["kettle size"]]))

    def _scale_kettle(self, model: Any, size: float) -> None:
        """Make the kettle larger about the middle of its base; it keeps its weight.

        Beside what a body consists of, the boxes are scaled that collisions are first looked for with.
        """
        body = self.model.body(KETTLE).id
        geoms = _rows(self.model.body_geomadr[body], self.model.body_geomnum[body])
        boxes = _rows(self.model.body_bvhadr[body], self.model.body_bvhnum[body])
        for name in ("geom_pos", "geom_size", "geom_rbound", "geom_aabb"):
            getattr(model, name)[geoms] = getattr(self.model, name)[geoms] * size
        model.bvh_aabb[boxes] = self.model.bvh_aabb[boxes] * size
        model.body_ipos[body] = self.model.body_ipos[body] * size
        site = self.model.site("kettle_site").id
        model.site_pos[site] = self.model.site_pos[site] * size
        for mesh in KETTLE_MESHES:
            number = self.model.mesh(mesh).id
            vertices = _rows(self.model.mesh_vertadr[number], self.model.mesh_vertnum[number])
            model.mesh_vert[vertices] = self.model.mesh_vert[vertices] * size


def _rows(first: int, count: int) -> slice:
    return slice(int(first), int(first + count))


def _turned(quaternion: Array, half_turn: float) -> NDArray[np.float64]:
    """[4] a quaternion about the vertical, turned further by twice `half_turn` (rad)."""
    half = np.arctan2(quaternion[3], quaternion[0]) + half_turn
    return np.array([np.cos(half), 0.0, 0.0, np.sin(half)])
