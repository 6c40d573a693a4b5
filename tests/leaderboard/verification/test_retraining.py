"""Level L3: the tests of its verdict, and algorithms of strangers that are really trained in the sandbox."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from submitted_runs import ADA, Made

from gnomon.datasets.dataset import Dataset
from gnomon.errors import PolicyError, UsageError
from gnomon.evaluation.evaluate import evaluate
from gnomon.evaluation.protocol import Protocol
from gnomon.evaluation.record import Record
from gnomon.leaderboard.checks import Subject, findings, subject_of
from gnomon.leaderboard.ledger import LEVELS, read_ledger
from gnomon.leaderboard.pack import Packed, pack
from gnomon.leaderboard.reading.examine import examine
from gnomon.leaderboard.reading.reader import Reading
from gnomon.leaderboard.register import Register
from gnomon.leaderboard.submission import ALGORITHM, FileEntry
from gnomon.leaderboard.tracks import Track
from gnomon.leaderboard.verify import verifier
from gnomon.leaderboard.verify.gate_child import objections_to
from gnomon.leaderboard.verify.retrain import (
    TRAINING,
    Retrained,
    _models,
    objection_to_training,
    retrain,
    trained,
    verdict,
)

needs_sandbox = pytest.mark.skipif(shutil.which("bwrap") is None, reason="needs: apt-get install bubblewrap")


def on(dataset: str, claimed: tuple[float, ...], again: tuple[float, ...]) -> Retrained:
    return Retrained(dataset, claimed, again, "ab" * 32)


def test_scores_of_new_seeds_like_the_claimed_ones_show_the_claim() -> None:
    """Welch by hand: both variances 1, so s² = 2/3 and ν = 4; t(0.95, 4) = 2.13185."""
    found = verdict([on("one", (60.0, 61.0, 62.0), (61.0, 62.0, 63.0))], 5.0)
    assert (found.is_shown, found.is_refuted) == (True, False)
    assert found.difference.value == pytest.approx(1.0)
    assert found.difference.upper == pytest.approx(1.0 + 2.13185 * (2 / 3) ** 0.5, abs=1e-4)
    assert json.loads(json.dumps(found.as_json()))["is_shown"] is True


def test_the_best_seeds_among_many_are_refuted() -> None:
    found = verdict(
        [on("one", (90.0, 90.5, 91.0), (40.0, 41.0, 39.0)), on("two", (50.0, 51.0, 52.0), (50.0, 51.5, 52.0))], 5.0
    )
    assert (found.is_shown, found.is_refuted) == (False, True)
    assert "On one the algorithm reaches other scores" in found.reason


def test_too_few_seeds_say_neither() -> None:
    found = verdict([on("one", (10.0, 50.0, 90.0), (20.0, 55.0, 80.0))], 5.0)
    assert (found.is_shown, found.is_refuted) == (False, False)
    assert "Submit more seeds" in found.reason


def test_scores_that_all_tie_have_no_degrees_of_freedom() -> None:
    found = verdict([on("one", (100.0,) * 3, (100.0,) * 3)], 5.0)
    assert found.is_shown
    assert found.as_json()["difference"]["degrees"] is None


@pytest.mark.parametrize(
    ("output", "count"),
    [
        (b"", 0),
        (b"P\x02\x00\x00\x00ab", 1),
        (b"P\x02\x00\x00\x00abP\x09\x00\x00\x00a", 1),
        (b"X\x01\x00\x00\x00a", 0),
        (b"P\xff", 0),
    ],
)
def test_frames_of_a_stranger_are_taken_for_what_they_are(output: bytes, count: int) -> None:
    assert len(list(_models(output))) == count


def test_a_sentence_of_a_stranger_is_printable() -> None:
    with pytest.raises(PolicyError, match=r"failed in the sandbox: a\\u202eb"):
        list(_models(b"E\x05\x00\x00\x00a\xe2\x80\xaeb"))


def test_what_cannot_be_trained_again_is_told_so(packed: Packed, made: Made) -> None:
    submission = packed.submission
    assert "pack it with --source" in (objection_to_training(submission, made.records) or "")
    entry = FileEntry(size=1, sha256="ab" * 32)  # the digest of the made runs
    files = submission.files | {ALGORITHM: entry}
    assert objection_to_training(submission.model_copy(update={"files": files}), made.records) is None
    files[ALGORITHM] = FileEntry(size=1, sha256="cd" * 32)
    assert "is not the file that ran" in (
        objection_to_training(submission.model_copy(update={"files": files}), made.records) or ""
    )
    key, first = next(iter(made.records.items()))
    other = first.model_copy(update={"algorithm": first.algorithm.model_copy(update={"digest": "0" * 64})})
    assert "several versions" in (objection_to_training(submission, made.records | {key: other}) or "")
    baseline = {"algorithm": first.algorithm.model_copy(update={"reference": "bc", "digest": "0" * 64})}
    protocol = {"protocol": first.protocol.model_copy(update={"name": "smoke"})}
    assert "is another in this version" in (
        objection_to_training(submission, {key: first.model_copy(update=baseline | protocol)}) or ""
    )


def test_the_file_is_packed_when_it_is_asked_for(made: Made, tmp_path: Path, track: Track, save: Callable) -> None:
    with pytest.raises(UsageError, match="has no file to give"):
        pack(made.folders, "tiny", ADA, "MIT", with_source=True)
    file = tmp_path / "net.py"
    file.write_text("class Net: ...\n")
    digest = sha256(file.read_bytes()).hexdigest()
    folders = []
    for folder in made.folders:
        shutil.copytree(folder, tmp_path / folder.name)
        value = json.loads((folder / "record.json").read_text())
        value["algorithm"] |= {"reference": f"{file}:Net", "digest": digest}
        (tmp_path / folder.name / "record.json").write_text(json.dumps(value))
        folders.append(tmp_path / folder.name)
    packed = pack(folders, "tiny", ADA, "MIT", with_source=True)
    assert packed.files[ALGORITHM] == b"class Net: ...\n"
    found, _ = examine(save(packed.files))
    assert found.is_sound
    subject = subject_of(found)
    assert isinstance(subject, Subject)
    assert [f for f in findings(subject) if f.rule == "source"] == []
    odd = subject.submission.files | {ALGORITHM: FileEntry(size=1, sha256="0" * 64)}
    other = replace(subject, submission=subject.submission.model_copy(update={"files": odd}))
    assert {f.severity for f in findings(other) if f.rule == "source"} == {"error"}
    file.write_text("class Net: pass\n")
    with pytest.raises(UsageError, match="was edited since it ran"):
        pack(folders, "tiny", ADA, "MIT", with_source=True)


def test_a_model_that_no_gate_lets_through(packed: Packed) -> None:
    model = next(content for name, content in packed.files.items() if name.endswith(".onnx"))
    assert objections_to(model) == []
    assert objections_to(b"\x80\x04.") == ["is no ONNX model: it has no nodes"]


@pytest.mark.parametrize(
    ("again", "state", "level"),
    [
        ((1.0, 2.0, 3.0), "retrained", "L3"),
        ((80.0, 81.0, 82.0), "rejected", "rejected"),
        (None, "rejected", "rejected"),
    ],
)
def test_what_came_out_is_entered_with_its_secret(
    packed: Packed, track: Track, register: Register, save: Callable, monkeypatch, again, state: str, level: str
) -> None:
    """From L2 on; the training itself is what other tests do."""

    def train(records, source, secret, on_progress):
        assert source == b"class Net: ...\n"
        if again is None:
            raise PolicyError("The algorithm made 0 policies.")
        return tuple(on(dataset, (1.0, 2.0, 3.0), again) for dataset in sorted({r.dataset.id for r in records}))

    monkeypatch.setattr(verifier, "retrain", train)
    monkeypatch.setattr(verifier, "objection_to_training", lambda *_: None)
    found, _ = examine(save(packed.files))
    assert found.submission is not None
    files = found.submission.files | {ALGORITHM: FileEntry(size=15, sha256="ab" * 32)}
    submission = found.submission.model_copy(update={"files": files})
    id = submission.id
    (register.place(id)).mkdir(parents=True)
    (register.place(id) / ALGORITHM).write_bytes(b"class Net: ...\n")
    for before in ("received", "structural", "reevaluating", "reevaluated"):
        register.change(id, before, "As it is.")
    entry = verifier._retrain(register, submission, found, lambda *_: None)
    assert (entry.state, LEVELS[entry.state]) == (state, level)
    (name,) = entry.evidence
    report = json.loads((register.folder / name).read_text())
    commitments = [one.commitment for one in read_ledger(register.folder) if one.state == "retraining"]
    assert commitments == [sha256(report["training_secret"].encode()).hexdigest()]
    assert report.get("retraining", {}).get("is_shown", False) == (state == "retrained")


def test_what_cannot_be_trained_stays_at_l2_and_says_why(
    packed: Packed, made: Made, track: Track, register: Register
) -> None:
    id = packed.submission.id
    for before in ("received", "structural", "reevaluating", "reevaluated"):
        register.change(id, before, "As it is.")
    found = Reading(findings=[], submission=packed.submission, records=made.records)
    entry = verifier._retrain(register, packed.submission, found, lambda *_: None)
    assert entry.state == "reevaluated"
    assert "pack it with --source" in entry.reason


@pytest.fixture
def record(own_small: Path, tiny_protocol: Protocol) -> Record:
    """A true run of a baseline on the small dataset."""
    results = evaluate("bc", datasets=["maze/umaze/planner-test-v1"], protocol=tiny_protocol, seeds=1, workers=1)
    return results.records[0]


@needs_sandbox
@pytest.mark.slow  # torch is imported in the sandbox, and three policies are played in one each
@pytest.mark.timeout(900)
def test_a_baseline_is_trained_again_in_the_sandbox(record: Record) -> None:
    records = [record.model_copy(update={"seed": seed}) for seed in range(3)]
    (one,) = retrain(records, None, "5e")
    assert len(one.claimed) == len(one.again) == 3
    assert one.content_hash == record.dataset.content_hash
    assert retrain(records, None, "5e") == (one,)


ALGORITHM_THAT_TRIES = """
import json, os, socket, subprocess
from pathlib import Path


