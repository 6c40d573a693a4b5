"""What came of negotiations, against what both parties could have had together at most.

Of the tasks `negotiation-…`, whose last page tells what each party got.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gnomon.benchmarks.interactive.division import TOTAL
from gnomon.benchmarks.interactive.plays import Play
from gnomon.evaluation.intervals import Estimate, student_estimate
from gnomon.evaluation.language.averages import SHARE, average_at_k

_DEAL = re.compile(r"Deal: (\d+) for you and (\d+) for the partner; the best total is (\d+)\.")


class Bargain(NamedTuple):
    """What each party got, 0 to 1, and both together as a share of the best total; of what kind the deal was."""

    own: float
    partner: float
    together: float
    is_deal: bool
    is_efficient: bool


def bargain_of(play: Play) -> Bargain:
    """What came of an episode; without a deal nobody gets anything."""
    found = _DEAL.fullmatch(play.pages[-1].text)
    if found is None:
        return Bargain(0.0, 0.0, 0.0, is_deal=False, is_efficient=False)
    own, partner, best = map(int, found.groups())
    return Bargain(own / TOTAL, partner / TOTAL, (own + partner) / best, is_deal=True, is_efficient=play.success)


def bargains(played: Sequence[Play]) -> dict[str, Estimate]:
    """Shares of what could be had and rates of deals; an episode without a deal counts as 0 in all of them."""
    rows = [bargain_of(play) for play in played]
    shares = {name: np.array([getattr(row, name) for row in rows]) for name in ("own", "partner", "together")}
    rates = {"deal": [row.is_deal for row in rows], "efficient": [row.is_efficient for row in rows]}
    return {name: student_estimate(values, SHARE, "items") for name, values in shares.items()} | {
        name: average_at_k(np.array(flags, np.float64)[:, None]) for name, flags in rates.items()
    }
