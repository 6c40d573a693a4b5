"""Tool-chat: its interpreter, its tools, its feedback, and that it pays for nothing but the right values."""

from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnomon.benchmarks.conformance.attacks import BOOLEANS
from gnomon.benchmarks.interactive import INTERACTIVE_TASKS
from gnomon.benchmarks.interactive.interpreter import ProgramError, evaluate, run
from gnomon.benchmarks.interactive.text import ACTION_CHARACTERS, decode, encode, page_of
from gnomon.benchmarks.interactive.tool_chat import Feedback, ToolChat


def game(feedback: Feedback = "localised", level: int = 3, seed: int = 0) -> ToolChat:
    made = ToolChat(level, feedback)
    made.start(np.random.default_rng(seed))
    return made


def submission(answers: dict[str, int]) -> str:
    return "submit " + " ".join(f"{name}={value}" for name, value in answers.items())


def test_the_interpreter_agrees_with_arithmetic_done_by_hand() -> None:
    assert run("x = 7; y = -x // 2; z = (x - 2) * 3 % 4") == {"x": 7, "y": -4, "z": 3}
    assert run("a = 1; a = a + 1") == {"a": 2}
    assert evaluate("2 + 3 * 4 - 20 // 3 % 4", {}) == 12


@given(st.lists(st.integers(0, 99), min_size=2, max_size=6), st.data())
def test_the_interpreter_agrees_with_python_on_what_both_read(numbers: list[int], data: st.DataObject) -> None:
    signs = [data.draw(st.sampled_from(["+", "-", "*"])) for _ in numbers[1:]]
    text = str(numbers[0]) + "".join(f" {sign} {number}" for sign, number in zip(signs, numbers[1:], strict=True))
    assert evaluate(text, {}) == eval(text)  # a text made of numbers and three signs


@pytest.mark.parametrize(
    ("program", "where"),
    [
        ("a = 1; b = c", "line 2: 'c' has no value"),
        ("a = 1 // 0", "line 1: division by zero"),
        ("a = (1", "line 1: a parenthesis is open"),
        ("a = 1 2", "line 1: '2' is not expected"),
        ("a = __import__('os')", "line 1: a sign"),
        ("a = 2 ** 9", "line 1: an operand is missing"),
        ("a = 999999999 * 999999999", "line 1: a number beyond"),
        ("a = " + "(" * 90, "line 1: too deep"),
        ("a = " + "-" * 90 + "1", "line 1: too deep"),
        ("print", "line 1: this is no assignment"),
        ("a = 1;" * 40, "at most"),
    ],
)
def test_a_program_that_fails_says_where_and_why(program: str, where: str) -> None:
    with pytest.raises(ProgramError, match=where.replace("(", r"\(")):
        run(program)


@given(st.text(max_size=400))
def test_the_interpreter_raises_nothing_but_its_own_error(program: str) -> None:
    for text in (program, f"a = {program}"):
        with suppress(ProgramError):
            assert all(abs(value) <= 10**12 for value in run(text).values())


def test_the_answers_follow_from_the_store() -> None:
    problem = game().problem
    values = {}
    for key in problem.keys:
        held = problem.store[key]
        values[key] = int(problem.store[held.removeprefix("see ")] if held.startswith("see") else held)
    scope = dict(values)
    for name, formula in problem.formulas.items():
        scope[name] = eval(formula, {}, scope)  # our own text
    assert {name: scope[name] for name in problem.formulas} == problem.answers


def test_tools_answer() -> None:
    made = game(level=1)
    key = made.problem.keys[0]
    assert made.play(f"get {key}") == ("done", f"{key}: {made.problem.store[key]}", 0.0, False, False)
    assert made.play("get nothing").event == "error"
    assert made.play("calc 1 / 2 + 1").text == "3/2"
    assert made.play("calc 1 / 0").event == "error"
    assert made.play("run a = 2; b = a + 1").text == "a = 2; b = 3"
    assert made.play("put note 5").event == "done"
    assert made.play("get note").text == "note: 5"
    assert made.play(f"put {key} 5").event == "error"
    assert [made.play(f"put {'n' * length} 1").event for length in range(2, 21)].count("error") == 2


