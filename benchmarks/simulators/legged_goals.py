"""A quadruped that runs to goals: anywhere on changing ground, and along a course of ramps.

Both are after D5RL (arXiv 2408.08441), with its faults mended: the heading error lies in −π to π, a goal follows each
goal, and a reached goal is one that a body of this size can reach.
"""

# pyright: reportAttributeAccessIssue=false
# MuJoCo's functions are compiled and have no types.

from abc import abstractmethod
from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.simulators.legged import FORWARD, LeggedEnvironment
from gnomon.benchmarks.simulators.legged_rewards import MOST, heading_error, heading_term, speed_term
from gnomon.benchmarks.simulators.legged_terrain import HALF, add_field, add_hill, bumps, ring, set_field
from gnomon.benchmarks.simulators.quadruped import LEGS, SIZE, specification

SPEED = 1.0  # m/s, that is asked for
WORK_COST = 0.001  # a watt
REACHED = 0.5  # m; nearer to a goal it is reached
GRIP = (0.75, 1.25)  # friction of the feet
TRUNK, TRUNK_SPREAD = 4.713, 0.25  # kg


class TowardsGoals(LeggedEnvironment):
    """Run towards a goal, and then towards the next.

    The observation is what the quadruped feels (`Quadruped`), and in column 58 the angle from its heading to the goal,
    −π to π, rad, to the left positive. A step pays 10 · speed · heading · upright · posture − 0.001 · work with the
    terms of `legged_rewards`; the speed is the trunk's own forward speed, as far as it is level, v_x cos(pitch).
    """

    def __init__(self, world: mujoco.MjSpec, render_mode: str | None = None) -> None:
        super().__init__(world, SIZE + 1, render_mode)
        self.goal = np.zeros(2)

    @abstractmethod
    def advance(self) -> bool:
        """Whether a goal was reached just now; the next one is set."""

    def has_failed(self) -> bool:
        """Whether the episode terminates."""
        return self.body.has_fallen

    @property
    def error(self) -> float:
        """The angle from the heading to the goal, −π to π, rad."""
        return heading_error(self.body.axes[:2, FORWARD], self.goal - self.body.position)

    def observe(self) -> NDArray[np.float64]:
        return np.append(self.body.feel(), self.error)

    def step(self, action: NDArray[np.floating]) -> tuple[NDArray[np.float64], float, bool, bool, dict[str, Any]]:
        self.body.act(action)
        reached = self.advance()
        reward = MOST * self.progress() * self.stance() - WORK_COST * self.body.work
        return self.observe(), reward, self.has_failed(), False, {"success": reached}

    def progress(self) -> float:
        """0 to 1, the product of the terms of speed and heading."""
        level = np.hypot(*self.body.axes[:2, FORWARD])
        return speed_term(self.body.forward_speed * level, SPEED) * heading_term(self.error)


class RunTo(TowardsGoals):
    """Run from the middle to goals that are uniform on 20 × 20 m: each follows when the last is nearer than 0.5 m.

    Each episode draws the ground (flat or bumpy, evenly), the friction of the feet (0.75 to 1.25), the mass of the
    trunk (4.713 ± 0.25 kg) and the heading at the start; none is observed.
    """

    def __init__(self, render_mode: str | None = None) -> None:
        world = specification()
        add_field(world)
        super().__init__(world, render_mode)

    def begin(self) -> None:
        model, stream = self.body.model, self.np_random
        set_field(model, bumps(stream) if stream.integers(2) else None)
        grip = stream.uniform(*GRIP)
        for leg in LEGS:
            model.geom(f"{leg}_foot").friction[0] = grip
        model.body("trunk").mass = TRUNK + stream.uniform(-TRUNK_SPREAD, TRUNK_SPREAD)
        mujoco.mj_setConst(model, self.body.data)
        self.redraw()
        self.body.place(stream, np.zeros(2), stream.uniform(-np.pi, np.pi))
        self._draw_goal()

    def advance(self) -> bool:
        reached = self._is_near()
        if reached:
            self._draw_goal()
        return reached

    def _draw_goal(self) -> None:
        """One that is not reached yet."""
        self.goal = self.np_random.uniform(-HALF, HALF, 2)
        while self._is_near():
            self.goal = self.np_random.uniform(-HALF, HALF, 2)

    def _is_near(self) -> bool:
        return bool(np.hypot(*(self.goal - self.body.position)) < REACHED)


class Hiking(TowardsGoals):
    """Run along x over a ring of bumpy hills and two hills of ramps, through four goals in a row.

    It starts at x = −20 m; a goal is reached once it is passed, and behind the last one it goes straight on. Beside
    the course, more than 3 m off the x axis, is failure, which terminates like a fall. The bumps are drawn anew every
    episode. `info["success"]` is whether the last goal was reached: at 1.1 m/s, the most that is paid in full, 1,000
    steps are 55 m of the 60 m to it.
    """

    START = -20.0  # m
    GOALS = (-10.0, 0.0, 20.0, 40.0)  # m
    TOPS = (12.5, 26.5)  # m, of the hills of ramps
    STRAIGHT_ON = 1e6  # m
    ASIDE = 3.0  # m

    def __init__(self, render_mode: str | None = None) -> None:
        world = specification()
        add_field(world)
        for number, top in enumerate(self.TOPS):
            add_hill(world, f"hill {number}", top)
        super().__init__(world, render_mode)
        self.passed = 0

    def begin(self) -> None:
        set_field(self.body.model, ring(self.np_random))
        self.redraw()
        self.body.place(self.np_random, np.array([self.START, 0.0]))
        self.passed = 0
        self._set_goal()

    def advance(self) -> bool:
        while self.body.position[0] >= self.goal[0]:
            self.passed += 1
            self._set_goal()
        return self.passed == len(self.GOALS)

    def _set_goal(self) -> None:
        self.goal = np.array([(*self.GOALS, self.STRAIGHT_ON)[self.passed], 0.0])

    def has_failed(self) -> bool:
        return super().has_failed() or abs(self.body.position[1]) > self.ASIDE
