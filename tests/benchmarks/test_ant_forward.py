"""The ant that its data's policies were trained on is Gymnasium's: the same rewards, seen from the torso."""

from typing import Any

import gymnasium
import numpy as np

from gnomon.benchmarks.simulators.ant_direction import AntForward
from gnomon.benchmarks.simulators.ant_frame import in_torso_frame
from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets.policies import POLICIES


def test_rewards_and_what_is_seen_are_those_of_gymnasiums_ant() -> None:
    ours: Any = AntForward()
    theirs: Any = gymnasium.make("Ant-v5", include_cfrc_ext_in_observation=False).unwrapped
    ours.reset(seed=3)
    theirs.reset(seed=3)
    theirs.set_state(ours.data.qpos.copy(), ours.data.qvel.copy())
    rng, forward = np.random.default_rng(0), np.array([[1.0, 0.0]])
    for _ in range(60):
        action, before = rng.uniform(-1, 1, 8), theirs.data.qpos[0]
        mine, its = ours.step(action), theirs.step(action)
        assert np.allclose(mine[0], in_torso_frame(its[0][None], forward)[0], atol=1e-9)
        speed = (theirs.data.qpos[0] - before) / theirs.dt  # its own is that of the body a fifth of a step earlier
        besides = sum(its[-1][f"reward_{part}"] for part in ("survive", "ctrl", "contact"))
        assert abs(mine[1] - (speed + besides)) < 1e-9
        assert abs(its[-1]["reward_forward"] - speed) < 0.5
        assert (mine[2], mine[3]) == (its[2], False)


def test_the_expert_runs_far_and_keeps_on_its_feet() -> None:
    task = TASKS["locomotion/ant-v1"]
    environment: Any = task.make()
    policy: Any = POLICIES[task.expert](task)
    observation, _ = environment.reset(seed=1)
    total = 0.0
    policy.start_episodes([0], [1])
    for step in range(200):
        action = policy.act(np.asarray(observation, np.float32)[None], np.array([step == 0]))[0]
        observation, reward, terminated, _, _ = environment.step(action)
        assert not terminated
        total += float(reward)
    assert total > 400  # an ant that stands earns less than 200
