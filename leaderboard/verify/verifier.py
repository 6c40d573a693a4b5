"""The steps of a verification, each of which is an entry of the ledger.

    received ──▶ structural (L1) ──▶ reevaluating ──▶ reevaluated (L2) ──▶ retraining ──▶ retrained (L3)
        └───────────┴── rejected ◀──────┘                                      └──▶ rejected

The policies of an algorithm are played again at L2, the completions of a ready model scored again.
Fresh seeds are made of a secret that is drawn when the re-evaluation or the re-training begins. Its hash is entered
before the first episode is played, the secret itself with the outcomes: nobody could know the seeds before, and
everybody can play the same episodes afterwards.
"""

import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

import numpy as np

from gnomon.errors import PolicyError
from gnomon.evaluation.record import where_and_when
from gnomon.findings import Finding
from gnomon.leaderboard.checks import Subject, findings, subject_of
from gnomon.leaderboard.ledger import Entry
from gnomon.leaderboard.reading.reader import Reading
from gnomon.leaderboard.register import Register
from gnomon.leaderboard.submission import (
    ALGORITHM,
    AnySubmission,
    LanguageSubmission,
    Submission,
    generations_name,
    policy_name,
)
from gnomon.leaderboard.verify.likeness import Answers, alike
from gnomon.leaderboard.verify.reevaluate import Margins, Rerun, Verdict, rerun, verdict
from gnomon.leaderboard.verify.rescore import differences, rescore
from gnomon.leaderboard.verify.retrain import objection_to_training, retrain
from gnomon.leaderboard.verify.retrain import verdict as compared
from gnomon.leaderboard.verify.sandbox import require_sandbox

FRESH = 2  # fresh episodes for each claimed one
MOST_DIFFERENCES = 100  # that a report names
MOST_LIKENESSES = 3  # that the ledger names
LARGEST_REPLAY_MARGIN = 5.0  # score points; what is left between claim and replay is rounding

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Verified:
    """How a verification ended: the last entry, what the checks found, and what the tests said where they were made."""

    entry: Entry
    findings: list[Finding]
    verdict: Verdict | None


def verify(
    register: Register,
    id: str,
    episodes: int | None = None,
    structural_only: bool = False,
    train_again: bool = False,
    on_progress: Progress = lambda *_: None,
) -> Verified:
    """Check a submission, and go on to the levels that it can reach.

    Args:
        register: that has received it.
        id: of the submission.
        episodes: fresh ones a run; twice as many as were claimed by default.
        structural_only: end at L1.
        train_again: go on to L3 where L2 was reached.
        on_progress: see `gnomon.evaluation.evaluate.evaluate`.

    Raises:
        GnomonError: it is not what was received, or there is no sandbox: what needs none is entered before.
        UsageError: it was withdrawn.
    """
    found = register.read(id)
    said, entry = check(register, id, found)
    submission, tests, likeness = found.submission, None, list[Finding]()
    assert submission is not None
    if structural_only or entry.state != "structural" or missing_policies(submission):
        return Verified(entry, said, None)
    require_sandbox()
    if isinstance(submission, LanguageSubmission):
        entry = _rescore(register, submission, found, on_progress)
    else:
        entry, tests, likeness = _reevaluate(register, submission, found, episodes, on_progress)
    if train_again and entry.state == "reevaluated":
        entry = _retrain(register, submission, found, on_progress)
    return Verified(entry, said + likeness, tests)


def check(register: Register, id: str, found: Reading) -> tuple[list[Finding], Entry]:
    """Level L1: enter what the structural checks say."""
    submission = found.submission
    assert submission is not None
    said = findings(subject_of(found, register.others(id)))
    errors = [finding for finding in said if finding.severity == "error"]
    report = {"findings": [asdict(finding) for finding in said]}
    if errors:
        first = f"{errors[0].where}: {errors[0].sentence}" if errors[0].where else errors[0].sentence
        reason = f"{len(errors)} structural faults; the first: {first}"
        return said, register.change(id, "rejected", reason, report)
    reason = "Complete, and all numbers follow from the outcomes."
    if lacking := missing_policies(submission):
        reason += f" It ends here: {lacking} of {len(submission.cells)} runs have no policy in ONNX."
    return said, register.change(id, "structural", reason, report)


def missing_policies(submission: AnySubmission) -> int:
    """How many runs have no policy; what a ready model wrote needs none."""
    if isinstance(submission, LanguageSubmission):
        return 0
    return sum(policy_name(cell.key) not in submission.files for cell in submission.cells)


def _rescore(register: Register, submission: LanguageSubmission, found: Reading, on_progress: Progress) -> Entry:
    """Level L2 of a ready model: score again, compare, enter."""
    id, report = submission.id, dict[str, str]()
    register.change(id, "reevaluating", "Every completion is scored again.")
    for cell in submission.cells:
        record = found.language_records[cell.key]
        try:
            again = rescore(record, register.place(id) / generations_name(cell.key))
        except PolicyError as error:
            return register.change(id, "rejected", f"{cell.place}: {error}", {"rescored": report})
        if odd := list(differences(record, again)):
            reason = f"{cell.place}: {odd[0]} " + (f"{len(odd) - 1:,} more differ." if len(odd) > 1 else "")
            evidence = {"rescored": report, "place": cell.place, "differences": odd[:MOST_DIFFERENCES]}
            return register.change(id, "rejected", reason.strip(), evidence)
        report[cell.key] = again.hash
        on_progress("re-scoring", 1, len(submission.cells))
    count = sum(cell.items * cell.samples for cell in submission.cells)
    reason = f"All {count:,} completions earn what was claimed. That the model wrote them is its author's word."
    return register.change(id, "reevaluated", reason, {"rescored": report, **_circumstances()})


