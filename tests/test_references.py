"""References: what they name, and what a wrong one gets."""

from pathlib import Path

import pytest

from gnomon.errors import UsageError
from gnomon.files import hash_file
from gnomon.references import resolve


def test_a_file_and_a_module_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("class Mine: pass\n")
    found = resolve(f"{tmp_path / 'mine.py'}:Mine")
    assert found.target.__name__ == "Mine"
    assert found.digest == hash_file(tmp_path / "mine.py")
    assert resolve("gnomon.files:hash_file").target is hash_file


def test_an_edited_file_is_another_module(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text("VALUE = 1\n")
    before = resolve(f"{file}:VALUE")
    file.write_text("VALUE = 2\n")
    after = resolve(f"{file}:VALUE")
    assert (before.target, after.target) == (1, 2)
    assert before.digest != after.digest


def test_a_copy_of_a_file_is_itself_and_not_the_original(tmp_path: Path) -> None:
    original, copy = tmp_path / "mine.py", tmp_path / "copy" / "mine.py"
    copy.parent.mkdir()
    for file in (original, copy):
        file.write_text("class Mine: pass\n")
    resolve(f"{original}:Mine")
    original.write_text("class Mine: another = True\n")
    assert resolve(f"{copy}:Mine").digest == hash_file(copy)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("mine.py", "is not a reference"),
        (":Mine", "is not a reference"),
        ("nowhere.py:Mine", "There is no file"),
        ("no.such.module:Mine", "could not be imported"),
        ("gnomon.files:hash_fil", "defines no 'hash_fil'. Did you mean hash_file?"),
        ("{folder}/broken.py:Mine", "could not be imported: ZeroDivisionError"),
        ("{folder}/syntax.py:Mine", "could not be imported: SyntaxError"),
    ],
)
def test_a_wrong_reference_is_one_sentence(text: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("1 / 0\n")
    (tmp_path / "syntax.py").write_text("class\n")
    with pytest.raises(UsageError, match=sentence):
        resolve(text.format(folder=tmp_path))
