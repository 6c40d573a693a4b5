"""Negotiation: the best total in closed form, efficient deals, hidden values, self-play."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnomon.benchmarks.interactive import INTERACTIVE_TASKS
from gnomon.benchmarks.interactive.division import TOTAL, Division, draw_division, every_share
from gnomon.benchmarks.interactive.negotiation import Negotiation, self_play, shares_of
from gnomon.benchmarks.interactive.negotiation_scripts import Conceder
from gnomon.benchmarks.interactive.plays import evaluation_seeds, plays
from gnomon.benchmarks.interactive.policies import ScriptedPolicy
from gnomon.benchmarks.interactive.text import Page
from gnomon.evaluation.interactive.bargains import bargain_of, bargains

BY_HAND = Division({"lamp": 1, "book": 2}, ({"lamp": 10, "book": 5}, {"lamp": 4, "book": 8}))


def test_the_best_total_and_efficiency_by_hand() -> None:
    assert BY_HAND.best_total == 10 + 2 * 8
    assert BY_HAND.is_efficient({"lamp": 1, "book": 0})  # 10 and 16
    assert BY_HAND.is_efficient({"lamp": 1, "book": 1})  # 15 and 8
    assert not BY_HAND.is_efficient({"lamp": 0, "book": 2})  # 10 and 4: the lamp for both books is better
    assert not BY_HAND.is_efficient({"lamp": 0, "book": 1})  # 5 and 12


@given(st.integers(0, 10_000), st.integers(3, 4))
def test_the_closed_form_is_the_best_of_all_divisions_and_efficient(seed: int, kinds: int) -> None:
    division = draw_division(np.random.default_rng(seed), kinds)
    assert {division.worth(party, division.counts) for party in (0, 1)} == {TOTAL}
    totals = [
        (division.worth(0, shares) + division.worth(1, division.rest(shares)), shares)
        for shares in every_share(division.counts)
    ]
    best, shares = max(totals, key=lambda pair: pair[0])
    assert best == division.best_total
    assert division.is_efficient(shares)


class Silent:
    """A partner that says nothing and keeps what it read."""

    def __init__(self, stream: np.random.Generator) -> None:
        self.pages: list[Page] = []

    def answer(self, page: Page) -> str:
        self.pages.append(page)
        return "hmm"


def test_each_party_sees_its_own_values_and_the_proposal_from_its_side() -> None:
    silent = Silent(np.random.default_rng(0))
    game = Negotiation(1, lambda stream: silent)
    page = game.start(np.random.default_rng(1))
    counts, (own, other) = game.division.counts, game.division.values
    assert own != other
    kept = " ".join(f"{kind}={count}" for kind, count in counts.items())
    assert game.play(f"propose {kept}").text.endswith("The partner refuses.")
    for text, values in ((page, own), (silent.pages[0].text, other)):
        assert f"Worth of one to you: {', '.join(f'{kind} {value}' for kind, value in values.items())}" in text
    nothing = " ".join(f"{kind}=0" for kind in counts)
    assert f"The partner proposes that you keep {nothing}." in silent.pages[0].text


@pytest.mark.parametrize(
    "action",
    [
        "propose lamp=1",
        "propose lamp=1 book=3",
        "propose lamp=1 book=1 book=1",
        "propose lamp=1 book=-1",
        "propose book=1 lamp=1 hat=0",
        "propose  lamp=1 book=1",
        "lamp=1 book=1",
        "propose lamp=1 book=1\naccept",
    ],
)
def test_a_proposal_names_every_kind_once_and_no_more_than_there_are(action: str) -> None:
    assert shares_of(action, BY_HAND) is None
    assert shares_of("propose lamp=1 book=2", BY_HAND) == {"lamp": 1, "book": 2}


def test_nothing_can_be_accepted_before_it_is_proposed_and_leaving_earns_nothing() -> None:
    game = Negotiation(1, Silent)
    game.start(np.random.default_rng(1))
    assert game.play("accept").event == "error"
    assert game.play("leave") == ("wrong", "No deal.", 0.0, True, False)


def test_the_expert_earns_more_than_random_proposals_and_who_is_tough_gets_fewer_deals() -> None:
    task = INTERACTIVE_TASKS["interactive/negotiation-1-v1"]
    found = {
        name: bargains(plays(task, task.policy(name), evaluation_seeds(task.id, 40)))
        for name in ("expert", "tough", "random")
    }
    expert, tough, random = found["expert"], found["tough"], found["random"]
    assert expert["own"].lower is not None
    assert random["own"].upper is not None
    assert expert["own"].lower > random["own"].upper
    assert expert["deal"].value > 0.85
    assert tough["deal"].value < expert["deal"].value
    assert expert["efficient"].value > random["efficient"].value


def test_in_self_play_any_policy_is_the_partner() -> None:
    scripted = INTERACTIVE_TASKS["interactive/negotiation-2-v1"]
    task = self_play(2, lambda: ScriptedPolicy(Conceder))
    seeds = evaluation_seeds(scripted.id, 15)
    with_policy, with_script = (plays(one, one.policy("expert"), seeds) for one in (task, scripted))
    assert [play.pages[0] for play in with_policy] == [play.pages[0] for play in with_script]
    assert np.mean([bargain_of(play).is_deal for play in with_policy]) > 0.8
    assert max(bargain_of(play).together for play in with_policy) <= 1
    again = plays(task, task.policy("expert"), seeds)
    assert [play.actions for play in again] == [play.actions for play in with_policy]
