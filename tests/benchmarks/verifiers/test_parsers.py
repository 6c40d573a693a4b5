"""Whatever a model writes, a verifier reads it the same way and never fails."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gnomon.benchmarks import list_language
from gnomon.benchmarks.verification import score_completions
from gnomon.benchmarks.verifiers import VERIFIERS, Verifier
from gnomon.benchmarks.verifiers.answers import answer_of, sample, written
from gnomon.benchmarks.verifiers.constraints import CONSTRAINTS, meets
from gnomon.benchmarks.verifiers.expression import read
from gnomon.benchmarks.verifiers.numeric import number_of
from gnomon.benchmarks.verifiers.set import elements_of
from gnomon.benchmarks.verifiers.shaping import cosine_length, group_length, repetition
from gnomon.errors import UsageError

SIGNS = st.sampled_from("0123456789+-*/()., |Answer:sorttake\n%٣²½")
TEXTS = st.text() | st.text(SIGNS, max_size=40) | st.text(SIGNS, max_size=20).map(written)


@pytest.mark.parametrize("verifier", [pytest.param(v, id=n) for n, v in VERIFIERS.items() if n not in ("bleu", "chrf")])
@settings(max_examples=60, deadline=None)
@given(text=TEXTS)
def test_no_text_makes_a_verifier_fail(verifier: Verifier, text: str) -> None:
    for one in verifier.samples():
        assert verifier(text, one.item) in (0.0, 1.0)


@given(st.integers(-(10**12), 10**12))
def test_integers_are_read(number: int) -> None:
    assert number_of(str(number)) == number
    assert number_of(f"{number}.0") == number
    assert number_of(f" {number}") is number_of(f"+{number}") is None


@given(st.fractions(-(10**12), 10**12, max_denominator=1000))
def test_fractions_are_read_in_lowest_terms_only(number: Fraction) -> None:
    assert number_of(str(number)) == number
    if number:
        assert number_of(f"{2 * number.numerator}/{2 * number.denominator}") is None


@given(st.text(SIGNS, max_size=12))
def test_what_is_read_as_a_number_is_what_python_reads(text: str) -> None:
    value = number_of(text)
    assert value is None or (value == Fraction(text) and text.isascii())


EXPRESSIONS = st.recursive(
    st.integers(0, 99).map(str),
    lambda inner: st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda three: f"({' '.join(three)})"),
    max_leaves=8,
)


@given(EXPRESSIONS)
def test_expressions_have_the_value_that_python_gives_them(text: str) -> None:
    found = read(text)
    assert found is not None
    assert found[0] == eval(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("2+3*4", 14), ("8-3-1", 4), ("8/4/2", 1), ("7/2", Fraction(7, 2)), ("((9))", 9), ("2*(3+4)-1", 13)],
)
def test_precedence(text: str, value: Fraction) -> None:
    found = read(text)
    assert found is not None
    assert found[0] == value


@pytest.mark.parametrize(
    "text", ["1+", "+1", "1 1", "(1", "1)", "1++1", "1//1", "1/0", "1/(2-2)", "a", "(" * 60 + "1" + ")" * 60]
)
def test_what_is_no_expression(text: str) -> None:
    assert read(text) is None


@given(st.lists(st.text(st.characters(codec="ascii", exclude_characters=", \n"), min_size=1), unique=True, min_size=1))
def test_sets_have_no_order(elements: list[str]) -> None:
    assert elements_of(", ".join(elements)) == elements_of(",".join(reversed(elements))) == frozenset(elements)


OPERATIONS = st.sampled_from([*list_language.WITHOUT_NUMBER]).map(lambda name: (name, None)) | st.tuples(
    st.sampled_from([*list_language.WITH_NUMBER]), st.integers(1, 99)
)


@given(st.lists(OPERATIONS, min_size=1, max_size=12), st.lists(st.integers(-50, 50), max_size=10))
def test_programs_are_read_as_they_are_written_and_end(program: list, numbers: list[int]) -> None:
    assert list_language.parse(list_language.write(program)) == program
    assert len(list_language.run(program, numbers)) <= len(numbers)


@given(st.text(max_size=30).filter(lambda text: "answer:" not in text.lower()))
def test_the_answer_is_what_stands_on_the_one_marked_line(text: str) -> None:
    assert answer_of(f"{text}\nAnswer: 42\n") == "42"
    assert answer_of(f"Answer: 41\n{text}\nanswer: 42") is None
    assert answer_of(text) is None


FULFILLED = {  # constraint → argument, a text that meets it, one that does not
    "starts-with": (["red", "sun"], '"Red sun, rise!"', "The red sun"),
    "ends-with": (["red", "sun"], "A red sun.", "A red sun rises"),
    "question": (None, '"Why?"', "Why? Because."),
    "exclamation": (None, "[Go!]", "Go! Now."),
    "words-exactly": (3, "- one, two three.", "one two"),
    "words-at-most": (2, "one two", "one two three"),
    "words-at-least": (2, "one two three", "one"),
    "lines": (2, "a\nb", "a\n\nb"),
    "bullets": (2, "- a\n- b", "- a\nb"),
    "sentences": (2, "A b. C d!", "A b. C d. E"),
    "lowercase": (None, "a b, c.", "a B"),
    "uppercase": (None, "A B.", "A b"),
    "title-case": (None, "- Red Sun", "Red sun"),
    "no-commas": (None, "a b", "a, b"),
    "commas": (2, "a, b, c", "a, b"),
    "quoted": (None, '"a b"', '"a" b"'),
    "bracketed": (None, "[a b]", "[a] b"),
    "word-times": (["sun", 2], "Sun and sun.", "sunny sun"),
    "without-word": ("sun", "sunny", "the Sun"),
    "before": (["red", "sun"], "a red sun", "sun, red, sun"),
    "without-letter": ("z", "a b", "a Z"),
}


@pytest.mark.parametrize("name", list(CONSTRAINTS))
def test_every_constraint_tells_a_text_that_meets_it_from_one_that_does_not(name: str) -> None:
    argument, good, bad = FULFILLED[name]
    assert meets(good, [(name, argument)])
    assert not meets(bad, [(name, argument)])


def test_an_error_costs_its_own_completion_and_no_other() -> None:
    one = sample("1").item

    def fails_on_two(completion: str | None, item: object) -> float:
        if completion == "2":
            raise RuntimeError("two")
        return float(completion == "1")

    scores = score_completions(["1", "2", None, "1"], [one] * 4, fails_on_two)
    assert scores.values.tolist() == [1, 0, 0, 1]
    assert scores.errors == {1: "RuntimeError: two"}
    with pytest.raises(UsageError, match="2 completions of 1 items"):
        score_completions(["1", "2"], [one], fails_on_two)


def test_bleu_and_chrf_are_those_of_sacrebleu() -> None:
    sacrebleu = pytest.importorskip("sacrebleu")
    wanted, given = "the old miller sleeps under the tree", "the old miller rests under a tree"
    one = sample(wanted).item
    completion = written(given)
    assert VERIFIERS["bleu"](completion, one) == pytest.approx(sacrebleu.sentence_bleu(given, [wanted]).score / 100)
    assert VERIFIERS["chrf"](completion, one) == pytest.approx(sacrebleu.sentence_chrf(given, [wanted]).score / 100)


def test_length_rewards_by_hand() -> None:
    # a third of the way: ½ (1 + cos 60°) = 0.75 of the range
    assert cosine_length([True, False], [100, 100], 300).tolist() == pytest.approx([0.875, -0.875])
    assert cosine_length([True], [900], 300).tolist() == pytest.approx([0.5])
    # lengths 10, 20, 50: λ = 0.5, 0.25, −0.5
    assert group_length([False, True, True], [10, 20, 50]).tolist() == pytest.approx([0, 0.25, -0.5])
    assert group_length([True, False], [7, 7]).tolist() == [0, 0]
    assert np.isclose(repetition(list("aaaa"), 2, most=0.5), -0.5 * 2 / 3)  # 1 of 3 bigrams is distinct
    with pytest.raises(UsageError, match="longest is 0"):
        cosine_length([True], [1], 0)
