"""What the README tells a user to do is done, in its order, in an empty home."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(r"^```(bash|python)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


@pytest.mark.service
@pytest.mark.timeout(900)
def test_the_readme_runs(home: Path, tmp_path: Path) -> None:
    blocks = BLOCK.findall((ROOT / "README.md").read_text())
    assert [language for language, _ in blocks] == ["bash", "bash", "python", "bash", "python", "bash", "bash"]
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    for language, code in blocks:
        command = ["bash", "-euc", code] if language == "bash" else [sys.executable, "-c", code]
        result = subprocess.run(command, cwd=tmp_path, env={**os.environ, "PATH": path}, capture_output=True, text=True)
        assert result.returncode == 0, f"{code}\n{result.stderr}"
    assert (tmp_path / "page" / "index.html").is_file()
    assert "nearest-neighbour" in (tmp_path / "page" / "index.html").read_text()


@pytest.mark.parametrize(
    "page", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md")), ids=lambda page: page.name
)
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text()):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_numbers_of_the_readme_are_true() -> None:
    from gnomon.benchmarks.tasks import TASKS
    from gnomon.datasets.recipes import RECIPES

    shipped = [id for id in RECIPES if "-test-" not in id]
    assert f"There are {len(TASKS)} tasks and {len(shipped)} datasets" in (ROOT / "README.md").read_text()


def test_the_example_is_as_short_as_the_readme_says() -> None:
    assert len((ROOT / "examples" / "my_algorithm.py").read_text().splitlines()) < 40
