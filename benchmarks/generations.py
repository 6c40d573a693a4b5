"""Completions on disk: JSON lines, one a sample, appended while a model writes and read again to go on or to score.

A line is `{"item": "reasoning/chain-sum-v1/test/L1/1-0", "sample": 0, "completion": "…", "tokens": 12, "ended": true}`.
"""

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gnomon.benchmarks.contracts import Completion
from gnomon.errors import UsageError

LONGEST_LINE = 16 << 20  # bytes


class Generation(BaseModel):
    """One line. `tokens` and `ended` may be left out by others: then the length is that in characters."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)
    item: str
    sample: int = Field(0, ge=0)
    completion: str | None
    tokens: int | None = Field(None, ge=0)
    ended: bool = True
    read: int | None = Field(default=None, ge=0)  # left out where it was not counted

    @classmethod
    def of(cls, item: str, sample: int, completion: Completion) -> Self:
        return cls(
            item=item,
            sample=sample,
            completion=completion.text,
            tokens=completion.tokens,
            ended=completion.ended,
            read=completion.read,
        )

    @property
    def as_line(self) -> bytes:
        """JSON and the end of the line."""
        values = self.model_dump(exclude={"read"} if self.read is None else None)
        return json.dumps(values, ensure_ascii=False).encode(errors="replace") + b"\n"

    @property
    def as_completion(self) -> Completion:
        tokens = len(self.completion or "") if self.tokens is None else self.tokens
        return Completion(self.completion, tokens, self.ended, self.read)


def read_generations(path: Path) -> dict[tuple[str, int], Completion]:
    """(item, sample) → completion of a whole file.

    Raises:
        UsageError: it is not there, a line is none of this form, or a sample stands there twice.
    """
    found: dict[tuple[str, int], Completion] = {}
    for number, line in enumerate(_lines(path), 1):
        try:
            one = Generation.model_validate_json(line)
        except ValidationError as error:
            reason = error.errors()[0]
            place = ".".join(map(str, reason["loc"]))
            raise UsageError(f"Line {number} of {path} is no completion ({place or 'it'}: {reason['msg']}).") from error
        if (one.item, one.sample) in found:
            raise UsageError(f"Line {number} of {path} is sample {one.sample} of {one.item} again; number the samples.")
        found[one.item, one.sample] = one.as_completion
    return found


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while line := file.readline(LONGEST_LINE):
                if line.strip():
                    yield line
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read ({error.strerror}); it holds completions, a JSON line each."
        ) from error


def whole_lines(path: Path) -> dict[tuple[str, int], Completion]:
    """What a file holds that was being appended to; a last line that was cut short is removed from it."""
    if not path.exists():
        return {}
    content = path.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if len(whole) < len(content):
        os.truncate(path, len(whole))
    return read_generations(path)


def append(path: Path, generations: Iterable[Generation]) -> None:
    """Add lines, and wait until the disk has them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        file.write(as_lines(generations))
        file.flush()
        os.fsync(file.fileno())


def as_lines(generations: Iterable[Generation]) -> bytes:
    """The lines of a file."""
    return b"".join(one.as_line for one in generations)
