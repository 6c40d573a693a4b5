"""Scripts that play text-dom by reading the page: a clerk, a careless one, and one that clicks anywhere."""

import re
from typing import NamedTuple

import numpy as np

from gnomon.benchmarks.interactive.text import Page

MISS, TYPO = 0.03, 0.03  # probabilities of the careless clerk, a turn
_ELEMENT = re.compile(r'^<(\w+) label="([^"]+)" box="(\d+),(\d+),(\d+),(\d+)"(?: value="([^"]*)")?>$', re.MULTILINE)
_ASKED = re.compile(r'Set "([^"]+)" to "([^"]+)"\.|(Tick|Untick) "([^"]+)"\.')
_FOCUS = re.compile(r'^Clicked field: "([^"]+)"$', re.MULTILINE)
_BESIDE = re.compile(r'directly (above|below) "([^"]+)"')
_NAMED = re.compile(r'the element "([^"]+)"')
_PLACE = re.compile(r"the (\w+) input from the (top|bottom) in the (left|right) column")
_ORDINALS = ("first", "second", "third", "fourth", "fifth")


class Seen(NamedTuple):
    """An element as a page shows it, with the centre of its box."""

    kind: str
    label: str
    x: int
    y: int
    value: str

    @property
    def click(self) -> str:
        return f"click {self.x} {self.y}"


def elements_of(text: str) -> list[Seen]:
    """The elements of a page, in its order."""
    return [
        Seen(kind, label, (int(left) + int(right)) // 2, (int(top) + int(bottom)) // 2, value)
        for kind, label, left, top, right, bottom, value in _ELEMENT.findall(text)
    ]


def asked_of(text: str) -> dict[str, str]:
    """Label → value that the instruction of a page asks for."""
    first = text.partition("\n")[0]
    found = _ASKED.findall(first)
    return {label or ticked: value or ("on" if tick == "Tick" else "off") for label, value, tick, ticked in found}


class Clerk:
    """Does the first sub-instruction that is not done, and submits when all are."""

    def __init__(self, stream: np.random.Generator) -> None:
        self.stream = stream

    def answer(self, page: Page) -> str:
        asked, elements = asked_of(page.text), {element.label: element for element in elements_of(page.text)}
        left = [label for label, value in asked.items() if not self.is_done(elements[label], value)]
        if not left:
            return "submit"
        return self.towards(elements[left[0]], asked[left[0]], _FOCUS.search(page.text))

    def is_done(self, element: Seen, value: str) -> bool:
        """Whether a sub-instruction needs no more work."""
        return element.value == value

    def towards(self, element: Seen, value: str, focus: "re.Match[str] | None") -> str:
        """The next action for one sub-instruction."""
        has_focus = focus is not None and focus[1] == element.label
        return f"type {value}" if has_focus and element.kind == "input" else element.click


class CarelessClerk(Clerk):
    """A clerk that sometimes clicks beside the box, or mistypes and does not look at what it typed."""

    def __init__(self, stream: np.random.Generator) -> None:
        super().__init__(stream)
        self._typed: set[str] = set()

    def is_done(self, element: Seen, value: str) -> bool:
        return element.label in self._typed or super().is_done(element, value)

    def towards(self, element: Seen, value: str, focus: "re.Match[str] | None") -> str:
        action = super().towards(element, value, focus)
        if action.startswith("type"):
            self._typed.add(element.label)
            return action + "9" if self.stream.random() < TYPO else action
        return f"click {element.x} {element.y + 18}" if self.stream.random() < MISS else action


class RandomClicks:
    """Clicks the centre of any element, types any value of the instruction, and seldom submits."""

    def __init__(self, stream: np.random.Generator) -> None:
        self._stream = stream

    def answer(self, page: Page) -> str:
        elements, values = elements_of(page.text), list(asked_of(page.text).values())
        choice = self._stream.random()
        if choice < 0.05:
            return "submit"
        if choice < 0.4:
            return f"type {values[self._stream.integers(len(values))]}"
        return elements[self._stream.integers(len(elements))].click


class Finder:
    """Reads which element is meant, and clicks the centre of its box."""

    def __init__(self, stream: np.random.Generator) -> None:
        self._stream = stream

    def answer(self, page: Page) -> str:
        return self.meant(page.text.partition("\n")[0], elements_of(page.text)).click

    def meant(self, instruction: str, elements: list[Seen]) -> Seen:
        """The element that an instruction means."""
        if named := _NAMED.search(instruction):
            return next(element for element in elements if element.label == named[1])
        if beside := _BESIDE.search(instruction):
            place = next(number for number, element in enumerate(elements) if element.label == beside[2])
            return elements[place + (1 if beside[1] == "below" else -1)]
        place = _PLACE.search(instruction)
        assert place is not None
        half = len(elements) // 2
        column = elements[:half] if place[3] == "left" else elements[half:]
        inputs = [element for element in column if element.kind == "input"]
        number = _ORDINALS.index(place[1])
        return inputs[number] if place[2] == "top" else inputs[-1 - number]


class RandomFinder(Finder):
    """Clicks the centre of any element."""

    def meant(self, instruction: str, elements: list[Seen]) -> Seen:
        return elements[self._stream.integers(len(elements))]
