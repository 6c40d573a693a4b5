"""Texts as rows of numbers, so that the one roll-out loop plays games of text: a row holds code points, then zeros.

Every code point (below 2²¹) is a float32 exactly, so an observation that was stored decodes to the text that was seen.
"""

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

LARGEST_CODE_POINT = 0x10FFFF
ACTION_CHARACTERS = 512  # longer actions are cut

Event = Literal["start", "done", "invalid", "error", "submitted", "wrong", "right"]
_STATUS = re.compile(r"\[(\w+)\] (\d+) of (\d+) turns taken(, the end)?\n")


def encode(text: str, length: int) -> NDArray[np.float32]:
    """The code points of a text as float32 [length], filled up with zeros; raises ValueError where it is longer.

    >>> encode("Hi", 4)
    array([ 72., 105.,   0.,   0.], dtype=float32)
    """
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    if len(points) > length:
        raise ValueError(f"a text of {len(points)} characters does not fit into {length}")
    row = np.zeros(length, np.float32)
    row[: len(points)] = points
    return row


def decode(row: NDArray[np.float32]) -> str:
    """The text of a row up to its first zero; halves of a surrogate pair, which are no characters, become U+FFFD.

    >>> decode(encode("Hi", 4)), decode(np.array([72.9, 0xD800, 0, 105], np.float32))
    ('Hi', 'H\ufffd')
    """
    points = row.astype(np.uint32)
    ends = np.flatnonzero(points == 0)
    points = points[: ends[0]] if len(ends) else points
    halves = (points >= 0xD800) & (points <= 0xDFFF)
    return np.where(halves, 0xFFFD, points).astype("<u4").tobytes().decode("utf-32-le")


@dataclass(frozen=True)
class Page:
    """What an observation says.

    Attributes:
        event: what became of the last action. `start`: there was none; `done`: it was carried out; `invalid`: it is no
            command; `error`: it is one, and failed; `submitted`: an answer was taken without a verdict; `wrong`,
            `right`: an answer was judged.
        taken, turns: actions so far, and how many there may be.
        over: whether the episode has ended.
        text: what follows the status line.
    """

    event: str
    taken: int
    turns: int
    over: bool
    text: str

    def __str__(self) -> str:
        return f"[{self.event}] {self.taken} of {self.turns} turns taken{', the end' * self.over}\n{self.text}"


def page_of(text: str) -> Page:
    r"""The page that a text is; its first line is the environment's, so nothing that a policy wrote can forge it.

    >>> page_of("[error] 2 of 5 turns taken\nThere is no key 'fig'.").event
    'error'
    """
    found = _STATUS.match(text)
    if found is None:
        raise ValueError(f"{text[:40]!r} does not begin with a status line")
    event, taken, turns, end = found.groups()
    return Page(event, int(taken), int(turns), bool(end), text[found.end() :])
