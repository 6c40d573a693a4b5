"""Negotiation: divide things with a partner whose values are hidden; no deal, nothing for anyone.

The problem is that of "Deal or No Deal" (arXiv 1706.05125) with numbers in place of free talk, so that a deal's worth
and the best possible total are exact; the negotiations of EPO (arXiv 2502.12486) are judged by a model instead. The
partner is a script that concedes with time, or in self-play any policy.
"""

import re
from collections.abc import Callable
from functools import partial

import numpy as np

from gnomon.benchmarks.contracts import Policy, StochasticPolicy
from gnomon.benchmarks.interactive import INTERACTIVE_TASKS, InteractiveTask, interactive_task
from gnomon.benchmarks.interactive.division import TOTAL, Division, Shares, draw_division
from gnomon.benchmarks.interactive.game import Turn
from gnomon.benchmarks.interactive.negotiation_scripts import Conceder, Patient, RandomBargainer, Tough, written
from gnomon.benchmarks.interactive.policies import MakeScript, Script
from gnomon.benchmarks.interactive.text import Event, Page, decode, encode

KINDS = (3, 4, 5)  # of things, at each level
TURNS = 8
CHARACTERS = 768
_PART = re.compile(r"([a-z]+)=([0-9])")
COMMANDS = (
    "Commands: propose KIND=NUMBER ... (what you keep, every kind; the partner gets the rest); "
    "accept (the partner's last proposal); leave (no deal)"
)


class Negotiation:
    """The game of party 0; the partner answers every proposal at once. The reward is what a deal is worth, 0 to 1.

    A success is a deal that no other is better than for both. The last page tells what each party got.
    """

    def __init__(self, level: int, partner: MakeScript) -> None:
        self._level, self._make_partner = level, partner

    def start(self, stream: np.random.Generator) -> str:
        self.division: Division = draw_division(stream, KINDS[self._level - 1])
        self._partner, self._taken = self._make_partner(np.random.default_rng(stream.integers(2**62))), 0
        self._offer: Shares | None = None  # what party 0 would keep by the partner's last proposal
        return self._page(0, "You begin.")

    def play(self, action: str) -> Turn:
        self._taken += 1
        if action == "leave":
            return Turn("wrong", "No deal.", ended=True)
        if action == "accept":
            return Turn("error", self._page(0, "There is nothing to accept.")) if self._offer is None else self._deal()
        kept = shares_of(action, self.division)
        if kept is None:
            return Turn("invalid", self._page(0, "That was no command."))
        return self._answered(kept)

    def _answered(self, kept: Shares) -> Turn:
        """What the partner makes of a proposal."""
        proposal = f"The partner proposes that you keep {written(self.division.rest(kept))}."
        event: Event = "start" if self._taken == 1 else "done"
        answer = self._partner.answer(Page(event, self._taken - 1, TURNS, False, self._page(1, proposal)))
        if answer == "accept":
            self._offer = kept
            return self._deal()
        if answer == "leave":
            return Turn("wrong", "No deal.", ended=True)
        counter = shares_of(answer, self.division)
        if counter is None:
            return Turn("done", self._page(0, "The partner refuses."))
        self._offer = self.division.rest(counter)
        return Turn("done", self._page(0, f"The partner proposes that you keep {written(self._offer)}."))

    def _deal(self) -> Turn:
        assert self._offer is not None
        own, other = self.division.worth(0, self._offer), self.division.worth(1, self.division.rest(self._offer))
        is_efficient = self.division.is_efficient(self._offer)
        text = f"Deal: {own} for you and {other} for the partner; the best total is {self.division.best_total}."
        return Turn("right" if is_efficient else "wrong", text, own / TOTAL, ended=True, success=is_efficient)

    def _page(self, party: int, news: str) -> str:
        things = ", ".join(f"{kind} {count}" for kind, count in self.division.counts.items())
        values = ", ".join(f"{kind} {value}" for kind, value in self.division.values[party].items())
        return f"Things: {things}\nWorth of one to you: {values}\n{COMMANDS}\n{news}"


def shares_of(action: str, division: Division) -> dict[str, int] | None:
    """What a proposal keeps; None where it is none: every kind once, no more than there are."""
    command, *parts = action.split(" ")
    found = [_PART.fullmatch(part) for part in parts]
    shares = {match[1]: int(match[2]) for match in found if match is not None}
    is_whole = command == "propose" and len(shares) == len(found) and shares.keys() == division.counts.keys()
    return shares if is_whole and all(n <= division.counts[kind] for kind, n in shares.items()) else None


class Seated:
    """A policy in the partner's chair: a roll-out of one lane, begun anew in every episode."""

    def __init__(self, make: Callable[[], Policy], stream: np.random.Generator) -> None:
        self._policy, self._is_new = make(), True
        if isinstance(self._policy, StochasticPolicy):
            self._policy.start_episodes([0], [int(stream.integers(2**62))])

    def answer(self, page: Page) -> str:
        observations = encode(str(page), CHARACTERS)[None]
        actions = np.asarray(self._policy.act(observations, np.array([self._is_new])), np.float32)
        self._is_new = False
        return decode(actions[0]).strip()


def negotiation(level: int, partner: MakeScript, name: str) -> InteractiveTask:
    """Negotiations of a level, 1 to 3, with a script as partner."""
    return interactive_task(
        name=name,
        summary=f"Divide {KINDS[level - 1]} kinds of things with a partner whose values are hidden.",
        level=level,
        turns=TURNS,
        game=partial(Negotiation, level, partner),
        scripts={"expert": Patient, "conceder": Conceder, "tough": Tough, "random": RandomBargainer},
        characters=CHARACTERS,
        metric="return",
        cites=("lewis2017deal", "liu2025epo"),
    )


def self_play(level: int, make: Callable[[], Policy]) -> InteractiveTask:
    """Negotiations of a level in which any policy is the partner; `make` makes a fresh one for every episode."""

    def seated(stream: np.random.Generator) -> Script:
        return Seated(make, stream)

    return negotiation(level, seated, f"negotiation-self-play-{level}-v1")


for _level in (1, 2, 3):
    _task = negotiation(_level, Conceder, f"negotiation-{_level}-v1")
    INTERACTIVE_TASKS.add(_task.id, _task)
