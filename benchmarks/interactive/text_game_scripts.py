"""Scripts that play text games: the solution, the solution with slips, any valid command."""

import re
from collections.abc import Sequence

import numpy as np

from gnomon.benchmarks.interactive.text import Page
from gnomon.benchmarks.interactive.textworld_games import GameId, solution_of

FORGETS, MISTYPES, LOOKS = 0.04, 0.1, 0.1  # how often a careless player does, at each turn
_GAME = re.compile(r"Game (\w+)-(\d)-(\d+)\n")


def game_of(text: str) -> GameId:
    r"""The game of a first page.

    >>> game_of("Game cook-1-482915\nYou are hungry!")
    GameId(skill='cook', level=1, number=482915)
    """
    found = _GAME.match(text)
    assert found is not None
    return GameId(found[1], int(found[2]), int(found[3]))


def commands_of(text: str) -> list[str]:
    r"""The valid commands of a page.

    >>> commands_of("A kitchen.\nCommands: go north; take fig")
    ['go north', 'take fig']
    """
    return text.rpartition("\nCommands: ")[2].split("; ")


class Expert:
    """Plays the solution of the game, which it looks up by the number on the first page."""

    def __init__(self, stream: np.random.Generator) -> None:
        self.stream = stream
        self._solution: list[str] = []

    def answer(self, page: Page) -> str:
        return self.next_command(page)

    def next_command(self, page: Page) -> str:
        """The next command of the solution; behind its end, a look around."""
        if page.taken == 0:
            self._solution = solution_of(game_of(page.text))[::-1]
        return self._solution.pop() if self._solution else "look"


class Careless(Expert):
    """Knows the solution, but mistypes, looks around, and now and then forgets the way for good."""

    def __init__(self, stream: np.random.Generator) -> None:
        super().__init__(stream)
        self._wanted, self._command, self._has_forgotten = "", "", False

    def answer(self, page: Page) -> str:
        if page.event != "invalid" and self._command != "look":
            self._wanted = self.next_command(page)
        self._has_forgotten |= self.stream.random() < FORGETS
        self._command = _chosen(self.stream, commands_of(page.text)) if self._has_forgotten else self._slipped()
        return self._command

    def _slipped(self) -> str:
        luck = self.stream.random()
        if luck < MISTYPES:
            return self._wanted[:-1]
        return "look" if luck < MISTYPES + LOOKS else self._wanted


class RandomCommands:
    """Any valid command."""

    def __init__(self, stream: np.random.Generator) -> None:
        self._stream = stream

    def answer(self, page: Page) -> str:
        return _chosen(self._stream, commands_of(page.text))


def _chosen(stream: np.random.Generator, commands: Sequence[str]) -> str:
    return commands[int(stream.integers(len(commands)))]
