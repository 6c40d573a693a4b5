"""Tool-chat: find numbers in a store, compute with tools, submit; feedback is a rule, not a model's opinion.

After MINT (arXiv 2309.10691): k turns, two submissions, what is no command costs a turn. In place of a language model
that gives feedback there are three rules: `none` takes a submission without a verdict, `binary` says right or wrong,
`localised` also names the first value that is wrong. A right submission ends the episode in all three, and so does the
second wrong one.
"""

import re
from functools import partial
from typing import Literal, get_args

import numpy as np

from gnomon.benchmarks.interactive import INTERACTIVE_TASKS, interactive_task
from gnomon.benchmarks.interactive.game import Turn
from gnomon.benchmarks.interactive.interpreter import ProgramError, run
from gnomon.benchmarks.interactive.tool_problems import Problem, draw, least_turns
from gnomon.benchmarks.interactive.tool_scripts import Careless, Expert, RandomCommands
from gnomon.benchmarks.verifiers.expression import read

Feedback = Literal["none", "binary", "localised"]
SUBMISSIONS = 2
MOST_NOTES = 20
_KEY = re.compile(r"[a-z]{1,20}")
_NOTE = re.compile(r"([a-z]{1,20}) (-?[0-9]{1,13})")
_VALUE = re.compile(r"([a-e])=(-?(?:0|[1-9][0-9]{0,12}))")
COMMANDS = """\
Commands, one a turn:
get KEY: look into the store
put KEY NUMBER: keep a number in the store
calc EXPRESSION: compute with numbers, + - * / and parentheses
run PROGRAM: assignments with + - * // % and parentheses, separated by semicolons; the program does not see the store
submit NAME=NUMBER ...: every value, separated by spaces"""


class ToolChat:
    """The game of one level and kind of feedback; reward 1 for a right submission."""

    def __init__(self, level: int, feedback: Feedback) -> None:
        self._level, self._feedback = level, feedback
        self._commands = {
            "get": self._get,
            "put": self._put,
            "calc": self._calculate,
            "run": self._run,
            "submit": self._submit,
        }

    def start(self, stream: np.random.Generator) -> str:
        self.problem: Problem = draw(stream, self._level)
        self._store, self._busy, self._submitted = dict(self.problem.store), set(self.problem.busy), 0
        formulas = "\n".join(f"{name} = {formula}" for name, formula in self.problem.formulas.items())
        return (
            f"The store has the keys {', '.join(self.problem.keys)}. Some hold the name of another key.\n"
            f"Find the values of\n{formulas}\nDivision // rounds down, and % is what it leaves. "
            f"You may submit {SUBMISSIONS} times.\n{COMMANDS}"
        )

    def play(self, action: str) -> Turn:
        command, _, rest = action.partition(" ")
        if command not in self._commands:
            return Turn("invalid", f"There is no such command.\n{COMMANDS}")
        return self._commands[command](rest.strip())

    def _get(self, key: str) -> Turn:
        if not _KEY.fullmatch(key):
            return Turn("invalid", "Write: get KEY")
        if key in self._busy:
            self._busy.remove(key)
            return Turn("error", "The store is busy; ask again.")
        if key not in self._store:
            return Turn("error", f"There is no key {key}.")
        return Turn("done", f"{key}: {self._store[key]}")

    def _put(self, rest: str) -> Turn:
        found = _NOTE.fullmatch(rest)
        if found is None:
            return Turn("invalid", "Write: put KEY NUMBER")
        if found[1] in self.problem.store:
            return Turn("error", f"{found[1]} cannot be changed.")
        if found[1] not in self._store and len(self._store) >= MOST_NOTES:
            return Turn("error", "The store is full.")
        self._store[found[1]] = found[2]
        return Turn("done", f"{found[1]}: {found[2]}")

    def _calculate(self, rest: str) -> Turn:
        result = read(rest)
        return Turn("error", "This cannot be computed.") if result is None else Turn("done", str(result[0]))

    def _run(self, rest: str) -> Turn:
        try:
            values = run(rest)
        except ProgramError as error:
            return Turn("error", f"The program failed: {error}.")
        return Turn("done", "; ".join(f"{name} = {value}" for name, value in values.items()))

    def _submit(self, rest: str) -> Turn:
        values = submitted_values(rest)
        if values is None or values.keys() != self.problem.answers.keys():
            return Turn("invalid", f"Write each of {', '.join(self.problem.answers)} once: submit a=1 ...")
        self._submitted += 1
        if values == self.problem.answers:
            return Turn("right", "Right.", reward=1.0, ended=True, success=True)
        return self._refused(values, is_last=self._submitted == SUBMISSIONS)

    def _refused(self, values: dict[str, int], is_last: bool) -> Turn:
        if self._feedback == "none":
            return Turn("submitted", "Your answer was taken.", ended=is_last)
        if self._feedback == "binary":
            return Turn("wrong", "Wrong.", ended=is_last)
        first = next(name for name, value in self.problem.answers.items() if values[name] != value)
        return Turn("wrong", f"Wrong. The first wrong value is {first}.", ended=is_last)


def submitted_values(text: str) -> dict[str, int] | None:
    """Name → number of a submission; None where it is none, or names one twice.

    >>> submitted_values("a=3 b=-12")
    {'a': 3, 'b': -12}
    >>> [submitted_values(text) for text in ("a=3 a=4", "a = 3", "a=03", "")]
    [None, None, None, None]
    """
    found = [_VALUE.fullmatch(part) for part in text.split(" ")]
    values = {match[1]: int(match[2]) for match in found if match is not None}
    return values if len(values) == len(found) else None


for _level in range(1, 6):
    for _feedback in get_args(Feedback):
        _task = interactive_task(
            name=f"tool-chat-{_feedback}-{_level}-v1",
            summary=f"Compute {_level} values with a store, a calculator and an interpreter; feedback: {_feedback}.",
            level=_level,
            turns=2 * least_turns(_level),
            game=partial(ToolChat, _level, _feedback),
            scripts={"expert": Expert, "careless": Careless, "random": RandomCommands},
            characters=1536,
            cites=("wang2024mint",),
            problems=f"interactive/tool-chat-{_level}",
        )
        INTERACTIVE_TASKS.add(_task.id, _task)
