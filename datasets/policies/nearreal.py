"""Controllers of the near-real family that know their plant: pipeline, spring and fusion surrogate."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.contracts import ControlTask
from gnomon.benchmarks.seeds import policy_stream
from gnomon.datasets.policies import POLICIES

Array = NDArray[np.float64]
GAINS = Path(__file__).with_name("nearreal_gains.json")


@cache
def all_gains() -> dict[str, dict[str, dict[str, float]]]:
    """Controller → level → gains, as `python docs/tune_nearreal_controllers.py` found them."""
    return json.loads(GAINS.read_text())


class Noisy:
    """A controller with seeded normal noise on its commands, and with a memory that is cleared at every reset.

    Args:
        noise: standard deviation of the noise on a command; 0 is deterministic.
    """

    def __init__(self, noise: float) -> None:
        self.noise = noise
        self.streams: dict[int, np.random.Generator] = {}
        self.memory: dict[str, Array] = {}

    def start_episodes(self, lanes: Sequence[int], seeds: Sequence[int]) -> None:
        self.streams |= {lane: policy_stream(seed) for lane, seed in zip(lanes, seeds, strict=True)}

    def act(self, observations: NDArray[np.float32], reset: NDArray[np.bool_]) -> Array:
        commands = self.command(observations.astype(np.float64), reset)
        for lane, stream in self.streams.items():
            commands[lane] += self.noise * stream.standard_normal(commands.shape[1])
        return self.finish(commands)

    def command(self, observations: Array, reset: NDArray[np.bool_]) -> Array:
        """[lanes, action dimension] before the noise."""
        raise NotImplementedError

    def finish(self, commands: Array) -> Array:
        """The actions of commands with noise; they are clipped to the box afterwards."""
        return commands

    def recall(self, name: str, reset: NDArray[np.bool_], at_reset: Array) -> Array:
        """[lanes, …] what was remembered under a name, and `at_reset` in the lanes that begin."""
        kept = self.memory.get(name, at_reset)
        if kept.shape != at_reset.shape:  # another number of lanes: a new roll-out
            kept = at_reset
        return np.where(reset.reshape(-1, *[1] * (at_reset.ndim - 1)), at_reset, kept)


@POLICIES.register("nearreal/gate-keeper")
class GateKeeper(Noisy):
    """Brings the flow through the gate, which it reckons from its own actions, to the target as fast as it can."""

    def __init__(self, task: ControlTask, noise: float = 0.0) -> None:
        super().__init__(noise)

    def command(self, observations: Array, reset: NDArray[np.bool_]) -> Array:
        flow, target, last_action = observations[:, [0]], observations[:, [1]], observations[:, [27]]
        gate = self.memory["gate"] = self.recall("gate", reset, flow) + last_action
        return (target - gate).clip(-1, 1)


@POLICIES.register("nearreal/outlet-feedback")
class OutletFeedback(Noisy):
    """A proportional controller of the flow at the outlet, that does not think of the delay.

    Args:
        task: a pipeline.
        gain: action per unit of flow missing; above π/2 divided by the delay in steps it oscillates.
        noise: see `Noisy`.
    """

    def __init__(self, task: ControlTask, gain: float = 0.02, noise: float = 0.0) -> None:
        super().__init__(noise)
        self.gain = gain

    def command(self, observations: Array, reset: NDArray[np.bool_]) -> Array:
        return self.gain * (observations[:, [1]] - observations[:, [0]])


@POLICIES.register("nearreal/spring-feedback")
class SpringFeedback(Noisy):
    """The linear-quadratic regulator around the force that holds the targets, with the mass of the task.

    Args:
        task: a spring task.
        effort: weight of a squared action beside squared metres; what is beyond the box is clipped.
        noise: see `Noisy`.
    """

    def __init__(self, task: ControlTask, effort: float = 0.01, noise: float = 0.0) -> None:
        from scipy.linalg import solve_discrete_are

        super().__init__(noise)
        mass = task.make().simulator.dynamics.mass  # pyright: ignore[reportAttributeAccessIssue]
        transition, control, self.holding = spring_matrices(mass)
        cost, price = np.diag([1.0, 1.0, 0.0, 0.0]), effort * np.eye(2)
        value = solve_discrete_are(transition, control, cost, price)
        self.gain = np.linalg.solve(price + control.T @ value @ control, control.T @ value @ transition)

    def command(self, observations: Array, reset: NDArray[np.bool_]) -> Array:
        error = observations[:, :4] - np.pad(observations[:, 4:], ((0, 0), (0, 2)))
        held = np.einsum("bt,at->ba", observations[:, 4:], self.holding)
        return (held - np.einsum("bs,as->ba", error, self.gain)).clip(-1, 1)


def spring_matrices(mass: float) -> tuple[Array, Array, Array]:
    """A [4, 4] and B [4, 2] of x′ = A x + B a, x = (positions, velocities); and [2, 2] target → holding action."""
    from gnomon.benchmarks.simulators.spring import DAMPING, FORCE, STEP, STIFFNESS

    coupling = np.array([[2.0, -1.0], [-1.0, 2.0]])
    to_velocity = -STEP / mass * coupling
    transition = np.block([[np.eye(2), STEP * np.eye(2)], [STIFFNESS * to_velocity, np.eye(2) + DAMPING * to_velocity]])
    control = np.concatenate([np.zeros((2, 2)), STEP * FORCE / mass * np.eye(2)])
    return transition, control, STIFFNESS / FORCE * coupling


@POLICIES.register("nearreal/spring-pid")
class SpringPid(Noisy):
    """One proportional-integral-derivative controller a mass, that knows nothing of the other.

    Its action depends on the history of errors, which no observation shows. The first step has no derivative.

    Args:
        task: a spring task.
        level: `expert` for the best gains that a search found, or `medium` for those that do three quarters as well.
        noise: see `Noisy`.
        gains: in place of those of the level: `proportional_1` (1/m), `integral_1` (1/(m s)), `derivative_1` (s/m) …
    """

    def __init__(self, task: ControlTask, level: str = "medium", noise: float = 0.0, **gains: float) -> None:
        super().__init__(noise)
        chosen = gains or all_gains()["spring-pid"][level]
        kinds = ("proportional", "integral", "derivative")
        self.gains = [np.array([chosen[f"{kind}_{mass}"] for mass in (1, 2)]) for kind in kinds]

    def command(self, observations: Array, reset: NDArray[np.bool_]) -> Array:
        from gnomon.benchmarks.simulators.spring import STEP

        error = observations[:, 4:6] - observations[:, 0:2]
        total = self.recall("total", reset, np.zeros_like(error)) + STEP * error
        rate = (error - self.recall("error", reset, error)) / STEP
        self.memory |= {"total": total, "error": error}
        proportional, integral, derivative = self.gains
        return (proportional * error + integral * total + derivative * rate).clip(-1, 1)


@POLICIES.register("nearreal/inversion")
class Inversion(Noisy):
    """Asks the linear map which controls give the targets.

    Args:
        task: a fusion surrogate.
        learns: whether the mean error of the map in the episode so far is taken off, and the lag is led.
        noise: see `Noisy`.
    """

    STEPS = 300  # of projected gradient descent, enough for the third decimal of a control

    def __init__(self, task: ControlTask, learns: bool = True, noise: float = 0.0) -> None:
        super().__init__(noise)
        self.learns = learns

    def command(self, observations: Array, reset: NDArray[np.bool_]) -> Array:
        from gnomon.benchmarks.simulators import fusion_surrogate as plant

        plasma, targets = observations[:, plant.PLASMA], observations[:, plant.TARGETS]
        wanted = targets
        if self.learns:
            wanted = plasma + (targets - plasma) / plant.RESPONSE - self._offset(observations, reset)
        return 2 * self._controls(observations, wanted) - 1

    def _offset(self, observations: Array, reset: NDArray[np.bool_]) -> Array:
        """[lanes, 3] the mean of what the plasma did less what the map said, over the episode so far."""
        from gnomon.benchmarks.simulators import fusion_surrogate as plant

        plasma, nothing = observations[:, plant.PLASMA], np.zeros((len(observations), 3))
        before = self.recall("plasma", reset, plasma)
        aim = before + (plasma - before) / plant.RESPONSE
        found = aim - plant.steady_state(observations[:, plant.CONTROLS], observations[:, plant.BEAMS])
        total, steps = self.recall("total", reset, nothing) + found, self.recall("steps", reset, nothing) + 1
        self.memory |= {"plasma": plasma, "total": total, "steps": steps}
        return total / steps

    def _controls(self, observations: Array, wanted: Array) -> Array:
        """[lanes, 6] the scaled controls in 0 … 1 whose steady state is nearest to the wanted one, in tolerances."""
        from gnomon.benchmarks.simulators import fusion_surrogate as plant

        matrix = plant.OF_CONTROLS / plant.TOLERANCE[:, None]
        heated = plant.INTERCEPT + np.einsum("bc,pc->bp", observations[:, plant.BEAMS], plant.OF_HEATING)
        missing = (wanted - heated) / plant.TOLERANCE
        rate = 1 / np.linalg.norm(matrix, 2) ** 2
        controls = looked = np.full((len(observations), 6), 0.5)
        for step in range(self.STEPS):
            error = np.einsum("bc,pc->bp", looked, matrix) - missing
            following = (looked - rate * np.einsum("bp,pc->bc", error, matrix)).clip(0, 1)
            controls, looked = following, following + step / (step + 3) * (following - controls)
        return controls
