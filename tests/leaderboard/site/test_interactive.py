"""The page of the track `interactive`: from records of scripts to what stands there."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from gnomon.benchmarks.interactive import INTERACTIVE_TASKS
from gnomon.evaluation.interactive.record import InteractiveRecord
from gnomon.evaluation.interactive.run import InteractiveRun, Rules, perform_interactive, planned
from gnomon.leaderboard.publish import publish
from gnomon.leaderboard.site.build import build_site
from gnomon.leaderboard.site.interactive import InteractiveReport, reports_of, scores_by_game, standings
from gnomon.leaderboard.site.pages import Site

NONE, LOCALISED, FORM = (
    f"interactive/{name}-1-v1" for name in ("tool-chat-none", "tool-chat-localised", "text-dom-form")
)


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> tuple[InteractiveRecord, ...]:
    """Of three scripts on tool-chat with feedback and without, and of the expert on a form."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GNOMON_HOME", str(tmp_path_factory.mktemp("home")))
        chat = [INTERACTIVE_TASKS[id] for id in (NONE, LOCALISED)]
        runs = planned(chat, ("expert", "careless", "random"), Rules())
        runs += planned([INTERACTIVE_TASKS[FORM]], ("expert",), Rules())
        return tuple(map(perform_interactive, runs))


@pytest.fixture(scope="module")
def reports(records: tuple[InteractiveRecord, ...]) -> tuple[InteractiveReport, ...]:
    return reports_of(records)


def test_a_report_has_the_gain_by_feedback_over_the_same_problems(reports: tuple[InteractiveReport, ...]) -> None:
    found = {(one.game, one.player): one for one in reports}
    with_feedback, without = found["tool-chat-localised", "careless"], found["tool-chat-none", "careless"]
    assert with_feedback.gain is not None
    assert with_feedback.gain.value == pytest.approx(with_feedback.success.value - without.success.value)
    assert with_feedback.gain.value > 0.2
    assert (without.gain, found["text-dom-form", "expert"].gain) == (None, None)
    assert (without.limit, found["tool-chat-none", "expert"].turns.value) == (8, 4.0)
    assert without.early.value <= without.success.value


def test_players_are_ordered_by_the_tasks_that_all_have_played(reports: tuple[InteractiveReport, ...]) -> None:
    assert [(one.player, one.tasks) for one in standings(reports)] == [("expert", 3), ("careless", 2), ("random", 2)]
    means = {one.player: one.mean for one in standings(reports)}
    assert means["careless"] is not None
    expected = [one.score.value for one in reports if one.player == "careless" and one.score]
    assert means["careless"].value == pytest.approx(sum(expected) / 2)  # not of the form, which it has not played
    assert means["careless"].n == 200
    assert list(scores_by_game(reports)["text-dom-form"]) == ["expert"]
    apart = [replace(reports[0], player="alone", game="other")]
    assert {one.mean for one in standings([*reports, *apart])} == {None}
    assert standings([]) == []


def test_records_under_other_rules_are_not_shown(home: Path) -> None:
    run = InteractiveRun("expert", INTERACTIVE_TASKS[FORM], Rules(episodes=3))
    assert reports_of([perform_interactive(run)]) == ()


def test_the_command_that_builds_the_site_reads_the_records(home: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    publish(site)
    assert "Nothing has been played here yet" in (site / "interactive.html").read_text()
    perform_interactive(InteractiveRun("expert", INTERACTIVE_TASKS[FORM], Rules()))
    publish(site)
    text = (site / "interactive.html").read_text()
    assert "Nothing has been played" not in text
    assert 'href="#text-dom-form"' in text
    assert 'href="interactive.html"' in (site / "index.html").read_text().partition("Waiting for")[0]


@pytest.mark.service
@pytest.mark.xdist_group("browser")
@pytest.mark.skipif(
    shutil.which("chromium") is None, reason="there is no chromium; on Debian: apt-get install chromium"
)
def test_the_page_fits_every_window_and_everybody_can_use_it(
    browser, reports: tuple[InteractiveReport, ...], tmp_path: Path
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    build_site(Site((), interactive=reports), tmp_path)
    page = browser.new_page()
    page.goto((tmp_path / "interactive.html").as_uri())
    for width in (320, 390, 900, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert Axe().run(page).response["violations"] == []
    page.get_by_role("link", name="tool-chat-localised").click()
    assert page.url.endswith("#tool-chat-localised")
    page.close()