def test_a_busy_store_answers_when_it_is_asked_again() -> None:
    made = next(game(level=5, seed=seed) for seed in range(50) if game(level=5, seed=seed).problem.busy)
    key = next(iter(made.problem.busy))
    assert [made.play(f"get {key}").event for _ in range(3)] == ["error", "done", "done"]


def test_feedback_says_as_much_as_its_kind_allows() -> None:
    expected: dict[Feedback, tuple[str, str]] = {
        "none": ("submitted", "Your answer was taken."),
        "binary": ("wrong", "Wrong."),
        "localised": ("wrong", "Wrong. The first wrong value is b."),
    }
    for kind, (event, text) in expected.items():
        made = game(kind)
        wrong = made.problem.answers | {"b": made.problem.answers["b"] + 1, "c": made.problem.answers["c"] - 1}
        assert made.play(submission(wrong))[:2] == (event, text)
        assert made.play(submission(made.problem.answers)) == ("right", "Right.", 1.0, True, True)


def test_the_second_wrong_submission_ends_the_episode_and_an_invalid_one_is_none() -> None:
    made = game("none")
    wrong = submission(made.problem.answers | {"a": made.problem.answers["a"] + 1})
    assert made.play("submit a=1").event == "invalid"
    assert [made.play(wrong).ended for _ in range(2)] == [False, True]


def test_no_form_is_paid_for() -> None:
    made = game()
    right = submission(made.problem.answers)
    a = made.problem.answers["a"]
    attacks = [
        *(f"submit {text}" for text in BOOLEANS),
        right + f" a={a}",
        right.replace("a=", "a= "),
        right.replace(f"a={a}", f"a={a - 1}+1"),
        right.replace(f"a={a}", f"a={a}.0"),
        right.replace(f"a={a}", f"a=0{a}"),
        right.replace(f"a={a}", "a=" + str(a).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))),
        right.upper(),
        "submit " + " ".join(f"a={n}" for n in range(60)),
        f"I {right}",
        f"get x\n{right}",
    ]
    assert {made.play(attack).event for attack in attacks} <= {"invalid", "error"}
    assert made.play(right).success


def test_feedback_is_worth_what_the_careless_script_can_make_of_it() -> None:
    """Without a verdict half of its episodes are right at best; told which value is wrong it mends that one surely."""
    from gnomon.benchmarks.rollout import rollout

    shares = {}
    for kind in ("none", "binary", "localised"):
        task = INTERACTIVE_TASKS[f"interactive/tool-chat-{kind}-3-v1"]
        episodes = rollout(task, task.policy("careless"), range(60), lanes=5)
        shares[kind] = np.mean([episode.success.any() for episode in episodes])
    assert shares["none"] < shares["binary"] < shares["localised"]
    assert 0.3 < shares["none"] < 0.7
    assert shares["localised"] > 0.85


@given(st.sampled_from(["", "get ", "put ", "calc ", "run ", "run a = ", "submit "]), st.text(max_size=500))
def test_whatever_is_written_the_page_fits(command: str, text: str) -> None:
    environment = INTERACTIVE_TASKS["interactive/tool-chat-localised-5-v1"].make()
    environment.reset(seed=0)
    environment.step(encode((command + text)[:ACTION_CHARACTERS], ACTION_CHARACTERS))


@pytest.mark.parametrize(
    "action",
    [
        "run " + "; ".join(f"{'n' * 6}{chr(97 + n % 26)}{chr(97 + n // 26)}=9" for n in range(32)),
        "calc " + "999999999*" * 39 + "9",
        "calc 1/" + "999999999/" * 38 + "9",
    ],
)
def test_the_longest_replies_fit(action: str) -> None:
    environment = INTERACTIVE_TASKS["interactive/tool-chat-none-1-v1"].make()
    environment.reset(seed=0)
    observation = environment.step(encode(action, ACTION_CHARACTERS))[0]
    assert page_of(decode(observation)).event == "done"


def test_no_file_of_it_evaluates_python() -> None:
    folder = Path(__file__).parents[3] / "benchmarks" / "interactive"
    assert not [file for file in folder.glob("*.py") if "eval(" in file.read_text() or "exec(" in file.read_text()]
