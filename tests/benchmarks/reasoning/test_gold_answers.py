"""Gold answers worked out a second time, by other means than the task's own."""

import re
from fractions import Fraction
from itertools import product

import networkx
import pytest

from gnomon.benchmarks.contracts import Item
from gnomon.benchmarks.reasoning import LANGUAGE_TASKS


def items_of(name: str, template: str) -> list[Item]:
    """Test items of one wording, of all levels."""
    return [item for item in LANGUAGE_TASKS[f"reasoning/{name}-v1"].items("test", 100) if item.template == template]


def test_chain_sum() -> None:
    for item in items_of("chain-sum", "formula"):
        formula = item.prompt.split(" = ?")[0]
        assert sum(map(int, re.findall(r"-?\d+", formula.replace(" ", "")))) == int(item.answer)
        assert item.steps[-1].value == item.answer


def test_linear_eq() -> None:
    for item in items_of("linear-eq", "solve"):
        left, right = re.match(r"Solve (.*) = (.*) for x", item.prompt).groups()  # pyright: ignore[reportOptionalMemberAccess]
        x = Fraction(item.answer)
        values = []
        for side in (left, right):
            terms = re.findall(r"([+-]?)(\d*)(x?)", side.replace(" ", ""))
            signed = ((-1 if sign == "-" else 1) * int(digits or 1) * (x if unknown else 1)
                      for sign, digits, unknown in terms if digits or unknown)  # fmt: skip
            values.append(sum(signed))
        assert values[0] == values[1]


def test_modchain() -> None:
    for item in items_of("modchain", "listing"):
        modulus, *lines = re.search(r"modulo (\d+)\.\n(.*)\nprint (\w)", item.prompt, re.DOTALL).groups()  # pyright: ignore[reportOptionalMemberAccess]
        registers: dict[str, int] = {}
        for line in lines[0].split("\n"):
            name, expression = line.split(" = ")
            registers[name] = eval(expression, {}, registers) % int(modulus)
        assert str(registers[lines[1]]) == item.answer


def test_countdown() -> None:
    for item in items_of("countdown", "reach"):
        target, numbers = re.match(r"Reach (\d+) with ([\d, ]+)\.", item.prompt).groups()  # pyright: ignore[reportOptionalMemberAccess]
        assert eval(item.answer) == int(target)
        assert sorted(re.findall(r"\d+", item.answer)) == sorted(numbers.split(", "))


SAID = {
    r"(\w+) is a knight": lambda kinds, a: kinds[a],
    r"(\w+) is a knave": lambda kinds, a: not kinds[a],
    r"(\w+) and (\w+) are of the same kind": lambda kinds, a, b: kinds[a] == kinds[b],
    r"(\w+) and (\w+) are of different kinds": lambda kinds, a, b: kinds[a] != kinds[b],
    r"both (\w+) and (\w+) are knights": lambda kinds, a, b: kinds[a] and kinds[b],
    r"at least one of (\w+) and (\w+) is a knave": lambda kinds, a, b: not (kinds[a] and kinds[b]),
}


def test_logic_kk() -> None:
    for item in items_of("logic-kk", "island"):
        said = re.findall(r"(\w+) says: ([^.]*)\.", item.prompt)
        people = [speaker for speaker, _ in said]
        solutions = []
        for values in product((True, False), repeat=len(people)):
            kinds = dict(zip(people, values, strict=True))
            if all(_is_true(kinds, statement) == kinds[speaker] for speaker, statement in said):
                solutions.append(", ".join(sorted(person for person in people if kinds[person])) or "nobody")
        assert solutions == [item.answer]


def _is_true(kinds: dict[str, bool], statement: str) -> bool:
    ((pattern, test),) = [(pattern, test) for pattern, test in SAID.items() if re.fullmatch(pattern, statement)]
    return test(kinds, *re.fullmatch(pattern, statement).groups())  # pyright: ignore[reportOptionalMemberAccess]


def test_path_grid() -> None:
    for item in items_of("path-grid", "map"):
        grid = item.prompt.split("\n")[1:-1]
        free = {(r, c): cell for r, row in enumerate(grid) for c, cell in enumerate(row) if cell != "#"}
        graph = networkx.grid_2d_graph(len(grid), len(grid[0])).subgraph(free)
        start, goal = (next(place for place, cell in free.items() if cell == symbol) for symbol in "SG")
        assert networkx.shortest_path_length(graph, start, goal) == len(item.answer)


