"""The tables of docs/interactive.md, on the problems of evaluation: python docs/make_interactive.py (two minutes)."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from gnomon.benchmarks.interactive import INTERACTIVE_TASKS
from gnomon.benchmarks.interactive.plays import evaluation_seeds, plays
from gnomon.evaluation.interactive import metrics
from gnomon.evaluation.interactive.bargains import bargains
from gnomon.evaluation.interactive.diversity import coverage, distinct_solutions, diversity, sampled_plays
from gnomon.evaluation.intervals import Estimate
from gnomon.files import write_atomically

PAGE = Path(__file__).parent / "interactive.md"
PROBLEMS, SAMPLED, SAMPLES = 100, 20, 16
LARGE = 20  # problems with forms of 100 fields, which take a second each


def text(estimate: Estimate | None) -> str:
    """An estimate with its interval."""
    if estimate is None or estimate.lower is None:
        return "–" if estimate is None else f"{estimate.value:.2f}"
    return f"{estimate.value:.2f} [{estimate.lower:.2f}, {estimate.upper:.2f}]"


def table(title: str, rows: Sequence[Mapping[str, str]]) -> str:
    """One table in Markdown."""
    lines = [list(rows[0]), ["---"] * len(rows[0]), *(list(row.values()) for row in rows)]
    return "\n".join([f"\n{title}:\n", *(f"| {' | '.join(line)} |" for line in lines)])


def success_rows() -> Iterator[dict[str, str]]:
    """What the scripts of forms, of pages to find things on, and of blackjack reach."""
    for id, task in INTERACTIVE_TASKS.items():
        if "text-dom" in id or "blackjack" in id:
            count = LARGE if "form-5" in id else PROBLEMS
            row = {"task": id.removeprefix("interactive/").removesuffix("-v1")}
            for name in ("expert", "careless", "random"):
                found = plays(task, task.policy(name), evaluation_seeds(id, count)) if name in task.scripts else None
                measure = metrics.mean_return if task.metric == "return" else metrics.success_rate
                row[name] = text(measure(found)) if found else "–"
            yield row


def feedback_rows() -> Iterator[dict[str, str]]:
    """What each kind of feedback is worth to the careless script of tool-chat."""
    for level in range(1, 6):
        seeds = evaluation_seeds("feedback", PROBLEMS)
        tasks = {kind: f"interactive/tool-chat-{kind}-{level}-v1" for kind in ("none", "binary", "localised")}
        found = {}
        for kind, id in tasks.items():
            found[kind] = plays(INTERACTIVE_TASKS[id], INTERACTIVE_TASKS[id].policy("careless"), seeds)
        row = {"level": str(level)} | {kind: text(metrics.success_rate(found[kind])) for kind in found}
        row |= {f"gain {kind}": text(metrics.feedback_gain(found[kind], found["none"])) for kind in list(found)[1:]}
        yield row | {"recovery": text(metrics.recovery_rate(found["localised"]))}


def turns_row() -> dict[str, str]:
    """SR@k of the careless script on tool-chat with localised feedback, level 2, and its slope in k."""
    task, seeds = INTERACTIVE_TASKS["interactive/tool-chat-localised-2-v1"], evaluation_seeds("feedback", PROBLEMS)
    found = {k: plays(task.limited(k), task.policy("careless"), seeds) for k in (4, 5, 6, 7, 8)}
    rates = {f"SR@{k}": text(metrics.success_rate(played)) for k, played in found.items()}
    return rates | {"slope": text(metrics.gain_per_turn(found))}


def diversity_rows() -> Iterator[dict[str, str]]:
    """Different solutions in 16 samples a problem."""
    for game in ("countdown-1", "countdown-2", "countdown-3", "line-1", "line-2"):
        task = INTERACTIVE_TASKS[f"interactive/number-{game}-v1"]
        for name in ("expert", "explorer", "random"):
            policies = [task.policy(name, sample) for sample in range(SAMPLES)]
            sampled = sampled_plays(task, policies.__getitem__, evaluation_seeds(task.id, SAMPLED), SAMPLES)
            row = {"game": game, "script": name, "distinct": text(distinct_solutions(sampled))}
            yield row | {"coverage": text(coverage(sampled)), "diversity": text(diversity(sampled))}


def bargain_rows() -> Iterator[dict[str, str]]:
    """What came of negotiations with the partner that concedes with time."""
    for level in (1, 2, 3):
        task = INTERACTIVE_TASKS[f"interactive/negotiation-{level}-v1"]
        for name in task.scripts:
            found = bargains(plays(task, task.policy(name), evaluation_seeds(task.id, PROBLEMS)))
            yield {"level": str(level), "script": name} | {key: text(estimate) for key, estimate in found.items()}


if __name__ == "__main__":
    tables = [
        table("Share of problems solved, of blackjack the mean return", list(success_rows())),
        table("Tool-chat, the careless script, by the kind of feedback", list(feedback_rows())),
        table(
            "Tool-chat of level 2 with localised feedback, the careless script, by the limit of turns", [turns_row()]
        ),
        table("Solutions found in 16 samples", list(diversity_rows())),
        table("Negotiations with a partner that concedes steadily", list(bargain_rows())),
    ]
    before, rest = PAGE.read_text(encoding="utf-8").split("<!-- tables: begin -->")
    after = rest.split("<!-- tables: end -->")[1]
    write_atomically(PAGE, "\n".join([f"{before}<!-- tables: begin -->", *tables, f"<!-- tables: end -->{after}"]))
