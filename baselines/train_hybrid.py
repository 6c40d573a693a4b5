"""Training from a dataset and then in its task, into a folder; killed at any moment, it can go on.

config.json, checkpoint.safetensors, replay.npy, checkpoints/<step>.safetensors: as of an online training
curve.jsonl, .parquet    a point a report; its axis `step` counts the steps in the task, and is below 0 in the offline
                         phase, by the passes that are still to come
policy-<seed>.safetensors

Where the score of the task is known, a point says what the policy scores without noise (`score`), and of all training
episodes so far the mean of 1 − score / 100 (`regret`). With an offline phase it also has `dip`: the score after that
phase minus the lowest in the first tenth of the steps, as far as the points of the curve show it.
"""

from contextlib import closing
from pathlib import Path

from gnomon.baselines.algorithm import configured
from gnomon.baselines.engine.checkpoint import save_checkpoint
from gnomon.baselines.engine.hybrid import HybridAlgorithm
from gnomon.baselines.engine.hybrid_training import HybridTraining
from gnomon.baselines.engine.matmul import matmul_backend
from gnomon.baselines.registry import BASELINES
from gnomon.baselines.train import (
    CHECKPOINT,
    Options,
    begin_training,
    check_kind,
    facts_of,
    folder_of_its_own,
)
from gnomon.benchmarks.policy_file import save_policy
from gnomon.benchmarks.tasks import get_task
from gnomon.datasets.store import load_dataset

EARLY = 0.1  # share of the steps in which the score may dip


def train_hybrid(name: str, dataset: str, task: str | None, seed: int, steps: int, options: Options) -> Path:
    """Train a hybrid baseline; returns the file of its policy.

    Args:
        name: of the baseline.
        dataset: what the offline phase learns from, and what a share of later batches is drawn from.
        task: what it acts in; that which solutions learned from the dataset are judged on, if none is named.
        seed: of networks, batches, exploration and episodes.
        steps: in the task.
        options: folder, preset, and how often is reported: in passes of the offline phase, and in steps.

    Raises:
        UsageError: no such baseline, task or preset, other spaces than the data's, or a folder of another training.
        DatasetError: the dataset is not there, is damaged, or is not one that the algorithm can learn from.
        AlgorithmError: the parameters are not finite any more.
    """
    check_kind(name, "hybrid")
    data = load_dataset(dataset)
    data.verify_columns()
    chosen = get_task(task) if task else data.task.judged
    algorithm = configured(BASELINES[name], options.preset, chosen.family)
    assert isinstance(algorithm, HybridAlgorithm)
    facts = facts_of(algorithm, options.output) | {
        "dataset": data.manifest.content_hash,
        "task": chosen.id,
        "seeds": [seed],
        "steps": steps,
    }
    with folder_of_its_own(options.output), matmul_backend(facts["matmul"]):
        goes_on = (options.output / CHECKPOINT).exists() and options.resume
        training = HybridTraining(algorithm, chosen, data, seed, steps, options.output / "replay.npy", goes_on)
        curve, extra = begin_training(training.trainer, facts, options, "step")
        training.begin(extra)
        with closing(curve):
            while training.at < steps:
                options.on_progress(training.round(options.report))
                curve.add(training.at, training.point(options.output / "checkpoints"))
                training.replay.flush()
                save_checkpoint(training.trainer.state, facts, options.output / CHECKPOINT, training.extra())
        path = options.output / f"policy-{seed}.safetensors"
        save_policy(training.deterministic_policy(), path)
        return path
