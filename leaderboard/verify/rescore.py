"""Re-scoring, level L2 of ready models: what they wrote is judged again, and every outcome compared.

The verifiers are ours, the completions a stranger's, so that the scoring runs inside the sandbox: a completion that
takes a verifier's time or memory ends that process, and nothing can be reached from it. Scoring has no chance in it:
one outcome that differs refutes the claim. That the model wrote the completions is shown by nothing here.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from gnomon.errors import GnomonError, PolicyError
from gnomon.evaluation.judges.language import LanguageOutcome
from gnomon.evaluation.language.rates import FormRates
from gnomon.evaluation.language.record import LanguageRecord
from gnomon.files import hash_of
from gnomon.leaderboard.plain_text import shown
from gnomon.leaderboard.verify.sandbox import HERE, Room, SandboxLimits, our_packages, output_of, started

SCORING = SandboxLimits(processor=600, files=256)
PATIENCE = 1800.0  # seconds for the completions of a task
MOST = 256 << 20  # bytes that come back
INSIDE = "/job/generations.jsonl"
FAILED = range(1, 128)  # exit codes of a program of ours that did not work; a limit ends it with a signal
LONGEST_SENTENCE = 4096  # bytes
ROUNDING = 1e-9  # of a value, between libraries of mathematics


class Rescored(BaseModel):
    """What the completions of a run are worth; see `gnomon.evaluation.judges.language.Judged`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    outcomes: list[LanguageOutcome]
    rates: FormRates
    verifier_errors: int

    @property
    def hash(self) -> str:
        """SHA-256 over the outcomes."""
        return hash_of([outcome.model_dump() for outcome in self.outcomes])


def rescore(record: LanguageRecord, generations: Path, limits: SandboxLimits = SCORING) -> Rescored:
    """Score the completions of a run again.

    Args:
        record: the claim, of a task and rules of this version.
        generations: what the model wrote, as it was read.
        limits: what scoring may take.

    Raises:
        PolicyError: it takes more time or memory, so that nothing can be said for the claim.
        GnomonError: there is no sandbox, or the scoring itself does not work there.
    """
    job = {"task": record.task.task, "rules": record.protocol.rules}
    room = Room({**our_packages(), INSIDE: generations})
    with started(HERE / "rescorer.py", [json.dumps(job)], limits, room) as process:
        output = output_of(process, MOST, PATIENCE)
        code = None if output is None else process.wait()
        said = (
            process.stderr.read(LONGEST_SENTENCE).decode(errors="replace") if code in FAILED and process.stderr else ""
        )
    if code == 0 and output is not None:
        return Rescored.model_validate_json(output)
    if code in FAILED:
        raise GnomonError(
            f"The completions of {record.task.task} were not scored: {shown(said[-200:]) or 'no reason'}."
        )
    raise PolicyError(f"The completions could not be scored within {limits.processor} s and {limits.memory >> 30} GiB.")


def differences(record: LanguageRecord, again: Rescored) -> Iterator[str]:
    """Every outcome that is not what was claimed, and every rate, as sentences."""
    for claimed, found in zip(record.outcomes, again.outcomes, strict=True):
        if not _is_same(claimed, found):
            yield f"Sample {claimed.sample} of {shown(claimed.item, 80)} {_said(claimed, found)}"
    for name, value in asdict(record.rates).items():
        if abs(value - (now := getattr(again.rates, name))) > ROUNDING:
            yield f"The rate {name.replace('_', ' ')} is claimed as {value:.6g}; it is {now:.6g}."
    if record.verifier_errors != again.verifier_errors:
        yield f"{record.verifier_errors} errors of verifiers are claimed; there are {again.verifier_errors}."


def _is_same(claimed: LanguageOutcome, found: LanguageOutcome) -> bool:
    is_near = abs(claimed.value - found.value) <= ROUNDING
    return is_near and claimed.model_copy(update={"value": found.value}) == found


def _said(claimed: LanguageOutcome, found: LanguageOutcome) -> str:
    """What differs, the value first."""
    if abs(claimed.value - found.value) > ROUNDING:
        return f"is claimed to earn {claimed.value:g}; it earns {found.value:g}."
    odd = [name for name, value in found if value != getattr(claimed, name)]
    return f"has another {' and another '.join(odd)} than is claimed."
