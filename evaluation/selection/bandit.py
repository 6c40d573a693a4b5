"""Selecting a policy after deployment: a bandit spends episodes on trained policies and reports the best-looking."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gnomon.errors import UsageError
from gnomon.evaluation.bands import Band, sup_t_band
from gnomon.evaluation.streams import keyed_stream


@dataclass(frozen=True)
class BanditRules:
    """The protocol of a selection by UCB1.

    Attributes:
        policies: how many of the trained policies a trial is given.
        pulls: episodes that it may spend.
        exploration: α of the bonus s · √(α ln t / n); 2 is UCB1 (Auer, Cesa-Bianchi and Fischer 2002, Machine Learning
            47, Fig. 1), which is for rewards in 0 … 1. Here s, the pooled standard deviation of the episodes of one
            policy seen so far, makes it the same in every unit of the return.
        trials: repetitions, each with policies and episodes of its own.
    """

    policies: int = 8
    pulls: int = 100
    exploration: float = 2.0
    trials: int = 1_000

    def check(self, available: int, episodes: int) -> None:
        """Refuse rules that the stored episodes cannot play."""
        if not 1 <= self.policies <= available:
            raise UsageError(f"A trial must be given 1 to {available} policies, as many as there are: {self.policies}.")
        if not self.policies <= self.pulls <= self.policies * episodes:
            most = self.policies * episodes
            raise UsageError(f"Pulls must be {self.policies} to {most}, the episodes stored, not {self.pulls}.")
        if self.trials < 1 or not 0 <= self.exploration < np.inf:
            raise UsageError("Trials must be at least 1, and exploration a finite number from 0.")


def bandit_curve(returns: NDArray, rules: BanditRules | None = None, seed: int = 0) -> NDArray[np.float64]:
    """[pulls] the expected true value of the policy that looks best after each pull, among those pulled so far.

    After the selection of Jackson et al. 2025 ("A Clean Slate for Offline RL", arXiv 2504.11453), with a bonus
    that does not depend on the unit of the return, and episodes that are drawn without replacement.

    Args:
        returns: [policies, episodes] of every trained policy; a policy's true value is its mean.
        rules: the protocol.
        seed: of the trials.

    Raises:
        UsageError: returns that are not finite, or rules that they cannot play.
    """
    scores, rules = _checked(returns), rules or BanditRules()
    rules.check(*scores.shape)
    stream = keyed_stream("bandit", seed)
    chosen = stream.permuted(np.tile(np.arange(len(scores)), (rules.trials, 1)), axis=1)[:, : rules.policies]
    return _Trials(scores, chosen, rules, stream).play().mean(0)


def bandit_band(returns: NDArray, rules: BanditRules | None = None, seed: int = 0, resamples: int = 200) -> Band:
    """The curve with a simultaneous band over the policies: they are drawn anew, as another training would have.

    A spread over trials would shrink to nothing with their number, however few policies were trained. Each resample
    plays a tenth of the trials, at least ten.
    """
    scores, rules = _checked(returns), rules or BanditRules()
    value = bandit_curve(scores, rules, seed)
    stream = keyed_stream("bandit band", seed)
    inside = BanditRules(rules.policies, rules.pulls, rules.exploration, max(rules.trials // 10, 10))
    drawn = [
        bandit_curve(scores[stream.integers(0, len(scores), len(scores))], inside, int(stream.integers(2**31)))
        for _ in range(resamples)
    ]
    return sup_t_band(value, np.array(drawn), scores.mean(1)[:, None])


class _Trials:
    """All trials at once: the arms of each, in random order, and what has been seen of them."""

    def __init__(self, returns: NDArray, chosen: NDArray, rules: BanditRules, stream: np.random.Generator) -> None:
        self.returns, self.chosen, self.rules = returns, chosen, rules
        self.values = returns.mean(1)[chosen]
        episodes = np.tile(np.arange(returns.shape[1]), (*chosen.shape, 1))
        self.order = stream.permuted(episodes, axis=2)[..., : rules.pulls]
        self.rows = np.arange(len(chosen))
        self.count, self.total, self.squares = (np.zeros(chosen.shape) for _ in range(3))
        self.centre = returns.mean()  # squares of large returns would swallow their spread

    def play(self) -> NDArray[np.float64]:
        """[trials, pulls] the true value of the arm with the highest mean so far."""
        reported = np.empty((len(self.rows), self.rules.pulls))
        for pull in range(self.rules.pulls):
            self._see(self._next(pull))
            reported[:, pull] = self.values[self.rows, self._means().argmax(1)]
        return reported

    def _next(self, pull: int) -> NDArray[np.int64]:
        if pull < self.rules.policies:
            return np.full(len(self.rows), pull)
        bonus = self._deviation(pull)[:, None] * np.sqrt(self.rules.exploration * np.log(pull) / self.count)
        left = self.count < self.returns.shape[1]
        return np.where(left, self._means() + bonus, -np.inf).argmax(1)

    def _see(self, arm: NDArray[np.int64]) -> None:
        episode = self.order[self.rows, arm, self.count[self.rows, arm].astype(int)]
        value = self.returns[self.chosen[self.rows, arm], episode] - self.centre
        self.count[self.rows, arm] += 1
        self.total[self.rows, arm] += value
        self.squares[self.rows, arm] += value**2

    def _means(self) -> NDArray[np.float64]:
        with np.errstate(invalid="ignore"):
            return np.where(self.count > 0, self.total / self.count, -np.inf)

    def _deviation(self, pull: int) -> NDArray[np.float64]:
        """[trials] pooled over the arms; before any was pulled twice, of all episodes together."""
        if pull == self.rules.policies:
            return np.sqrt(np.maximum(self.squares.mean(1) - self.total.mean(1) ** 2, 0))
        inside = (self.squares - self.total**2 / self.count).sum(1)
        return np.sqrt(np.maximum(inside, 0) / (pull - self.rules.policies))


def _checked(returns: NDArray) -> NDArray[np.float64]:
    scores = np.asarray(returns, np.float64)
    if scores.ndim != 2 or scores.size == 0 or not np.isfinite(scores).all():
        raise UsageError("Returns must be finite numbers [policies, episodes].")
    return scores