def test_gsm_style() -> None:
    for item in items_of("gsm-style", "has"):
        per_unit = next((int(n) for n in re.findall(r"of (\d+) \w+\.", item.prompt)), None)
        per_unit = per_unit or {"dozens": 12, "boxes": 8, "hours": 60, "weeks": 7, "metres": 100, "kilograms": 1000}[
            re.search(r"has \d+ (dozens|boxes|hours|weeks|metres|kilograms) of", item.prompt)[1]  # pyright: ignore[reportOptionalSubscript]
        ]  # fmt: skip
        told = re.findall(r"(\w+) has (.*?)\.", item.prompt)
        asked = re.search(r"does (\w+) have", item.prompt)[1]  # pyright: ignore[reportOptionalSubscript]
        assert str(_possessions(dict(told), per_unit, asked)) == item.answer


def _possessions(told: dict[str, str], per_unit: int, person: str) -> int:
    """What somebody has, from the sentences."""
    text = told[person]
    number = int((re.search(r"\d+", text) or ["0"])[0])
    if found := re.search(r"more than (\w+)", text):
        return _possessions(told, per_unit, found[1]) + number
    if found := re.search(r"fewer than (\w+)", text):
        return _possessions(told, per_unit, found[1]) - number
    if found := re.search(r"times as many .* as (\w+)", text):
        return _possessions(told, per_unit, found[1]) * number
    if found := re.search(r"as (\w+) and (\w+) together", text):
        return sum(_possessions(told, per_unit, other) for other in found.groups())
    return number * per_unit


PYTHON = {
    "sort": "sorted(v)",
    "reverse": "list(reversed(v))",
    "unique": "[x for i, x in enumerate(v) if x not in v[:i]]",
    "evens": "[x for x in v if not x & 1]",
    "odds": "[x for x in v if x & 1]",
    "sums": "[sum(v[:i + 1]) for i in range(len(v))]",
    "take": "[x for i, x in enumerate(v) if i < n]",
    "drop": "[x for i, x in enumerate(v) if i >= n]",
    "add": "[x + n for x in v]",
    "times": "[n * x for x in v]",
    "modulo": "[x - x // n * n for x in v]",
    "above": "[x for x in v if n < x]",
}


def test_list_prog() -> None:
    for item in LANGUAGE_TASKS["reasoning/list-prog-v1"].items("test", 100):
        for given, wanted in item.arguments["tests"]:
            value = given
            for part in item.answer.split(" | "):
                name, _, number = part.partition(" ")
                value = eval(PYTHON[name], {"v": value, "n": int(number or 0), "sorted": sorted, "sum": sum})
            assert value == wanted


def test_synth_mt() -> None:
    for item in items_of("synth-mt", "dictionary"):
        entries, text = re.search(r"Dictionary: (.*)\nTranslate: (.*)", item.prompt).groups()  # pyright: ignore[reportOptionalMemberAccess]
        words = dict(entry.split(" = ") for entry in entries.split(", "))
        assert " sa ".join(_translated(clause.split(), words) for clause in text.split(" ut ")) == item.answer


def _translated(clause: list[str], words: dict[str, str]) -> str:
    """A clause by the rules of the prompt: the verb's place is told by its particles, or by trying."""
    negated, past = "no" in clause, "tu" in clause
    plain = [word for word in clause if word not in ("no", "tu")]
    particle = next((place for place, word in enumerate(clause) if word in ("no", "tu")), None)
    verbs = [place for place, word in enumerate(plain) if word in VERBS] if particle is None else [particle]
    (verb,) = verbs
    subject, object = plain[:verb], plain[verb + 1 :]
    parts = [_phrase(subject, words, ""), _phrase(object, words, "ra"), words[plain[verb]] + ("gi" if past else "")]
    return " ".join(part for part in [*parts, "ye" if negated else ""] if part)


def _phrase(phrase: list[str], words: dict[str, str], ending: str) -> str:
    if not phrase:
        return ""
    *adjectives, noun = phrase
    target = words[noun.removesuffix("x")] + ("ki" if noun.endswith("x") else "") + ending
    return " ".join([target, *(words[adjective] for adjective in adjectives)])


VERBS = {
    source for source, _ in __import__("gnomon.benchmarks.reasoning.synth_mt", fromlist=["LEXICON"]).LEXICON["verb"]
}


@pytest.mark.parametrize("name", [id.split("/")[1].removesuffix("-v1") for id in LANGUAGE_TASKS])
def test_every_wording_says_all_that_the_problem_has(name: str) -> None:
    """Two items of one wording with different problems have different prompts, so nothing that matters is left out."""
    task = LANGUAGE_TASKS[f"reasoning/{name}-v1"]
    for view in ("L1", "L2"):
        items = task.items("test", 150, view=view)
        assert len({item.prompt for item in items}) == 150