class Tries:
    name = "tries"

    def train(self, dataset, seeds, budget, on_checkpoint):
        attempts = {
            "the users": lambda: Path("/etc/passwd").read_text(),
            "the home": lambda: [*Path("/root").iterdir()],
            "the work": lambda: [*Path(%(checkout)r).iterdir()],
            "the dataset": lambda: (dataset.path / "manifest.json").write_text("{}"),
            "a new file beside it": lambda: (dataset.path / "x").write_text("x"),
            "the columns": lambda: open(next((dataset.path / "columns").iterdir()), "r+b").write(b"x"),
            "our code": lambda: Path("/library/gnomon/files.py").write_text(""),
            "a package": lambda: Path("/packages/numpy/__init__.py").write_text(""),
            "itself": lambda: Path(__file__).write_text(""),
            "the network": lambda: socket.create_connection(("127.0.0.1", 80), 1),
            "a socket": lambda: socket.socket(),
            "a program": lambda: subprocess.run(["/bin/sh", "-c", "true"]),
            "a process": os.fork,
            "processes": lambda: os.listdir("/proc"),
        }
        reached = []
        for name, attempt in attempts.items():
            try:
                attempt()
                reached.append(name)
            except OSError:
                pass
        Path("/tmp/scratch").write_text("this is allowed")
        raise RuntimeError(f"reached {json.dumps(reached)} of {len(attempts)}")
