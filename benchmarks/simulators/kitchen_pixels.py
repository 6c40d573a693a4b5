"""Pictures of a randomised kitchen as observations, rendered without a screen.

One renderer serves all kitchens of a process, since all have the same meshes and textures; what a kitchen has of its
own (the kettle's size, which surface has which texture) is handed over with every picture. Pictures are plain: no
shadows, no reflections, no smoothing of edges, round things of few faces. So one takes about three thousandths of a
second where Mesa draws on the processor. With the same version of Mesa the same state gives the same bytes.

EGL needs the Debian packages `libegl1` and `libegl-mesa0` (with `libgl1-mesa-dri`), or a graphics driver; where it does
not work, OSMesa is tried, which needs `libosmesa6`.
"""

# pyright: reportAttributeAccessIssue=false
# MuJoCo's functions are compiled and have no types.

import atexit
import copy
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Any

import gymnasium
import mujoco
import numpy as np
from gymnasium.spaces import Box
from numpy.typing import NDArray

from gnomon.benchmarks.simulators.kitchen_diverse import DiverseKitchen, originals
from gnomon.benchmarks.simulators.kitchen_layout import KETTLE_MESHES
from gnomon.benchmarks.simulators.kitchen_looks import CAMERAS, QUICK
from gnomon.errors import GnomonError

SIDE = 64  # pixels
BACKENDS = ("egl", "osmesa")
GROUPS = (1, QUICK)  # of geometries that are drawn: the kitchen, and the robot's simple meshes
ROUNDNESS = {"numslices": 12, "numstacks": 6, "numquads": 2}  # of round and of flat things
MOST_GEOMETRIES = 1000


class KitchenPixels(gymnasium.Env[NDArray[np.uint8], NDArray[np.float32]]):
    """The randomised kitchen, seen by a fixed camera and by one on the wrist.

    The observation is uint8 [6, 64, 64]: red, green and blue of the fixed camera, then of the wrist's, rows from the
    top. All else is `DiverseKitchen`'s.

    Raises:
        GnomonError: no renderer works without a screen here.
    """

    def __init__(self, subtasks: Sequence[str], render_mode: str | None = None) -> None:
        self.kitchen, self.painter = DiverseKitchen(subtasks, render_mode), painter()
        self.metadata, self.render_mode = self.kitchen.metadata, render_mode
        self.action_space = self.kitchen.action_space
        self.observation_space = Box(0, 255, (3 * len(CAMERAS), SIDE, SIDE), np.uint8)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.uint8], dict[str, Any]]:
        _, info = self.kitchen.reset(seed=seed, options=options)
        return self._pictures(), info

    def step(self, action: NDArray[np.floating]) -> tuple[NDArray[np.uint8], float, bool, bool, dict[str, Any]]:
        _, reward, terminated, truncated, info = self.kitchen.step(action)
        return self._pictures(), reward, terminated, truncated, info

    def _pictures(self) -> NDArray[np.uint8]:
        pictures = [self.painter.paint(self.kitchen.model, self.kitchen.data, camera) for camera in CAMERAS]
        return np.concatenate([picture.transpose(2, 0, 1) for picture in pictures])

    def render(self) -> Any:
        return self.kitchen.render()

    def close(self) -> None:
        self.kitchen.close()


@cache
def painter() -> "Painter":
    """The renderer of this process.

    Raises:
        GnomonError: none works without a screen here.
    """
    reasons: list[str] = []
    for backend in BACKENDS:
        try:
            return Painter(import_module(f"mujoco.{backend}").GLContext(SIDE, SIDE))
        except Exception as error:  # each backend has its own ways to fail
            reasons.append(f"{backend}: {type(error).__name__}")
    raise GnomonError(
        f"Pictures of the kitchen need a renderer that works without a screen ({', '.join(reasons)}); on Debian: "
        "apt-get install libegl1 libegl-mesa0 libgl1-mesa-dri (or libosmesa6)."
    )


class Painter:
    """Draws kitchens through the cameras of their models.

    Args:
        context: of OpenGL; its `make_current` makes it that of the thread.
    """

    def __init__(self, context: Any) -> None:
        self.context = context
        context.make_current()
        atexit.register(context.free)  # while what it needs for that is still there
        model = copy.copy(originals().model)
        model.vis.quality.offsamples = 0
        model.vis.global_.offwidth = model.vis.global_.offheight = SIDE
        for name, count in ROUNDNESS.items():
            setattr(model.vis.quality, name, count)
        self.scene = mujoco.MjvScene(model, MOST_GEOMETRIES)
        for flag in (mujoco.mjtRndFlag.mjRND_SHADOW, mujoco.mjtRndFlag.mjRND_REFLECTION):
            self.scene.flags[flag] = False
        self.option, self.view = mujoco.MjvOption(), mujoco.MjrRect(0, 0, SIDE, SIDE)
        self.option.geomgroup[:] = 0
        self.option.geomgroup[list(GROUPS)] = 1
        self.resources = mujoco.MjrContext(model, mujoco.mjtFontScale.mjFONTSCALE_50)

    def paint(self, model: Any, data: Any, camera: str) -> NDArray[np.uint8]:
        """[64, 64, 3] what a camera of the model sees."""
        self.context.make_current()
        self._take_over(model)
        eye = mujoco.MjvCamera()
        eye.type, eye.fixedcamid = mujoco.mjtCamera.mjCAMERA_FIXED, model.camera(camera).id
        seen = mujoco.mjtCatBit.mjCAT_ALL
        mujoco.mjv_updateScene(model, data, self.option, None, eye, seen, self.scene)
        mujoco.mjr_setBuffer(mujoco.mjtFramebuffer.mjFB_OFFSCREEN, self.resources)
        mujoco.mjr_render(self.view, self.scene, self.resources)
        picture = np.empty((SIDE, SIDE, 3), np.uint8)
        mujoco.mjr_readPixels(picture, None, self.view, self.resources)
        return picture[::-1]

    def _take_over(self, model: Any) -> None:
        """Tell the graphics what a model has of its own: its kettle's meshes, and which material has which texture."""
        for mesh in KETTLE_MESHES:
            mujoco.mjr_uploadMesh(model, self.resources, model.mesh(mesh).id)
        self.resources.mat_texid[: model.mat_texid.size] = model.mat_texid.ravel()
