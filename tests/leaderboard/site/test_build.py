"""The site as files: deterministic, self-contained, complete, and safe with hostile names."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest

from gnomon.evaluation.intervals import Estimate
from gnomon.leaderboard.board import Board
from gnomon.leaderboard.site.build import build_site
from gnomon.leaderboard.site.pages import PAGES, Site
from gnomon.leaderboard.site.svg import Strip, axis_over, strip_plot

VOID = {"meta", "link", "input", "wbr", "br", "img"}


class Outline(HTMLParser):
    """Checks that elements nest, and collects ids, links, attributes and text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.attributes |= values.keys()
        self.ids += [id for id in [values.get("id")] if id]
        self.links += [value for name in ("href", "src") if (value := values.get(name))]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def files(folder: Path) -> dict[str, bytes]:
    """The content of everything but the lock."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def pages(folder: Path) -> Iterator[tuple[Path, Outline]]:
    for path in sorted(folder.rglob("*.html")):
        yield path, Outline(path.read_text())


def text_of(folder: Path, name: str) -> str:
    return Outline((folder / name).read_text()).text


def test_every_page_is_made_and_none_is_written_twice(site: Site) -> None:
    made = [name for make in PAGES.values() for name, _ in make(site)]
    assert len(made) == len(set(made))
    assert list(PAGES) == sorted(
        "algorithm compare dataset downloads history interactive ledger models overview ranking scores "
        "statistics".split()
    )
    assert PAGES.broken == {}


def test_equal_sites_give_equal_bytes_and_what_is_there_is_left_alone(site: Site, tmp_path: Path) -> None:
    build_site(site, tmp_path)
    first = files(tmp_path)
    times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.html")}
    (tmp_path / "mine.txt").write_text("kept")
    build_site(site, tmp_path)
    assert files(tmp_path) == first | {"mine.txt": b"kept"}
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.html")} == times


def test_a_page_that_is_none_any_more_is_removed_and_nothing_else(
    site: Site, full_board: Board, tmp_path: Path
) -> None:
    build_site(site, tmp_path)
    page = tmp_path / "quickstart" / "algorithms" / "td3-bc.html"
    mine = page.with_name("mine.html")
    mine.write_text("kept")
    assert page.is_file()
    build_site([replace(full_board, rows=full_board.rows[:1])], tmp_path)
    assert not page.exists()
    assert mine.read_text() == "kept"


def test_what_the_last_build_wrote_is_not_believed_outside_the_folder(full_board: Board, tmp_path: Path) -> None:
    other = tmp_path / "other.html"
    other.write_text("kept")
    folder = tmp_path / "site"
    build_site([full_board], folder)
    (folder / "site.json").write_text(json.dumps(["../other.html", str(other)]))
    build_site([full_board], folder)
    assert other.read_text() == "kept"


def test_nothing_is_fetched_from_elsewhere(folder: Path) -> None:
    for name, content in files(folder).items():
        addresses = set(re.findall(r"(?:https?:)?//[\w.-]+\.[a-z]+", content.decode()))
        assert addresses <= {"http://www.w3.org"}, name


def test_elements_nest_ids_are_unique_and_links_lead_somewhere(folder: Path) -> None:
    outlines = dict(pages(folder))
    for path, outline in outlines.items():
        assert len(set(outline.ids)) == len(outline.ids), path
        for link in outline.links:
            name, _, place = unquote(link).partition("#")
            target = (path.parent / name).resolve() if name else path
            assert target.is_file(), (path, link)
            assert not place or place in outlines[target].ids, (path, link)


def test_no_script_or_style_stands_in_a_page(folder: Path) -> None:
    for path, outline in pages(folder):
        page = path.read_text()
        assert not {name for name in outline.attributes if name.startswith("on") or name == "style"}, path
        assert "<style" not in page
        assert set(re.findall(r"<script[^>]*>([^<]*)</script>", page)) == {""}
        (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
        assert set(re.findall(r"'\S+'|\S+:|\*", policy)) == {"'none'", "'self'", "file:"}


def test_a_hostile_name_is_text_on_every_page(folder: Path) -> None:
    shown = 0
    for path, outline in pages(folder):
        assert '<script>alert("x")' not in path.read_text(), path
        assert "<b>here</b>" not in path.read_text(), path
        shown += '<script>alert("x")</script>, "a" & \'b\'' in outline.text
    assert shown >= 8  # overview, ranking, scores, compare, history, its own page, and those of datasets


def test_a_page_weighs_less_than_half_a_megabyte(folder: Path) -> None:
    assert max(path.stat().st_size for path in folder.rglob("*.html")) < 500_000


def test_the_json_is_the_board(full_board: Board, folder: Path) -> None:
    assert json.loads((folder / "quickstart.json").read_bytes()) == json.loads(json.dumps(full_board.as_json()))


def test_the_ranking_has_every_number_with_how_sure_it_is(full_board: Board, folder: Path) -> None:
    text = text_of(folder, "quickstart.html")
    for row in full_board.rows:
        assert row.algorithm in text
        if row.standing:
            assert f"{row.rank}[{row.standing.best_rank}, {row.standing.worst_rank}]" in text
            estimate = row.estimates["iqm"]
            assert f"{estimate.value:.1f}[{estimate.lower:.1f}, {estimate.upper:.1f}]" in text
    assert "Not ranked: not run on maze/test-1/wander-v1." in text
    assert "Ada Lovelace, 2026-11-01" in text


def test_levels_of_trust_and_tombstones_have_their_reasons(full_board: Board, folder: Path) -> None:
    page = (folder / "quickstart.html").read_text()
    badges = re.findall(r'<span class="badge level-(\w+)" title="([^"]*)">(\w+)</span>', page)
    assert [(shown, level) for level, _, shown in badges] == [
        *((row.trust.level, row.trust.level) for row in full_board.rows),
        ("withdrawn", "withdrawn"),
    ]
    assert "The seeds were tuned." in Outline(page).text
    assert re.findall(r'<tr data-name="(\S+)" data-level="(\d)"', page)[:2] == [("bc", "4"), ("td3-bc", "3")]


def test_a_tie_is_one_band_behind_its_lines(full_board: Board, folder: Path) -> None:
    page = (folder / "quickstart.html").read_text()
    bands = re.findall(r'<rect class="band \w+" x="0" y="([\d.]+)" width="100%" height="([\d.]+)"', page)
    tiers = [row.standing.tier for row in full_board.rows if row.standing]
    assert len(bands) == len(set(tiers))
    heights = [38 * tiers.count(tier) - 4 for tier in sorted(set(tiers))]
    assert [float(height) for _, height in bands] == heights


def test_a_track_without_results_says_what_fills_it(folder: Path) -> None:
    for name in ("index.html", "offline.html"):
        assert "gnomon evaluate bc --suite maze" in text_of(folder, name)
    assert "gnomon evaluate answer-prior" in text_of(folder, "reasoning.html")
    assert not (folder / "offline" / "scores.html").exists()


def test_an_empty_site_has_an_overview_and_says_what_to_run(full_board: Board, tmp_path: Path) -> None:
    empty = replace(full_board, rows=(), cells=(), improvements=())
    build_site([empty], tmp_path)
    assert "gnomon quickstart" in text_of(tmp_path, "index.html")
    assert "The seeds were tuned." in text_of(tmp_path, "quickstart.html")  # tombstones stay


def test_the_suites_of_a_track_link_to_each_other(folder: Path) -> None:
    assert "offline-ants.html" in Outline((folder / "offline.html").read_text()).links
    assert "offline.html" in Outline((folder / "offline-ants.html").read_text()).links


def test_the_page_of_a_dataset_has_every_seed(full_board: Board, folder: Path) -> None:
    for dataset in full_board.datasets:
        text = text_of(folder, f"quickstart/datasets/{dataset.id}.html")
        for cell in full_board.cells:
            if cell.dataset == dataset.id:
                for seed, score in cell.by_seed.items():
                    assert f"seed {seed}: {score:.1f}" in text
        assert "the data 41.2" in text


def test_the_page_of_an_algorithm_has_all_that_it_takes_to_run_and_cite_it(full_board: Board, folder: Path) -> None:
    text = text_of(folder, "quickstart/algorithms/bc.html")
    row = full_board.rows[0]
    for part in (row.command, row.digest, '"hidden": [', "best of 3: 83.0", "@misc{gnomon-quickstart-bc,", row.tuning):
        assert part in text, part
    assert "It was reevaluated" in text  # the ledger's entries on its submission
    assert "EPYC" in text


def test_the_history_has_those_who_led_and_every_change(folder: Path) -> None:
    page = (folder / "quickstart" / "history.html").read_text()
    led = re.findall(r'<tr data-name="([^"]*)">.*?<td>(from then on|no)</td>', page, re.DOTALL)
    assert [name for name, _ in led][:2] == ["bc", "td3-bc"]  # the last to come is the best
    assert {answer for _, answer in led} == {"from then on"}
    assert Outline(page).text.count("It was received") == 2


def test_the_ledger_says_what_to_note_and_how_to_check(site: Site, folder: Path) -> None:
    text = text_of(folder, "ledger.html")
    head = site.ledger.entries[-1].hash
    assert f"gnomon leaderboard ledger verify --head {head}" in text
    assert text.count("It was structural") == 2
    assert "nothing has been submitted" not in text


def test_an_empty_ledger_says_how_to_submit(full_board: Board, tmp_path: Path) -> None:
    build_site([full_board], tmp_path)
    assert "gnomon leaderboard pack" in text_of(tmp_path, "ledger.html")


def test_every_statistic_is_explained_with_a_formula(folder: Path) -> None:
    from gnomon.evaluation.statistics import STATISTICS

    page = (folder / "statistics.html").read_text()
    for name, statistic in STATISTICS.items():
        section = page.partition(f'<h3 id="{name}">{statistic.label}</h3>')[2].partition("<h3")[0]
        assert statistic.meaning.partition(":")[0] in section
        assert "<math" in section
    for place in ("bootstrap", "student", "tier", "rank-interval", "best", "improvement", "online", "pass", "wilson"):
        assert f'id="{place}"' in page


def test_reports_on_reward_models_are_shown(folder: Path) -> None:
    text = text_of(folder, "reward-model.html")
    assert "n-grams" in text
    assert "75.0[71.0, 79.0]" in text


@pytest.mark.parametrize("values", [[0.0, 100.0], [-730.2, 100.0], [99.7, 99.9], [5.0, 5.0], [1e-7, 3e5]])
def test_an_axis_holds_all_values_between_round_ends(values: list[float]) -> None:
    axis = axis_over(values)
    steps = [after - before for before, after in pairwise(axis.ticks)]
    assert axis.ticks[0] <= min(values) <= max(values) <= axis.ticks[-1]
    assert steps == pytest.approx([steps[0]] * len(steps))
    assert 2 <= len(axis.ticks) <= 8
    assert axis.place(axis.ticks[0]) == "0.00%"
    assert axis.place(axis.ticks[-1]) == "100.00%"


def test_random_expert_and_data_are_marked_also_where_no_tick_is() -> None:
    strip = Strip("bc", (0, 1), (-900.0, 80.0), Estimate("mean", -410.0, None, None, "Student", 2))
    plot = strip_plot([strip], 41.2, "scores")
    assert axis_over([-900.0, 100.0]).ticks == (-1000.0, -800.0, -600.0, -400.0, -200.0, 0.0, 200.0)
    assert plot.count("<circle") == 2
    for x, meaning in (("83.33%", "random"), ("91.67%", "expert"), ("86.77%", "the data 41.2")):
        assert re.search(f'x="{x}"[^>]*>{meaning}<', plot), meaning
