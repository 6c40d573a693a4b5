"""Scores under four seeds of Python's string hash, each in a process of its own.

`python -m gnomon.benchmarks.conformance.hash_seeds REQUEST` prints the scores of one process; REQUEST is JSON.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace

from gnomon.benchmarks.conformance import ANSWER_FORM, subject_of
from gnomon.benchmarks.conformance.checks import every_case, try_score
from gnomon.errors import GnomonError
from gnomon.files import canonical_json, hash_of
from gnomon.findings import Finding

SEEDS = ("0", "1", "2", "3")


def hash_seeds(
    names: Sequence[str],
    task: str | None = None,
    answer_form: str = ANSWER_FORM,
    slow: Iterable[str | None] = (),
) -> dict[str, list[Finding]]:
    """Name of a verifier → a finding where its scores are not the same in all four processes; `slow` is not tried."""
    request = json.dumps({"names": list(names), "task": task, "answer_form": answer_form, "slow": list(slow)})
    runs = [_in_process(seed, request) for seed in SEEDS]
    sentence = f"The scores differ between processes with PYTHONHASHSEED {', '.join(SEEDS)}."
    return {
        name: [Finding("hash-seed", "error", "", sentence)] if len({run[name] for run in runs}) > 1 else []
        for name in names
    }


def _in_process(seed: str, request: str) -> dict[str, str]:
    command = [sys.executable, "-m", "gnomon.benchmarks.conformance.hash_seeds", request]
    done = subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise GnomonError(f"The process with PYTHONHASHSEED={seed} failed: {done.stderr.strip().splitlines()[-1]}")
    return json.loads(done.stdout.splitlines()[-1])


def digests(request: str) -> dict[str, str]:
    """Name → hash of the scores of all cases, in their order."""
    wanted = json.loads(request)
    subjects = [subject_of(name, wanted["task"], wanted["answer_form"]) for name in wanted["names"]]
    spared = [replace(subject, slow=frozenset(wanted["slow"])) for subject in subjects]
    return {subject.name: hash_of([try_score(subject, *case) for case in every_case(subject)]) for subject in spared}


if __name__ == "__main__":
    sys.stdout.write(canonical_json(digests(sys.argv[1])).decode() + "\n")
