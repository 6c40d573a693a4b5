"""What the rooms agree on: a task, a policy, an episode or an item, and how a value becomes a score."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    import gymnasium

    from gnomon.benchmarks.environment import TaskEnvironment

Metric = Literal["return", "success"]
Split = Literal["train", "validation", "test", "secret"]
View = Literal["L1", "L2", "L3"]


class Policy(Protocol):
    """A solution of a control task: observations in, actions out, a batch at a time.

    Each row of the batch is one lane: an environment that runs episode after episode. The shape of the batch is
    the same in every call of one roll-out; a lane that has no episode left repeats its last observation.
    """

    def act(self, observations: NDArray[np.float32], reset: NDArray[np.bool_]) -> ArrayLike:
        """Choose one action a lane.

        Args:
            observations: [lanes, observation dimension] float32.
            reset: [lanes]; true where a new episode begins, so a policy with memory clears that row.

        Returns:
            [lanes, action dimension], finite; clipped to the action box before it is stored and stepped. Of a task
            with discrete actions [lanes] whole numbers.
        """
        ...


@runtime_checkable
class StochasticPolicy(Policy, Protocol):
    """A policy that draws random numbers: it draws them from streams keyed by the seeds of the episodes."""

    def start_episodes(self, lanes: Sequence[int], seeds: Sequence[int]) -> None:
        """Called before the first `act` of new episodes, with the lane and the seed of each."""
        ...


@dataclass(frozen=True)
class Episode:
    """One episode of T steps, in the values that are stored: everything is float32.

    At most one of `terminated` (the task ended) and `truncated` (it was cut: time limit, or success in a task that
    goes on) is true, and it describes the last step.
    """

    seed: int
    observations: NDArray[np.float32]  # [T + 1, observation dimension]; the last is the true final observation
    actions: NDArray[Any]  # [T, action dimension] float32 inside the action box, or [T] int64 of a discrete task
    rewards: NDArray[np.float32]  # [T]
    success: NDArray[np.bool_]  # [T]; whether the goal is reached after the step
    terminated: bool
    truncated: bool
    cost: float = 0.0  # sum of `info["cost"]`, of simulators that have limits

    def __len__(self) -> int:
        return len(self.actions)

    @property
    def total_reward(self) -> float:
        """The undiscounted return, added in float64."""
        return float(self.rewards.sum(dtype=np.float64))


@dataclass(frozen=True)
class ScoreScale:
    """The two values that a score is measured between, as `gnomon tasks reference` found them.

    Attributes:
        random: mean over episodes of the uniform random policy.
        reference: mean over episodes of the deterministic expert that the task names, or the task's bound.
    """

    random: float
    reference: float

    def score(self, values: ArrayLike) -> NDArray[np.float64]:
        """100 · (value − random) / (reference − random): 0 is random, 100 is the expert.

        >>> ScoreScale(random=10, reference=30).score([10, 20, 40]).tolist()
        [0.0, 50.0, 150.0]
        """
        return 100 * (np.asarray(values, np.float64) - self.random) / (self.reference - self.random)

    def range_of(self, metric: Metric) -> tuple[float, float]:
        """The scores that a metric can reach: those of 0 and 1 for success, all for a return.

        >>> ScoreScale(random=0.2, reference=1.0).range_of("success")
        (-25.0, 100.0)
        """
        return (-np.inf, np.inf) if metric == "return" else (float(self.score(0)), float(self.score(1)))


@dataclass(frozen=True, kw_only=True, eq=False)
class ControlTask:
    """A control task: an environment, its horizon, and the one metric that is its score.

    Attributes:
        id: `family/name-vN`; a change that could change a score changes N.
        summary: one sentence for lists and cards.
        horizon: most steps of an episode; the last one is flagged `truncated`.
        metric: `return` (sum of rewards) or `success` (reached at any step).
        expert: id of the behaviour policy whose deterministic run is the reference of the scale; empty where there is a
            bound in its place.
        bound: the most that an episode can return, which is the reference of the scale of a task without an expert.
        observation: name → columns of the flat observation.
        cites: keys of the works that the task stands on, in `benchmarks/citations.bib`.
        has_limit: whether an episode that broke a limit (its cost is above 0) counts for what the random policy gets.
        judged_on: id of the task that solutions learned from its data are judged on, where it is another one.
        simulator: makes the family's simulator, with flat observations, for a render mode.
    """

    id: str
    summary: str
    horizon: int
    metric: Metric
    expert: str
    bound: float | None = None
    observation: Mapping[str, slice]
    cites: tuple[str, ...] = ()
    has_limit: bool = False
    judged_on: str = ""
    simulator: "Callable[[str | None], gymnasium.Env[Any, Any]]"

    @property
    def family(self) -> str:
        return self.id.partition("/")[0]

    @property
    def broken_limit(self) -> float | None:
        """The value of an episode that broke a limit; none of a task without one."""
        return self.scale.random if self.has_limit else None

    @property
    def judged(self) -> "ControlTask":
        """The task that solutions learned from its data are judged on."""
        from gnomon.benchmarks.tasks import get_task

        return get_task(self.judged_on) if self.judged_on else self

    def make(self, render_mode: str | None = None) -> "TaskEnvironment":
        """A Gymnasium environment: flat float32 observations and actions, `success` in every info."""
        from gnomon.benchmarks.environment import TaskEnvironment

        return TaskEnvironment(self.simulator(render_mode), self.horizon)

    @property
    def scale(self) -> ScoreScale:
        """The task's score scale; raises UsageError where it was not measured yet."""
        from gnomon.benchmarks.reference_scores import scale_of

        return scale_of(self.id)

    def score(self, values: ArrayLike) -> NDArray[np.float64]:
        """The scores of raw values of the task's metric."""
        return self.scale.score(values)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a gold solution: what kind it is, how it is written, and the value that it reaches."""

    kind: str
    text: str
    value: str


@dataclass(frozen=True, slots=True)
class Solution:
    """The gold solution of a problem.

    Attributes:
        answer: one answer that the verifier accepts; there may be others.
        steps: what leads to it, in order.
        arguments: JSON values that the verifier needs beside the answer.
    """

    answer: str
    steps: tuple[Step, ...]
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One problem of a language task, as it is put to a model.

    Attributes:
        id: unique within the task's version.
        task, split, view, level, template: where it comes from; the level is 1 (easy) to 5.
        prompt: what the model reads.
        solution: a whole completion that earns 1: the steps, then the line with the answer.
        answer, steps, arguments: as in `Solution`.
        verifier: name of the verifier that scores a completion.
        canonical: the problem without its wording; two items with one canonical form are the same problem.
    """

    id: str
    task: str
    split: Split
    view: View
    level: int
    template: str
    prompt: str
    solution: str
    answer: str
    steps: tuple[Step, ...]
    arguments: Mapping[str, Any]
    verifier: str
    canonical: str


