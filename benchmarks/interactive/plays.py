"""What happened turn by turn in episodes of an interactive task, read from their observations alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from gnomon.benchmarks.contracts import Episode, Policy
from gnomon.benchmarks.interactive import InteractiveTask
from gnomon.benchmarks.interactive.text import Page, decode, page_of
from gnomon.benchmarks.rollout import rollout
from gnomon.benchmarks.seeds import seed_of

LANES = 5
FAULTS = ("invalid", "error")


@dataclass(frozen=True)
class Turns:
    """What became of each turn of one episode: everything that metrics need.

    Attributes:
        seed: of the problem.
        events: [T] what became of each action.
        rewards: [T].
        success: whether the goal was reached at any turn.
        solved_at: turns until then, 0 where it was not.
        terminated: whether the task ended it, not the limit of turns.
    """

    seed: int
    events: tuple[str, ...]
    rewards: tuple[float, ...]
    success: bool
    solved_at: int
    terminated: bool

    @property
    def faults(self) -> list[bool]:
        """[T] whether each action was no command, or failed."""
        return [event in FAULTS for event in self.events]

    @property
    def total_reward(self) -> float:
        return sum(self.rewards)


@dataclass(frozen=True)
class Play(Turns):
    """One episode as text.

    Attributes:
        pages: [T + 1] what was seen.
        actions: [T] what was written.
    """

    pages: tuple[Page, ...]
    actions: tuple[str, ...]

    @property
    def turns(self) -> Turns:
        """The same without its texts."""
        return Turns(self.seed, self.events, self.rewards, self.success, self.solved_at, self.terminated)


def play_of(episode: Episode) -> Play:
    """The episode as text."""
    pages = tuple(page_of(decode(row)) for row in episode.observations)
    return Play(
        seed=episode.seed,
        events=tuple(page.event for page in pages[1:]),
        rewards=tuple(episode.rewards.tolist()),
        success=bool(episode.success.any()),
        solved_at=int(episode.success.argmax()) + 1 if episode.success.any() else 0,
        terminated=episode.terminated,
        pages=pages,
        actions=tuple(decode(row) for row in episode.actions),
    )


def evaluation_seeds(key: str, count: int) -> list[int]:
    """The seeds of the first episodes that are judged; the same key gives the same problems, so that runs pair."""
    return [seed_of("evaluate", key, number) for number in range(count)]


def plays(task: InteractiveTask, policy: Policy, seeds: Sequence[int]) -> list[Play]:
    """Play one episode a seed; raises what `rollout` raises."""
    return [play_of(episode) for episode in rollout(task, policy, seeds, LANES)]
