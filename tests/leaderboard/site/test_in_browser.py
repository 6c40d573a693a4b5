"""Every page in a real browser, opened from disk: what it does with a mouse, a keyboard, a phone and a screen reader.

No page may say anything on the console or ask for anything but its own files: `open_page` checks that at the end.
"""

import csv
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from gnomon.evaluation.language.evaluate import evaluate_models
from gnomon.evaluation.language.suites import LANGUAGE_SUITES
from gnomon.leaderboard.board import Board
from gnomon.leaderboard.model_page import model_board, write_model_page
from gnomon.leaderboard.site.build import build_site
from gnomon.leaderboard.site.pages import Site
from gnomon.leaderboard.tracks import MODEL_TRACKS

pytestmark = [
    pytest.mark.service,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(
        shutil.which("chromium") is None, reason="there is no chromium; on Debian: apt-get install chromium"
    ),
]

Opener = Callable[..., Page]
NAMES = [
    "index.html",
    "quickstart.html",
    "offline.html",
    "quickstart/scores.html",
    "quickstart/compare.html",
    "quickstart/history.html",
    "quickstart/algorithms/bc.html",
    "quickstart/datasets/maze/test-0/wander-v1.html",
    "ledger.html",
    "statistics.html",
    "reasoning.html",
    "reward-model.html",
    "interactive.html",
]
HIDDEN = ("median", "optimality-gap", "tuning", "finished")  # columns that the ranking does not show at first


def order(page: Page) -> list[str]:
    return page.locator("#table tbody tr:visible").evaluate_all("rows => rows.map(row => row.dataset.name)")


def shown(page: Page) -> list[str]:
    """The keys of the columns that can be seen."""
    return page.locator("#table thead th:visible").evaluate_all("cells => cells.map(cell => cell.dataset.key)")


def header(page: Page, key: str) -> Locator:
    return page.locator(f'#table th[data-key="{key}"]')


