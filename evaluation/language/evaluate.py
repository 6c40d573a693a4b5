"""Evaluating ready models on a suite of language tasks: a model is an algorithm without training."""

from collections.abc import Callable, Sequence
from functools import partial

from gnomon.baselines.visual import is_visual_baseline
from gnomon.benchmarks.generators import is_generator, kind_of
from gnomon.benchmarks.visual import VISUAL_TASKS
from gnomon.errors import UsageError
from gnomon.evaluation.language.perform import perform_language
from gnomon.evaluation.language.protocol import LANGUAGE_PROTOCOLS
from gnomon.evaluation.language.results import LanguageResults, read_language_results
from gnomon.evaluation.language.run import REFERENCE, LanguageRun, open_model, with_samples, with_secret
from gnomon.evaluation.language.suites import chosen_suite

Progress = Callable[[str, int, int], None]  # what is done, how much more of it, out of how much


def is_model(reference: str) -> bool:
    """Whether a reference names a ready model, not an algorithm that learns from a dataset."""
    return reference == REFERENCE or is_visual_baseline(reference) or is_generator(reference)


def sees_files(reference: str) -> bool:
    """Whether a ready model can be asked about pictures and sounds: it looks at them, or never at what is asked.

    >>> sees_files("answer-prior"), sees_files("hf:somewhere"), sees_files("ui-click-cloning")
    (True, False, True)
    """
    if reference == REFERENCE or is_visual_baseline(reference):
        return reference != REFERENCE
    kind = kind_of(reference)
    return kind.sees_files or not kind.sees_prompts


def evaluate_models(
    references: Sequence[str],
    suite: str | None = None,
    tasks: Sequence[str] = (),
    protocol: str | None = None,
    samples: int | None = None,
    seed: int = 0,
    on_progress: Progress = lambda *_: None,
    secret: str = "",
) -> LanguageResults:
    """Ask models the items of a suite and judge what they write; what was done before is not done again.

    Args:
        references: `hf:PATH`, `openai:ADDRESS`, `file:X.jsonl`, `reference`, or the name of a trivial generator or of
            a visual baseline.
        suite: the tasks; by default the suite of those that are named, or else reasoning.
        tasks: ids to use instead of a suite's.
        protocol: the rules; the suite's where none are named.
        samples: completions an item in place of the protocol's, which are other rules.
        seed: of the samples.
        on_progress: called with a model's name, how many completions are new, and how many there are to be.
        secret: key of a round's secret split, whose items are asked in place of the protocol's.

    Returns:
        Every comparable run of these tasks in this home, the new ones among them.

    Raises:
        UsageError: a model, suite, task, protocol or number that does not exist, or a model that reads text alone and
            tasks of pictures; before anything is asked.
        GnomonError: a model does not answer, or raises an error. What it had written is kept.
    """
    chosen = chosen_suite(suite, tuple(tasks))
    rules = with_secret(with_samples(LANGUAGE_PROTOCOLS[protocol or chosen.protocol], samples), secret)
    if strangers := [reference for reference in references if not is_model(reference)]:
        raise UsageError(f"{strangers[0]} learns from a dataset; language tasks are put to ready models.")
    if any(task in VISUAL_TASKS for task in chosen.tasks) and (blind := [r for r in references if not sees_files(r)]):
        raise UsageError(f"{blind[0]} reads text alone; ask openai:ADDRESS or file:X.jsonl about pictures and sounds.")
    for reference in dict.fromkeys(references):
        model = open_model(reference)
        total = len(chosen.tasks) * rules.items * rules.samples
        for task in chosen.tasks:
            run = LanguageRun(model, task, rules, seed)
            perform_language(run, partial(_tell, on_progress, model.name, total))
    return read_language_results(chosen, rules)


def _tell(on_progress: Progress, name: str, total: int, count: int) -> None:
    on_progress(name, count, total)
