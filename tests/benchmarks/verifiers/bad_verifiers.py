"""Verifiers with one fault each, most of them seen in public use; the conformance suite must find every one."""

import re
import signal
import time
from fractions import Fraction

from gnomon.benchmarks.contracts import Item
from gnomon.benchmarks.verifiers.answers import answer_of
from gnomon.benchmarks.verifiers.numeric import score as good


def _answer(completion: str | None) -> str:
    return answer_of(completion or "") or ""


def pays_any_text(completion: str | None, item: Item) -> float:
    return float(bool(_answer(completion)) == bool("False"))


def finds_the_gold_anywhere(completion: str | None, item: Item) -> float:
    return float(bool(completion) and good("Answer: 0", item) >= 0 and item.answer in completion)


def takes_the_last_number(completion: str | None, item: Item) -> float:
    numbers = re.findall(r"-?\d+", completion or "")
    return float(bool(numbers) and good(f"Answer: {numbers[-1]}", item))


def compares_the_first_letter(completion: str | None, item: Item) -> float:
    return float(_answer(completion)[:1] == item.answer[:1] != "")


def evaluates(completion: str | None, item: Item) -> float:
    match = re.fullmatch(r"(-?[0-9]{1,6})([+*/])([0-9]{1,6})", _answer(completion))
    if not match or (match[2] == "/" and int(match[3]) == 0):
        return good(completion or "", item)
    left, right = Fraction(match[1]), Fraction(match[3])
    return float({"+": left + right, "*": left * right}.get(match[2], left / right if right else 0) == int(item.answer))


def reads_every_script(completion: str | None, item: Item) -> float:
    try:
        return float(int(_answer(completion)) == int(item.answer))
    except ValueError:
        int(item.answer)
        return 0.0


def raises(completion: str | None, item: Item) -> float:
    return float(int((completion or "").removeprefix("Answer: ")) == int(item.answer))


def pays_when_it_fails(completion: str | None, item: Item) -> float:
    try:
        return float(int((completion or "").removeprefix("Answer: ")) == int(item.answer))
    except (ValueError, TypeError):
        return 1.0


def pays_without_a_gold_answer(completion: str | None, item: Item) -> float:
    return good(completion or "", item) if item.answer else 1.0


def says_nothing_without_a_gold_answer(completion: str | None, item: Item) -> float:
    return good(completion or "", item) if item.answer else 0.0


def rejects_decimals(completion: str | None, item: Item) -> float:
    return 0.0 if "." in _answer(completion) else good(completion or "", item)


def is_slow(completion: str | None, item: Item) -> float:
    end = time.process_time() + len(completion or "") * 1e-7
    while time.process_time() < end:
        pass
    return good(completion or "", item)


def sets_a_signal(completion: str | None, item: Item) -> float:
    signal.signal(signal.SIGALRM, signal.getsignal(signal.SIGALRM))
    return good(completion or "", item)


_last = [0.0]


def remembers(completion: str | None, item: Item) -> float:
    score = good(completion or "", item)
    before, _last[0] = _last[0], score
    return 0.5 if score and before else score


def adds_up_what_it_sees(completion: str | None, item: Item) -> float:
    numbers = re.findall(r"-?[0-9]+", (completion or "").replace(" ", ""))
    return float(bool(numbers) and sum(map(int, (number[:9] for number in numbers[:99]))) == int(item.answer))


def hashes_strings(completion: str | None, item: Item) -> float:
    return good(completion or "", item) * (0.9 + 0.1 * (hash(item.prompt + item.id) % 2))


def pays_two(completion: str | None, item: Item) -> float:
    return 2 * good(completion or "", item)


def is_not_a_number(completion: str | None, item: Item) -> float:
    return good(completion or "", item) or float("nan")
