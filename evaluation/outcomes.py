"""Outcomes: what happened in every judged episode. Everything that is shown is computed from them."""

from pydantic import BaseModel, ConfigDict

from gnomon.benchmarks.contracts import Metric


class Outcome(BaseModel):
    """One final episode.

    Attributes:
        item: number of the episode; equal numbers started alike in every run.
        value: the task's metric, which is the return or 0 or 1 for success.
        total_reward: the undiscounted return.
        success: whether the goal was reached at any step.
        length: steps.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    item: int
    value: float
    total_reward: float
    success: bool
    length: int

    def of(self, metric: Metric) -> float:
        """What a metric makes of the episode."""
        return self.total_reward if metric == "return" else float(self.success)
