"""Knights and knaves: knights tell the truth, knaves lie; from what each says, find all knights.

A set of assignments is one integer with a bit an assignment, so that a statement is one bit operation. Every problem
has exactly one solution. The steps go through the statements and count the assignments that are still possible.
"""

from random import Random
from typing import NamedTuple

from gnomon.benchmarks.contracts import LanguageTask, Solution, Step
from gnomon.benchmarks.reasoning import LANGUAGE_TASKS, ends_with_answer

NAMES = (
    "Ada Ben Cleo Dan Eve Finn Gus Hana Ivo Jan Kim Lea Max Nora Otto Pia Quin Rosa Sam Tess Uma Vic Wim Yara".split()
)
FORMS = {  # form → what the speaker says of one or two others, and what the liar's opposite of it is called
    "knight": ("{0} is a knight", "knave"),
    "knave": ("{0} is a knave", "knight"),
    "same": ("{0} and {1} are of the same kind", "different"),
    "different": ("{0} and {1} are of different kinds", "same"),
    "both": ("both {0} and {1} are knights", "not-both"),
    "not-both": ("at least one of {0} and {1} is a knave", "both"),
}
ONE_PERSON = ("knight", "knave")


class Statement(NamedTuple):
    """What somebody says about one or two other islanders, all by number."""

    form: str
    about: tuple[int, ...]


class Island(NamedTuple):
    """Islander i is called names[i] and makes statements[i]; bit i of `truth` says whether it is a knight."""

    names: tuple[str, ...]
    statements: tuple[Statement, ...]
    truth: int


def _knights(person: int, people: int) -> int:
    """The assignments in which a person is a knight."""
    return sum(1 << assignment for assignment in range(1 << people) if assignment >> person & 1)


_TABLES = {people: [_knights(person, people) for person in range(people)] for people in range(4, 9)}


def _holds(statement: Statement, people: int) -> int:
    """The assignments in which a statement is true."""
    everything, table = (1 << (1 << people)) - 1, _TABLES[people]
    first, second = table[statement.about[0]], table[statement.about[-1]]
    values = {
        "knight": first,
        "knave": everything ^ first,
        "same": everything ^ first ^ second,
        "different": first ^ second,
        "both": first & second,
        "not-both": everything ^ (first & second),
    }
    return values[statement.form]


def _fits(speaker: int, statement: Statement, people: int) -> int:
    """The assignments in which the speaker is a knight exactly where the statement is true."""
    everything = (1 << (1 << people)) - 1
    return everything ^ _TABLES[people][speaker] ^ _holds(statement, people)


def draw(stream: Random, level: int) -> Island:
    """`level` + 3 islanders with statements that leave exactly one assignment."""
    people = level + 3
    while True:
        truth = stream.randrange(1 << people)
        statements = tuple(_statement(stream, speaker, truth, people) for speaker in range(people))
        left = (1 << (1 << people)) - 1
        for speaker, statement in enumerate(statements):
            left &= _fits(speaker, statement, people)
        if left.bit_count() == 1:
            return Island(tuple(stream.sample(NAMES, people)), statements, truth)


def _statement(stream: Random, speaker: int, truth: int, people: int) -> Statement:
    """A random statement about others that the speaker can make: a true one if a knight, else a false one."""
    others = [person for person in range(people) if person != speaker]
    form = stream.choice(list(FORMS))
    statement = Statement(form, tuple(stream.sample(others, 1 if form in ONE_PERSON else 2)))
    fits = _fits(speaker, statement, people) >> truth & 1
    return statement if fits else statement._replace(form=FORMS[form][1])


def canonical(island: Island) -> str:
    """The statements by number of islander, without names."""
    return "; ".join(f"{s.form} {sorted(s.about)}" for s in island.statements)


def solve(island: Island) -> Solution:
    people, steps = len(island.names), []
    left = (1 << (1 << people)) - 1
    for speaker, statement in enumerate(island.statements):
        left &= _fits(speaker, statement, people)
        count = left.bit_count()
        text = f"{island.names[speaker]}'s statement leaves {count} of {1 << people} cases.{_known(island, left)}"
        steps.append(Step("eliminate", text, str(count)))
    knights = [name for person, name in enumerate(island.names) if island.truth >> person & 1]
    answer = ", ".join(sorted(knights)) or "nobody"
    steps.append(Step("conclude", f"The knights are: {answer}.", answer))
    return Solution(answer, tuple(steps), {})


def _known(island: Island, left: int) -> str:
    """Who is a knight, or a knave, in all the assignments that are left."""
    table = _TABLES[len(island.names)]
    knights = [name for person, name in enumerate(island.names) if left & ~table[person] == 0]
    knaves = [name for person, name in enumerate(island.names) if left & table[person] == 0]
    sentences = [f" Knight: {', '.join(knights)}."] if knights else []
    return "".join([*sentences, *([f" Knave: {', '.join(knaves)}."] if knaves else [])])


def _said(island: Island, sentence: str) -> str:
    """Every statement in a sentence with the places {who} and {what}."""
    said = zip(island.names, island.statements, strict=True)
    return " ".join(
        sentence.format(who=name, what=FORMS[s.form][0].format(*(island.names[person] for person in s.about)))
        for name, s in said
    )


LANGUAGE_TASKS.add(
    "reasoning/logic-kk-v1",
    LanguageTask(
        id="reasoning/logic-kk-v1",
        summary="Find the knights among 4 to 8 knights and knaves.",
        verifier="set",
        draw=draw,
        canonical=canonical,
        solve=solve,
        templates={
            "island": lambda island: (
                "On an island live knights, who always tell the truth, and knaves, who always lie. "
                f"{_said(island, '{who} says: {what}.')} Who are the knights?"
            ),
            "rules": lambda island: (
                f"Rule: a knight's statement is true, a knave's is false.\n{_said(island, '{who}: {what}.')}\n"
                "List all knights."
            ),
            "meet": lambda island: (
                f"You meet {', '.join(island.names)}. Each is a knight (never lies) or a knave (always lies). "
                f"{_said(island, 'According to {who}, {what}.')} Which of them are knights?"
            ),
        },
        unseen_templates={
            "court": lambda island: (
                "In court, witnesses called knaves say only false things and witnesses called knights only true ones. "
                f"{_said(island, '“{what}”, testifies {who}.')} Name every knight."
            )
        },
        related=("reasoning/path-grid-v1", "reasoning/list-prog-v1"),
        instruction=ends_with_answer("the names of the knights separated by commas, or nobody"),
    ),
)
