"""The page on submitting is done, in its order, in an empty home: from the quick start to verified entries."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "submitting.md").read_text()
BLOCK = re.compile(r"^```bash\n(.*?)^```", re.MULTILINE | re.DOTALL)
ALONE = "## Trained again\n"  # a section that says that it needs no other
pytestmark = [
    pytest.mark.slow,  # the quick start alone takes two minutes
    pytest.mark.timeout(3600),
    pytest.mark.skipif(shutil.which("bwrap") is None, reason="needs: apt-get install bubblewrap"),
]


def done(code: str, folder: Path) -> str:
    """What commands print, run as a user would."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    words = ["bash", "-euc", code]
    ran = subprocess.run(words, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True)
    assert ran.returncode == 0, f"{code}\n{ran.stdout}\n{ran.stderr}"
    return ran.stdout


def entries(level: str, folder: Path) -> list[str]:
    """The algorithms and models of a level."""
    return [row["algorithm"] for row in json.loads(done(f"gnomon leaderboard list --level {level} --json", folder))]


def section() -> tuple[str, str]:
    """The section that is run by itself, and the page without it."""
    before, _, rest = PAGE.partition(ALONE)
    alone, heading, after = rest.partition("\n## ")
    return alone, before + heading + after


def test_the_page_runs(home: Path, tmp_path: Path) -> None:
    for code in BLOCK.findall(section()[1]):
        done(code, tmp_path)
    assert entries("L2", tmp_path) == ["td3-bc", "random-answer"]


def test_an_algorithm_of_ones_own_reaches_l3_in_an_empty_home(home: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    for code in BLOCK.findall(section()[0]):
        done(code, tmp_path)
    assert entries("L3", tmp_path) == ["random-features"]
