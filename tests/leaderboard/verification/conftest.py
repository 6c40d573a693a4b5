"""A submission of a ready model to damage, and the track that ranks it."""

from pathlib import Path

import pytest
from asked_models import ask, rank_models
from submitted_runs import ADA

from gnomon.leaderboard.pack import Packed
from gnomon.leaderboard.pack_generations import pack_generations
from gnomon.leaderboard.submission import LanguageSubmission


@pytest.fixture(scope="session")
def asked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """Runs of a trivial model on two tasks; read them, never write to them."""
    return ask(tmp_path_factory.mktemp("asked"), "random-answer")


@pytest.fixture(scope="session")
def packed_generations(asked: tuple[Path, ...]) -> Packed[LanguageSubmission]:
    """The submission of these runs."""
    return pack_generations(asked, "reasoning", ADA, "CC-BY-4.0", "Made for tests.")


@pytest.fixture
def model_track(monkeypatch: pytest.MonkeyPatch) -> None:
    """The track that ranks the submission, for the length of a test."""
    rank_models(monkeypatch)
