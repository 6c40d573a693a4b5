"""Packing: equal bytes for equal runs, nothing private, and every faulty cell named at once."""

import json
import shlex
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from submitted_runs import ADA, Made

from gnomon.errors import UsageError
from gnomon.leaderboard.named_runs import run_folders
from gnomon.leaderboard.pack import Packed, pack, schema, write_packed, zipped
from gnomon.leaderboard.reading.examine import examine
from gnomon.leaderboard.reading.reader import ReadingLimits, read_submission
from gnomon.leaderboard.submission import MANIFEST, FileEntry, Submission, outcomes_name, policy_name, record_name
from gnomon.leaderboard.verify.verifier import missing_policies

ROOT = Path(__file__).parents[3]
Save = Callable[[dict[str, bytes]], Path]


def test_bytes_and_id_depend_on_the_runs_alone(made: Made, packed: Packed, tmp_path: Path) -> None:
    again = pack(tuple(reversed(made.folders)), "tiny", ADA, "CC-BY-4.0", "Made for tests.")
    assert zipped(again.files) == zipped(packed.files)
    write_packed(packed.files, tmp_path / "folder")
    write_packed(packed.files, tmp_path / "file.zip")
    read = [examine(tmp_path / name)[0].submission for name in ("folder", "file.zip")]
    assert read == [packed.submission, packed.submission]
    assert packed.submission.id == sha256(packed.files[MANIFEST]).hexdigest()


def test_what_is_read_is_what_was_run(made: Made, packed: Packed, save: Save) -> None:
    found, files = examine(save(packed.files))
    assert found.findings == []
    assert files == packed.files
    assert {key: record.outcomes for key, record in found.records.items()} == {
        key: record.outcomes for key, record in made.records.items()
    }
    model = next(iter(found.models.values()))
    assert (model.input.shape, model.output.shape, model.output.type) == ((None, 4), (None,), "int64")


def test_folders_of_the_authors_machine_stay_there(packed: Packed) -> None:
    assert b"secret" not in b"".join(packed.files.values())
    assert b"net.py:Net" in b"".join(packed.files.values())


def test_a_run_without_a_policy_is_packed_and_counted(made: Made, tmp_path: Path) -> None:
    folder = tmp_path / made.folders[0].name
    folder.mkdir()
    (folder / "record.json").write_bytes((made.folders[0] / "record.json").read_bytes())
    found = pack([folder], "tiny", ADA, "MIT")
    assert missing_policies(found.submission) == len(found.submission.cells) == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"licence": "see website"}, "licence"),
        ({"note": "a\u202eb"}, r"U\+202E"),
        ({"note": "=SUM(A1)"}, "formula"),
    ],
)
def test_a_field_that_cannot_be_is_refused_before_anything_is_written(made: Made, change: dict, sentence: str) -> None:
    fields: dict[str, Any] = {"licence": "MIT", "note": ""} | change
    with pytest.raises(UsageError, match=sentence):
        pack(made.folders, "tiny", ADA, **fields)


def test_nothing_that_is_no_run_is_packed(home: Path) -> None:
    with pytest.raises(UsageError, match="no-such is no run, and no algorithm or model that ran on quickstart"):
        run_folders(["no-such"], "quickstart", None)


def test_a_folder_that_is_no_submission_is_never_replaced(packed: Packed, tmp_path: Path) -> None:
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "thesis.tex").write_text("all of it")
    with pytest.raises(UsageError, match="is no submission"):
        write_packed(packed.files, tmp_path / "precious")
    assert (tmp_path / "precious" / "thesis.tex").read_text() == "all of it"


def test_the_published_schema_is_the_models() -> None:
    assert (ROOT / "leaderboard" / "submission.schema.json").read_text() == schema()
    kinds = json.loads(schema())["$defs"]
    assert set(kinds["Submission"]["required"]) >= {"algorithm", "author", "licence", "cells", "files"}
    assert set(kinds["LanguageSubmission"]["required"]) >= {"model", "author", "licence", "cells", "files"}


