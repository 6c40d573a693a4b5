"""The ground under a quadruped: bumps, a ring of them, and ramps, with the measures of D5RL (arXiv 2408.08441).

A field of heights covers 20 × 20 m around the middle of an endless floor. Its bumps are drawn 0.2 m apart and joined
by cubic splines; D5RL's field is a plateau of 0.19 m below the same bumps, whose edge is a cliff, and lies lower here.
It stands 1 cm below the floor, so that the flat of it is the floor's.
"""

# pyright: reportAttributeAccessIssue=false
# MuJoCo's functions are compiled and have no types.

import mujoco
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

HALF = 10.0  # m, half the width of the field
POINTS = 201  # of the field along a side, 0.1 m apart
DRAWN = 100  # bumps along a side
BUMP = 0.0625  # m, the highest
RING, ROUGHNESS = 0.5, 0.25  # m, height of the ring of hills; the share of it that is bumps
RAMP_LENGTH, RAMP_WIDTH, RAMP_HEIGHT = 5.0, 15.0, 1.5  # m
FIELD = "field"


def add_field(world: mujoco.MjSpec) -> None:
    """Add a flat field of heights up to 0.5 m."""
    size = [HALF, HALF, RING, 0.1]
    world.add_hfield(name=FIELD, nrow=POINTS, ncol=POINTS, size=size, userdata=np.zeros(POINTS**2))
    world.worldbody.add_geom(
        name=FIELD,
        type=mujoco.mjtGeom.mjGEOM_HFIELD,
        hfieldname=FIELD,
        pos=[0, 0, -0.01],
        rgba=[0.55, 0.6, 0.5, 1],
        contype=1,
        conaffinity=0,
    )


def set_field(model: mujoco.MjModel, heights: NDArray[np.floating] | None) -> None:
    """Give the field heights [201, 201] (y, x) in m from 0 to 0.5, or none: then nothing touches it."""
    model.geom(FIELD).contype = int(heights is not None)
    model.hfield(FIELD).data[:] = 0 if heights is None else heights / RING


def bumps(stream: np.random.Generator) -> NDArray[np.float64]:
    """[201, 201] heights from 0 to 0.0625 m."""
    return BUMP * _smooth(stream)


def ring(stream: np.random.Generator) -> NDArray[np.float64]:
    """[201, 201] heights from 0 to 0.5 m: a ring of hills 5 m from the middle, bumps by a quarter of the height.

    The height is ½ (½ − ½ cos(2 π r)) at r = distance / 10 m, which is held between 0.1 and 1.
    """
    line = np.linspace(-1, 1, POINTS)
    radius = np.hypot(line[:, None], line[None, :]).clip(0.1, 1)
    return RING * (0.5 - np.cos(2 * np.pi * radius) / 2) * (1 - ROUGHNESS * _smooth(stream))


def _smooth(stream: np.random.Generator) -> NDArray[np.float64]:
    """[201, 201] from 0 to 1."""
    return ndimage.zoom(stream.uniform(size=(DRAWN, DRAWN)), POINTS / DRAWN).clip(0, 1)


def add_hill(world: mujoco.MjSpec, name: str, top: float) -> None:
    """Add a ramp up and a ramp down along x, whose ridge is at x = `top`, m."""
    across = RAMP_WIDTH / 2
    corners = [(x, y, 0.0) for x in (-RAMP_LENGTH, RAMP_LENGTH) for y in (-across, across)]
    ridge = [(0.0, y, RAMP_HEIGHT) for y in (-across, across)]
    world.add_mesh(name=name, uservert=np.ravel(corners + ridge))
    world.worldbody.add_geom(
        name=name,
        type=mujoco.mjtGeom.mjGEOM_MESH,
        meshname=name,
        pos=[top, 0, 0],
        rgba=[0.6, 0.5, 0.4, 1],
        contype=1,
        conaffinity=0,
    )