def _reevaluate(
    register: Register, submission: Submission, found: Reading, episodes: int | None, on_progress: Progress
) -> tuple[Entry, Verdict | None, list[Finding]]:
    """Level L2: play, compare, enter."""
    id, secret = submission.id, secrets.token_hex(32)
    commitment = sha256(secret.encode()).hexdigest()
    register.change(id, "reevaluating", "Fresh seeds come of a secret with this hash.", commitment=commitment)
    reruns: list[Rerun] = []
    for cell in submission.cells:
        model = (register.place(id) / policy_name(cell.key)).read_bytes()
        record = found.records[cell.key]
        try:
            reruns.append(rerun(record, model, f"{secret} {id}", episodes or FRESH * len(record.outcomes)))
        except PolicyError as error:
            return register.change(id, "rejected", f"{cell.place}: {error}", _report(secret, reruns)), None, []
        on_progress("re-evaluating", 1, len(submission.cells))
    track = Subject(submission, found.records, found.models).track
    assert track is not None
    tests = verdict(found.records, reruns, Margins(min(LARGEST_REPLAY_MARGIN, track.margin), track.margin))
    state = "rejected" if tests.is_refuted else "reevaluated" if tests.is_shown else "structural"
    likeness = _likeness(register, submission, reruns)
    reason = " ".join([tests.reason, *(f"{one.where}: {one.sentence}" for one in likeness[:MOST_LIKENESSES])])
    return register.change(id, state, reason, _report(secret, reruns, tests, likeness)), tests, likeness


def _retrain(register: Register, submission: AnySubmission, found: Reading, on_progress: Progress) -> Entry:
    """Level L3: train again, compare, enter."""
    id = submission.id
    if isinstance(submission, LanguageSubmission):
        return register.change(id, "reevaluated", "It ends here: a ready model is not trained again.")
    if refusal := objection_to_training(submission, found.records):
        return register.change(id, "reevaluated", f"It ends here: {refusal}")
    track = Subject(submission, found.records, found.models).track
    assert track is not None
    secret = secrets.token_hex(32)
    commitment = sha256(secret.encode()).hexdigest()
    register.change(id, "retraining", "Fresh seeds come of a secret with this hash.", commitment=commitment)
    source = (register.place(id) / ALGORITHM).read_bytes() if ALGORITHM in submission.files else None
    records = [found.records[cell.key] for cell in submission.cells]
    try:
        tests = compared(retrain(records, source, f"{secret} {id}", on_progress=on_progress), track.margin)
    except PolicyError as error:
        return register.change(id, "rejected", str(error), {"training_secret": secret})
    state = "rejected" if tests.is_refuted else "retrained" if tests.is_shown else "reevaluated"
    return register.change(id, state, tests.reason, {"training_secret": secret, "retraining": tests.as_json()})


def _likeness(register: Register, submission: Submission, reruns: list[Rerun]) -> list[Finding]:
    """Which policies act as others do, here or in another submission that stands."""
    places = {cell.key: (cell.place, cell.task) for cell in submission.cells}
    own = [Answers(one.key, *places[one.key], np.array(one.answers)) for one in reruns]
    return list(alike(own, answered(register, submission.id)))


def answered(register: Register, but: str) -> list[Answers]:
    """What the policies of other submissions answered when they were last played."""
    found = {}
    for entry in register.history():
        if entry.subject != but and entry.state in ("reevaluated", "structural"):
            for content in register.evidence(entry).values():
                found |= {(entry.subject, run["key"]): run for run in json.loads(content).get("runs", [])}
    return [
        Answers(key, f"the run {key} of {subject[:12]}", run["task"], np.array(run["answers"]))
        for (subject, key), run in found.items()
    ]


def _report(
    secret: str, reruns: list[Rerun], tests: Verdict | None = None, likeness: Sequence[Finding] = ()
) -> dict[str, Any]:
    """Everything that was played, so that others can compute the same."""
    return {
        "secret": secret,
        "likeness": [asdict(finding) for finding in likeness],
        "runs": [
            {
                "key": one.key,
                "task": one.task,
                "identical": one.identical,
                "step_seconds": one.step,
                "answers": one.answers,
                "replayed": [outcome.model_dump() for outcome in one.replayed],
                "fresh": [outcome.model_dump() for outcome in one.fresh],
            }
            for one in reruns
        ],
        "verdict": None if tests is None else tests.as_json(),
        **_circumstances(),
    }


def _circumstances() -> dict[str, Any]:
    """Where and when it was done, as JSON values."""
    circumstances = where_and_when()
    return circumstances | {"finished": circumstances["finished"].isoformat()}
