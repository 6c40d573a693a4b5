"""`gnomon leaderboard build`, and what the documentation says of the site."""

import json
import re
from pathlib import Path

import pytest

from gnomon.__main__ import main
from gnomon.leaderboard.tracks import MODEL_TRACKS, TRACKS

PAGE = Path(__file__).parents[3] / "docs" / "leaderboard.md"
ESTIMATE = {"statistic": "mean", "value": 0.5, "lower": 0.4, "upper": 0.6, "method": "Student", "n": 500}
REPORT = {
    "model": "length",
    "set": "preference/steps-outcome-v1",
    "split": "iid",
    "accuracy": ESTIMATE,
    "label_accuracy": 0.5,
    "bayes_accuracy": 0.98,
    "best_of_four": 0.25,
    "regret": 3.1,
    "kendall": None,
    "calibration_error": 0.04,
    "step_auroc": 0.4,
    "first_error_f1": 0.0,
}


def call(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """The exit code of the command line."""
    monkeypatch.setattr("sys.argv", ["gnomon", "leaderboard", "build", *arguments])
    with pytest.raises(SystemExit) as left:
        main()
    return int(left.value.code or 0)


def test_an_empty_home_makes_a_site_that_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rewards = tmp_path / "rewards.json"
    rewards.write_text(json.dumps([REPORT]))
    assert call(monkeypatch, "--output", str(tmp_path / "site"), "--rewards", str(rewards)) == 0
    assert capsys.readouterr().out.strip() == (tmp_path / "site" / "index.html").as_uri()
    overview = (tmp_path / "site" / "index.html").read_text()
    for track in [*TRACKS.values(), *MODEL_TRACKS.values()]:
        assert f'href="{track.id}.html"' in overview
        assert (tmp_path / "site" / f"{track.id}.html").is_file()
    for track in TRACKS.values():
        assert track.first_command in overview
    assert "50.0" in (tmp_path / "site" / "reward-model.html").read_text()


def test_a_file_that_holds_no_reports_is_refused_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "rewards.json").write_text("{}")
    assert call(monkeypatch, "-o", str(tmp_path / "site"), "--rewards", str(tmp_path / "rewards.json")) == 2
    assert "is no output of gnomon rewards judge --json." in capsys.readouterr().err


def test_the_documentation_lists_the_tracks_as_they_are() -> None:
    lines = re.findall(r"^\| `([a-z-]+)` \| ([^|]*) \| ([^|]*) \| [^|]* \| (\d+|–) \|$", PAGE.read_text(), re.MULTILINE)
    said = {track: (suites.split(", "), protocol, seeds) for track, suites, protocol, seeds in lines}
    assert set(said) == {*TRACKS, *MODEL_TRACKS}
    for track in TRACKS.values():
        suites = [ranking.suite_name for ranking in track.rankings]
        assert said[track.id] == (suites, track.protocol_name, str(track.least_seeds))
