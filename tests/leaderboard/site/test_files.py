"""What can be taken along: CSV, LaTeX, SVG, badge and BibTeX, each read by what it is for."""

import csv
import io
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from gnomon.evaluation.score_table import score_table
from gnomon.evaluation.statistics import STATISTICS
from gnomon.leaderboard.board import Board
from gnomon.leaderboard.site.badge import badge, standing
from gnomon.leaderboard.site.bibtex import entry_bibtex
from gnomon.leaderboard.site.tables import latex_text, ranking_csv, ranking_latex, scores_csv
from gnomon.leaderboard.site.text import slug


def named(board: Board, name: str) -> Board:
    """The board with the first algorithm called otherwise."""
    return replace(board, rows=(replace(board.rows[0], algorithm=name), *board.rows[1:]))


def test_the_csv_of_the_ranking_has_numbers_in_full(full_board: Board) -> None:
    rows = list(csv.DictReader(io.StringIO(ranking_csv(full_board))))
    assert [row["algorithm"] for row in rows] == [row.algorithm for row in full_board.rows]
    first = full_board.rows[0]
    assert float(rows[0]["iqm"]) == first.estimates["iqm"].value
    assert float(rows[0]["iqm_lower"]) == first.estimates["iqm"].lower
    assert rows[0]["submission"] == first.trust.submission
    assert (rows[-1]["rank"], rows[-1]["iqm"]) == ("", "")
    assert rows[-1]["missing"] == full_board.rows[-1].missing


def test_a_spreadsheet_takes_no_name_for_a_formula(full_board: Board) -> None:
    for name in ("=1+1", "+a", "-a", "@a", "\ta"):
        rows = list(csv.DictReader(io.StringIO(ranking_csv(named(full_board, name)))))
        assert rows[0]["algorithm"] == f"'{name}"


def test_the_csv_of_scores_is_the_long_table_that_the_statistics_read(full_board: Board) -> None:
    import pandas

    table = score_table(pandas.read_csv(io.StringIO(scores_csv(full_board))), "drop algorithm")
    assert float(STATISTICS["iqm"].compute(table.matrices["bc"])) == pytest.approx(
        full_board.rows[0].estimates["iqm"].value
    )


def test_the_latex_has_a_line_a_ranked_algorithm_and_escapes_names(full_board: Board) -> None:
    table = ranking_latex(named(full_board, r"100% of a_b \input{x}"))
    lines = table.splitlines()
    assert lines[1].startswith(r"\begin{tabular}{rlr")
    columns = len(lines[1].partition("}{")[2].rstrip("}"))
    body = lines[lines.index(r"\midrule") + 1 : lines.index(r"\bottomrule")]
    assert len(body) == 3
    assert all(len(re.findall(r"(?<!\\)&", line)) == columns - 1 for line in body)
    assert r"100\% of a\_b \textbackslash{}input\{x\}" in body[0]
    assert latex_text("~^") == r"\textasciitilde{}\textasciicircum{}"


def test_the_picture_of_the_ranking_stands_alone(full_board: Board, folder: Path) -> None:
    picture = ElementTree.fromstring((folder / "quickstart" / "ranking.svg").read_text())
    drawn = list(picture.iter())
    assert not [one for one in drawn if "class" in one.attrib or "style" in one.attrib]
    texts = {one.text for one in drawn if one.tag.endswith("text")}
    assert {"bc", "td3-bc", "tier 1"} <= texts
    points = [one for one in drawn if one.tag.endswith("circle")]
    assert len(points) == sum(row.standing is not None for row in full_board.rows)
    assert all(one.attrib["fill"].startswith("#") for one in points)


def test_the_badge_says_rank_interval_statistic_and_trust(full_board: Board) -> None:
    row = full_board.rows[0]
    picture = ElementTree.fromstring(badge(full_board, row))
    assert row.standing is not None
    ranks = f"1 [{row.standing.best_rank}, {row.standing.worst_rank}]"
    assert standing(full_board, row) == f"rank {ranks} · IQM {row.estimates['iqm'].value:.1f} · L2"
    assert standing(full_board, row) in picture.attrib["aria-label"]
    assert standing(full_board, full_board.rows[-1]) == "not ranked · local"
    hostile = badge(full_board, replace(row, algorithm='<script>"'))
    assert "<script>" not in hostile
    ElementTree.fromstring(hostile)


def test_the_bibtex_names_what_ran_and_balances_its_braces(full_board: Board) -> None:
    entry = entry_bibtex(full_board, replace(full_board.rows[0], algorithm="a}{_b"))
    found = re.fullmatch(r"@misc\{([A-Za-z0-9-]+),\n(.*)\n\}", entry, re.DOTALL)
    assert found is not None
    key, fields = found.groups()
    assert key.startswith("gnomon-quickstart-a-")
    assert r"a\}\{\_b" in fields
    assert entry.replace(r"\{", "").replace(r"\}", "").count("{") == entry.replace(r"\{", "").replace(r"\}", "").count(
        "}"
    )
    assert "author = {{Ada Lovelace}}" in fields
    assert "submission 2222222222222222, level L2" in fields
    assert "author" not in entry_bibtex(full_board, full_board.rows[2])


def test_file_names_are_safe_and_never_clash() -> None:
    names = ["bc", "BC", "Bc", "a/b", "a-b", "a b", "..", "", "é", "x" * 200, "<script>", slug("BC")]
    found = [slug(name) for name in names]
    assert len({name.lower() for name in found}) == len(names)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9._-]*", name) for name in found), found
    assert max(map(len, found)) < 80
