"""`gnomon leaderboard build`, and what the documentation says of the site."""

import re
from pathlib import Path

import pytest

from gnomon.__main__ import main
from gnomon.datasets.preferences.sets import PREFERENCE_SETS
from gnomon.evaluation.reward_models.outcomes import Size
from gnomon.evaluation.reward_models.run import RewardRun, contestant, perform_reward
from gnomon.leaderboard.tracks import MODEL_TRACKS, TRACKS

PAGE = Path(__file__).parents[3] / "docs" / "leaderboard.md"


def call(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """The exit code of the command line."""
    monkeypatch.setattr("sys.argv", ["gnomon", "leaderboard", "build", *arguments])
    with pytest.raises(SystemExit) as left:
        main()
    return int(left.value.code or 0)


def test_an_empty_home_makes_a_site_that_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "--output", str(tmp_path / "site")) == 0
    assert capsys.readouterr().out.strip() == (tmp_path / "site" / "index.html").as_uri()
    overview = (tmp_path / "site" / "index.html").read_text()
    for track in [*TRACKS.values(), *MODEL_TRACKS.values()]:
        assert f'href="{track.id}.html"' in overview
        assert (tmp_path / "site" / f"{track.id}.html").is_file()
    for track in TRACKS.values():
        assert track.first_command in overview or track.id in ("quickstart", "reference")  # these come with results


def test_the_records_of_reward_models_stand_on_their_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trap = PREFERENCE_SETS["preference/length-trap-v1"]
    perform_reward(RewardRun(contestant("length", trap), "iid", Size()))
    assert call(monkeypatch, "--output", str(tmp_path / "site")) == 0
    page = (tmp_path / "site" / "reward-model.html").read_text()
    assert "preference/length-trap-v1: iid" in page
    assert "Nothing has been judged" not in page


def test_the_documentation_lists_the_tracks_as_they_are() -> None:
    lines = re.findall(r"^\| `([a-z-]+)` \| ([^|]*) \| ([^|]*) \| [^|]* \| (\d+|–) \|$", PAGE.read_text(), re.MULTILINE)
    said = {track: (suites.split(", "), protocol, seeds) for track, suites, protocol, seeds in lines}
    assert set(said) == {*TRACKS, *MODEL_TRACKS}
    for track in TRACKS.values():
        suites = [ranking.suite_name for ranking in track.rankings]
        assert said[track.id] == (suites, track.protocol_name, str(track.least_seeds))
