"""The page on submitting is done, in its order, in an empty home: from the quick start to a verified entry."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[3] / "docs" / "submitting.md"
BLOCK = re.compile(r"^```bash\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.mark.slow  # the quick start alone takes two minutes
@pytest.mark.timeout(3600)
@pytest.mark.skipif(shutil.which("bwrap") is None, reason="needs: apt-get install bubblewrap")
def test_the_page_runs(home: Path, tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    for code in BLOCK.findall(PAGE.read_text()):
        words = ["bash", "-euc", code]
        done = subprocess.run(words, cwd=tmp_path, env={**os.environ, "PATH": path}, capture_output=True, text=True)
        assert done.returncode == 0, f"{code}\n{done.stdout}\n{done.stderr}"
    words = ["gnomon", "leaderboard", "list", "--level", "L2", "--json"]
    listed = subprocess.run(words, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=True)
    assert [row["algorithm"] for row in json.loads(listed.stdout)] == ["td3-bc"]
