"""Findings: what a check says, wherever it is run: linter, replay, validation."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True)
class Finding:
    """One thing that a rule found.

    Attributes:
        rule: id of the rule.
        severity: `error` is wrong, `warning` is likely wrong, `note` is worth knowing.
        where: the place, such as `episode 3, step 17`; empty where it is everywhere.
        sentence: what is wrong, with numbers.
    """

    rule: str
    severity: Severity
    where: str
    sentence: str
