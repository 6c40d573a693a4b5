"""`gnomon results …` on real runs: tables agree with the functions behind them, every wrong call is an error."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gnomon.errors import GnomonError, UsageError
from gnomon.evaluation.aggregate import compare, rank
from gnomon.evaluation.cli import results as commands
from gnomon.evaluation.evaluate import evaluate
from gnomon.evaluation.protocol import PROTOCOLS, Protocol
from gnomon.evaluation.results import Results

SMALL = "maze/umaze/planner-test-v1"
WHERE = ["--dataset", SMALL, "--protocol", "tiny"]


@pytest.fixture
def found(own_small: Path, tiny_protocol: Protocol, monkeypatch: pytest.MonkeyPatch) -> Results:
    monkeypatch.setitem(PROTOCOLS._entries, "tiny", tiny_protocol)
    evaluate("td3-bc", datasets=[SMALL], protocol=tiny_protocol, seeds=2, workers=1)
    return evaluate(["bc", "filtered-bc"], datasets=[SMALL], protocol=tiny_protocol, seeds=3, workers=1)


def call(*arguments: str) -> tuple[str, str]:
    """What a command writes to both streams."""
    result = CliRunner().invoke(commands, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout, result.stderr


def test_the_tables_are_those_of_the_library(found: Results, tmp_path: Path) -> None:
    table, left_out = call("compare", *WHERE, "--json")
    assert json.loads(table) == compare(found).to_dict("records")
    assert left_out == "td3-bc is left out: it has not run on all of the datasets with three seeds.\n"
    assert json.loads(call("rank", *WHERE, "--statistic", "mean", "--json")[0]) == rank(found, "mean").to_dict(
        "records"
    )
    assert "P(best)" in call("rank", *WHERE)[0]
    assert "adjusted p" in call("compare", *WHERE, "--test", "permutation")[0]
    picture, data = tmp_path / "a.svg", tmp_path / "a.csv"
    assert call("plot", "seeds", *WHERE, "--output", str(picture), "--data", str(data))[0] == f"{picture}\n"
    assert len(data.read_text().splitlines()) == 1 + 8
    call("plot", "curves", *WHERE, "--algorithm", "bc", "--metric", "loss", "--output", str(picture))
    assert b"<svg" in picture.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        (["compare", *WHERE, "--algorithm", "bc"], GnomonError, "A comparison needs two algorithms"),
        (["rank", *WHERE, "--algorithm", "td3-bc"], GnomonError, "A ranking needs an algorithm with 3 seeds"),
        (["compare", *WHERE, "--test", "t"], UsageError, "There is no test 't': it is one of welch, permutation"),
        (["compare", *WHERE, "--statistic", "iqr"], UsageError, "Did you mean iqm"),
        (["rank", "--dataset", "maze/umaz/wander-v1"], UsageError, "Did you mean"),
        (["rank", "--suite", "maze"], GnomonError, "Nothing has run on maze under the protocol lite"),
        (["plot", "seeds", *WHERE, "--output", "a.pdf"], UsageError, "a.pdf must end with"),
    ],
)
def test_a_wrong_call_is_one_sentence(arguments: list[str], error, sentence: str, found: Results) -> None:
    with pytest.raises(error, match=sentence):
        call(*arguments)
