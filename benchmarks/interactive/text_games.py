"""Text games of three skills, which TextWorld (arXiv 1806.11532) generates and Inform 7 compiles.

Games that each need one skill, in levels, as STARLING has them (arXiv 2406.05872); where it asks a language model for
them, here a seed draws them: find the way (a coin at the end of a maze), search (a thing among others, behind doors
and in boxes, with keys), cook (find a recipe, gather, prepare). They need `pip install 'gnomon[text-games]'`.

Pages list the commands that are valid, and nothing else reaches the game. The rest of a command's name, such as
`quit` or `undo`, is no command. The first page tells the number that a game was drawn from.
"""

import re
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gnomon.benchmarks.interactive import INTERACTIVE_TASKS, interactive_task
from gnomon.benchmarks.interactive.game import Turn
from gnomon.benchmarks.interactive.text_game_scripts import Careless, Expert, RandomCommands
from gnomon.benchmarks.interactive.textworld_games import GameId, game_file, opened

if TYPE_CHECKING:
    from textworld import Environment

SKILLS = {
    "navigate": "Find the coin at the end of a maze of rooms.",
    "search": "Find a thing behind doors and in boxes, some of them locked, and take no other.",
    "cook": "Find the recipe, gather what it needs, prepare it as it says, and eat.",
}
TURNS = (15, 30, 60)  # at each level
CHARACTERS = 8192
NUMBERS = 2**31  # of different games
_AFTER_THE_STORY = re.compile(r"\n>|\*\*\* The End \*\*\*")


class TextGame:
    """A game of a skill, another one each time; the reward is the share of its points that a command earns."""

    def __init__(self, skill: str, level: int) -> None:
        self._skill, self._level = skill, level
        self._environment: Environment | None = None
        self._state: Any = None  # a dictionary of facts, none of which has a type

    def start(self, stream: np.random.Generator) -> str:
        if self._environment is not None:
            self._environment.close()
        game = GameId(self._skill, self._level, int(stream.integers(NUMBERS)))
        self._environment = opened(game_file(game))
        self._state = self._environment.reset()
        return self._page(f"Game {game}\n{self._state.objective}\n\n{self._state.description}\n{self._state.inventory}")

    def play(self, action: str) -> Turn:
        if action not in self._state.admissible_commands:
            return Turn("invalid", self._page("That is none of the commands."))
        assert self._environment is not None
        before = self._state.score
        self._state, score, ended = self._environment.step(action)
        reward = (score - before) / self._state.max_score
        if not ended:
            return Turn("done", self._page(story(self._state.feedback)), reward)
        is_won = bool(self._state.won)
        return Turn("right" if is_won else "wrong", story(self._state.feedback), reward, ended=True, success=is_won)

    def _page(self, text: str) -> str:
        """What is told, and the commands; a text that is too long is cut."""
        commands = f"\nCommands: {'; '.join(self._state.admissible_commands)}"
        return re.sub(r"\n{3,}", "\n\n", text)[: CHARACTERS - len(commands) - 64] + commands


def story(feedback: str) -> str:
    r"""What a game answers, without the prompt and the status line that follow.

    >>> story("\nYou take the coin.\n\n>      -= Attic =-0/1")
    'You take the coin.'
    """
    return _AFTER_THE_STORY.split(feedback)[0].strip()


for _level in (1, 2, 3):
    for _skill, _summary in SKILLS.items():
        _task = interactive_task(
            name=f"text-games-{_skill}-{_level}-v1",
            summary=_summary,
            level=_level,
            turns=TURNS[_level - 1],
            game=partial(TextGame, _skill, _level),
            scripts={"expert": Expert, "careless": Careless, "random": RandomCommands},
            characters=CHARACTERS,
            cites=("cote2018textworld", "basavatia2024starling"),
        )
        INTERACTIVE_TASKS.add(_task.id, _task)
