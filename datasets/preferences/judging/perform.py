"""Asking: every completion is on the disk before the next is asked for, and what is there is never asked again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from gnomon.benchmarks.contracts import Completion, Prompt, Sampling
from gnomon.benchmarks.generations import Generation, append, whole_lines
from gnomon.datasets.preferences.judging.plan import ORDERS, Order, Plan, Source
from gnomon.datasets.preferences.judging.question import question, ratings_of
from gnomon.errors import GnomonError, PolicyError, UsageError
from gnomon.files import canonical_json, write_atomically

PLAN, JUDGEMENTS = "plan.json", "judgements.jsonl"
OnProgress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Ballot:
    """One time that a judge rates all answers to a prompt: by which aspect, in which order, which vote."""

    prompt: str
    aspect: str
    order: Order
    vote: int

    def item(self, attempt: int) -> str:
        """The id of an attempt on file, which keys its random stream too."""
        return f"{self.prompt}/{self.aspect}/{self.order}/vote-{self.vote}/attempt-{attempt}"


Ratings = tuple[int, ...]


@dataclass(frozen=True)
class Collected:
    """What was asked and answered.

    Attributes:
        answers: generator's name → prompt's id → completion.
        ratings: ballot → a rating a generator, in the order of the plan; none where every attempt was unreadable.
        judgements: all of the judge's completions, unreadable ones too.
        questions: characters that the judge read.
    """

    answers: Mapping[str, Mapping[str, Completion]]
    ratings: Mapping[Ballot, Ratings | None]
    judgements: Sequence[Completion]
    questions: int


def answers_file(place: int) -> str:
    """The name of the file with the answers of a generator, by its place in the plan."""
    return f"answers-{place}.jsonl"


def collect(plan: Plan, folder: Path, attempts: int, on_progress: OnProgress = lambda *_: None) -> Collected:
    """Have all prompts answered and all answers rated; goes on where an interrupted call ended.

    Args:
        plan: what is asked of whom.
        folder: where completions are put as they come.
        attempts: how often a judgement is asked for before it counts as unreadable.
        on_progress: called with (stage, amount, total).

    Raises:
        UsageError: the folder was begun under another plan.
        PolicyError: a model gave another number of completions than it was asked for, or raised an error.
    """
    _claim(plan, folder)
    asked = [Prompt(item=id, task="preferences", level=0, text=text) for id, text in plan.prompts.items()]
    answers = {
        source.name: _asked(source, asked, folder / answers_file(place), plan.seed, plan.answering, on_progress)
        for place, source in enumerate(plan.generators)
    }
    return _judged(plan, folder / JUDGEMENTS, answers, attempts, on_progress)


def _claim(plan: Plan, folder: Path) -> None:
    """Write the plan where there is none, and refuse another one."""
    mine, there = canonical_json(plan.described), folder / PLAN
    if not there.exists():
        write_atomically(there, mine)
    elif there.read_bytes() != mine:
        raise UsageError(f"{folder} was begun under another plan; delete it, or choose another id.")


def _judged(
    plan: Plan, log: Path, answers: Mapping[str, Mapping[str, Completion]], attempts: int, on_progress: OnProgress
) -> Collected:
    """Ratings of every ballot; what cannot be read is asked for again, as another attempt with a stream of its own."""
    ballots = [Ballot(*key) for key in product(plan.prompts, plan.aspects, ORDERS, range(plan.votes))]
    ratings: dict[Ballot, Ratings | None] = dict.fromkeys(ballots)
    judgements, read = list[Completion](), 0
    for attempt in range(attempts):
        waiting = [ballot for ballot in ballots if ratings[ballot] is None]
        prompts = [_question(plan, answers, ballot, attempt) for ballot in waiting]
        found = _asked(plan.judge, prompts, log, plan.seed, plan.judging, on_progress)
        read += sum(len(prompt.text) for prompt in prompts)
        for ballot, prompt in zip(waiting, prompts, strict=True):
            judgements.append(found[prompt.item])
            ratings[ballot] = _ratings(plan, ballot, found[prompt.item].text)
    return Collected(answers, ratings, judgements, read)


def _question(plan: Plan, answers: Mapping[str, Mapping[str, Completion]], ballot: Ballot, attempt: int) -> Prompt:
    texts = [text_of(answers[source.name][ballot.prompt]) for source in plan.generators]
    shown = [texts[place] for place in plan.places(ballot.prompt, ballot.order)]
    text = question(plan.prompts[ballot.prompt], shown, ballot.aspect, plan.aspects[ballot.aspect])
    return Prompt(item=ballot.item(attempt), task="judge", level=0, text=text)


def _ratings(plan: Plan, ballot: Ballot, text: str | None) -> Ratings | None:
    """The ratings in the order of the plan's generators."""
    shown = ratings_of(text, len(plan.generators))
    if shown is None:
        return None
    places = plan.places(ballot.prompt, ballot.order)
    return tuple(shown[places.index(generator)] for generator in range(len(places)))


def text_of(completion: Completion) -> str:
    """What a generator wrote; nothing is an empty answer."""
    return completion.text or ""


def _asked(
    source: Source, prompts: Sequence[Prompt], log: Path, seed: int, sampling: Sampling, on_progress: OnProgress
) -> dict[str, Completion]:
    """Item → completion: those on file, and then the others, which are put there as they come."""
    known = {item: completion for (item, _), completion in whole_lines(log).items()}
    waiting = [prompt for prompt in prompts if prompt.item not in known]
    on_progress(source.name, len(prompts) - len(waiting), len(prompts))
    for start in range(0, len(waiting), source.prompts_at_once):
        batch = waiting[start : start + source.prompts_at_once]
        drawn = _drawn(source, batch, seed, sampling)
        append(log, [Generation.of(item, 0, completion) for item, completion in drawn.items()])
        known |= drawn
        on_progress(source.name, len(batch), len(prompts))
    return known


def _drawn(source: Source, prompts: Sequence[Prompt], seed: int, sampling: Sampling) -> dict[str, Completion]:
    try:
        rows = source.generator.generate(prompts, 1, seed, sampling)
    except GnomonError:
        raise
    except Exception as error:  # whatever a model raises
        raise PolicyError(f"{source.name} failed: {type(error).__name__}: {error}") from error
    if [len(row) for row in rows] != [1] * len(prompts):
        raise PolicyError(f"{source.name} was asked one completion of each of {len(prompts)} prompts and gave others.")
    return {prompt.item: row[0] for prompt, row in zip(prompts, rows, strict=True)}
