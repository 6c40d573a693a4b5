"""Performing a run of a ready model: ask → judge → write. What was asked before an interruption is not asked again."""

import time
from collections.abc import Callable, Sequence

from gnomon.benchmarks.contracts import Completion, Item, Prompt
from gnomon.benchmarks.generations import Generation, append, as_lines, whole_lines
from gnomon.benchmarks.visual import VISUAL_TASKS, file_of
from gnomon.errors import AlgorithmError, GnomonError
from gnomon.evaluation.judges.language import judge_completions
from gnomon.evaluation.language.record import COMPLETIONS, ItemsPart, LanguageRecord, ModelPart
from gnomon.evaluation.language.run import LanguageRun
from gnomon.evaluation.record import RECORD, ProtocolPart, where_and_when
from gnomon.files import atomic_folder, hash_file, locked, write_atomically

Completions = dict[tuple[str, int], Completion]
OnWritten = Callable[[int], None]


def perform_language(run: LanguageRun, on_written: OnWritten = lambda _: None) -> None:
    """Do a run and write its folder, which appears whole; nothing is done where it is there.

    Args:
        run: what is asked.
        on_written: called with the number of completions that are there since the last call.

    Raises:
        AlgorithmError: the model raised an error, or returned another number of completions than was asked for.
    """
    with locked(run.log.with_suffix(".lock")):
        if run.is_done:
            on_written(len(run.items) * run.protocol.samples)
            return
        begun = time.perf_counter()
        completions = _asked(run, on_written)
        _write(run, completions, time.perf_counter() - begun)
        run.log.unlink(missing_ok=True)


def _asked(run: LanguageRun, on_written: OnWritten) -> Completions:
    """All completions: those on file, and then the others, which are put there as they come."""
    samples = run.protocol.samples
    completions = whole_lines(run.log)
    waiting = [item for item in run.items if any((item.id, sample) not in completions for sample in range(samples))]
    on_written((len(run.items) - len(waiting)) * samples)
    for start in range(0, len(waiting), run.model.prompts_at_once):
        items = waiting[start : start + run.model.prompts_at_once]
        drawn = _drawn(run, items)
        append(run.log, [Generation.of(*key, one) for key, one in drawn.items() if key not in completions])
        completions = drawn | completions
        on_written(len(items) * samples)
    return completions


def _drawn(run: LanguageRun, items: Sequence[Item]) -> Completions:
    prompts, samples = [prompt_of(item) for item in items], run.protocol.samples
    try:
        rows = run.model.generator.generate(prompts, samples, run.seed, run.protocol.sampling)
    except GnomonError:
        raise
    except Exception as error:  # whatever a model raises
        raise AlgorithmError(f"{run.model.name} failed on {run.task}: {type(error).__name__}: {error}") from error
    if [len(row) for row in rows] != [samples] * len(items):
        raise AlgorithmError(f"{run.model.name} was asked {samples} samples of {len(items)} prompts and gave others.")
    return {(item.id, k): one for item, row in zip(items, rows, strict=True) for k, one in enumerate(row)}


def prompt_of(item: Item, begun: str = "") -> Prompt:
    """What a generator sees of an item."""
    file = file_of(item) if item.task in VISUAL_TASKS else b""
    return Prompt(item.id, item.task, item.level, item.prompt, begun, file)


def _write(run: LanguageRun, completions: Completions, seconds: float) -> None:
    judged = judge_completions(run.items, completions, run.protocol.samples)
    lines = as_lines(Generation.of(o.item, o.sample, completions[o.item, o.sample]) for o in judged.outcomes)
    with atomic_folder(run.folder) as folder:
        write_atomically(folder / COMPLETIONS, lines)
        record = LanguageRecord(
            key=run.key,
            model=ModelPart(name=run.model.name, reference=run.model.reference, facts=dict(run.model.facts)),
            task=ItemsPart(task=run.task, verifier=run.items[0].verifier, items_hash=run.items_hash),
            protocol=ProtocolPart.of(run.protocol),
            seed=run.seed,
            outcomes=judged.outcomes,
            rates=judged.rates,
            verifier_errors=judged.verifier_errors,
            generation_seconds=seconds,
            artefacts={COMPLETIONS: hash_file(folder / COMPLETIONS)},
            command=run.command,
            **where_and_when(),
        )
        write_atomically(folder / RECORD, record.model_dump_json(indent=1) + "\n")
