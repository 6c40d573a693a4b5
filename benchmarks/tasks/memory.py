"""Tasks that the present observation does not solve: something was said before, and has to be remembered.

Observations, actions and rewards stand with the simulators, `double_t_maze.py` and `dialogue.py`. A policy keeps its
own memory, which `reset` clears; `gnomon.benchmarks.wrappers.History` gives a short one to a policy without.
"""

from functools import partial
from typing import TYPE_CHECKING, Any

from gnomon.benchmarks.contracts import ControlTask
from gnomon.benchmarks.tasks import TASKS

if TYPE_CHECKING:
    import gymnasium

CITES = ("hong2023histories", "bakker2001tmaze")


def _make(name: str, render_mode: str | None) -> "gymnasium.Env[Any, Any]":
    from gnomon.benchmarks.simulators.batch import Single
    from gnomon.benchmarks.simulators.dialogue import Dialogue
    from gnomon.benchmarks.simulators.double_t_maze import DoubleTMaze

    return Single({"double-t-maze": DoubleTMaze, "dialogue": Dialogue}[name](), render_mode)


for _name, _summary, _horizon, _observation in (
    (
        "double-t-maze",
        "Turn the right way at two forks, of which both were told at the beginning only.",
        60,
        {"place": slice(0, 2), "cues": slice(2, 4), "outcome": slice(4, 5)},
    ),
    (
        "dialogue",
        "Ask for three wishes, remember the answers, and make the one right offer.",
        16,
        {
            "asked": slice(0, 3),
            "answer": slice(3, 4),
            "patience": slice(4, 5),
            "turn": slice(5, 6),
            "outcome": slice(6, 7),
        },
    ),
):
    _task = ControlTask(
        id=f"memory/{_name}-v1",
        summary=_summary,
        horizon=_horizon,
        metric="return",
        expert=f"memory/{_name}",
        observation=_observation,
        cites=CITES,
        simulator=partial(_make, _name),
    )
    TASKS.add(_task.id, _task)
