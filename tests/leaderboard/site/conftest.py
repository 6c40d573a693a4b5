"""The pages' tests are given a site of made-up boards, once on disk, and a browser that watches what it does."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gnomon.evaluation.intervals import Estimate
from gnomon.leaderboard.board import Board, TriedPoint
from gnomon.leaderboard.ledger import Entry, State
from gnomon.leaderboard.site.build import build_site
from gnomon.leaderboard.site.pages import Ledger, Site
from gnomon.leaderboard.site.rewards import RewardReport

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

BEGUN = datetime(2026, 11, 1, 9, tzinfo=UTC)
STATES: tuple[State, ...] = ("received", "structural", "reevaluated")


def ledger_of(*submissions: str) -> Ledger:
    """Three entries of each submission; neither chained nor signed, which the pages do not look at."""
    subjects: list[tuple[str, State]] = [(subject, state) for subject in submissions for state in STATES]
    return Ledger(
        tuple(
            Entry(
                sequence=number,
                previous="0" * 64,
                time=BEGUN + timedelta(hours=number),
                subject=subject * 4,
                state=state,
                reason=f"It was {state} <b>here</b>.",
                key="key",
            )
            for number, (subject, state) in enumerate(subjects)
        ),
        "ed25519:0123",
    )


@pytest.fixture(scope="session")
def full_board(board: Board) -> Board:
    """The board with dates, hardware and what trying several policies is worth."""
    points = tuple(TriedPoint(n, 80.0 + n, 75.0 + n, 85.0 + n) for n in (1, 2, 3))
    rows = tuple(
        replace(row, finished=f"2026-11-{20 - 3 * place:02}T10:00:00+00:00", hardware={"cpu": "EPYC"}, best_of=points)
        for place, row in enumerate(board.rows)
    )
    return replace(board, rows=rows, command="gnomon quickstart")


@pytest.fixture(scope="session")
def site(full_board: Board) -> Site:
    """A track with rows, one of two suites of which the first is empty, and a report on two reward models."""
    empty = replace(
        full_board, track="offline", title="Offline", rows=(), cells=(), improvements=(), tombstones=(),
        command="gnomon evaluate bc --suite maze",
    )  # fmt: skip
    further = replace(full_board, track="offline-ants", part_of="offline", title="Offline", suite="ants")
    report = RewardReport(
        model="n-grams", set="preference/steps-outcome-v1", split="iid",
        accuracy=Estimate("mean", 0.75, 0.71, 0.79, "Student", 500, "items"),
        bayes_accuracy=0.98, best_of_four=0.5, regret=1.5, kendall=None, calibration_error=0.1, step_auroc=0.6,
        first_error_f1=0.2,
    )  # fmt: skip
    other = replace(report, model="length")
    return Site((full_board, empty, further), ledger_of("2" * 16, "3" * 16), rewards=(report, other))


@pytest.fixture(scope="session")
def folder(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site on disk; read it, never write to it."""
    place = tmp_path_factory.mktemp("site")
    build_site(site, place)
    return place


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """Debian's Chromium, without a window."""
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        yield opened
        opened.close()


@pytest.fixture
def open_page(browser: "Browser", folder: Path) -> "Iterator[Callable[..., Page]]":
    """Opens pages from disk; every complaint of the browser and every request to elsewhere is an error at the end."""
    pages: list[Page] = []
    faults: list[str] = []

    def watch(page: "Page") -> None:
        page.on("console", lambda message: faults.append(message.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda request: None if request.url.startswith("file:") else faults.append(request.url))

    def open_(name: str, **options: Any) -> "Page":
        page = browser.new_page(**options)
        pages.append(page)
        watch(page)
        file, _, state = name.partition("#")
        page.goto((folder / file).as_uri() + (f"#{state}" if state else ""))
        return page

    yield open_
    for page in pages:
        page.close()
    assert faults == []
