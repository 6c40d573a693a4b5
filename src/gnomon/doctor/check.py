"""One thing that the doctor looked at, and trying a program."""

import os
import subprocess
from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warning", "problem"]
PATIENCE = 60  # seconds


@dataclass(frozen=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: of the thing.
        state: `problem` where results would be wrong or a command fails, `warning` where something is missing that
            not everybody needs.
        found: what is there.
        advice: the way out; empty where all is well.
    """

    name: str
    state: State
    found: str
    advice: str = ""


def succeeds(command: list[str], **environment: str) -> bool:
    """Whether a program ends well, and soon."""
    try:
        result = subprocess.run(command, capture_output=True, timeout=PATIENCE, env={**os.environ, **environment})  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return False
    return result.returncode == 0
