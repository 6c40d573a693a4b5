"""From ratings to preferences: what votes and orders agree on, as rows, and how far they do."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations, product
from typing import Any

from gnomon.datasets.preferences.judging.agreement import cohen_kappa, krippendorff_alpha
from gnomon.datasets.preferences.judging.perform import Ballot, Collected, Ratings, text_of
from gnomon.datasets.preferences.judging.plan import ORDERS, Order, Plan

Votes = Mapping[Order, Sequence[Ratings]]  # [votes] ratings in each order


@dataclass(frozen=True)
class Judged:
    """All votes on the answers to one prompt by one aspect."""

    prompt: str
    aspect: str
    votes: Votes

    def rating(self, generator: int) -> float:
        """The mean of a generator's ratings over votes and orders."""
        given = self.given(generator)
        return sum(given) / len(given)

    def given(self, generator: int) -> list[int]:
        """A generator's ratings, those of the first order first."""
        return [ratings[generator] for order in ORDERS for ratings in self.votes[order]]

    def verdict(self, pair: tuple[int, int], order: Order) -> int:
        """1 where most votes of an order rate the first of two generators higher, −1 the second, else 0."""
        return _sign(sum(_sign(ratings[pair[0]] - ratings[pair[1]]) for ratings in self.votes[order]))


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)


def judged(plan: Plan, collected: Collected) -> list[Judged]:
    """The prompts and aspects of which every vote could be read."""
    found = list[Judged]()
    for prompt, aspect in product(plan.prompts, plan.aspects):
        votes: Votes = {order: _readable(plan, collected, prompt, aspect, order) for order in ORDERS}
        if all(len(given) == plan.votes for given in votes.values()):
            found.append(Judged(prompt, aspect, votes))
    return found


def _readable(plan: Plan, collected: Collected, prompt: str, aspect: str, order: Order) -> list[Ratings]:
    cast = [collected.ratings[Ballot(prompt, aspect, order, vote)] for vote in range(plan.votes)]
    return [ratings for ratings in cast if ratings is not None]


def preference_rows(plan: Plan, collected: Collected, one: Judged) -> list[dict[str, Any]]:
    """A row for every two answers; a tie where the orders disagree or name no winner, or where the texts are equal."""
    return [_row(plan, collected, one, pair) for pair in combinations(range(len(plan.generators)), 2)]


def _row(plan: Plan, collected: Collected, one: Judged, pair: tuple[int, int]) -> dict[str, Any]:
    verdicts = [one.verdict(pair, order) for order in ORDERS]
    names = [plan.generators[place].name for place in pair]
    texts = [text_of(collected.answers[name][one.prompt]) for name in names]
    better = 1 if verdicts == [-1, -1] else 0
    shown = plan.places(one.prompt, "forward")
    return {
        "id": f"{one.prompt}/{one.aspect}/{pair[0]}-{pair[1]}",
        "prompt": plan.prompts[one.prompt],
        "chosen": texts[better],
        "rejected": texts[1 - better],
        "chosen_first": shown.index(pair[better]) < shown.index(pair[1 - better]),
        "subset": one.aspect,
        "chosen_model": names[better],
        "rejected_model": names[1 - better],
        "rating_chosen": one.rating(pair[better]),
        "rating_rejected": one.rating(pair[1 - better]),
        "tie": verdicts[0] != verdicts[1] or verdicts[0] == 0 or texts[0] == texts[1],
        "orders_agree": verdicts[0] == verdicts[1],
    }


def rating_rows(plan: Plan, collected: Collected, one: Judged) -> list[dict[str, Any]]:
    """A row for every answer, with its ratings vote by vote, those of the first order first."""
    return [
        {
            "prompt_id": one.prompt,
            "prompt": plan.prompts[one.prompt],
            "aspect": one.aspect,
            "model": source.name,
            "completion": text_of(collected.answers[source.name][one.prompt]),
            "rating": one.rating(place),
            "votes": one.given(place),
        }
        for place, source in enumerate(plan.generators)
    ]


@dataclass(frozen=True)
class Agreement:
    """How far a judge agrees with itself by one aspect.

    Attributes:
        pairs: compared pairs of answers.
        orders_agree: the share of them with one verdict in both orders.
        kappa: Cohen's, of the verdicts in the two orders.
        first_wins: of the verdicts that name a winner, the share that name the answer that stood first; ½ is fair.
        alpha: Krippendorff's, of the ratings of an answer over votes and orders.
    """

    pairs: int
    orders_agree: float
    kappa: float | None
    first_wins: float | None
    alpha: float | None


def agreement(plan: Plan, found: Sequence[Judged]) -> dict[str, dict[str, Any]]:
    """Aspect → `Agreement` as JSON values; aspects of which nothing could be read are left out."""
    by_aspect = {aspect: [one for one in found if one.aspect == aspect] for aspect in plan.aspects}
    return {aspect: asdict(_agreement(plan, some)) for aspect, some in by_aspect.items() if some}


def _agreement(plan: Plan, found: Sequence[Judged]) -> Agreement:
    places = range(len(plan.generators))
    compared = [(one, pair) for one in found for pair in combinations(places, 2)]
    forward, backward = ([one.verdict(pair, order) for one, pair in compared] for order in ORDERS)
    firsts = [_first_won(plan, one, pair, order) for one, pair in compared for order in ORDERS]
    named = [first for first in firsts if first is not None]
    return Agreement(
        pairs=len(compared),
        orders_agree=sum(left == right for left, right in zip(forward, backward, strict=True)) / len(compared),
        kappa=cohen_kappa(forward, backward),
        first_wins=sum(named) / len(named) if named else None,
        alpha=krippendorff_alpha([one.given(place) for one in found for place in places]),
    )


def _first_won(plan: Plan, one: Judged, pair: tuple[int, int], order: Order) -> bool | None:
    verdict, shown = one.verdict(pair, order), plan.places(one.prompt, order)
    return None if verdict == 0 else (verdict == 1) == (shown.index(pair[0]) < shown.index(pair[1]))
