"""Text games take seconds to compile, so all tests of a session share those that were made."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def compiled_games(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("text-games")


@pytest.fixture(autouse=True)
def shared_games(home: Path, compiled_games: Path) -> None:
    (home / "cache").mkdir(parents=True)
    (home / "cache" / "text-games").symlink_to(compiled_games)
