"""Countdown: reach a target with given numbers, each used once; every expression that does is right."""

from random import Random
from typing import NamedTuple

from gnomon.benchmarks.contracts import LanguageTask, Solution, Step
from gnomon.benchmarks.reasoning import LANGUAGE_TASKS, ends_with_answer

LARGEST_NUMBER, LARGEST_VALUE = 25, 9999
KINDS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide"}


class Move(NamedTuple):
    """left (+|-|*|/) right = value, where both are whole numbers."""

    left: int
    sign: str
    right: int
    value: int


class Game(NamedTuple):
    """Numbers, one expression that uses each once, and the moves that compute it."""

    numbers: tuple[int, ...]
    expression: str
    moves: tuple[Move, ...]

    @property
    def target(self) -> int:
        return self.moves[-1].value


def draw(stream: Random, level: int) -> Game:
    """`level` + 2 numbers from 1 to 25, combined at random through positive whole numbers below 10 000."""
    numbers = tuple(stream.randint(1, LARGEST_NUMBER) for _ in range(level + 2))
    pool, moves = [(number, str(number)) for number in numbers], []
    while len(pool) > 1:
        (a, left), (b, right) = (pool.pop(stream.randrange(len(pool))) for _ in range(2))
        if a < b:
            (a, left), (b, right) = (b, right), (a, left)
        move = _move(stream, a, b)
        moves.append(move)
        pool.append((move.value, f"({left} {move.sign} {right})"))
    return Game(numbers, pool[0][1][1:-1], tuple(moves))


def _move(stream: Random, larger: int, smaller: int) -> Move:
    """A random move whose value is a whole number from 1 to 9999; a sum always is one here."""
    signs = ["+"]
    if larger > smaller:
        signs.append("-")
    if smaller > 1 and larger * smaller <= LARGEST_VALUE:
        signs += "*"
    if smaller > 1 and larger % smaller == 0:
        signs.append("/")
    sign = stream.choice(signs)
    values = {"+": larger + smaller, "-": larger - smaller, "*": larger * smaller, "/": larger // smaller}
    return Move(larger, sign, smaller, values[sign])


def canonical(game: Game) -> str:
    """Numbers in order of size, and target."""
    return f"{sorted(game.numbers)} -> {game.target}"


def solve(game: Game) -> Solution:
    steps = (Step(KINDS[m.sign], f"{m.left} {m.sign} {m.right} = {m.value}", str(m.value)) for m in game.moves)
    return Solution(game.expression, tuple(steps), {"numbers": list(game.numbers), "target": game.target})


def _list(game: Game) -> str:
    return ", ".join(map(str, game.numbers))


LANGUAGE_TASKS.add(
    "reasoning/countdown-v1",
    LanguageTask(
        id="reasoning/countdown-v1",
        summary="Reach a target with 3 to 7 numbers, each used once.",
        verifier="expression",
        draw=draw,
        canonical=canonical,
        solve=solve,
        templates={
            "reach": lambda game: f"Reach {game.target} with {_list(game)}. Use each number exactly once.",
            "fields": lambda game: f"Numbers: {_list(game)} (each exactly once)\nTarget: {game.target}",
            "find": lambda game: (
                f"Find an expression with the value {game.target} that uses every number of {_list(game)} exactly once."
            ),
        },
        unseen_templates={
            "cards": lambda game: (
                f"There are cards with {_list(game)}. Play all of them, none twice, so that they make {game.target}."
            )
        },
        related=("reasoning/chain-sum-v1", "reasoning/linear-eq-v1"),
        instruction=ends_with_answer("an expression of +, -, *, / and parentheses, without its value"),
    ),
)