"""


@needs_sandbox
@pytest.mark.slow  # torch is imported in the sandbox
@pytest.mark.timeout(600)
def test_an_algorithm_of_a_stranger_reaches_nothing(made: Made, own_small: Path) -> None:
    source = (ALGORITHM_THAT_TRIES % {"checkout": str(Path.cwd())}).encode()
    claim = claim_of("tries.py:Tries", made)
    dataset = _dataset_at(own_small)
    before = (own_small / "manifest.json").read_bytes()
    with pytest.raises(PolicyError, match=r"RuntimeError: reached \[\] of 14"):
        trained(dataset, claim, source, [1], TRAINING)
    assert (own_small / "manifest.json").read_bytes() == before


@needs_sandbox
@pytest.mark.slow  # torch is imported in the sandbox
@pytest.mark.timeout(600)
def test_an_algorithm_without_end_is_ended(made: Made, own_small: Path) -> None:
    source = b'class Loops:\n    name = "loops"\n    def train(self, *_):\n        while True: print("x" * 10**6)\n'
    claim = claim_of("loops.py:Loops", made)
    with pytest.raises(PolicyError, match="made 0 policies for 1 seeds, or was ended"):
        trained(_dataset_at(own_small), claim, source, [1], replace(TRAINING, processor=8))


def claim_of(reference: str, made: Made) -> Record:
    """A record of an algorithm of a stranger."""
    record = next(iter(made.records.values()))
    algorithm = record.algorithm.model_copy(update={"reference": reference, "config": {}})
    return record.model_copy(update={"algorithm": algorithm})


def _dataset_at(folder: Path) -> Dataset:
    from gnomon.datasets.store import load_dataset

    dataset = load_dataset("maze/umaze/planner-test-v1")
    assert dataset.path == folder
    dataset.verify_columns()
    return dataset
