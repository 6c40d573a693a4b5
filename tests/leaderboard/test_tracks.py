"""The tracks: each is declared in one file, and everything that a declaration names is there."""

import shlex
from pathlib import Path

import pytest

import gnomon.leaderboard.tracks as package
from gnomon.baselines.registry import BASELINES
from gnomon.baselines.reward import REWARD_BASELINES
from gnomon.datasets.preferences.sets import PREFERENCE_SETS
from gnomon.evaluation.language.evaluate import is_model
from gnomon.evaluation.language.protocol import LANGUAGE_PROTOCOLS
from gnomon.evaluation.language.suites import LANGUAGE_SUITES
from gnomon.evaluation.statistics import STATISTICS
from gnomon.leaderboard.tracks import MODEL_TRACKS, TRACKS, Track, all_rankings

CONTROL = ["imitation", "near-real", "offline", "offline-to-online", "quickstart", "reference"]


def test_every_file_of_the_folder_declares_one_track() -> None:
    files = [file.stem.replace("_", "-") for file in Path(str(package.__file__)).parent.glob("[!_]*.py")]
    assert list(TRACKS) == CONTROL
    assert list(MODEL_TRACKS) == ["interactive", "reasoning", "reward-model", "visual"]
    assert sorted(files) == sorted([*TRACKS, *MODEL_TRACKS])
    assert {id: track.id for id, track in [*TRACKS.items(), *MODEL_TRACKS.items()]} == {id: id for id in files}


@pytest.mark.parametrize("ranking", all_rankings(), ids=lambda ranking: ranking.id)
def test_a_ranking_names_a_suite_a_protocol_a_statistic_and_a_command_that_there_are(ranking: Track) -> None:
    assert ranking.suite.datasets
    assert ranking.protocol.hash
    assert ranking.statistic in STATISTICS
    assert ranking.title
    assert ranking.summary.endswith(".")
    program, verb, *arguments = shlex.split(ranking.first_command)
    assert program == "gnomon"
    if verb == "evaluate":
        assert set(arguments[0].split(",")) <= set(BASELINES)
        rules = f"--suite {ranking.suite_name} --protocol {ranking.protocol_name} --seeds {ranking.least_seeds}"
        assert arguments[1:] == rules.split()


def test_no_two_rankings_take_the_same_runs() -> None:
    pairs = [(ranking.suite_name, ranking.protocol_name) for ranking in all_rankings()]
    assert len(pairs) == len(set(pairs)) == 13


def test_a_track_ranks_each_of_its_suites_by_itself() -> None:
    first, *others = TRACKS["offline"].rankings
    assert (first.id, first.suite_name, first.part_of) == ("offline", "maze", "")
    assert [other.id for other in others] == [f"offline-{other.suite_name}" for other in others]
    assert {other.part_of for other in others} == {"offline"}
    assert {other.protocol_name for other in others} == {"lite"}


def test_only_the_track_of_going_on_online_grants_steps_in_the_task() -> None:
    assert [id for id, track in TRACKS.items() if track.protocol.online_steps] == ["offline-to-online"]


def test_tracks_of_ready_models_name_what_there_is() -> None:
    for track in (MODEL_TRACKS["reasoning"], MODEL_TRACKS["visual"]):
        assert LANGUAGE_SUITES[track.suite_name].protocol == track.protocol_name
        assert track.protocol_name in LANGUAGE_PROTOCOLS
        models, _, suite = track.command.partition(" --suite ")
        assert all(map(is_model, shlex.split(models)[2:]))
        assert (suite or "reasoning") == track.suite_name
    reward = MODEL_TRACKS["reward-model"]
    assert reward.suite_name in PREFERENCE_SETS
    judged = shlex.split(reward.command.splitlines()[0].partition(" --json")[0])
    assert judged[:3] == ["gnomon", "rewards", "judge"]
    assert set(judged[3:]) <= set(REWARD_BASELINES)


def test_a_track_of_two_seeds_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 3 seeds"):
        Track("two", "Two", "For tests.", "quickstart", "smoke", least_seeds=2)
