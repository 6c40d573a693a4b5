"""The interactive tasks: problems that are solved in turns of text, each file of this folder a family of them.

Each is a `ControlTask` whose observations and actions are texts, as rows of code points (`text.py`). So `rollout` plays
it, `judge` judges it, and a language model, a script and a network are policies alike. The registry is one of its own:
the tasks have scripts in place of behaviour policies, and the ends of their score scales are the scripts `random` and
`expert`, measured by `gnomon interactive reference`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from gnomon.benchmarks.contracts import ControlTask, Generator, Metric, Sampling, ScoreScale
from gnomon.errors import UsageError
from gnomon.registry import Registry

if TYPE_CHECKING:
    from gnomon.benchmarks.interactive.game import Game, TextEnvironment
    from gnomon.benchmarks.interactive.policies import GeneratorPolicy, MakeScript, ScriptedPolicy


@dataclass(frozen=True, kw_only=True, eq=False)
class InteractiveTask(ControlTask):
    """A control task in turns of text.

    Attributes:
        level: 1 (easy) to 5.
        characters: the length of an observation.
        game: makes the problem that is played.
        scripts: name → what plays it, `expert` and `random` among them; each reads the pages and nothing else.
        problems: key of the problems that it is judged on; tasks with one key have the same ones.
    """

    level: int
    characters: int
    game: "Callable[[], Game]"
    scripts: "Mapping[str, MakeScript]"
    problems: str

    @property
    def scale(self) -> ScoreScale:
        """The random and the expert script, as measured; raises UsageError where they are not told apart yet."""
        from gnomon.benchmarks.interactive.reference_scores import scale_of

        return scale_of(self.id)

    @property
    def has_scale(self) -> bool:
        """Whether its score scale was measured."""
        from gnomon.benchmarks.interactive.reference_scores import all_reference_scores

        return self.id in all_reference_scores()

    def policy(self, script: str, sample: int = 0) -> "ScriptedPolicy":
        """A script of the task as a policy; another `sample` draws other random numbers. UsageError: no such script."""
        from gnomon.benchmarks.interactive.policies import ScriptedPolicy

        if script not in self.scripts:
            raise UsageError(f"{self.id} has no script {script!r}; it has {', '.join(sorted(self.scripts))}.")
        return ScriptedPolicy(self.scripts[script], sample)

    def played_by(self, generator: Generator, sampling: Sampling, sample: int = 0) -> "GeneratorPolicy":
        """A generator as a policy of the task."""
        from gnomon.benchmarks.interactive.policies import GeneratorPolicy

        return GeneratorPolicy(self.id, self.level, generator, sampling, sample)

    def limited(self, turns: int) -> "InteractiveTask":
        """The same problems in at most so many turns, which the pages say; UsageError where that is none."""
        if turns < 1:
            raise UsageError(f"turns is {turns}; an episode has 1 or more.")
        return replace(self, horizon=turns, simulator=partial(_simulator, self.game, turns, self.characters))


def interactive_task(
    *,
    name: str,
    summary: str,
    level: int,
    turns: int,
    game: "Callable[[], Game]",
    scripts: "Mapping[str, MakeScript]",
    characters: int,
    metric: Metric = "success",
    cites: tuple[str, ...] = (),
    problems: str = "",
) -> InteractiveTask:
    """The task `interactive/NAME-vN` of a game; see `InteractiveTask`. Its problems are its own by default."""
    return InteractiveTask(
        id=f"interactive/{name}",
        summary=summary,
        horizon=turns,
        metric=metric,
        expert="expert",
        observation={"page": slice(0, characters)},
        cites=cites,
        simulator=partial(_simulator, game, turns, characters),
        level=level,
        characters=characters,
        game=game,
        scripts=scripts,
        problems=problems or f"interactive/{name}",
    )


def _simulator(game: "Callable[[], Game]", turns: int, characters: int, render_mode: str | None) -> "TextEnvironment":
    from gnomon.benchmarks.interactive.game import TextEnvironment

    return TextEnvironment(game(), turns, characters, render_mode)


INTERACTIVE_TASKS: Registry[InteractiveTask] = Registry("interactive task", __name__)
