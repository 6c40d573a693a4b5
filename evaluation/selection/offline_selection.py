"""Choosing among trained policies before any of them is deployed, by what data says of them.

Each run keeps its policy; fitted Q evaluation estimates what it is worth. The scores that the runs were judged at say
afterwards how good the choice was, and take no part in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gnomon.baselines.algorithm import Budget
from gnomon.baselines.fqe import BUDGET, DEFAULT, FQEConfig, fitted_q_evaluation
from gnomon.benchmarks.policy_file import NetworkPolicy, load_policy_file
from gnomon.datasets.dataset import Dataset
from gnomon.errors import GnomonError, UsageError
from gnomon.evaluation.record import Record
from gnomon.evaluation.selection.policy_selection import rank_correlation, regret_at_k
from gnomon.files import hash_file, home

POLICY = "policy.safetensors"


@dataclass(frozen=True)
class OfflineSelection:
    """Policies in the order in which their estimates put them; the first is the choice.

    Attributes:
        records: of the runs.
        estimates: [policies, seeds of the estimate] discounted returns.
        scores: [policies] what the runs were judged at.
    """

    records: tuple[Record, ...]
    estimates: NDArray[np.float64]
    scores: NDArray[np.float64]

    @property
    def chosen(self) -> Record:
        return self.records[0]

    def regret(self, k: int = 1) -> float:
        """Of the choice of k policies, as a share of the range of the scores (see `regret_at_k`)."""
        return regret_at_k(self.scores, self.estimates.mean(1), k)

    @property
    def rank_correlation(self) -> float:
        """Spearman's ρ of estimates and scores; it raises UsageError where there is no order."""
        return rank_correlation(self.scores, self.estimates.mean(1))


def select_offline(
    records: Sequence[Record],
    dataset: Dataset,
    seeds: Sequence[int] = (0,),
    budget: Budget = BUDGET,
    config: FQEConfig = DEFAULT,
    device: str = "cpu",
) -> OfflineSelection:
    """Estimate the value of every run's policy on a dataset, and order the runs by it.

    Args:
        records: of runs on tasks of one id, in this home.
        dataset: of that task: what the policies learned from, or better, data that they have not seen.
        seeds: of the estimates.
        budget: how much training each of them gets.
        config: of fitted Q evaluation (see `gnomon.baselines.fqe`).
        device: where it trains.

    Raises:
        UsageError: there are no runs, or they are of another task than the dataset.
        GnomonError: a run kept no policy, or its file is not the one that the run wrote.
    """
    if not records:
        raise UsageError("There are no runs to choose among.")
    for record in records:
        if record.task.id != dataset.task.judged.id:
            judged = dataset.task.judged.id
            raise UsageError(f"Run {record.key} is on {record.task.id}, but {dataset.id} is judged on {judged}.")
    policies = [_policy_of(record) for record in records]
    found = [fitted_q_evaluation(dataset, policy, seeds, budget, config, device) for policy in policies]
    estimates, scores = np.stack(found), np.array([record.score for record in records])
    order = sorted(range(len(records)), key=lambda place: (-estimates[place].mean(), records[place].key))
    return OfflineSelection(tuple(records[place] for place in order), estimates[order], scores[order])


def _policy_of(record: Record) -> NetworkPolicy:
    if POLICY not in record.artefacts:
        raise GnomonError(f"Run {record.key} of {record.algorithm.name} kept no policy; only networks are kept.")
    path = home() / "runs" / record.key / POLICY
    if not path.is_file() or hash_file(path) != record.artefacts[POLICY]:
        raise GnomonError(f"{path} is missing, or is not the policy that the run wrote; evaluate the run again.")
    return load_policy_file(path)
