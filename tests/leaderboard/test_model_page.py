"""The pages of ready models: the trivial ones stand there with intervals, ranked over items; a page a track."""

import json
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from gnomon.evaluation.language.evaluate import evaluate_models
from gnomon.evaluation.language.protocol import LANGUAGE_PROTOCOLS
from gnomon.evaluation.language.results import LanguageResults
from gnomon.evaluation.language.suites import LANGUAGE_SUITES, LanguageSuite
from gnomon.leaderboard.model_page import home_model_board, home_model_boards, model_board, render, write_model_page
from gnomon.leaderboard.publish import publish
from gnomon.leaderboard.site.build import Tab
from gnomon.leaderboard.tracks import MODEL_TRACKS

TASKS = ("reasoning/logic-kk-v1", "reasoning/modchain-v1")
TABS = (Tab("quickstart", "Quick start"), Tab("reasoning", "Reasoning"))
TRACK = MODEL_TRACKS["reasoning"]
SMOKE = LANGUAGE_PROTOCOLS["reasoning-smoke"]


@pytest.fixture
def found() -> LanguageResults:
    models = ["answer-prior", "format-only", "random-answer"]
    results = evaluate_models(models, tasks=TASKS, protocol=SMOKE.name)
    return replace(results, suite=LanguageSuite("two", "Two tasks.", TASKS, SMOKE.name))


class Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list) -> None:
        if tag not in ("meta", "link", "wbr", "circle", "line", "path", "rect"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.seen.append(data.strip())


def test_the_trivial_models_are_ranked_with_intervals(found: LanguageResults) -> None:
    board = model_board(TRACK, found)
    assert {row.model for row in board.rows} == {"answer-prior", "format-only", "random-answer"}
    for row in board.rows:
        assert row.accuracy.lower is not None
        assert row.accuracy.upper is not None
        assert row.accuracy.lower <= row.accuracy.value <= row.accuracy.upper
        assert row.accuracy.unit == "items"
        assert row.standing is not None
        assert set(row.cells) == set(TASKS)
    page = Texts()
    page.feed(render(board, TABS))
    assert {"Reasoning", "answer-prior", "format-only", "pass@2", "avg@4"} <= set(page.seen)
    assert not page.open


def test_a_model_that_lacks_a_task_is_shown_and_not_ranked(found: LanguageResults) -> None:
    fewer = tuple(r for r in found.records if (r.model.name, r.task.task) != ("format-only", TASKS[1]))
    last = model_board(TRACK, replace(found, records=fewer)).rows[-1]
    assert (last.model, last.standing, last.missing) == ("format-only", None, TASKS[1])


def test_a_name_cannot_break_out_of_the_page(found: LanguageResults) -> None:
    record = found.records[0]
    evil = record.model_copy(update={"model": record.model.model_copy(update={"name": "<script>alert(1)</script>"})})
    assert "<script>alert" not in render(model_board(TRACK, replace(found, records=(evil,))), TABS)


def test_the_files_are_written_where_a_model_has_run(tmp_path: Path) -> None:
    assert home_model_board(TRACK, SMOKE) is None
    evaluate_models(["format-only"], tasks=TASKS, protocol=SMOKE.name)
    board = home_model_board(TRACK, SMOKE)
    assert board is not None
    write_model_page(board, tmp_path, TABS)
    (row,) = json.loads((tmp_path / "reasoning.json").read_text())["rows"]
    assert row["model"] == "format-only"
    assert "format-only" in (tmp_path / "reasoning.html").read_text()


def test_publishing_writes_the_page_and_links_it_from_every_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reasoning = LANGUAGE_SUITES["reasoning"]
    monkeypatch.setitem(LANGUAGE_SUITES._entries, "reasoning", replace(reasoning, protocol=SMOKE.name))
    index = publish(tmp_path, tmp_path / "register")
    assert "Nothing has been judged here yet" in (tmp_path / "reasoning.html").read_text()
    evaluate_models(["format-only"], tasks=TASKS[:1], protocol=SMOKE.name)
    index = publish(tmp_path, tmp_path / "register")
    assert 'href="reasoning.html"' in index.read_text()
    assert "format-only" in (tmp_path / "reasoning.html").read_text()
    assert 'href="quickstart.html"' in (tmp_path / "reasoning.html").read_text()


def test_every_track_of_such_models_has_a_board_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("reasoning", "visual"):
        suite = LANGUAGE_SUITES[name]
        monkeypatch.setitem(LANGUAGE_SUITES._entries, name, replace(suite, protocol=f"{name}-smoke"))
    asked = [TASKS[1], "visual/ui-click-v1", "visual/scene-class-v1"]
    evaluate_models(["format-only"], tasks=asked[:1], protocol="reasoning-smoke")
    evaluate_models(["format-only", "oracle"], tasks=asked[1:], protocol="visual-smoke")
    boards = {board.track: board for board in home_model_boards()}
    assert {track: [row.model for row in board.rows] for track, board in boards.items()} == {
        "reasoning": ["format-only"], "visual": ["format-only", "oracle"]
    }  # fmt: skip
    publish(tmp_path, tmp_path / "register")
    page = (tmp_path / "visual.html").read_text()
    assert MODEL_TRACKS["visual"].summary in page
    assert ">ui-click-v1<" in page
    assert "oracle" in page
    assert "oracle" not in (tmp_path / "reasoning.html").read_text()
    assert 'href="visual.html"' in (tmp_path / "index.html").read_text()
    assert json.loads((tmp_path / "visual.json").read_text())["rows"][1]["cells"]["visual/ui-click-v1"]["value"] == 100
