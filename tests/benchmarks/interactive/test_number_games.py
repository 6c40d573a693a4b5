"""Number games: rules, every solution by search, and blackjack against published tables."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnomon.benchmarks.interactive import INTERACTIVE_TASKS
from gnomon.benchmarks.interactive.blackjack import (
    CARDS,
    Blackjack,
    best_value,
    dealer_totals,
    value_of_drawing,
    value_of_standing,
)
from gnomon.benchmarks.interactive.number_games import Countdown, NumberLine
from gnomon.benchmarks.interactive.number_search import Step, countdown_solutions, line_solutions, step_of
from gnomon.benchmarks.rollout import rollout
from gnomon.benchmarks.verifiers.expression import read


@pytest.mark.parametrize(("numbers", "target"), [((2, 3, 6), 6), ((1, 5, 5, 5), 24), ((3, 3, 8, 8), 24)])
def test_every_solution_of_the_search_has_the_value_and_uses_each_number_once(
    numbers: tuple[int, ...], target: int
) -> None:
    for expression, moves in countdown_solutions(numbers, target).items():
        found = read(expression)
        assert found is not None
        assert (found[0], sorted(found[1])) == (target, sorted(numbers))
        assert len(moves) == len(numbers) - 1


def test_orders_and_parentheses_are_no_new_solutions() -> None:
    assert set(countdown_solutions([1, 2, 3], 6)) == {"(1 + 2 + 3)", "(1 * 2 * 3)", "(2 * 3 / 1)"}


def test_the_search_finds_what_brute_force_over_two_shapes_finds() -> None:
    """Three numbers: (a ∘ b) ∘ c and c ∘ (a ∘ b); a target has a solution exactly where brute force finds one."""
    numbers, reached = (4, 6, 9), set()
    for a, b, c in ((4, 6, 9), (6, 4, 9), (4, 9, 6), (9, 4, 6), (6, 9, 4), (9, 6, 4)):
        for one, two in product("+-*/", repeat=2):
            for left, right in (((a, one, b), c), (c, (a, one, b))):
                inner = left if isinstance(left, tuple) else right
                value = _exact(*inner)  # pyright: ignore[reportGeneralTypeIssues]
                pair = (value, two, right) if isinstance(left, tuple) else (left, two, value)
                reached.add(_exact(*pair) if value else None)  # pyright: ignore[reportArgumentType]
    for target in range(1, 260):
        assert bool(countdown_solutions(numbers, target)) == (target in reached), target


def _exact(left: int, sign: str, right: int) -> int | None:
    """The positive whole number, or none."""
    value = {"+": left + right, "-": left - right, "*": left * right, "/": left / right}[sign]
    return int(value) if value > 0 and value == int(value) else None


def test_a_solved_countdown_ends_with_its_expression() -> None:
    game = Countdown(1)
    game.start(np.random.default_rng(0))
    numbers = [term.value for term in game.terms]
    expression, moves = next(iter(countdown_solutions(numbers, game.target).items()))
    assert game.play(f"{numbers[0]} + 999").event == "error"
    assert game.play("9 ** 2").event == game.play("").event == game.play(f"{moves[0]}\n{moves[1]}").event == "invalid"
    assert game.play(moves[0]).event == "done"
    assert game.play(moves[1]) == ("right", expression, 1.0, True, True)


def test_no_number_is_used_twice() -> None:
    game = Countdown(1)
    game.start(np.random.default_rng(0))
    value = next(term.value for term in game.terms if [t.value for t in game.terms].count(term.value) == 1)
    assert game.play(f"{value} + {value}").event == "error"


@given(st.integers(0, 300), st.lists(st.integers(0, 3), max_size=8))
def test_whatever_is_walked_on_the_line_is_one_of_the_ways_of_the_search(seed: int, choices: list[int]) -> None:
    game = NumberLine(2)
    game.start(np.random.default_rng(seed))
    start, steps = game.places[0], {name: step_of(name) for name in game.steps}
    turns = [game.play(game.steps[choice % len(game.steps)]) for choice in choices]
    solved = next((number for number, turn in enumerate(turns) if turn.success), None)
    if solved is not None:
        assert tuple(turns[solved].text.split()) in set(line_solutions(start, game.target, steps, solved + 1))


def test_the_ways_on_a_line_by_hand() -> None:
    steps: dict[str, Step] = {"+1": step_of("+1"), "*2": step_of("*2")}
    assert set(line_solutions(2, 6, steps, 4)) == {("+1", "*2"), ("*2", "+1", "+1"), ("+1", "+1", "+1", "+1")}


def test_the_dealer_goes_beyond_21_as_often_as_tables_for_endless_decks_say() -> None:
    """A dealer who stands on every 17, by the card shown 2 to 10, then 1: tables of the odds of blackjack."""
    published = (0.3536, 0.3739, 0.3945, 0.4164, 0.4232, 0.2623, 0.2447, 0.2284, 0.2121, 0.1153)
    for card, probability in zip((*range(2, 11), 1), published, strict=True):
        totals = dealer_totals(card, card == 1, 21)
        assert totals[0] == pytest.approx(probability, abs=6e-5)
        assert sum(totals.values()) == pytest.approx(1)


def test_the_best_play_is_basic_strategy() -> None:
    def draws(hard: int, shown: int, has_one: bool = False) -> bool:
        return value_of_drawing(hard, has_one, shown, 21) > value_of_standing(hard + 10 if has_one else hard, shown, 21)

    assert [draws(12, shown) for shown in range(2, 7)] == [True, True, False, False, False]
    assert [draws(16, shown) for shown in (6, 7, 9, 1)] == [False, True, True, True]
    assert not draws(17, 10)
    assert draws(7, 9, has_one=True)  # a soft 17
    assert [draws(8, shown, has_one=True) for shown in (8, 9)] == [False, True]  # a soft 18


def test_the_expert_of_blackjack_earns_what_the_best_play_is_worth() -> None:
    worth = np.mean([best_value(a + b, 1 in (a, b), shown, 21) for a, b, shown in product(CARDS, repeat=3)])
    task = INTERACTIVE_TASKS["interactive/number-blackjack-1-v1"]
    earned = [
        np.array([episode.total_reward for episode in rollout(task, task.policy(name), range(1000), lanes=10)])
        for name in ("expert", "random")
    ]
    error = earned[0].std() / np.sqrt(len(earned[0]))
    assert abs(earned[0].mean() - worth) < 3.5 * error
    assert earned[1].mean() < worth - 5 * error


def test_nobody_wins_beyond_the_limit() -> None:
    game = Blackjack(3)
    for seed in range(20):
        game.start(np.random.default_rng(seed))
        turn = game.play("hit")
        while not turn.ended:
            turn = game.play("hit")
        assert sum(game.cards) > game.limit
        assert (turn.reward, turn.success) == (-1.0, False)