@pytest.mark.parametrize("name", NAMES)
def test_a_page_fits_every_window(open_page: Opener, name: str) -> None:
    page = open_page(name)
    for width in (320, 390, 900, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width


@pytest.mark.parametrize("name", NAMES)
def test_everybody_can_use_a_page_by_day_and_by_night(open_page: Opener, name: str) -> None:
    page = open_page(name, viewport={"width": 390, "height": 900})
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor.match(/\\d+/g).map(Number)")
        assert (sum(ground[:3]) < 200) == (scheme == "dark")
        found = Axe().run(page, options={"resultTypes": ["violations"], "preload": False})
        assert found.response["violations"] == [], found.generate_report()


@pytest.mark.parametrize("name", NAMES)
def test_style_is_loaded_and_a_finger_can_hit_every_control(open_page: Opener, name: str) -> None:
    page = open_page(name, viewport={"width": 390, "height": 900})
    assert "system-ui" in page.evaluate("getComputedStyle(document.body).fontFamily")
    for control in page.locator("nav a, button:not(th > button), select, input[type=search]").all():
        if control.is_visible():
            box = control.bounding_box()
            assert box is not None
            assert box["height"] >= 24, control.evaluate("element => element.outerHTML")  # WCAG 2.2, 2.5.8


def test_a_click_on_a_header_sorts_and_the_unranked_stay_below(open_page: Opener) -> None:
    page = open_page("quickstart.html")
    ranked = order(page)
    assert ranked[:2] == ["bc", "td3-bc"]
    assert ranked[-1] == "late"
    header(page, "iqm").get_by_role("button").click()
    expect(header(page, "iqm")).to_have_attribute("aria-sort", "descending")
    assert order(page) == ranked
    header(page, "iqm").get_by_role("button").click()
    expect(header(page, "iqm")).to_have_attribute("aria-sort", "ascending")
    assert order(page) == [*reversed(ranked[:3]), "late"]
    assert page.locator("#table [aria-sort]").count() == 1


def test_search_filters_and_the_address_keeps_the_state(open_page: Opener) -> None:
    page = open_page("quickstart.html")
    page.get_by_label("Search").fill("TD3")
    assert order(page) == ["td3-bc"]
    expect(page.get_by_role("status")).to_have_text("1 of 4 shown")
    header(page, "algorithm").get_by_role("button").click()
    again = open_page(f"quickstart.html#{page.url.partition('#')[2]}")
    expect(again.get_by_label("Search")).to_have_value("TD3")
    expect(header(again, "algorithm")).to_have_attribute("aria-sort", "ascending")
    assert order(again) == ["td3-bc"]
    again.get_by_label("Search").fill("")
    assert len(order(again)) == 4


def test_a_level_of_trust_filters(open_page: Opener) -> None:
    page = open_page("quickstart.html#level=2")
    expect(page.locator("#level")).to_have_value("2")
    assert order(page) == ["bc", "td3-bc"]
    page.locator("#level").select_option("L3")
    assert order(page) == []
    page.locator("#level").select_option("")
    assert len(order(page)) == 4
    header(page, "trust").get_by_role("button").click()
    assert order(page)[:2] == ["bc", "td3-bc"]


def test_columns_can_be_chosen_and_the_address_keeps_them(open_page: Opener) -> None:
    page = open_page("quickstart.html")
    start = shown(page)
    assert not set(HIDDEN) & set(start)
    page.get_by_text("Columns", exact=True).click()
    page.get_by_label("Median").check()
    page.get_by_label("Seeds").uncheck()
    assert set(shown(page)) == {*start, "median"} - {"seeds"}
    state = page.url.partition("#")[2]
    assert shown(open_page(f"quickstart.html#{state}")) == shown(page)
    page.get_by_label("Median").uncheck()
    page.get_by_label("Seeds").check()
    assert shown(page) == start
    assert "column" not in page.url
    for key in start[3:]:
        page.locator(f'#columns input[value="{key}"]').uncheck()
    assert shown(page) == ["rank", "algorithm", "iqm"]


def test_pinned_rows_stay_on_top_and_can_be_compared(open_page: Opener) -> None:
    page = open_page("quickstart.html")
    page.get_by_role("button", name="Pin late").click()
    expect(page.get_by_role("button", name="Pin late")).to_have_attribute("aria-pressed", "true")
    assert order(page)[0] == "late"
    page.get_by_label("Search").fill("nothing of that name")
    assert order(page) == ["late"]
    page.get_by_label("Search").fill("")
    page.get_by_role("button", name="Pin late").click()
    assert order(page)[-1] == "late"
    for name in ("td3-bc", "bc"):
        page.get_by_role("button", name=f"Pin {name}", exact=True).click()
    state = page.url.partition("#")[2]
    assert order(open_page(f"quickstart.html#{state}"))[:2] == ["bc", "td3-bc"]  # as they are sorted
    page.get_by_role("link", name="Compare the 2 pinned").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Quick start: compare")
    expect(page.locator("#chooser input:checked")).to_have_count(2)
    assert [box.input_value() for box in page.locator("#chooser input:checked").all()] == ["bc", "td3-bc"]


def test_the_comparison_shows_who_was_chosen_and_marks_the_highest(open_page: Opener) -> None:
    page = open_page("quickstart/compare.html")
    everyone = page.locator(".improvement tbody tr:visible").count()
    assert everyone == 3
    page.locator("#chooser").get_by_label("td3-bc").check()
    page.locator("#chooser").get_by_label("bc", exact=True).check()
    assert page.locator(".improvement tbody tr:visible").count() == 2
    assert page.locator(".improvement thead th:visible").count() == 2
    assert page.locator(".side thead th:visible").count() == 3
    assert page.locator(".side .highest:visible").count() == 2  # one a dataset
    state = page.url.partition("#")[2]
    assert open_page(f"quickstart/compare.html#{state}").locator(".improvement tbody tr:visible").count() == 2
    assert open_page("quickstart/compare.html#algorithm=nobody").locator(".improvement tbody tr:visible").count() == 3


@pytest.mark.parametrize(
    ("name", "key", "first"),
    [
        ("quickstart/scores.html", "maze/test-1/wander-v1", "bc"),
        ("quickstart/datasets/maze/test-0/wander-v1.html", "seed-1", "bc"),
        ("quickstart/history.html", "value", "bc"),
    ],
)
def test_the_other_tables_sort_too(open_page: Opener, name: str, key: str, first: str) -> None:
    page = open_page(name)
    header(page, key).get_by_role("button").click()
    values = page.locator("#table tbody tr").evaluate_all(
        "(rows, place) => rows.map(row => row.cells[place].dataset.value).filter(value => value !== undefined)",
        header(page, key).evaluate("cell => cell.cellIndex"),
    )
    numbers = [float(value) for value in values]
    assert numbers == sorted(numbers, reverse=True)
    assert order(page)[0] in (first, "late")  # late has the first one's numbers


def test_the_ledger_can_be_searched(open_page: Opener) -> None:
    page = open_page("ledger.html")
    assert page.locator("#table tbody tr:visible").count() == 6
    page.get_by_label("Search").fill("reevaluated")
    assert page.locator("#table tbody tr:visible").count() == 2
    expect(page.get_by_role("status")).to_have_text("2 of 6 shown")


def test_a_nonsense_address_is_the_ranking(open_page: Opener) -> None:
    page = open_page("quickstart.html#sort=<b>&order=sideways&level=<b>&pin=nobody&column=<i>")
    assert order(page)[:2] == ["bc", "td3-bc"]
    assert len(order(page)) == 4


def test_a_link_within_a_page_keeps_the_search(open_page: Opener) -> None:
    page = open_page("quickstart.html#search=td3")
    page.evaluate("location.hash = 'protocol'")
    page.wait_for_timeout(50)
    assert order(page) == ["td3-bc"]


def test_the_keyboard_alone_sorts_pins_and_chooses(open_page: Opener) -> None:
    page = open_page("quickstart.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    reached: list[str] = []
    while "Rank" not in reached[-1:] and len(reached) < 40:
        page.keyboard.press("Tab")
        reached.append(page.evaluate("(document.activeElement.id || document.activeElement.textContent).trim()"))
    assert {"search", "level", "Columns", "Rank"} <= set(reached)
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.keyboard.press("Enter")
    expect(header(page, "rank")).to_have_attribute("aria-sort", "descending")
    page.get_by_role("button", name="Pin td3-bc").focus()
    page.keyboard.press("Space")
    assert order(page)[0] == "td3-bc"
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Pin td3-bc"  # it kept the focus


def test_a_command_can_be_copied(open_page: Opener, browser: Browser, folder: Path) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto((folder / "quickstart/algorithms/bc.html").as_uri())
    page.get_by_role("button", name="Copy: Command that runs it again").click()
    assert page.evaluate("navigator.clipboard.readText()") == "gnomon evaluate bc --seed-list 0"
    context.close()


def test_without_scripts_everything_is_still_there(browser: Browser, folder: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "quickstart.html").as_uri())
    expect(page.get_by_label("Search")).to_be_hidden()
    assert page.locator("#table tbody tr:visible").count() == 4
    page.goto((folder / "quickstart/compare.html").as_uri())
    assert page.locator(".improvement tbody tr:visible").count() == 3
    context.close()


def test_the_policy_stops_what_is_written_into_a_page(browser: Browser, folder: Path, tmp_path: Path) -> None:
    page = browser.new_page()
    taken = tmp_path / "index.html"
    taken.write_text(
        (folder / "index.html").read_text().replace("</main>", "<script>document.title = 'taken'</script></main>")
    )
    page.goto(taken.as_uri())
    assert page.title() == "Leaderboard · gnomon leaderboard"
    page.close()


def test_the_page_of_ready_models_is_like_the_others(browser: Browser, site: Site, tmp_path: Path) -> None:
    found = evaluate_models(
        ["answer-prior", "format-only"], tasks=["reasoning/chain-sum-v1"], protocol="reasoning-smoke"
    )
    models = model_board(MODEL_TRACKS["reasoning"], replace(found, suite=LANGUAGE_SUITES["reasoning"]))
    build_site(replace(site, written=("reasoning",)), tmp_path)
    write_model_page(models, tmp_path, site.tabs)
    page = browser.new_page(viewport={"width": 390, "height": 900})
    page.goto((tmp_path / "index.html").as_uri())
    page.get_by_role("link", name="Reasoning").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Reasoning")
    assert page.locator("table.ranking tbody tr").count() == 2
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    found = Axe().run(page, options={"resultTypes": ["violations"], "preload": False})
    assert found.response["violations"] == [], found.generate_report()
    page.get_by_role("link", name="Quick start").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Quick start")
    page.close()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", "default-src 'self'")
        super().end_headers()


@pytest.fixture
def host(folder: Path) -> Iterator[str]:
    """The same pages on a host of this machine that allows nothing but itself."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


@pytest.fixture
def hosted(browser: Browser, host: str) -> Iterator[Page]:
    page, faults = browser.new_page(), list[str]()
    page.on("console", lambda message: faults.append(message.text))
    page.on("request", lambda request: None if request.url.startswith(host) else faults.append(request.url))
    yield page
    assert faults == []
    page.close()


@pytest.mark.parametrize("name", NAMES)
def test_a_host_serves_it_under_a_strict_policy(hosted: Page, host: str, name: str) -> None:
    hosted.goto(f"{host}{name}")
    expect(hosted.get_by_role("button", name="Theme")).to_be_visible()
    if hosted.locator("#table").count():
        assert hosted.locator("#table th button").count() > 0


def test_what_is_downloaded_can_be_read(hosted: Page, host: str, full_board: Board) -> None:
    def taken(link: str) -> str:
        with hosted.expect_download() as download:
            hosted.get_by_role("link", name=link, exact=True).click()
        return Path(download.value.path()).read_text()

    hosted.goto(f"{host}quickstart.html")
    names = [row.algorithm for row in full_board.rows]
    assert [row["algorithm"] for row in csv.DictReader(taken("CSV").splitlines())] == names
    data: dict[str, Any] = json.loads(taken("JSON"))
    assert [row["algorithm"] for row in data["rows"]] == names
    assert r"\begin{tabular}" in taken("LaTeX")
    assert taken("SVG").startswith("<svg")
    seeds = list(csv.DictReader(taken("every seed as CSV").splitlines()))
    assert len(seeds) == sum(len(cell.seeds) for cell in full_board.cells)


def test_the_theme_can_be_chosen_and_lasts(hosted: Page, host: str) -> None:
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    hosted.emulate_media(color_scheme="light")
    hosted.goto(f"{host}index.html")
    light, theme = hosted.evaluate(ground), hosted.get_by_role("button", name="Theme")
    theme.click()
    expect(theme).to_have_text("Theme: light")
    assert hosted.evaluate(ground) == light
    theme.click()
    expect(theme).to_have_text("Theme: dark")
    dark = hosted.evaluate(ground)
    assert dark != light
    hosted.goto(f"{host}statistics.html")
    expect(theme).to_have_text("Theme: dark")
    assert hosted.evaluate(ground) == dark
