"""Run by `.venv-peers`: processor milliseconds of an update of d3rlpy, sampling included, on made-up data."""

import json
import sys
import time

import d3rlpy  # pyright: ignore[reportMissingImports]
import numpy as np
import torch

OBSERVATION, ACTION, ROWS, BATCH = 17, 6, 200_000, 256
THREE = d3rlpy.models.VectorEncoderFactory([256, 256, 256])
CONFIGS = {
    "td3-bc": d3rlpy.algos.TD3PlusBCConfig(batch_size=BATCH),
    "iql": d3rlpy.algos.IQLConfig(batch_size=BATCH),
    "cql": d3rlpy.algos.CQLConfig(  # without the multiplier, as our preset
        batch_size=BATCH,
        n_action_samples=10,
        alpha_learning_rate=0.0,
        actor_encoder_factory=THREE,
        critic_encoder_factory=THREE,
    ),
}


def main() -> None:
    """Print one line of JSON."""
    torch.set_num_threads(1)
    stream = np.random.default_rng(0)
    ends = np.zeros(ROWS)
    ends[999::1000] = 1
    dataset = d3rlpy.dataset.MDPDataset(
        stream.standard_normal((ROWS, OBSERVATION)).astype(np.float32),
        np.tanh(stream.standard_normal((ROWS, ACTION))).astype(np.float32),
        stream.standard_normal(ROWS).astype(np.float32),
        np.zeros(ROWS),
        ends,
    )
    algorithm = CONFIGS[sys.argv[1]].create(device="cpu:0")
    algorithm.build_with_dataset(dataset)
    best = np.inf
    for _ in range(6):
        begun = time.process_time()
        for _ in range(40):
            algorithm.update(dataset.sample_transition_batch(BATCH))
        best = min(best, (time.process_time() - begun) / 40 * 1000)
    print(json.dumps({"milliseconds": best}))


if __name__ == "__main__":
    main()