def test_every_faulty_cell_is_named_in_one_pass(packed: Packed, save: Save) -> None:
    cells, files = packed.submission.cells, dict(packed.files)
    del files[outcomes_name(cells[0].key)]
    files[record_name(cells[1].key)] = files[record_name(cells[1].key)].replace(b'"loss":0.5', b'"loss":NaN')
    files[outcomes_name(cells[2].key)] += b'{"item":6}\n'
    files[policy_name(cells[3].key)] = b"\x80\x04K\x01."
    found, _ = examine(save(files))
    said = {finding.where: finding.sentence for finding in found.findings if "seed" in finding.where}
    assert set(said) == {cell.place for cell in cells[:4]}
    assert "is missing" in said[cells[0].place]
    assert "NaN" in said[cells[1].place]
    assert "line 7" in said[cells[2].place]
    assert "pickle" in said[cells[3].place]
    assert not found.is_sound


def test_a_file_of_the_right_size_and_other_content_is_found(packed: Packed, save: Save) -> None:
    name = outcomes_name(packed.submission.cells[0].key)
    content = packed.files[name].replace(b'"item":0', b'"item":9', 1)
    found, _ = examine(save(packed.files | {name: content}))
    assert [finding.where for finding in found.findings if finding.rule == "files"] == [name]


def test_a_file_that_belongs_to_no_run_is_found(packed: Packed, save: Save) -> None:
    content, name = b"x" * 10, outcomes_name("f" * 16)
    files = packed.submission.files | {name: FileEntry(size=10, sha256=sha256(content).hexdigest())}
    submission = packed.submission.model_copy(update={"files": files})
    found, _ = examine(save(packed.files | {name: content, MANIFEST: submission.model_dump_json().encode()}))
    assert [(f.where, f.sentence) for f in found.findings] == [
        (name, "No run of a submission of the kind control has this file.")
    ]


def test_a_path_that_a_shell_has_to_quote_stays_at_home_too(made: Made, tmp_path: Path) -> None:
    folder = tmp_path / made.folders[0].name
    shutil.copytree(made.folders[0], folder)
    value = json.loads((folder / "record.json").read_text())
    place = "/home/ada's secret/net.py:Net"
    value["algorithm"]["reference"] = place
    value["command"] = shlex.join(["gnomon", "evaluate", place, "--seed-list", "0"])
    (folder / "record.json").write_text(json.dumps(value))
    found = json.loads(pack([folder], "tiny", ADA, "MIT").files[record_name(folder.name)])
    assert found["command"] == "gnomon evaluate net.py:Net --seed-list 0"


def test_an_id_stands_for_every_field(packed: Packed) -> None:
    other = packed.submission.model_copy(update={"note": "Another."})
    assert other.id != packed.submission.id
    assert Submission.model_validate_json(packed.files[MANIFEST]).id == packed.submission.id


def test_a_reader_that_is_late_is_ended(packed: Packed, save: Save) -> None:
    found = read_submission(save(packed.files), ReadingLimits(patience=0))
    assert found.findings[0].sentence == (
        "The submission cannot be read: it was not read within 0 s; where the machine is busy, try again."
    )


def test_a_record_under_another_runs_name_is_found(packed: Packed, save: Save) -> None:
    one, other = packed.submission.cells[:2]
    files = packed.files | {record_name(one.key): packed.files[record_name(other.key)]}
    found, _ = examine(save(files))
    assert any("is the record of another run" in f.sentence and f.where == one.place for f in found.findings)


def test_a_record_whose_rules_name_no_episodes_is_found(packed: Packed, save: Save) -> None:
    """The model's own checks look the number up."""
    name = record_name(packed.submission.cells[0].key)
    value = json.loads(packed.files[name])
    value["protocol"] |= {"rules": {}, "hash": sha256(b"{}").hexdigest()}
    found, _ = examine(save(packed.files | {name: json.dumps(value).encode()}))
    assert any("lacks what its other parts speak of (KeyError('episodes'))" in f.sentence for f in found.findings)
