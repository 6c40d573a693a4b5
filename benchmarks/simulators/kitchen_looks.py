"""How a randomised kitchen looks: colours, materials, lights, and two cameras that are a little off their places.

D5RL's randomised kitchen (arXiv 2408.08441) draws other textures of cabinets and counter, the direction of two lights,
and noise of 0.05 m and 1 degree on the camera. Here the package's own textures are exchanged between surfaces and
tinted, since it has no others.
"""

# pyright: reportAttributeAccessIssue=false
# MuJoCo's model is compiled and has no types.

from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

FIXED, WRIST = "fixed", "wrist"
CAMERAS = {  # name → body, place and what it looks at (m, in the frame of the body), what is up, degrees of view
    FIXED: ("world", (-0.75, -1.15, 2.85), (-0.22, 0.5, 2.0), (0.0, 0.0, 1.0), 52.0),
    WRIST: ("panda0_link7", (0.09, -0.09, 0.09), (0.0, 0.0, 0.28), (1.0, -1.0, 0.0), 75.0),
}
PLACE_SPREAD = {FIXED: 0.06, WRIST: 0.005}  # m; most that a camera is off its place along each axis, either way
CAMERA_TURN = 0.03  # rad; the same of its direction, about each of its axes
VIEW_SPREAD = 2.0  # degrees; the same of its vertical field of view

TINTED = (  # materials that get a tint: fronts, counter, oven, walls, microwave, kettle, floor
    *("M_slide_blue", "M_hinge_blue", "counter_blue", "counter_marble", "oven_black", "oven_metal"),
    *("wall_white", "wall_blue", "micro_black", "kettle_white", "kettle_wood", "MatPlane"),
)
TEXTURES = ("counter_marble", "oven_wood", "counter_metal")  # materials whose texture another may take
RETEXTURED = ("M_slide_blue", "M_hinge_blue", "counter_blue", "counter_marble")
PLAIN = -1  # no texture
DARKEST, LIGHTEST = 0.35, 1.0  # of a tint's strongest colour
PALEST = 0.65  # least that a colour has of the strongest one
DIMMEST, BRIGHTEST = 0.4, 1.1  # times the package's intensity of a light; without shadows more would be too much
LIGHT_SWING = 1.0  # most that the direction of the first two lights has along y, where it has 1 along x and down
LINK_COLOUR = (0.85, 0.88, 0.82, 1.0)  # nearly that of the arm's visible meshes
QUICK = 5  # group of what is drawn in place of those: see `prepare_links`


def prepare_cameras(spec: Any) -> None:
    """Add the two cameras to a model that is not compiled yet."""
    for name, (body, place, target, upwards, view) in CAMERAS.items():
        quaternion = looking_at(np.array(place), np.array(target), np.array(upwards))
        spec.body(body).add_camera(name=name, pos=place, quat=quaternion, fovy=view)


def prepare_links(model: Any) -> None:
    """Put what is quick to draw of the robot into a group of its own, and what all pictures show into the kitchen's.

    The visible meshes of the arm have 140,000 faces, which is most of what a picture costs. Those that collisions are
    computed with have 2,000.
    """
    meshes = {model.mesh(number).name: number for number in range(model.nmesh)}
    for name, number in meshes.items():
        geoms = (model.geom_type == mujoco.mjtGeom.mjGEOM_MESH) & (model.geom_dataid == number)
        if name.endswith("_col"):
            model.geom_group[geoms] = QUICK
            model.geom_rgba[geoms] = LINK_COLOUR
        elif name == "finger_viz":
            model.geom_group[geoms] = 1
    model.geom_group[np.isin(model.geom_bodyid, (0, 1))] = 1  # floor and pedestal


def looking_at(
    place: NDArray[np.float64], target: NDArray[np.float64], upwards: NDArray[np.float64]
) -> NDArray[np.float64]:
    """[4] the quaternion of a camera at a place [3] that looks at a target [3], with that direction [3] up."""
    back = (place - target) / np.linalg.norm(place - target)
    right = np.cross(upwards, back)
    right /= np.linalg.norm(right)
    quaternion = np.zeros(4)
    mujoco.mju_mat2Quat(quaternion, np.column_stack([right, np.cross(back, right), back]).ravel())
    return quaternion


class Looks:
    """Draws the looks of an episode.

    Args:
        original: the model as it was compiled; nobody writes to it.
    """

    def __init__(self, original: Any) -> None:
        self.original = original

    def draw(self, model: Any, stream: np.random.Generator) -> None:
        """Give a copy of the model new looks, whatever it looked like before."""
        self._materials(model, stream)
        self._lights(model, stream)
        for name in CAMERAS:
            self._camera(model, name, stream)

    def _materials(self, model: Any, stream: np.random.Generator) -> None:
        for name in TINTED:
            model.mat(name).rgba[:3] = stream.uniform(DARKEST, LIGHTEST) * stream.uniform(PALEST, 1, 3)
        role = mujoco.mjtTextureRole.mjTEXROLE_RGB
        textures = [PLAIN, *(self.original.mat(name).texid[role] for name in TEXTURES)]
        for name in RETEXTURED:
            model.mat(name).texid[role] = textures[stream.integers(len(textures))]

    def _lights(self, model: Any, stream: np.random.Generator) -> None:
        brightness = stream.uniform(DIMMEST, BRIGHTEST, (model.nlight, 1))
        model.light_diffuse[:] = self.original.light_diffuse * brightness
        for light, along_x in ((0, 1.0), (1, -1.0)):
            direction = np.array([along_x, stream.uniform(-LIGHT_SWING, LIGHT_SWING), -1.0])
            model.light_dir[light] = direction / np.linalg.norm(direction)

    def _camera(self, model: Any, name: str, stream: np.random.Generator) -> None:
        camera, original, spread = model.camera(name), self.original.camera(name), PLACE_SPREAD[name]
        camera.pos[:] = original.pos + stream.uniform(-spread, spread, 3)
        camera.quat[:] = original.quat
        mujoco.mju_quatIntegrate(camera.quat, stream.uniform(-CAMERA_TURN, CAMERA_TURN, 3), 1.0)
        camera.fovy[:] = original.fovy + stream.uniform(-VIEW_SPREAD, VIEW_SPREAD)
