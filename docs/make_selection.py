"""Fitted Q evaluation against the truth, and the table of it in docs/selection.md: half a minute on one core.

python docs/make_selection.py

Six policies of the near-real spring, valued from data of another controller: the feedback law that solves the task,
with shares of its command. The truth is the mean discounted return of 200 episodes.
"""

import re
from pathlib import Path

import numpy as np

from gnomon.baselines.algorithm import Budget
from gnomon.baselines.fqe import FQEConfig, fitted_q_evaluation
from gnomon.benchmarks.rollout import rollout
from gnomon.benchmarks.seeds import seed_of
from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets.build import build_dataset
from gnomon.datasets.policies import POLICIES
from gnomon.evaluation.selection.policy_selection import (
    absolute_error,
    discounted_return,
    rank_correlation,
    regret_at_k,
)
from gnomon.files import write_atomically

PAGE = Path(__file__).parent / "selection.md"
TASK, DATASET, EPISODES = TASKS["nearreal/spring-v1"], "nearreal/spring/pid-v1", 200
SHARES = (1.0, 0.8, 0.6, 0.3, 0.0, -0.3)
SEEDS = (0, 1)
CONFIG = FQEConfig(hidden=(64, 64), learning_rate=1e-3, discount=0.95, target_rate=0.02)
BUDGET = Budget(updates=4_000, batch_size=128)


class Share:
    """A share of the command of the feedback law."""

    def __init__(self, share: float) -> None:
        self.law, self.share = POLICIES["nearreal/spring-feedback"](TASK), share

    def act(self, observations: np.ndarray, reset: np.ndarray) -> np.ndarray:
        return self.share * np.asarray(self.law.act(observations, reset))


def main() -> None:
    """Replace the table in the page."""
    dataset = build_dataset(DATASET)
    policies = [Share(share) for share in SHARES]
    truth = np.array([_true_value(policy) for policy in policies])
    found = np.array([fitted_q_evaluation(dataset, policy, SEEDS, BUDGET, CONFIG) for policy in policies])
    rows = ["| share | true value | estimates of two seeds |", "| --- " * 3 + "|"]
    rows += [
        f"| {share:g} | {value:.2f} | {', '.join(f'{estimate:.2f}' for estimate in estimates)} |"
        for share, value, estimates in zip(SHARES, truth, found, strict=True)
    ]
    means = found.mean(1)
    rows += [
        "",
        f"Rank correlation {rank_correlation(truth, means):.2f}, regret at 1 {regret_at_k(truth, means):.2f}, mean "
        f"absolute error {absolute_error(truth, means):.2f} (values span {np.ptp(truth):.2f}).",
    ]
    mark = re.compile(r"(<!-- fqe -->\n).*?(<!-- end -->)", re.DOTALL)
    text = mark.sub(lambda match: match[1] + "\n".join(rows) + "\n" + match[2], PAGE.read_text())
    write_atomically(PAGE, text)


def _true_value(policy: Share) -> float:
    seeds = [seed_of("validate", TASK.id, index) for index in range(EPISODES)]
    episodes = rollout(TASK, policy, seeds)
    return float(np.mean([discounted_return(episode.rewards, CONFIG.discount) for episode in episodes]))


if __name__ == "__main__":
    main()
