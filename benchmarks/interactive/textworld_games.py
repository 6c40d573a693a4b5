"""Games of TextWorld by number: drawn, compiled and solved when they are first asked for, then kept.

A game takes about a second of a core to make and 0.5 MB to keep, in the home's cache, which can be deleted. Its number
decides all of it: the generators of TextWorld's challenges draw from streams that are seeded with it.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from gnomon.errors import GnomonError, UsageError
from gnomon.files import atomic_folder, home, locked

if TYPE_CHECKING:
    from textworld import Environment, Game, GameOptions

# Levels of TextWorld's challenges. Coin collector, 100 · d + q: q rooms to go and d times as many in all. Treasure
# hunter: of 1–10 in 5 open rooms, of 11–20 in 10 with closed doors and boxes, of 21–30 in 20 with locked ones.
COIN_LEVELS = (103, 105, 208)
TREASURE_LEVELS = (3, 13, 23)
COOKING = (
    {"recipe": 1, "take": 1, "open": False, "cook": False, "cut": False, "go": 1},
    {"recipe": 2, "take": 2, "open": True, "cook": True, "cut": False, "go": 1},
    {"recipe": 3, "take": 3, "open": True, "cook": True, "cut": True, "go": 6},
)
GAME, SOLUTION = "game.z8", "solution.json"


class GameId(NamedTuple):
    """Which game: its skill, level 1 to 3, and number below 2³¹."""

    skill: str
    level: int
    number: int

    def __str__(self) -> str:
        return f"{self.skill}-{self.level}-{self.number}"


def game_file(game: GameId) -> Path:
    """The compiled game, made where it is not there.

    Raises:
        UsageError: TextWorld is not installed.
        GnomonError: the game is not won by what TextWorld says wins it.
    """
    version = _textworld().__version__
    folder = home() / "cache" / "text-games" / f"textworld-{version}" / str(game)
    with locked(folder.with_suffix(".lock")):
        if not folder.exists():
            with atomic_folder(folder) as temporary:
                _make(game, temporary)
    return folder / GAME


def solution_of(game: GameId) -> list[str]:
    """Commands that win the game; raises as `game_file`."""
    return json.loads(game_file(game).with_name(SOLUTION).read_text())


def opened(file: Path, **further_facts: bool) -> "Environment":
    """A game that can be played, which tells besides its text what is valid, won and scored."""
    textworld = _textworld()
    facts = dict.fromkeys(
        ("objective", "description", "inventory", "admissible_commands", "score", "max_score", "won", "lost"), True
    )
    return textworld.start(str(file), request_infos=textworld.EnvInfos(**facts, **further_facts))


def _make(game: GameId, folder: Path) -> None:
    from textworld.generator import compile_game

    options = _textworld().GameOptions()
    options.seeds, options.path = game.number, str(folder / GAME)
    options.grammar.only_last_action = True  # the objective is told, not the way to it
    compile_game(_drawn(game, options), options)
    solution = _solved(folder / GAME, game)
    (folder / SOLUTION).write_text(json.dumps(solution))


def _drawn(game: GameId, options: "GameOptions") -> "Game":
    from textworld.challenges import coin_collector, cooking, treasure_hunter

    at = game.level - 1
    if game.skill == "navigate":
        return coin_collector.make({"level": COIN_LEVELS[at]}, options)
    if game.skill == "search":
        return treasure_hunter.make({"level": TREASURE_LEVELS[at]}, options)  # pyright: ignore[reportArgumentType]  # it says str
    recipe = {**COOKING[at], "drop": False, "split": None, "recipe_seed": game.number}
    return cooking.make(recipe, options)


def _solved(file: Path, game: GameId) -> list[str]:
    """The commands that TextWorld names as the next of a winning way, one after the other."""
    environment, played = opened(file, policy_commands=True), list[str]()
    state, ended = environment.reset(), False
    while not ended and state.policy_commands:
        played.append(state.policy_commands[0])
        state, _, ended = environment.step(played[-1])
    environment.close()
    if not state.won:
        raise GnomonError(f"TextWorld's own solution does not win game {game}; please report it.")
    return played


def _textworld() -> Any:
    try:
        import textworld
    except ImportError as error:
        raise UsageError("Text games need TextWorld; install it with: pip install 'gnomon[text-games]'") from error
    return textworld
