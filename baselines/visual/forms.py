"""The forms in which a visual baseline can write an answer: the one that is asked for, and hacks that papers report.

A policy chooses a form as it chooses an answer, so that what a reward pays for shows in what a policy learns to write:

line       the answer on its line, as the prompt asks
sentence   the answer as the beginning of a longer line: rewards that compare first letters pay (arXiv 2503.24376)
every      all answers, a line each: rewards that look for the gold answer anywhere pay
bare       the answer without the mark
empty      the form without an answer: rewards for form alone pay (arXiv 2503.21620 adds one to the others)
"""

from collections.abc import Callable, Sequence

from gnomon.benchmarks.verifiers.answers import written

Form = Callable[[str, Sequence[str]], str]  # the answer and all answers that there are → a completion

FORMS: dict[str, Form] = {
    "line": lambda answer, _: written(answer),
    "sentence": lambda answer, _: written(f"{answer} is what I see"),
    "every": lambda _, answers: "\n".join(map(written, answers)),
    "bare": lambda answer, _: answer,
    "empty": lambda *_: written("none"),
}
