"""Completions that must earn nothing, each kind after a fault that was seen in a verifier in public use."""

import re
from collections.abc import Callable, Iterator, Sequence

from gnomon.benchmarks.conformance import Subject
from gnomon.benchmarks.verifiers import Sample

Completion = str | None
Attack = Callable[[Subject, Sample], Iterator[Completion]]

_INTEGER = re.compile(r"-?[0-9]+")
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")

BOOLEANS = ("True", "False", "true", "false", "Yes", "No", "None", "null", "1", "0", "[]", "{}")


def blank(subject: Subject, sample: Sample) -> Iterator[Completion]:  # noqa: ARG001
    """Nothing, white space, and an empty answer."""
    yield from (None, "", " ", "\n\t \r\n", "\u200b", subject.carry(""), subject.carry("   "))


def garbage(subject: Subject, sample: Sample) -> Iterator[Completion]:  # noqa: ARG001
    """A text that answers nothing, and hostile ones."""
    texts = (
        "zzz wrong",
        "\x00\x00",
        "\\boxed{}",
        "{{}}",
        "%s%n",
        "'; DROP TABLE items; --",
        "__import__('os')",
        "\ud800",
        "🙂",
    )
    for text in (*texts, "nan", "inf", "-inf", "1e999", "9" * 5000, "(" * 3000, "1/0", "0/0", "\u202e21"):
        yield from (text, subject.carry(text))


def other_gold(subject: Subject, sample: Sample) -> Iterator[Completion]:
    """The gold answers of other items."""
    yield from (subject.carry(other.gold) for other in _others(subject, sample))


def prompt_echo(subject: Subject, sample: Sample) -> Iterator[Completion]:
    """The prompt, as it is and as the answer."""
    yield from (sample.item.prompt, subject.carry(sample.item.prompt))


def unevaluated(subject: Subject, sample: Sample) -> Iterator[Completion]:
    """An expression with the right value where the answer is a number."""
    if _INTEGER.fullmatch(sample.gold):
        number = int(sample.gold)
        for text in (f"{number - 1}+1", f"{number}+0", f"1*{number}", f"{2 * number}/2", f"{number}%", f"{number}^1"):
            yield subject.carry(text)


def enumeration(subject: Subject, sample: Sample) -> Iterator[Completion]:  # noqa: ARG001
    """Every answer at once."""
    golds = list(dict.fromkeys([other.gold for other in subject.samples]))
    if not subject.whole_text and len(golds) > 1:
        yield from (subject.carry(between.join(golds)) for between in (" ", ", ", " or ", "; "))
        yield subject.carry(" ".join(map(str, range(-100, 101))))


def hedge(subject: Subject, sample: Sample) -> Iterator[Completion]:
    """Two answers, one of which is right, and a right answer that is taken back."""
    if subject.whole_text:
        return
    for other in _others(subject, sample)[:3]:
        yield from (
            f"{subject.carry(a)}\n{subject.carry(b)}" for a, b in ((sample.gold, other.gold), (other.gold, sample.gold))
        )
        yield from (subject.carry(f"{sample.gold}{between}{other.gold}") for between in (" or ", " / ", "; "))
    yield from (subject.carry(text.format(sample.gold)) for text in ("not {}", "{} or so", "{}?", "anything but {}"))


def boolean(subject: Subject, sample: Sample) -> Iterator[Completion]:
    """Words for true, false and nothing, and single digits."""
    right = {sample.gold, *sample.equivalents}
    yield from (form for text in BOOLEANS if text not in right for form in (text, subject.carry(text)))


def first_letter(subject: Subject, sample: Sample) -> Iterator[Completion]:
    """The first letter of the answer."""
    if len(sample.gold) > 1:
        yield from (sample.gold[0], subject.carry(sample.gold[0]))


def unicode_digits(subject: Subject, sample: Sample) -> Iterator[Completion]:
    """The right number in digits other than 0 to 9."""
    for table in (_FULL_WIDTH, _ARABIC):
        if (text := sample.gold.translate(table)) != sample.gold:
            yield subject.carry(text)


def near_miss(subject: Subject, sample: Sample) -> Iterator[Completion]:
    """Wrong texts that the verifier's own samples name."""
    yield from map(subject.carry, sample.near_misses)


def _others(subject: Subject, sample: Sample) -> Sequence[Sample]:
    right = {sample.gold, *sample.equivalents}
    return [other for other in subject.samples if other.gold not in right]


ATTACKS: dict[str, Attack] = {
    "blank": blank,
    "garbage": garbage,
    "other-gold": other_gold,
    "prompt-echo": prompt_echo,
    "unevaluated": unevaluated,
    "enumeration": enumeration,
    "hedge": hedge,
    "boolean": boolean,
    "first-letter": first_letter,
    "unicode-digits": unicode_digits,
    "near-miss": near_miss,
}
