"""A game of text, and the Gymnasium environment that it is played in."""

from typing import Any, NamedTuple, Protocol

import gymnasium
import numpy as np
from gymnasium.spaces import Box
from numpy.typing import NDArray

from gnomon.benchmarks.interactive.text import ACTION_CHARACTERS, LARGEST_CODE_POINT, Event, Page, decode, encode


class Turn(NamedTuple):
    """What an action led to."""

    event: Event
    text: str
    reward: float = 0.0
    ended: bool = False
    success: bool = False


class Game(Protocol):
    """One kind of problem; every random number of an episode comes from the stream that it starts with."""

    def start(self, stream: np.random.Generator) -> str:
        """Begin a new problem; what it is."""
        ...

    def play(self, action: str) -> Turn:
        """Take one action, any text whatever."""
        ...


class TextEnvironment(gymnasium.Env[NDArray[np.float32], NDArray[np.float32]]):
    """A game with observations [characters] and actions [512], both code points as float32.

    The first line of every observation is a status line (`Page`): the event, and how many turns were taken of how
    many, as MINT tells its models (arXiv 2309.10691, section 2).
    """

    metadata: dict[str, Any] = {"render_modes": ["ansi"]}  # noqa: RUF012  # as Gymnasium declares it

    def __init__(self, game: Game, turns: int, characters: int, render_mode: str | None = None) -> None:
        self.game, self.turns, self.render_mode = game, turns, render_mode
        self.observation_space = Box(0, LARGEST_CODE_POINT, (characters,), np.float32)
        self.action_space = Box(0, LARGEST_CODE_POINT, (ACTION_CHARACTERS,), np.float32)
        self.page = Page("start", 0, turns, False, "")
        self._characters = characters

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        super().reset(seed=seed)
        return self._shown(Page("start", 0, self.turns, False, self.game.start(self.np_random))), {}

    def step(self, action: NDArray[np.float32]) -> tuple[NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        turn, taken = self.game.play(decode(action).strip()), self.page.taken + 1
        over = turn.ended or taken == self.turns
        observation = self._shown(Page(turn.event, taken, self.turns, over, turn.text))
        return observation, turn.reward, turn.ended, over and not turn.ended, {"success": turn.success}

    def render(self) -> str:  # pyright: ignore[reportIncompatibleMethodOverride]
        return str(self.page)

    def _shown(self, page: Page) -> NDArray[np.float32]:
        self.page = page
        return encode(str(page), self._characters)
