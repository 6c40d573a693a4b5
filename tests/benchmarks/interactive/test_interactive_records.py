"""Records of players: what was played is not played again, and a record that contradicts itself is refused."""

import json
from pathlib import Path

import pytest

from gnomon.benchmarks.interactive import INTERACTIVE_TASKS
from gnomon.errors import GnomonError, UsageError
from gnomon.evaluation.interactive.metrics import score_of
from gnomon.evaluation.interactive.reference import measure
from gnomon.evaluation.interactive.run import InteractiveRun, Rules, perform_interactive, read_interactive_records

TASK = INTERACTIVE_TASKS["interactive/tool-chat-localised-1-v1"]
RUN = InteractiveRun("careless", TASK, Rules(episodes=5))


def test_what_was_played_is_read(home: Path) -> None:
    first = perform_interactive(RUN)
    assert perform_interactive(RUN) == first
    assert read_interactive_records() == (first,)
    assert (first.player.name, first.task.id, len(first.episodes)) == ("careless", TASK.id, 5)
    assert first.command.split()[:5] == ["gnomon", "interactive", "evaluate", TASK.id, "--player"]


def test_other_players_rules_and_tasks_are_other_runs(home: Path) -> None:
    others = [
        InteractiveRun("expert", TASK, RUN.rules),
        InteractiveRun("careless", TASK, Rules(episodes=6)),
        InteractiveRun("careless", TASK, Rules(episodes=5, turns=3)),
        InteractiveRun("careless", INTERACTIVE_TASKS["interactive/tool-chat-none-1-v1"], RUN.rules),
    ]
    assert len({run.key for run in [RUN, *others]}) == 5
    limited = perform_interactive(others[2])
    assert max(len(one.events) for one in limited.episodes) <= 3
    with pytest.raises(UsageError, match="no script"):
        perform_interactive(InteractiveRun("wizard", TASK, RUN.rules))


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("seed", 7, "not those of the protocol"),
        ("rewards", [], "one reward a turn"),
        ("solved_at", 99, "at none of its turns"),
    ],
)
def test_a_record_that_contradicts_itself_is_refused(home: Path, field: str, value: object, message: str) -> None:
    perform_interactive(RUN)
    path = RUN.folder / "record.json"
    record = json.loads(path.read_text())
    record["episodes"][0][field] = value
    path.write_text(json.dumps(record))
    with pytest.raises(GnomonError, match=message):
        perform_interactive(RUN)


def test_feedback_is_judged_on_the_same_problems() -> None:
    kinds = [INTERACTIVE_TASKS[f"interactive/tool-chat-{kind}-3-v1"] for kind in ("none", "binary", "localised")]
    assert len({task.problems for task in kinds}) == 1
    assert len({task.problems for task in INTERACTIVE_TASKS.values()}) == len(INTERACTIVE_TASKS) - 10


def test_a_score_is_between_the_scripts_that_were_measured() -> None:
    task = INTERACTIVE_TASKS["interactive/number-blackjack-1-v1"]
    played = perform_interactive(InteractiveRun("expert", task, Rules(episodes=30))).episodes
    score, mean = score_of(played, task), sum(one.total_reward for one in played) / 30
    assert score is not None
    assert score.value == pytest.approx(100 * (mean - task.scale.random) / (task.scale.reference - task.scale.random))
    assert score.lower is not None
    assert score.lower < score.value


def test_ends_that_are_not_told_apart_give_no_scale() -> None:
    with pytest.raises(GnomonError, match="not 10 standard errors"):
        measure(INTERACTIVE_TASKS["interactive/number-blackjack-1-v1"], 10)
    entry = measure(TASK, 10)
    assert (entry["random"]["mean"], entry["expert"]["mean"]) == (0.0, 1.0)
    assert (entry["metric"], entry["episodes"]) == ("success", 10)
