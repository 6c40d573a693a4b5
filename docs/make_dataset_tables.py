"""Write the tables of the behaviour policies and datasets of families into their page, between its two markers.

    python docs/make_dataset_tables.py locomotion
    python docs/make_dataset_tables.py maze,antmaze mazes

Both are read from what ships: the cards beside the policies' weights, and `recorded_hashes.json`. Scores are on the
task's own scale: 0 is the uniformly random policy, 100 the deterministic expert.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets.policies.trained import CARD, WEIGHTS
from gnomon.datasets.recipes import RECIPES
from gnomon.datasets.recorded import all_recorded
from gnomon.files import write_atomically

BEGIN, END = "<!-- tables: begin -->", "<!-- tables: end -->"


def policy_rows(family: str) -> list[list[str]]:
    """A row for every named checkpoint of every published training of the family."""
    cards = [json.loads(path.read_text()) for path in sorted((WEIGHTS / family).rglob(f"seed-*/{CARD}"))]
    return [_policy_row(card, name) for card in cards for name in card["named"]]


def _policy_row(card: dict[str, Any], name: str) -> list[str]:
    found = card["named"][name]
    training = [
        f"`{card['task']}`",
        *(str(seed) for seed in card["seeds"]),
        f"{card['steps']:,}",
        _mean(card["random"]),
    ]
    modes = [_mean(found[mode]) if mode in found else "" for mode in ("stochastic", "deterministic")]
    success = found.get("stochastic", found["deterministic"]).get("success")
    return [*training, name, f"{found['step']:,}", *modes, f"{success:.0%}" if success else ""]


def _mean(summary: dict[str, float]) -> str:
    return f"{summary['mean']:,.0f} ± {summary['standard_error']:,.0f}"


def dataset_rows(family: str) -> list[list[str]]:
    """A row for every dataset of the family whose full-size build was recorded."""
    return [_dataset_row(id, entry) for id, entry in all_recorded().items() if id.startswith(f"{family}/")]


def _dataset_row(id: str, entry: dict[str, Any]) -> list[str]:
    task = TASKS[RECIPES[id].task]
    value = entry["statistics"][task.metric]
    counts = [f"{entry['episodes']:,}", f"{entry['transitions']:,}"]
    return [f"`{id}`", *counts, f"{value:,.4g}", f"{task.score(value):.1f}", f"`{entry['content_hash'][:12]}`"]


def table(head: list[str], rows: Iterable[list[str]]) -> str:
    """As Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def replace_between(page: Path, begin: str, end: str, text: str) -> None:
    """Put a text between two markers of a page, in place of what stands there."""
    before, _, rest = page.read_text().partition(begin)
    write_atomically(page, f"{before}{begin}\n\n{text}\n\n{end}{rest.partition(end)[2]}")


def main(names: str, page_name: str | None = None) -> None:
    """Replace what stands between the markers of docs/<page>.md, which is called as the family if nothing is said."""
    families, page = names.split(","), Path(__file__).with_name(f"{page_name or names}.md")
    policies = ["task", "seed", "steps", "random", "checkpoint", "step"]
    policies += ["return, stochastic", "return, deterministic", "success"]
    datasets = ["dataset", "episodes", "transitions", "mean", "score", "content hash"]
    found = [
        (head, [row for family in families for row in rows_of(family)])
        for head, rows_of in ((policies, policy_rows), (datasets, dataset_rows))
    ]
    tables = [table(head, rows) for head, rows in found if rows]
    replace_between(page, BEGIN, END, "\n\n".join(tables))


if __name__ == "__main__":
    main(*sys.argv[1:])
