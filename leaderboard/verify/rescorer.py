"""Runs inside the sandbox: scores the completions of a stranger with our verifiers, and sends what it found.

The one argument is JSON: `task` and `rules` of the protocol; the completions lie beside. Out: one JSON value,
`outcomes` in the order of items and samples, `rates`, `verifier_errors`; nothing where it fails, which its end tells.
"""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path[:0] = ["/library", "/packages"]

GENERATIONS = Path("/job/generations.jsonl")


def rescored(job: dict[str, Any]) -> dict[str, Any]:
    """What the completions are worth, as JSON values."""
    from gnomon.benchmarks.catalogue import get_language_task
    from gnomon.benchmarks.generations import read_generations
    from gnomon.evaluation.judges.language import judge_completions

    rules = job["rules"]
    items = get_language_task(job["task"]).items(rules["split"], rules["items"], view=rules["view"])
    judged = judge_completions(items, read_generations(GENERATIONS), rules["samples"])
    return {
        "outcomes": [outcome.model_dump() for outcome in judged.outcomes],
        "rates": asdict(judged.rates),
        "verifier_errors": judged.verifier_errors,
    }


def main() -> None:
    """Score, and send."""
    content = memoryview(json.dumps(rescored(json.loads(sys.argv[1]))).encode())
    while content:
        content = content[os.write(1, content) :]


if __name__ == "__main__":
    main()
