"""Sixteen tasks of the DeepMind Control Suite (arXiv 1801.00690): those of L2M (arXiv 2306.14884), ten and six.

| domain      | observation, in this order                                                                      |
| ----------- | ----------------------------------------------------------------------------------------------- |
| ball-in-cup | position 4 of cup and ball (m), velocity 4                                                      |
| cartpole    | position 3 of the cart (m), cosine and sine of the pole, velocity 2                             |
| cheetah     | position 8 (m, rad) without the place along the track, velocity 9                               |
| finger      | position 4 of two joints (rad) and the tip (m), velocity 3, touch 2; to turn: target position 2 |
|             | (m) and distance to target 1                                                                    |
| fish        | joint angles 7 (rad), upright 1, velocity 13                                                    |
| hopper      | position 6 (m, rad) without the place along the track, velocity 7, touch 2                      |
| pendulum    | orientation 2, its cosine and sine, velocity 1                                                  |
| point-mass  | position 2 (m), velocity 2                                                                      |
| reacher     | position 2 of the joints (rad), to target 2 (m), velocity 2                                     |
| walker      | orientations 14, height 1 (m), velocity 9                                                       |

Velocities are in m/s and rad/s; touch is log(1 + force). Actions are from −1 to 1. Every step pays 0 to 1, so an
episode of 1,000 steps returns at most 1,000. That bound is the reference of the score, as no expert is shipped: a
score of 100 is out of reach where the body has to get somewhere first, and no score is above it.

`PRETRAINING` and `FINE_TUNING` are L2M's ten and six. Its paper's six have `reacher-easy`; the authors' code has a
second six with `reacher-hard` in its place, which is among the ten already, and is not followed here.
"""

from functools import partial
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

from gnomon.benchmarks.contracts import ControlTask
from gnomon.benchmarks.tasks import TASKS

if TYPE_CHECKING:
    import gymnasium

HORIZON = 1000  # control steps
GREATEST_RETURN = 1000.0  # a step pays at most 1
CITES = ("tassa2018deepmind", "tunyasuvunakool2020dmcontrol", "schmied2023learning", "todorov2012mujoco")
TURNING = {"position": 4, "velocity": 3, "touch": 2, "target_position": 2, "dist_to_target": 1}
CARTPOLE = {"position": 3, "velocity": 2}
REACHER = {"position": 2, "to_target": 2, "velocity": 2}
WALKER = {"orientations": 14, "height": 1, "velocity": 9}
SUITE = {  # our name → the suite's domain and task, what is to be done, columns of each part of the observation
    "cartpole-balance": ("cartpole", "balance", "Keep a pole on a cart upright.", CARTPOLE),
    "finger-turn-easy": ("finger", "turn_easy", "Flick a spinner until its tip is at a large target.", TURNING),
    "finger-turn-hard": ("finger", "turn_hard", "Flick a spinner until its tip is at a small target.", TURNING),
    "fish-upright": (
        "fish",
        "upright",
        "Turn a fish in water upright.",
        {"joint_angles": 7, "upright": 1, "velocity": 13},
    ),
    "hopper-stand": ("hopper", "stand", "Get a hopper to stand.", {"position": 6, "velocity": 7, "touch": 2}),
    "pendulum-swingup": (
        "pendulum",
        "swingup",
        "Swing a pendulum up that is too heavy to be lifted.",
        {"orientation": 2, "velocity": 1},
    ),
    "point-mass-easy": (
        "point_mass",
        "easy",
        "Bring a point mass to the middle of a square.",
        {"position": 2, "velocity": 2},
    ),
    "reacher-hard": ("reacher", "hard", "Bring the tip of a two-jointed arm to a small target.", REACHER),
    "walker-stand": ("walker", "stand", "Get a planar walker to stand.", WALKER),
    "walker-run": ("walker", "run", "Get a planar walker to run.", WALKER),
    "ball-in-cup-catch": (
        "ball_in_cup",
        "catch",
        "Swing a ball on a string into a cup.",
        {"position": 4, "velocity": 4},
    ),
    "cartpole-swingup": ("cartpole", "swingup", "Swing a pole on a cart up, and keep it there.", CARTPOLE),
    "cheetah-run": ("cheetah", "run", "Get a planar cheetah to run.", {"position": 8, "velocity": 9}),
    "finger-spin": (
        "finger",
        "spin",
        "Keep a spinner turning.",
        {"position": 4, "velocity": 3, "touch": 2},
    ),
    "reacher-easy": ("reacher", "easy", "Bring the tip of a two-jointed arm to a large target.", REACHER),
    "walker-walk": ("walker", "walk", "Get a planar walker to walk.", WALKER),
}
NAMES = tuple(SUITE)
PRETRAINING, FINE_TUNING = NAMES[:10], NAMES[10:]


def _make(domain: str, task: str, render_mode: str | None) -> "gymnasium.Env[Any, Any]":
    from gnomon.benchmarks.simulators.dmcontrol import SuiteEnvironment

    return SuiteEnvironment(domain, task, render_mode)


for _name, (_domain, _of_suite, _summary, _sizes) in SUITE.items():
    _ends = accumulate(_sizes.values(), initial=0)
    _task = ControlTask(
        id=f"dmcontrol/{_name}-v1",
        summary=_summary,
        horizon=HORIZON,
        metric="return",
        expert="",
        bound=GREATEST_RETURN,
        observation={part: slice(*ends) for part, ends in zip(_sizes, pairwise(_ends), strict=True)},
        cites=CITES,
        simulator=partial(_make, _domain, _of_suite),
    )
    TASKS.add(_task.id, _task)
