"""A run that failed: what is known of it, and the file that sets it aside.

| what happened                                                      | attempts |
| ------------------------------------------------------------------ | -------- |
| the algorithm raised an error, or its policy broke the contract    | 1        |
| out of memory, an error of the system (disk, network)              | 3        |
| longer than the time limit                                         | 3        |
| the worker was killed, or its machine lost                         | 3        |

An error of the algorithm's own would be raised again: seeds, data and source are the same. What the machine did may
have passed by the next attempt. Seeds that were trained together are tried alone before anyone is blamed, so that
one seed does not take the others with it.
"""

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from traceback import format_exception
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from gnomon import errors
from gnomon.engines import LostWork
from gnomon.errors import GnomonError
from gnomon.evaluation.record import AlgorithmPart, ProtocolPart, where_and_when
from gnomon.evaluation.run import Run
from gnomon.files import write_atomically

FAILURE = "failure.json"
LAST_LINES = 30  # of a traceback, that are kept


class TimeUp(BaseException):
    """The time limit of a run is over. No `Exception`, so that an algorithm that catches those does not go on."""


@dataclass(frozen=True)
class Failed:
    """One attempt at a run that failed.

    Attributes:
        error: name of the exception's class.
        sentence: what happened, and to which run.
        traceback: its last lines.
        may_pass: whether another attempt may end otherwise.
        together: whether the run was trained with others, one of which may be the cause.
    """

    error: str
    sentence: str
    traceback: tuple[str, ...]
    may_pass: bool
    together: bool

    @classmethod
    def of(cls, error: BaseException, sentence: str, together: bool) -> "Failed":
        """What an exception says, and the exceptions that caused it."""
        chain = [error]
        while cause := chain[-1].__cause__:
            chain.append(cause)
        lines = tuple("".join(format_exception(error)).splitlines()[-LAST_LINES:])
        return cls(type(error).__name__, sentence, lines, any(map(_may_pass, chain)), together)


def _may_pass(error: BaseException) -> bool:
    """Whether the machine is to blame; PyTorch has a class of its own for a device without memory."""
    return isinstance(error, MemoryError | OSError | TimeUp | LostWork) or type(error).__name__ == "OutOfMemoryError"


class Failure(BaseModel):
    """A run that is set aside. Later calls leave it out, unless they ask for it.

    Attributes:
        error, sentence, traceback: of the last attempt (see `Failed`).
        attempts: how many there were.
        command: tries it again.
        finished: when the last attempt ended.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    schema_version: Literal[1] = 1
    key: str
    algorithm: AlgorithmPart
    dataset: str
    seed: int
    protocol: ProtocolPart
    error: str
    sentence: str
    traceback: list[str]
    attempts: int
    command: str
    gnomon: str
    versions: dict[str, str]
    platform: dict[str, str]
    hardware: dict[str, str]
    finished: datetime

    def raised(self, others: int) -> GnomonError:
        """The exception for the caller, of the class of the error where it is one of gnomon's."""
        attempts = "1 attempt" if self.attempts == 1 else f"{self.attempts} attempts"
        more = f" {others} more {'run is' if others == 1 else 'runs are'} set aside." if others else ""
        return _OWN.get(self.error, GnomonError)(
            f"{self.sentence.rstrip('.')}. It is set aside after {attempts}; to try again, add --retry-failed.{more}"
        )


_OWN = {kind.__name__: kind for kind in vars(errors).values() if isinstance(kind, type)}


def failure_of(run: Run, failed: Failed, attempts: int) -> Failure:
    """What is kept of the last attempt at a run."""
    return Failure(
        key=run.key,
        algorithm=AlgorithmPart.of(run.algorithm),
        dataset=run.dataset,
        seed=run.seed,
        protocol=ProtocolPart.of(run.protocol),
        error=failed.error,
        sentence=failed.sentence,
        traceback=list(failed.traceback),
        attempts=attempts,
        command=f"{run.command} --retry-failed",
        **where_and_when(),
    )


def set_aside(run: Run, failure: Failure) -> None:
    """Write the failure where later calls find it."""
    write_atomically(_folder(run) / FAILURE, failure.model_dump_json(indent=1) + "\n")


def failure_on_file(run: Run) -> Failure | None:
    """The failure that a run was set aside with; none where there is no such file, or it cannot be read."""
    try:
        return Failure.model_validate_json((_folder(run) / FAILURE).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def forget(run: Run) -> None:
    """Remove the failure of a run that was done after all."""
    shutil.rmtree(_folder(run), ignore_errors=True)


def _folder(run: Run) -> Path:
    return run.folder.with_name(f"{run.key}.failed")
