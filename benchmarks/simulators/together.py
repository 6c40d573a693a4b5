"""Several lanes of one simulator stepped by one call, with the bytes of stepping each by itself.

| lanes of                                        | what is shared                                                    |
| ----------------------------------------------- | ----------------------------------------------------------------- |
| a simulator in closed form (`batch.py`)         | the whole step                                                    |
| Gymnasium's hopper, walker or half-cheetah (v5) | all but the physics: observations, rewards and endings, written   |
|                                                 | again from `gymnasium.envs.mujoco` for all lanes at once          |

Half of what a step of Gymnasium's bodies costs is Python. Episodes still begin with the `reset` of each environment.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

import gymnasium
import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.simulators.batch import Batch, Single

Lane = int
Values = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]  # observations, rewards, terminated


class Joint(Protocol):
    """Simulators that can be stepped together."""

    def start(self, lane: Lane) -> None:
        """The simulator of a lane has just been reset."""
        ...

    def advance(self, lanes: NDArray[np.int64], actions: NDArray[Any]) -> Values:
        """Step the simulators of some lanes with actions [lanes, A] inside the box: [lanes, O], [lanes], [lanes]."""
        ...


def joint_of(simulators: Sequence[gymnasium.Env[Any, Any]]) -> Joint | None:
    """A way to step simulators of one task together, where there is one."""
    kind, *others = {type(simulator) for simulator in simulators}
    if others:  # a family may make a class for every environment
        return None
    if kind is Single:
        return ClosedForm(simulators)  # pyright: ignore[reportArgumentType]
    body = BODIES.get(f"{kind.__module__}.{kind.__qualname__}")
    return PlanarBodies(simulators, body) if body else None


class ClosedForm:
    """Lanes of a simulator in closed form: the rows of a batch."""

    def __init__(self, simulators: Sequence[Single]) -> None:
        self.simulators = simulators
        self.batch = Batch(simulators[0].dynamics)
        self.rows: list[Lane] = []  # the lane of each row of the batch

    def start(self, lane: Lane) -> None:
        """Put the first state of an episode into the lane's row, or add a row."""
        begun, batch = self.simulators[lane].batch, self.batch
        if lane in self.rows:
            row = self.rows.index(lane)
            for name, values in begun.state.items():
                batch.state[name][row] = values[0]
            batch.observations[row] = begun.observations[0]
            return
        self.rows.append(lane)
        known = len(self.rows) > 1
        batch.state = {
            name: np.concatenate([batch.state[name], values]) if known else values.copy()
            for name, values in begun.state.items()
        }
        batch.observations = np.concatenate([batch.observations, begun.observations]) if known else begun.observations

    def advance(self, lanes: NDArray[np.int64], actions: NDArray[Any]) -> Values:
        """See `Joint`; rows of lanes that have ended are dropped, since what is stepped beyond an end may overflow."""
        if self.rows != lanes.tolist():
            kept = [self.rows.index(lane) for lane in lanes]
            self.batch.state = {name: values[kept] for name, values in self.batch.state.items()}
            self.batch.observations = self.batch.observations[kept]
            self.rows = lanes.tolist()
        return self.batch.step(actions)


class Body(NamedTuple):
    """What a planar body of Gymnasium makes of positions [lanes, Q] and velocities [lanes, V].

    Attributes:
        largest_velocity: velocities are observed up to it.
        is_healthy: [lanes] whether it still stands; none for a body that cannot fall.
    """

    largest_velocity: float
    is_healthy: Callable[[Any, NDArray[np.float64], NDArray[np.float64]], NDArray[np.bool_]] | None


class PlanarBodies:
    """Lanes of one of Gymnasium's planar bodies: reward = weight · speed + alive − cost · |action|²."""

    def __init__(self, simulators: Sequence[Any], body: Body) -> None:
        self.model_of = simulators[0]  # whose numbers are those of all
        self.body = body
        self.models = [simulator.model for simulator in simulators]
        self.data = [simulator.data for simulator in simulators]
        self.controls, self.positions, self.velocities = (
            [getattr(data, name) for data in self.data] for name in ("ctrl", "qpos", "qvel")
        )  # views: MuJoCo writes into them

    def start(self, lane: Lane) -> None:
        """Nothing is kept here: the state is MuJoCo's own."""

    def advance(self, lanes: NDArray[np.int64], actions: NDArray[Any]) -> Values:
        """See `Joint`."""
        from mujoco import mj_step  # pyright: ignore[reportAttributeAccessIssue]

        simulator, frames = self.model_of, self.model_of.frame_skip
        before = np.array([self.positions[lane][0] for lane in lanes])
        for row, lane in enumerate(lanes):
            self.controls[lane][:] = actions[row]
            mj_step(self.models[lane], self.data[lane], frames)
        positions = np.stack([self.positions[lane] for lane in lanes])
        velocities = np.stack([self.velocities[lane] for lane in lanes])
        healthy = self.body.is_healthy(simulator, positions, velocities) if self.body.is_healthy else None
        seen = np.clip(velocities, -self.body.largest_velocity, self.body.largest_velocity)
        rewards = simulator._forward_reward_weight * ((positions[:, 0] - before) / simulator.dt)
        if healthy is not None:
            rewards = rewards + healthy * simulator._healthy_reward
        rewards = rewards - simulator._ctrl_cost_weight * np.square(actions).sum(1)
        terminated = np.zeros(len(lanes), bool) if healthy is None else ~healthy
        return np.concatenate([positions[:, 1:], seen], 1), rewards, terminated


def _walker_stands(simulator: Any, positions: NDArray[np.float64], _velocities: NDArray[np.float64]) -> Any:
    """Height and angle of the torso are in range."""
    (lowest, highest), (least, most) = simulator._healthy_z_range, simulator._healthy_angle_range
    height, angle = positions[:, 1], positions[:, 2]
    return (lowest < height) & (height < highest) & (least < angle) & (angle < most)


def _hopper_stands(simulator: Any, positions: NDArray[np.float64], velocities: NDArray[np.float64]) -> Any:
    """As the walker; and everything but the two coordinates of the place is in range."""
    least, most = simulator._healthy_state_range
    state = np.concatenate([positions[:, 2:], velocities], 1)
    return _walker_stands(simulator, positions, velocities) & ((least < state) & (state < most)).all(1)


BODIES = {  # by name, so that tasks without MuJoCo do not import it; a subclass has a step of its own
    "gymnasium.envs.mujoco.hopper_v5.HopperEnv": Body(10.0, _hopper_stands),
    "gymnasium.envs.mujoco.walker2d_v5.Walker2dEnv": Body(10.0, _walker_stands),
    "gymnasium.envs.mujoco.half_cheetah_v5.HalfCheetahEnv": Body(np.inf, None),
}
