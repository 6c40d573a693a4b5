"""The rules of a log: its rows are whole and agree with themselves, and nothing that is judged is learned from."""

from collections.abc import Iterator, Sequence

from gnomon.benchmarks.interactive import INTERACTIVE_TASKS
from gnomon.benchmarks.interactive.plays import evaluation_seeds
from gnomon.benchmarks.interactive.text import page_of
from gnomon.datasets.interactions.log import Row
from gnomon.findings import Finding

JUDGED = 1000  # first problems of evaluation that no row may have


def findings_of(rows: Sequence[Row]) -> list[Finding]:
    """What is wrong with the rows of a log."""
    return [*(finding for row in rows for finding in _of_row(row)), *_repeated(rows), *_judged(rows), *_quality(rows)]


def _of_row(row: Row) -> Iterator[Finding]:
    roles = [message["role"] for message in row["messages"]]
    turns = len(row["events"])
    if not turns or len(row["rewards"]) != turns or roles != ["user", *["assistant", "user"] * turns]:
        yield _error("turns", row, f"there are {turns} events, {len(row['rewards'])} rewards, {len(roles)} messages")
        return
    pages = [page_of(message["content"]) for message in row["messages"][::2]]
    if [page.event for page in pages] != ["start", *row["events"]]:
        yield _error("events", row, "the status lines of the pages tell other events")
    if [page.over for page in pages] != [False] * turns + [True]:
        yield _error("end", row, "not the last page, or not only that, is the end")
    if abs(sum(row["rewards"]) - row["return"]) > 1e-9:
        yield _error("return", row, f"the rewards add up to {sum(row['rewards'])}, the return is {row['return']}")


def _repeated(rows: Sequence[Row]) -> Iterator[Finding]:
    if len({row["seed"] for row in rows}) < len(rows):
        yield Finding("log/seeds", "error", "the seeds", "two episodes are of one problem")


def _judged(rows: Sequence[Row]) -> Iterator[Finding]:
    judged = {seed for id in {row["task"] for row in rows} for seed in _evaluated(id)}
    if shared := judged.intersection(row["seed"] for row in rows):
        yield Finding("log/leak", "error", "the seeds", f"{len(shared)} problems are those of evaluation")


def _evaluated(id: str) -> list[int]:
    return evaluation_seeds(INTERACTIVE_TASKS[id].problems, JUDGED)


def _quality(rows: Sequence[Row]) -> Iterator[Finding]:
    if len({row["return"] for row in rows}) < 2:
        yield Finding("log/quality", "error", "all episodes", "have one return, so there is nothing to tell apart")


def _error(rule: str, row: Row, sentence: str) -> Finding:
    return Finding(f"log/{rule}", "error", f"episode {row['id']}", sentence)
