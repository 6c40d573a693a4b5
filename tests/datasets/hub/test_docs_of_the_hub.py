"""The commands of docs/hub.md, run in their order."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gnomon.datasets.store import load_dataset

SMALL = "maze/umaze/planner-test-v1"
PAGE = Path(__file__).parents[3] / "docs" / "hub.md"


@pytest.mark.service
@pytest.mark.xdist_group("hub")
def test_the_page_runs(hub, bucket: str, web, elsewhere: Path, home: Path, tmp_path: Path) -> None:
    web.copy(elsewhere, SMALL)
    places = {
        "maze/open/wander-v1": SMALL,
        "s3://bucket/folder": bucket,
        "/srv/mirror": str(tmp_path / "mirror"),
        "https://mirror.example.org/data": web.url,
    }
    pushing, *pulling = re.findall(r"^```bash\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    for code, where in [(pushing, elsewhere.parents[3]), *((code, home) for code in pulling)]:
        for ours, theirs in places.items():
            code = code.replace(ours, theirs)
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        environment = {**os.environ, "PATH": path, "GNOMON_HOME": str(where), "HF_HUB_DISABLE_XET": "1"}
        shutil.rmtree(home / "datasets" / SMALL, ignore_errors=True)
        result = subprocess.run(["bash", "-euc", code], env=environment, capture_output=True, text=True)
        assert result.returncode == 0, f"{code}\n{result.stderr}"
    load_dataset(SMALL).verify()
    assert (tmp_path / "mirror" / SMALL / "manifest.json").is_file()
    assert f"{SMALL}/manifest.json" in hub.files
