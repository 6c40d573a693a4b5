"""A task of the DeepMind Control Suite (arXiv 1801.00690) as a Gymnasium environment with one flat observation.

The suite's observations are dictionaries; here their parts lie side by side in the suite's own order, and a scalar is a
part of one column. Its tasks end by time alone, after 1,000 control steps, which is truncation. An episode is drawn
from `numpy.random.RandomState`, whose numbers NumPy has promised never to change.
"""

import warnings
from collections.abc import Mapping
from typing import Any

import gymnasium
import numpy as np
from gymnasium.spaces import Box
from numpy.typing import NDArray

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # about a display that is missing, which only a window would need
    from dm_control import suite

SEED_WORDS = 4  # of 32 bits, which RandomState is seeded with
PICTURE = {"width": 480, "height": 480, "camera_id": 0}


class SuiteEnvironment(gymnasium.Env[NDArray[np.float64], NDArray[np.floating]]):
    """A domain and a task of the suite, as the suite names them."""

    metadata = {"render_modes": ["rgb_array"], "render_fps": 50}  # noqa: RUF012 - Gymnasium declares it so

    def __init__(self, domain: str, task: str, render_mode: str | None = None) -> None:
        self.environment = suite.load(domain, task, task_kwargs={"random": 0})
        self.render_mode = render_mode
        actions, parts = self.environment.action_spec(), self.environment.observation_spec().values()
        self.action_space = Box(actions.minimum, actions.maximum, actions.shape, np.float64)
        self.observation_space = Box(-np.inf, np.inf, (sum(int(np.prod(part.shape)) for part in parts),), np.float64)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float64], dict[str, Any]]:
        super().reset(seed=seed)
        if seed is not None:
            self.environment.task.random.seed(np.random.SeedSequence(seed).generate_state(SEED_WORDS))
        return _flat(self.environment.reset().observation), {}

    def step(self, action: NDArray[np.floating]) -> tuple[NDArray[np.float64], float, bool, bool, dict[str, Any]]:
        step = self.environment.step(np.asarray(action, np.float64))
        return _flat(step.observation), float(step.reward), False, step.last(), {}

    def render(self) -> Any:
        return self.environment.physics.render(**PICTURE) if self.render_mode == "rgb_array" else None

    def close(self) -> None:
        self.environment.close()


def _flat(parts: Mapping[str, Any]) -> NDArray[np.float64]:
    return np.concatenate([np.ravel(part) for part in parts.values()]).astype(np.float64)
