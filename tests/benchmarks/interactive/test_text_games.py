"""Text games: what reaches a game, what is kept of it, and that its number decides all of it."""

import os
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from gnomon.benchmarks.interactive import INTERACTIVE_TASKS
from gnomon.benchmarks.interactive.plays import plays
from gnomon.benchmarks.interactive.text_games import TextGame
from gnomon.benchmarks.interactive.textworld_games import GameId, game_file, solution_of
from gnomon.errors import UsageError

COOK = GameId("cook", 2, 1016164991)
compiles = [
    pytest.mark.slow,  # a game takes seconds to compile
    pytest.mark.skipif(find_spec("textworld") is None, reason="pip install 'gnomon[text-games]'"),
]


class ThisGame(np.random.Generator):
    """A stream that draws one number."""

    def __init__(self, number: int) -> None:
        super().__init__(np.random.PCG64(0))
        self._number = number

    def integers(self, *args: object, **kwargs: object) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        return self._number


def test_without_textworld_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "textworld", None)  # as where it is not installed
    with pytest.raises(UsageError, match=r"pip install 'gnomon\[text-games\]'"):
        INTERACTIVE_TASKS["interactive/text-games-cook-1-v1"].make().reset(seed=0)


@pytest.mark.parametrize("mark", [pytest.param(None, marks=compiles)])
class TestCompiled:
    def test_only_listed_commands_reach_the_game(self, mark: None) -> None:
        game = TextGame("cook", 2)
        first = game.start(ThisGame(COOK.number))
        assert first.startswith(f"Game {COOK}\n")
        assert "Check the cookbook" in first
        for command in ("quit", "restart", "undo", "save", "take cookbook", "look; look", " look"):
            turn = game.play(command)
            assert (turn.event, turn.reward, turn.ended) == ("invalid", 0.0, False), command
        assert game.play("look").event == "done"

    def test_the_rewards_of_the_solution_are_shares_of_the_points(self, mark: None) -> None:
        game = TextGame("cook", 2)
        game.start(ThisGame(COOK.number))
        turns = [game.play(command) for command in solution_of(COOK)]
        assert sum(turn.reward for turn in turns) == pytest.approx(1)
        assert [turn.event for turn in turns] == ["done"] * (len(turns) - 1) + ["right"]
        assert turns[-1].success
        assert "RESTART" not in turns[-1].text

    def test_a_spoilt_meal_loses(self, mark: None) -> None:
        game = TextGame("cook", 2)
        page = game.start(ThisGame(COOK.number))
        vegetable = next(command for command in page.split("; ") if command.startswith("take purple potato"))
        game.play(vegetable)
        turn = game.play("cook purple potato with stove")
        if not turn.ended:  # it may be fried, and then burns
            turn = game.play("cook purple potato with stove")
        assert (turn.event, turn.ended, turn.success) == ("wrong", True, False)

    def test_the_careless_script_is_between_the_others(self, mark: None) -> None:
        task = INTERACTIVE_TASKS["interactive/text-games-cook-2-v1"]
        solved = {name: np.mean([p.success for p in plays(task, task.policy(name), range(6))]) for name in task.scripts}
        assert solved["random"] < solved["careless"] < solved["expert"] == 1
        careless = plays(task, task.policy("careless"), range(6))
        assert {"invalid", "done"} < {event for play in careless for event in play.events}

    def test_the_number_decides_every_page_whatever_python_hashes_by(self, mark: None, tmp_path: Path) -> None:
        script = (
            "import hashlib\n"
            "from gnomon.benchmarks.interactive import INTERACTIVE_TASKS\n"
            "from gnomon.benchmarks.rollout import rollout\n"
            "task = INTERACTIVE_TASKS['interactive/text-games-cook-3-v1']\n"
            "episodes = rollout(task, task.policy('random'), [3], lanes=1)\n"
            "print(hashlib.sha256(episodes[0].observations.tobytes()).hexdigest())\n"
        )
        told = {
            subprocess.check_output(
                [sys.executable, "-c", script],
                env=os.environ | {"PYTHONHASHSEED": seed, "GNOMON_HOME": str(tmp_path / seed)},
            )
            for seed in ("1", "2")
        }
        assert len(told) == 1

    def test_a_game_whose_making_was_killed_is_made_again(self, mark: None) -> None:
        script = (
            "from gnomon.benchmarks.interactive import textworld_games as games\n"
            "def told(*arguments):\n"
            "    print('compiled', flush=True)\n"
            "    import time; time.sleep(60)\n"
            "games._solved = told\n"
            "games.game_file(games.GameId('search', 1, 5))\n"
        )
        process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stdout.readline() == b"compiled\n"
        process.send_signal(signal.SIGKILL)
        process.wait()
        game = GameId("search", 1, 5)
        assert game_file(game).with_name("solution.json").is_file()
        assert solution_of(game)[-1].startswith("take ")
