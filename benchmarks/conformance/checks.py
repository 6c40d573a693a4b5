"""The checks: each goes over a verifier's samples and returns findings; a verifier without an error passes."""

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from time import perf_counter, process_time

from gnomon.benchmarks.conformance import Subject
from gnomon.benchmarks.conformance.attacks import ATTACKS, Attack, Completion
from gnomon.benchmarks.contracts import Item
from gnomon.findings import Finding, Severity

Case = tuple[Completion, Item]
Check = Callable[[Subject], Iterator[Finding]]

LONG, LONGEST_SECONDS = 10**6, 0.05  # characters, and CPU seconds that a verifier may take for them
PATIENCE = 1.0  # seconds that an attack may take
TOLERATED = 0.001  # share of other items' gold answers that may be right by chance
ROUNDING = 1e-9  # of a similarity's 1
THREADS = 8


def check_all(subject: Subject) -> list[Finding]:
    """Every check of one verifier, but for `hash_seeds`, which starts processes."""
    return [finding for check in CHECKS for finding in check(subject)]


def with_patience(subject: Subject) -> Subject:
    """The verifier with the attacks on its first sample that it takes longer for, twice, than anybody waits."""
    cases = dict.fromkeys(text for attack in ATTACKS.values() for text in attack(subject, subject.samples[0]))
    return replace(subject, slow=frozenset(text for text in cases if all(_is_slow(subject, text) for _ in range(2))))


def patience(subject: Subject) -> Iterator[Finding]:
    """No attack takes a second; those that do are not tried again."""
    item = subject.samples[0].item
    slow = [(text, item, "no score by then") for text in sorted(subject.slow, key=str)]
    yield from _report("slow", f"{{n}} completions take more than {PATIENCE:g} s each", slow)


def _is_slow(subject: Subject, completion: Completion) -> bool:
    start = perf_counter()
    try_score(subject, completion, subject.samples[0].item)
    return perf_counter() - start > PATIENCE


def try_score(subject: Subject, completion: Completion, item: Item) -> float | str:
    """The score; a sentence where there is none."""
    try:
        score = subject.score(completion, item)
    except Exception as error:  # whatever a foreign verifier raises
        return f"it raises {type(error).__name__}: {error}"
    good = isinstance(score, int | float) and math.isfinite(score) and 0 <= score <= 1
    return float(score) if good else f"it returns {score!r}, not a number from 0 to 1"


def _report(
    rule: str, sentence: str, bad: Sequence[tuple[Completion, Item, object]], severity: Severity = "error"
) -> Iterator[Finding]:
    """One finding for all that went wrong under one rule, with the first example."""
    if bad:
        completion, item, score = bad[0]
        text = repr(completion if completion is None or len(completion) <= 60 else completion[:57] + "...")
        yield Finding(rule, severity, f"item {item.id}", f"{sentence.format(n=len(bad))}, such as {text}: {score}.")


def right_answers(subject: Subject) -> Iterator[Finding]:
    """Gold answers, whole gold solutions and equivalent answers earn 1."""
    groups = {
        "gold": [(subject.carry(s.gold), s.item) for s in subject.samples]
        + [(s.item.solution, s.item) for s in subject.samples],
        "equivalent": [(subject.carry(text), s.item) for s in subject.samples for text in s.equivalents],
    }
    for rule, cases in groups.items():
        scored = [(completion, item, try_score(subject, completion, item)) for completion, item in cases]
        bad = [case for case in scored if isinstance(case[2], str) or case[2] < 1 - ROUNDING]
        yield from _report(rule, f"{{n}} of {len(cases)} right answers do not earn 1", bad)


def attacks(subject: Subject) -> Iterator[Finding]:
    """What must earn nothing earns nothing; a similarity may pay less than 1, a form for all but blanks."""
    for rule, attack in ATTACKS.items():
        scored = [
            (completion, item, try_score(subject, completion, item)) for completion, item in _cases(subject, attack)
        ]
        raised = [case for case in scored if isinstance(case[2], str)]
        yield from _report(f"{rule}:raises", "{n} completions have no score", raised)
        paid = [case for case in scored if isinstance(case[2], float) and case[2] > _allowed(subject, rule)]
        if rule != "other-gold" or len(paid) > TOLERATED * len(scored):
            yield from _report(rule, f"{{n}} of {len(scored)} wrong completions are paid", paid)


