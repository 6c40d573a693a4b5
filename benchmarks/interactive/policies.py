"""Policies of text: a script that reads pages, and any generator, both played by the loop of every policy."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gnomon.benchmarks.contracts import Generator, Prompt, Sampling
from gnomon.benchmarks.interactive.text import ACTION_CHARACTERS, Page, decode, encode, page_of

CONTEXT = 16_000  # characters of a conversation that a generator is shown


class Script(Protocol):
    """One party in one episode; it may remember what it read and wrote."""

    def answer(self, page: Page) -> str:
        """The next action."""
        ...


MakeScript = Callable[[np.random.Generator], Script]


class TextPolicy(ABC):
    """Decodes the pages of the lanes that are in play, and encodes what is answered."""

    def __init__(self) -> None:
        self._seeds: dict[int, int] = {}  # lane → seed of its episode

    def start_episodes(self, lanes: Sequence[int], seeds: Sequence[int]) -> None:
        """See `StochasticPolicy`."""
        self._seeds |= dict(zip(lanes, seeds, strict=True))
        for lane, seed in zip(lanes, seeds, strict=True):
            self.begin(lane, seed)

    def act(self, observations: NDArray[np.float32], reset: NDArray[np.bool_]) -> NDArray[np.float32]:
        """See `Policy`; a lane whose episode is over gets an empty action and is not asked for one."""
        actions = np.zeros((len(observations), ACTION_CHARACTERS), np.float32)
        pages = {lane: page_of(decode(observations[lane])) for lane in self._seeds}
        answers = self.answer({lane: page for lane, page in pages.items() if not page.over})
        for lane, answer in answers.items():
            actions[lane] = encode(answer[:ACTION_CHARACTERS], ACTION_CHARACTERS)
        return actions

    @abstractmethod
    def begin(self, lane: int, seed: int) -> None:
        """A new episode begins in a lane."""

    @abstractmethod
    def answer(self, pages: Mapping[int, Page]) -> dict[int, str]:
        """Lane → action, for each of these pages."""


class ScriptedPolicy(TextPolicy):
    """A script an episode, with a stream keyed by the episode's seed and by `sample`."""

    def __init__(self, make: MakeScript, sample: int = 0) -> None:
        super().__init__()
        self._make, self._sample = make, sample
        self._scripts: dict[int, Script] = {}

    def begin(self, lane: int, seed: int) -> None:
        self._scripts[lane] = self._make(np.random.default_rng((seed, 1, self._sample)))

    def answer(self, pages: Mapping[int, Page]) -> dict[int, str]:
        return {lane: self._scripts[lane].answer(page) for lane, page in pages.items()}


class GeneratorPolicy(TextPolicy):
    """Any generator as a policy: its prompt is the conversation so far, its action the completion's last line.

    All lanes are one call of the generator. A model may think before the last line that is not empty; of what it
    thought nothing is kept in the conversation. A conversation beyond `context` characters loses its oldest turns,
    never the problem.

    Args:
        task: id of the task.
        level: of the task.
        generator: what is asked.
        sampling: how completions are drawn.
        sample: another number draws other completions.
        context: most characters of a prompt, where the problem and the latest page leave room.
    """

    def __init__(
        self,
        task: str,
        level: int,
        generator: Generator,
        sampling: Sampling,
        sample: int = 0,
        context: int = CONTEXT,
    ) -> None:
        super().__init__()
        self._task, self._level, self._generator = task, level, generator
        self._sampling, self._sample, self._context = sampling, sample, context
        self._said: dict[int, list[str]] = {}

    def begin(self, lane: int, seed: int) -> None:
        self._said[lane] = []

    def answer(self, pages: Mapping[int, Page]) -> dict[int, str]:
        for lane, page in pages.items():
            self._said[lane].append(str(page))
        completions = self._generator.generate([self._prompt(lane) for lane in pages], 1, self._sample, self._sampling)
        answers = {lane: last_line(drawn[0].text or "") for lane, drawn in zip(pages, completions, strict=True)}
        for lane, answer in answers.items():
            self._said[lane].append(f"> {answer}")
        return answers

    def _prompt(self, lane: int) -> Prompt:
        text = conversation(self._said[lane], self._context)
        return Prompt(f"{self._task}/{self._seeds[lane]}", self._task, self._level, text)


def last_line(text: str) -> str:
    r"""The last line that is not empty, without a leading `> `.

    >>> last_line("I need the price of figs.\n> get fig\n")
    'get fig'
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1].removeprefix("> ") if lines else ""


def conversation(said: Sequence[str], limit: int) -> str:
    r"""The problem and the latest of what was said after it, in at most `limit` characters where that is possible.

    >>> conversation(["problem", "> one", "page one", "> two", "page two"], 32)
    'problem\n…\n> two\npage two'
    """
    kept = list(said)
    for start in range(1, len(said), 2):
        kept = [said[0], *(["…"] if start > 1 else []), *said[start:]]
        if len("\n".join(kept)) <= limit:
            break
    return "\n".join(kept)
