"""Scripts that play tool-chat: one that is right, one that slips while it copies, and one that knows the commands only.

The careless one is there for logs of mixed quality and to measure what feedback is worth: everything it can gain from
feedback is stated below.
"""

import re

import numpy as np

from gnomon.benchmarks.interactive.text import Page

SLIP = 0.5  # probability that the careless script copies one value wrongly
MUDDLE = 0.1  # probability that it writes no command
_FORMULA = re.compile(r"^([a-e]) = (.+)$", re.MULTILINE)
_KEYS = re.compile(r"The store has the keys ([a-z, ]+)\.")
_HELD = re.compile(r"([a-z]+): (-?[0-9]+)")
_REFERENCE = re.compile(r"[a-z]+: see ([a-z]+)")
_ASSIGNED = re.compile(r"([a-z]+) = (-?[0-9]+)")
_FIRST_WRONG = re.compile(r"The first wrong value is ([a-e])\.")


class Expert:
    """Looks at every key, follows references, runs the formulas as one program, and submits what it printed."""

    def __init__(self, stream: np.random.Generator) -> None:
        self.stream = stream
        self.values: dict[str, int] = {}  # of keys
        self.results: dict[str, int] = {}  # of formulas
        self._asked = ""

    def answer(self, page: Page) -> str:
        if page.event == "start":
            self._read_problem(page.text)
        elif page.event == "done":
            self._read_reply(page.text)
        return self.command(page)

    def command(self, page: Page) -> str:
        """The next step towards the answer."""
        if missing := [key for key in self.keys if key not in self.values]:
            return f"get {self._asked or missing[0]}"
        if not self.results:
            known = [f"{key} = {value}" for key, value in self.values.items()]
            return f"run {'; '.join(known + [f'{name} = {formula}' for name, formula in self.formulas.items()])}"
        return "submit " + " ".join(f"{name}={value}" for name, value in self.results.items())

    def _read_problem(self, text: str) -> None:
        found = _KEYS.search(text)
        assert found is not None
        self.keys: list[str] = found[1].split(", ")
        self.formulas: dict[str, str] = dict(_FORMULA.findall(text))

    def _read_reply(self, text: str) -> None:
        if reference := _REFERENCE.fullmatch(text):
            self._asked = reference[1]
        elif held := _HELD.fullmatch(text):
            missing = next(key for key in self.keys if key not in self.values)
            self.values[missing], self._asked = int(held[2]), ""
        else:
            printed = {name: int(value) for name, value in _ASSIGNED.findall(text)}
            self.results = {name: printed[name] for name in self.formulas}


class Careless(Expert):
    """The expert, but one turn in ten is no command, and half the time one value is copied wrongly.

    Told that it is wrong, it reads one value again: the one that the feedback names, else any. Without a verdict it
    trusts its work and submits the same again.
    """

    def __init__(self, stream: np.random.Generator) -> None:
        super().__init__(stream)
        self._copied: dict[str, int] = {}

    def command(self, page: Page) -> str:
        if self.stream.random() < MUDDLE:
            return "Let me think."
        if not self.results:
            return super().command(page)
        if not self._copied:
            self._copied = self._copy()
        elif page.event == "wrong":
            again = self._read_again(page.text)
            self._copied[again] = self.results[again]
        return "submit " + " ".join(f"{name}={value}" for name, value in self._copied.items())

    def _copy(self) -> dict[str, int]:
        slipped = list(self.results)[self.stream.integers(len(self.results))]
        slips = self.stream.random() < SLIP
        return {name: value + (slips and name == slipped) for name, value in self.results.items()}

    def _read_again(self, feedback: str) -> str:
        named = _FIRST_WRONG.search(feedback)
        return named[1] if named else list(self.results)[self.stream.integers(len(self.results))]


class RandomCommands:
    """Any command with any key of the problem and any numbers."""

    def __init__(self, stream: np.random.Generator) -> None:
        self._stream = stream

    def answer(self, page: Page) -> str:
        if page.event == "start":
            found = _KEYS.search(page.text)
            assert found is not None
            self._keys, self._names = found[1].split(", "), [name for name, _ in _FORMULA.findall(page.text)]
        key = self._keys[self._stream.integers(len(self._keys))]
        x, y = self._stream.integers(1, 100, 2)
        guesses = " ".join(f"{name}={self._stream.integers(1000)}" for name in self._names)
        commands = (f"get {key}", f"put note {x}", f"calc {x} + {y}", f"run a = {x} * {y}", f"submit {guesses}")
        return commands[self._stream.integers(len(commands))]