def _cases(subject: Subject, attack: Attack) -> list[Case]:
    made = ((text, sample.item) for sample in subject.samples for text in attack(subject, sample))
    return [case for case in made if case[0] not in subject.slow]


def _allowed(subject: Subject, rule: str) -> float:
    """The most that an attack may earn."""
    if rule == "blank" or subject.judges == "answer":
        return 0.0
    return 1.0 if subject.judges == "form" else 1 - ROUNDING


def unreadable_gold(subject: Subject) -> Iterator[Finding]:
    """An item whose answer cannot be read is refused: paying is an error, a silent 0 a warning."""
    if subject.judges == "form":
        return
    broken = replace(subject.samples[0].item, answer=None, arguments={})  # pyright: ignore[reportArgumentType]
    silent = []
    for completion in (subject.carry("zzz"), subject.carry("0"), subject.carry("None"), ""):
        score = try_score(subject, completion, broken)
        if isinstance(score, float):
            silent.append((completion, broken, score))
    yield from _report(
        "unreadable-gold", "{n} completions are paid though the item has no answer", [c for c in silent if c[2] > 0]
    )
    unpaid = [case for case in silent if case[2] == 0]
    yield from _report(
        "unreadable-gold", "an item without an answer is not refused; {n} completions score 0", unpaid, "warning"
    )


def long_input(subject: Subject) -> Iterator[Finding]:
    """A million characters take less than 50 ms of CPU time."""
    item = subject.samples[0].item
    for text in ("a", "9", "(", "1+", "1 ", ", ", "\n", "{", "Answer: ", "- a\n", "|", "١"):
        long = text * (LONG // len(text))
        for completion in (long, subject.carry(long)):
            start = process_time()
            score = try_score(subject, completion, item)
            seconds = min(process_time() - start, *(_seconds(subject, completion, item) for _ in range(2)))
            if seconds > LONGEST_SECONDS:
                yield from _report(
                    "long-input", f"{LONG:,} characters take {1000 * seconds:.0f} ms", [(completion, item, score)]
                )
                return
            if isinstance(score, str) or (score > 0 and subject.judges == "answer"):
                yield from _report("long-input", f"{LONG:,} characters have no score of 0", [(completion, item, score)])
                return


def _seconds(subject: Subject, completion: str, item: Item) -> float:
    start = process_time()
    try_score(subject, completion, item)
    return process_time() - start


def every_case(subject: Subject) -> list[Case]:
    """All gold answers, equivalents and attacks."""
    right = [(subject.carry(text), s.item) for s in subject.samples for text in (s.gold, *s.equivalents)]
    return right + [case for attack in ATTACKS.values() for case in _cases(subject, attack)]


def threads(subject: Subject) -> Iterator[Finding]:
    """Eight threads, none of them the main one, give the scores that one gives, in whatever order."""
    cases = every_case(subject)
    alone = [try_score(subject, *case) for case in cases]
    with ThreadPoolExecutor(THREADS) as pool:
        together = list(pool.map(lambda case: try_score(subject, *case), reversed(cases)))[::-1]
    differing = [(c, i, f"{a}, then {b}") for (c, i), a, b in zip(cases, alone, together, strict=True) if a != b]
    yield from _report("threads", "{n} scores differ in other threads, or in another order", differing)


def symmetry(subject: Subject) -> Iterator[Finding]:
    """Where it is claimed, gold answer and answer may change places."""
    if not subject.symmetric:
        return
    bad = []
    for sample in subject.samples:
        for text in (*sample.equivalents, *sample.near_misses[:2]):
            there = try_score(subject, subject.carry(text), sample.item)
            back = try_score(subject, subject.carry(sample.gold), replace(sample.item, answer=text))
            if isinstance(back, float) and there != back:  # a near miss that is no gold answer at all is refused
                bad.append((text, sample.item, f"{there}, the other way round {back}"))
    yield from _report("symmetry", "{n} pairs have two scores", bad)


def speed(subject: Subject) -> Iterator[Finding]:
    """How many gold solutions are scored a second of CPU time, on one thread; a note."""
    start, count = process_time(), 0
    while process_time() - start < 0.05:
        for sample in subject.samples:
            try_score(subject, sample.item.solution, sample.item)
        count += len(subject.samples)
    yield Finding("speed", "note", "", f"{count / (process_time() - start):,.0f} gold solutions a second and core.")


CHECKS: tuple[Check, ...] = (right_answers, patience, attacks, unreadable_gold, long_input, threads, symmetry, speed)
