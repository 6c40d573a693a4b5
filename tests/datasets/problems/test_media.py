"""Pictures and sounds in Parquet, read by Hugging Face's own library."""

import io
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picture

from gnomon.benchmarks.reasoning import LANGUAGE_TASKS
from gnomon.benchmarks.verification import score_completions
from gnomon.benchmarks.visual import VISUAL_TASKS, file_of
from gnomon.datasets.problems import Example, export_problems
from gnomon.errors import UnknownId, UsageError


def rows_of(task: str, folder: Path):
    from datasets import load_dataset

    items = VISUAL_TASKS[task].items("train", 6)
    export_problems([Example.gold(item) for item in items], "media", folder / "out")
    file = str(folder / "out" / "train.parquet")
    return items, load_dataset("parquet", data_files=file, cache_dir=str(folder / "cache"))["train"]


def test_pictures_are_pictures(tmp_path: Path) -> None:
    from datasets import Image

    items, rows = rows_of("visual/scene-qa-v1", tmp_path)
    assert rows.features["image"] == Image()
    drawn = np.asarray(Picture.open(io.BytesIO(file_of(items[3]))))
    assert np.array_equal(np.asarray(rows[3]["image"]), drawn)
    assert (rows[3]["prompt"], rows[3]["answer"]) == (items[3].prompt, items[3].answer)
    assert (rows[3]["score"], rows[3]["completion"]) == (1.0, items[3].solution)
    assert rows[3]["renderer"] == items[3].template


def test_sounds_are_sounds(tmp_path: Path) -> None:
    from datasets import Audio

    items, rows = rows_of("visual/tone-qa-v1", tmp_path)
    assert rows.features["audio"] == Audio()
    stored = rows.cast_column("audio", Audio(decode=False))[2]["audio"]  # decoding needs torchcodec
    assert stored["bytes"] == file_of(items[2])
    with wave.open(io.BytesIO(stored["bytes"])) as sound:
        assert sound.getframerate() == 8000


def test_wrong_calls(tmp_path: Path) -> None:
    tone, picture = (VISUAL_TASKS[f"visual/{name}-v1"].items("train", 1)[0] for name in ("tone-qa", "ui-click"))
    with pytest.raises(UsageError, match="pictures or sounds"):
        export_problems([Example.gold(tone), Example.gold(picture)], "media", tmp_path / "out")
    words = LANGUAGE_TASKS["reasoning/chain-sum-v1"].items("train", 1)[0]
    with pytest.raises(UnknownId, match="visual task"):
        export_problems([Example.gold(words)], "media", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_command_writes_demonstrations_of_mixed_quality_scored_by_the_verifier(tmp_path: Path) -> None:
    from pyarrow import parquet

    command = [sys.executable, "-m", "gnomon", "datasets", "problems", "visual/ui-click-v1", str(tmp_path / "out")]
    subprocess.run([*command, "--layout", "media", "--items", "40", "--mixed", "0"], check=True, capture_output=True)
    rows = parquet.read_table(tmp_path / "out" / "train.parquet").to_pylist()
    items = VISUAL_TASKS["visual/ui-click-v1"].items("train", 40)
    assert [row["id"] for row in rows] == [item.id for item in items]
    scores = score_completions([row["completion"] for row in rows], items).values
    assert [row["score"] for row in rows] == scores.tolist()
    assert 5 < scores.sum() < 35
