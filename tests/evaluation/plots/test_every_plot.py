"""Every plot: the numbers that it draws, equal bytes, names as text, and one sentence where there is nothing."""

import csv
import json
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import pytest

from gnomon.errors import ComparisonError, UnknownId, UsageError
from gnomon.evaluation.plots import PLOTS, Choice
from gnomon.evaluation.plots.picture import plot, save
from gnomon.evaluation.results import Results

KINDS = ["curves", "improvement", "intervals", "profiles", "seeds"]


def test_these_are_all() -> None:
    assert list(PLOTS) == sorted([*KINDS, "quality"])  # quality needs the datasets too: test_quality.py
    assert PLOTS.broken == {}


@pytest.mark.parametrize("kind", KINDS)
def test_equal_results_give_equal_bytes_without_dates(kind: str, results: Results) -> None:
    again = plot(kind, Results(tuple(reversed(results.records))))
    picture = plot(kind, results)
    assert picture.image("svg") == again.image("svg")
    assert picture.image("png") == again.image("png")
    assert b"<dc:date>" not in picture.image("svg")
    assert b"Software" not in picture.image("png")
    assert (picture.csv(), picture.json()) == (again.csv(), again.json())


@pytest.mark.parametrize("kind", KINDS)
def test_the_drawing_is_whole_and_the_tables_agree(kind: str, results: Results) -> None:
    picture = plot(kind, results)
    assert ElementTree.fromstring(picture.image("svg")).tag.endswith("svg")
    from_json = json.loads(picture.json())
    from_csv = list(csv.DictReader(StringIO(picture.csv())))
    assert from_json == list(picture.rows)
    assert [{key: "" if value is None else str(value) for key, value in row.items()} for row in from_json] == from_csv
    assert {row["algorithm"] for row in from_json} == set(results.algorithms)
    assert picture.left_out == ()


@pytest.mark.parametrize("kind", KINDS)
def test_the_drawing_shows_nothing_but_the_rows(kind: str, results: Results) -> None:
    picture = plot(kind, results)
    copied = json.loads(picture.json())
    first = PLOTS[kind].draw(copied)
    assert first.get_size_inches()[0] > 1
    number = next(key for key, value in copied[0].items() if isinstance(value, float))
    copied[0][number] += 0.3
    assert plot(kind, results).image() == picture.image()
    assert type(picture)(kind, tuple(copied), ()).image() != picture.image()


def test_curves_are_means_over_seeds_with_points_that_every_seed_has(results: Results) -> None:
    rows = [row for row in plot("curves", results).rows if (row["algorithm"], row["dataset"]) == ("good", "a/b-v1")]
    loss = [row for row in rows if row["metric"] == "loss"]
    assert [row["update"] for row in loss] == [10, 20, 30]
    assert loss[0]["mean"] == pytest.approx(1 + 1 / 10)  # 1 / update + seed, seeds 0, 1, 2
    assert loss[0]["lower"] < loss[0]["mean"] < loss[0]["upper"]
    assert [row["update"] for row in rows if row["metric"] == "broken"] == [10, 30]


def test_seeds_and_intervals_are_the_scores(results: Results) -> None:
    seeds = plot("seeds", results).rows
    assert [row["score"] for row in seeds if row["algorithm"] == "good" and row["dataset"] == "a/c-v1"] == [
        100,
        100,
        75,
    ]
    (best, *_) = plot("intervals", results, Choice(statistic="mean")).rows
    assert best["algorithm"] == "good"
    assert best["value"] == pytest.approx(275 / 3)


def test_profiles_fall_from_all_to_none(results: Results) -> None:
    rows = [row for row in plot("profiles", results).rows if row["algorithm"] == "good"]
    shares = [row["share"] for row in rows]
    assert shares[0] == 1
    assert shares[-1] == 0
    assert shares == sorted(shares, reverse=True)
    assert next(row["share"] for row in rows if row["threshold"] > 76) == pytest.approx(2 / 3)


def test_improvement_has_every_pair_both_ways(results: Results) -> None:
    found = {(row["algorithm"], row["over"]): row["probability"] for row in plot("improvement", results).rows}
    assert len(found) == 6
    assert found["good", "_worse"] == 1
    assert all(value + found[over, algorithm] == pytest.approx(1) for (algorithm, over), value in found.items())


def test_what_has_not_run_everywhere_is_named(results: Results) -> None:
    kept = tuple(r for r in results.records if (r.algorithm.name, r.dataset.id) != ("good", "a/c-v1"))
    assert plot("profiles", Results(kept)).left_out == ("good",)
    assert plot("seeds", Results(kept)).left_out == ()


def test_two_seeds_have_no_band(results: Results) -> None:
    few = Results(tuple(record for record in results.records if record.seed < 2))
    for kind in ("curves", "profiles", "intervals", "improvement"):
        assert {row["lower"] for row in plot(kind, few).rows} == {None}
        assert plot(kind, few).image()


@pytest.mark.parametrize(
    ("kind", "choice", "error", "sentence"),
    [
        ("heat", Choice(), UnknownId, "There is no plot 'heat'"),
        ("intervals", Choice(statistic="iqr"), UnknownId, "Did you mean iqm"),
        ("curves", Choice(metric="lss"), UsageError, "no run has the metric 'lss'; there are broken, loss"),
    ],
)
def test_an_unknown_name_is_one_sentence(kind: str, choice: Choice, error, sentence: str, results: Results) -> None:
    with pytest.raises(error, match=sentence):
        plot(kind, results, choice)


def test_nothing_to_draw_is_one_sentence(results: Results) -> None:
    with pytest.raises(UsageError, match="there are no runs"):
        plot("seeds", Results(()))
    one = Results(tuple(record for record in results.records if record.algorithm.name == "good"))
    with pytest.raises(UsageError, match="needs two algorithms"):
        plot("improvement", one)
    halves = {("good", "a/b-v1"), ("_worse", "a/c-v1")}
    apart = Results(tuple(r for r in results.records if (r.algorithm.name, r.dataset.id) in halves))
    with pytest.raises(ComparisonError, match="No algorithm has run on all of"):
        plot("profiles", apart)


def test_a_wrong_ending_writes_nothing(results: Results, tmp_path: Path) -> None:
    picture = plot("seeds", results)
    with pytest.raises(UsageError, match=r"must end with \.svg or \.png"):
        save(picture, tmp_path / "a.pdf")
    with pytest.raises(UsageError, match=r"must end with \.csv or \.json"):
        save(picture, tmp_path / "a.svg", tmp_path / "a.xlsx")
    assert list(tmp_path.glob("a.*")) == []
    save(picture, tmp_path / "a.SVG", tmp_path / "a.csv")
    assert (tmp_path / "a.SVG").read_bytes() == picture.image()


def test_more_lines_than_can_be_told_apart_are_refused(results: Results) -> None:
    many = [
        record.model_copy(update={"algorithm": record.algorithm.model_copy(update={"name": f"a{number}"})})
        for number in range(26)
        for record in results.records[:6]
    ]
    with pytest.raises(UsageError, match="26 lines cannot be told apart"):
        plot("profiles", Results(tuple(many))).image()
    with pytest.raises(UsageError, match="A matrix of 26 algorithms"):
        plot("improvement", Results(tuple(many)))
