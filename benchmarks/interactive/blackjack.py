"""Blackjack with an endless deck and limits other than 21, and the best way to play it, by dynamic programming.

A card counts 1 to 9, or 10 four times as often; a one counts eleven where that stays within the limit. The dealer shows
one card and draws until four below the limit or more. There are neither pairs nor stakes: hit and stand are all.
"""

import re
from functools import cache

import numpy as np

from gnomon.benchmarks.interactive.game import Turn
from gnomon.benchmarks.interactive.text import Page

LIMITS = ((21,), (17, 19, 21, 23, 25), tuple(range(15, 36)))  # at each level
CARDS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10, 10)
DEALER_BELOW = 4
_PAGE = re.compile(r"Limit: (\d+)\nYour cards: ([\d, ]+)\nThe dealer shows: (\d+)")


def total_of(hard: int, has_one: bool, limit: int) -> int:
    """What cards count whose sum with ones as one is `hard`.

    >>> total_of(7, True, 21), total_of(12, True, 21), total_of(7, False, 21)
    (17, 12, 7)
    """
    return hard + 10 if has_one and hard + 10 <= limit else hard


@cache
def dealer_totals(hard: int, has_one: bool, limit: int) -> dict[int, float]:
    """Final total → probability, of a dealer who has these cards; 0 stands for a total beyond the limit."""
    total = total_of(hard, has_one, limit)
    if total > limit:
        return {0: 1.0}
    if total >= limit - DEALER_BELOW:
        return {total: 1.0}
    totals: dict[int, float] = {}
    for card in CARDS:
        for final, probability in dealer_totals(hard + card, has_one or card == 1, limit).items():
            totals[final] = totals.get(final, 0.0) + probability / len(CARDS)
    return totals


def value_of_standing(total: int, shown: int, limit: int) -> float:
    """The expected reward: 1 for the higher total, 0 for equal ones, −1 for the lower."""
    dealer = dealer_totals(shown, shown == 1, limit)
    return sum(probability * (int(total > other) - int(total < other)) for other, probability in dealer.items())


@cache
def value_of_drawing(hard: int, has_one: bool, shown: int, limit: int) -> float:
    """The expected reward of one more card and the best play after it (Bellman's equation)."""
    return sum(best_value(hard + card, has_one or card == 1, shown, limit) for card in CARDS) / len(CARDS)


@cache
def best_value(hard: int, has_one: bool, shown: int, limit: int) -> float:
    """The expected reward of the best play; −1 beyond the limit."""
    if hard > limit:
        return -1.0
    standing = value_of_standing(total_of(hard, has_one, limit), shown, limit)
    return max(standing, value_of_drawing(hard, has_one, shown, limit))


class Blackjack:
    """One round; the reward at its end is 1, 0 or −1, and success is to win."""

    def __init__(self, level: int) -> None:
        self._level = level

    def start(self, stream: np.random.Generator) -> str:
        self._stream = stream
        self.limit = int(stream.choice(LIMITS[self._level - 1]))
        self.cards, self.dealer = [self._card(), self._card()], [self._card()]
        return self._page()

    def play(self, action: str) -> Turn:
        if action == "hit":
            self.cards.append(self._card())
            return self._end(-1) if sum(self.cards) > self.limit else Turn("done", self._page())
        if action != "stand":
            return Turn("invalid", self._page())
        while (total := self._total(self.dealer)) < self.limit - DEALER_BELOW:
            self.dealer.append(self._card())
        own, other = self._total(self.cards), total if total <= self.limit else 0
        return self._end(int(own > other) - int(own < other))

    def _end(self, reward: int) -> Turn:
        cards = f"Your cards: {_list(self.cards)}\nThe dealer's: {_list(self.dealer)}"
        return Turn("right" if reward > 0 else "wrong", cards, float(reward), ended=True, success=reward > 0)

    def _card(self) -> int:
        return CARDS[self._stream.integers(len(CARDS))]

    def _total(self, cards: list[int]) -> int:
        return total_of(sum(cards), 1 in cards, self.limit)

    def _page(self) -> str:
        return (
            f"Limit: {self.limit}\nYour cards: {_list(self.cards)}\nThe dealer shows: {self.dealer[0]}\n"
            "Command: hit or stand. A 1 counts 11 where that stays within the limit. "
            f"The dealer draws below {self.limit - DEALER_BELOW}."
        )


def _list(cards: list[int]) -> str:
    return ", ".join(map(str, cards))


class BlackjackExpert:
    """Draws where that is worth more than standing."""

    def __init__(self, stream: np.random.Generator) -> None:
        pass

    def answer(self, page: Page) -> str:
        found = _PAGE.search(page.text)
        assert found is not None
        limit, shown, cards = int(found[1]), int(found[3]), [int(card) for card in found[2].split(", ")]
        hard, has_one = sum(cards), 1 in cards
        standing = value_of_standing(total_of(hard, has_one, limit), shown, limit)
        return "hit" if value_of_drawing(hard, has_one, shown, limit) > standing else "stand"


class BlackjackRandom:
    """Draws or stands, as a coin falls."""

    def __init__(self, stream: np.random.Generator) -> None:
        self._stream = stream

    def answer(self, page: Page) -> str:
        return ("hit", "stand")[self._stream.integers(2)]
