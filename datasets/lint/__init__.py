"""The linter: each file of this folder registers rules; a rule looks at one set of data and returns findings.

A rule guards against a bug that was found in a public dataset, and names it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gnomon.datasets.lint.subject import Subject
from gnomon.findings import Finding, Severity
from gnomon.registry import Registry

Detail = tuple[str, str]  # where, sentence


@dataclass(frozen=True)
class Rule:
    """A check of a dataset.

    Attributes:
        summary: what the rule says of a good dataset.
        source: the known bug that it guards against.
        severity: of its findings.
        needs: columns without which the rule does not apply.
        check: yields where and what, once for each fault.
    """

    summary: str
    source: str
    severity: Severity
    needs: tuple[str, ...]
    check: Callable[[Subject], Iterator[Detail]]


RULES: Registry[Rule] = Registry("lint rule", __name__)


def rule(
    id: str, summary: str, *, source: str, severity: Severity = "error", needs: tuple[str, ...] = ()
) -> Callable[[Callable[[Subject], Iterator[Detail]]], Callable[[Subject], Iterator[Detail]]]:
    """Register a check as a rule."""

    def register(check: Callable[[Subject], Iterator[Detail]]) -> Callable[[Subject], Iterator[Detail]]:
        RULES.add(id, Rule(summary, source, severity, needs, check))
        return check

    return register


def lint(subject: Subject) -> list[Finding]:
    """Every finding of every rule that applies; where columns do not fit together, only those of `lengths`."""
    findings = _findings("lengths", subject)
    if findings:
        return findings
    return [finding for id in RULES for finding in _findings(id, subject)]


def _findings(id: str, subject: Subject) -> list[Finding]:
    chosen = RULES[id]
    if not all(name in subject.columns for name in chosen.needs):
        return []
    return [Finding(id, chosen.severity, where, sentence) for where, sentence in chosen.check(subject)]