@dataclass(frozen=True, kw_only=True, eq=False)
class LanguageTask:
    """A language task: problems without end in five levels, several wordings, and a verifier.

    Attributes:
        id: `family/name-vN`; a change that could change a score changes N.
        summary: one sentence for lists and cards.
        verifier: name of the verifier that scores completions.
        draw: a problem of a level from a stream.
        canonical: the problem without its wording; which split a problem belongs to is a hash of this.
        solve: the gold solution of a problem.
        templates: name → wording of a problem, for training and the L1 view; at least three.
        unseen_templates: the same for the L2 view alone.
        related: ids of the tasks whose test items are the L3 view.
        instruction: how to write the answer, the end of every prompt; empty where the whole completion is the answer.
        cites: as of a `ControlTask`.
    """

    id: str
    summary: str
    verifier: str
    draw: Callable[[Random, int], Any]
    canonical: Callable[[Any], str]
    solve: Callable[[Any], Solution]
    templates: Mapping[str, Callable[[Any], str]]
    unseen_templates: Mapping[str, Callable[[Any], str]]
    related: tuple[str, ...]
    instruction: str = ""
    cites: tuple[str, ...] = ()

    @property
    def family(self) -> str:
        return self.id.partition("/")[0]

    def items(
        self, split: Split = "test", n: int = 100, *, view: View = "L1", level: int | None = None, key: str = ""
    ) -> list[Item]:
        """The first `n` items of a split: distinct problems, the levels in turn; more items begin with the same ones.

        Args:
            split: `train`, `validation`, `test`, or `secret`, which needs a key. No two share a problem.
            n: how many.
            view: L1, the wordings of training; L2, the same problems in unseen wordings; L3, the related tasks.
            level: only this level, 1 to 5.
            key: of the secret split: who does not know it cannot draw its items.

        Raises:
            UsageError: no such split, view or level, a training split in unseen wordings, a secret split without its
                key, or fewer distinct problems than asked for.
        """
        from gnomon.benchmarks.items import draw_items

        return draw_items(self, split, n, view=view, level=level, key=key)


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a generator sees of an item: never its answer.

    Attributes:
        item, task, level: where it comes from.
        text: what the model reads.
        begun: what the completion begins with; the generator writes what follows.
        file: the picture (PNG) or sound (WAV) that the text is about; empty where there is none.
    """

    item: str
    task: str
    level: int
    text: str
    begun: str = ""
    file: bytes = b""


@dataclass(frozen=True, slots=True)
class Completion:
    """One sample of a generator.

    Attributes:
        text: what it wrote, after what was begun; none where it wrote nothing.
        tokens: how long that is, in its own tokens.
        ended: whether it stopped by itself, not at the limit of length.
        read: tokens of the prompt, where it counts them.
    """

    text: str | None
    tokens: int
    ended: bool
    read: int | None = None


@dataclass(frozen=True, slots=True)
class Sampling:
    """How completions are drawn.

    Attributes:
        temperature: 0 takes the likeliest token.
        top_p: the smallest set of tokens with this probability is drawn from.
        max_tokens: a completion is cut after so many.
    """

    temperature: float
    top_p: float
    max_tokens: int


class Generator(Protocol):
    """A solution of a language task: prompts in, completions out."""

    @property
    def facts(self) -> Mapping[str, str]:
        """What a record says of the model: hashes, versions, what it was loaded from. JSON values."""
        ...

    def generate(self, prompts: Sequence[Prompt], n: int, seed: int, sampling: Sampling) -> list[list[Completion]]:
        """Draw samples.

        Sample k of a prompt depends on the prompt, k, the seed and the sampling alone where the model allows it:
        `gnomon.benchmarks.generators.sample_seed` gives each a stream.

        Args:
            prompts: any number; a generator that has batches makes them itself, a call is what it may do at once.
            n: samples a prompt.
            seed: of all of them.
            sampling: how.

        Returns:
            [prompts][n] completions.
        """
        ...
