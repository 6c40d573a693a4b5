"""A run: one player on one interactive task; what was played already is read, not played again."""

import inspect
import shlex
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from gnomon import __version__
from gnomon.benchmarks.contracts import Generator, Policy, Sampling
from gnomon.benchmarks.generators import is_generator, make_generator
from gnomon.benchmarks.interactive import InteractiveTask
from gnomon.benchmarks.interactive.plays import evaluation_seeds, plays
from gnomon.evaluation.interactive.record import GamePart, InteractiveRecord, read_interactive_record
from gnomon.evaluation.language.record import ModelPart
from gnomon.evaluation.record import RECORD, ProtocolPart, where_and_when
from gnomon.files import atomic_folder, hash_file, hash_of, home, locked, write_atomically

GREEDY = Sampling(temperature=0.0, top_p=1.0, max_tokens=256)


@dataclass(frozen=True)
class Rules:
    """How tasks are played.

    Attributes:
        episodes: problems a task.
        turns: how many there may be of each, in place of the task's own.
        sampling: how a generator's completions are drawn.
    """

    episodes: int = 100
    turns: int | None = None
    sampling: Sampling = GREEDY

    @property
    def protocol(self) -> ProtocolPart:
        """The rules with their hash, as a record has them."""
        limit = f", {self.turns} turns" if self.turns else ""
        name, rules = f"{self.episodes} problems{limit}", asdict(self)
        return ProtocolPart(name=name, hash=hash_of(rules), rules=rules)

    @property
    def options(self) -> list[str]:
        """The options of `gnomon interactive evaluate` that ask for them."""
        given: dict[str, float | None] = {
            "--episodes": self.episodes,
            "--turns": self.turns,
            "--max-tokens": self.sampling.max_tokens,
            "--temperature": self.sampling.temperature,
        }
        return [word for name, value in given.items() if value is not None for word in (name, str(value))]


@dataclass(frozen=True)
class InteractiveRun:
    """The plan of one run.

    Attributes:
        player: name of a script of the task, or KIND:PLACE of a generator.
        task: what is played.
        rules: how.
        generator: the player, where it is none of the task's scripts.
    """

    player: str
    task: InteractiveTask
    rules: Rules
    generator: Generator | None = None

    @cached_property
    def facts(self) -> dict[str, str]:
        """What decides the player's actions: of a generator what it says of itself, of a script its source."""
        if self.generator is not None:
            return dict(self.generator.facts)
        self.task.policy(self.player)  # an unknown script is refused here
        return {"source": hash_file(Path(inspect.getfile(self.task.scripts[self.player])))}

    @cached_property
    def key(self) -> str:
        """Sixteen hexadecimal digits over everything that decides the turns."""
        decides = {
            "player": [self.player, self.facts],
            "task": [self.task.id, self.task.problems],
            "protocol": self.rules.protocol.hash,
            "gnomon": __version__,
        }
        return hash_of(decides)[:16]

    @property
    def folder(self) -> Path:
        return runs_folder() / self.key

    @property
    def command(self) -> str:
        """Does this run alone."""
        words = ["gnomon", "interactive", "evaluate", self.task.id, "--player", self.player]
        return shlex.join([*words, *self.rules.options])

    def policy(self) -> Policy:
        """The player in this task, under these rules."""
        limited = self.limited
        if self.generator is None:
            return limited.policy(self.player)
        return limited.played_by(self.generator, self.rules.sampling)

    @property
    def limited(self) -> InteractiveTask:
        """The task, with as many turns as the rules allow."""
        return self.task if self.rules.turns is None else self.task.limited(self.rules.turns)


def runs_folder() -> Path:
    """Where the records of interactive tasks are, a folder a run."""
    return home() / "interactive-runs"


def planned(tasks: Iterable[InteractiveTask], players: Iterable[str], rules: Rules) -> list[InteractiveRun]:
    """A run for each player and task, task by task; a generator is made once.

    Raises:
        UsageError: a task has no such script, or a generator cannot be made.
    """
    made = {name: make_generator(name) if is_generator(name) else None for name in players}
    return [InteractiveRun(name, task, rules, generator) for task in tasks for name, generator in made.items()]


def perform_interactive(run: InteractiveRun) -> InteractiveRecord:
    """Play, write the record and return it; where it is there, it is read.

    Raises:
        UsageError: the task has no such script.
        GnomonError: the record is damaged.
    """
    with locked(run.folder.with_suffix(".lock")):
        if not run.folder.exists():
            _write(run)
    return read_interactive_record(run.folder)


def read_interactive_records() -> tuple[InteractiveRecord, ...]:
    """The last record of every player, task and protocol in this home, in the order of these."""
    found = [read_interactive_record(path.parent) for path in runs_folder().glob("*/record.json")]
    kept = {_place(record): record for record in sorted(found, key=lambda record: record.finished)}
    return tuple(kept[place] for place in sorted(kept))


def _place(record: InteractiveRecord) -> tuple[str, str, str]:
    return record.task.id, record.player.name, record.protocol.hash


def _write(run: InteractiveRun) -> None:
    begun, seeds = time.perf_counter(), evaluation_seeds(run.task.problems, run.rules.episodes)
    episodes = tuple(play.turns for play in plays(run.limited, run.policy(), seeds))
    record = InteractiveRecord(
        key=run.key,
        player=ModelPart(name=run.player, reference=run.player, facts=run.facts),
        task=GamePart(id=run.task.id, problems=run.task.problems),
        protocol=run.rules.protocol,
        episodes=episodes,
        playing_seconds=time.perf_counter() - begun,
        command=run.command,
        **where_and_when(),
    )
    with atomic_folder(run.folder) as folder:
        write_atomically(folder / RECORD, record.model_dump_json(indent=1) + "\n")
