"""What the tests of generations are made of: true runs of trivial models on two tasks, and lies about them."""

import json
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from gnomon.evaluation.language.evaluate import evaluate_models
from gnomon.evaluation.language.record import COMPLETIONS
from gnomon.evaluation.language.suites import LANGUAGE_SUITES
from gnomon.leaderboard.submission import MANIFEST, generations_name, record_name
from gnomon.leaderboard.tracks import MODEL_TRACKS

TASKS, SMOKE = ("reasoning/logic-kk-v1", "reasoning/modchain-v1"), "reasoning-smoke"
Files = dict[str, bytes]
Change = Callable[[Any], object]


def ask(home: Path, *models: str) -> tuple[Path, ...]:
    """The folders of runs of models on both tasks, in a home."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GNOMON_HOME", str(home))
        evaluate_models(models, tasks=TASKS, protocol=SMOKE)
    return tuple(sorted(path.parent for path in (home / "language-runs").glob("*/record.json")))


def rank_models(patch: pytest.MonkeyPatch) -> None:
    """The track of the ready models with two tasks and few items, as long as a patch lasts."""
    suite, track = LANGUAGE_SUITES["reasoning"], MODEL_TRACKS["reasoning"]
    patch.setitem(LANGUAGE_SUITES._entries, "reasoning", replace(suite, tasks=TASKS, protocol=SMOKE))
    patch.setitem(MODEL_TRACKS._entries, "reasoning", replace(track, protocol_name=SMOKE))


def with_line(files: Files, name: str, number: int, change: Change) -> Files:
    """The files with another JSON value in one line."""
    lines = files[name].splitlines()
    value = json.loads(lines[number])
    change(value)
    lines[number] = json.dumps(value).encode()
    return files | {name: b"\n".join(lines) + b"\n"}


def with_json(files: Files, name: str, change: Change) -> Files:
    """The files with another JSON value in one of them."""
    value = json.loads(files[name])
    change(value)
    return files | {name: json.dumps(value).encode()}


def relisted(files: Files) -> Files:
    """The files with the sizes and hashes in `submission.json` that they have."""
    listed = {
        name: {"size": len(content), "sha256": sha256(content).hexdigest()}
        for name, content in files.items()
        if name != MANIFEST
    }
    return with_json(files, MANIFEST, lambda value: value.update(files=listed))


def consistent(files: Files) -> Files:
    """The files with every hash as it must be, in records too, as a careful liar's would."""
    for cell in json.loads(files[MANIFEST])["cells"]:
        key = cell["key"]
        if (name := generations_name(key)) in files and record_name(key) in files:
            digest = sha256(files[name]).hexdigest()
            files = with_json(files, record_name(key), lambda v, d=digest: v["artefacts"].update({COMPLETIONS: d}))
    return relisted(files)
