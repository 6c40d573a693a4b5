"""The ranking and the scores as CSV and LaTeX."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from gnomon.evaluation.intervals import LEVEL, Estimate
from gnomon.evaluation.statistics import STATISTICS
from gnomon.leaderboard.board import Board, Row
from gnomon.leaderboard.site.columns import COLUMNS
from gnomon.leaderboard.site.figures import statistics

RISKY = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet takes text that begins so for a formula
LATEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"} | {
    letter: f"\\{letter}" for letter in "&%$#_{}"
}


def ranking_csv(board: Board) -> str:
    """A row an algorithm; numbers in full, empty where there is none."""
    names = statistics(board)
    head = ["rank", "best_rank", "worst_rank", "tier", "probability_best", "algorithm", "trust", "submission"]
    head += [f"{name}{end}" for name in names for end in ("", "_lower", "_upper")]
    head += [*(column.key for column in COLUMNS), "missing"]
    return _csv([head, *(_ranking_row(row, names) for row in board.rows)])


def _ranking_row(row: Row, names: Sequence[str]) -> list[object]:
    known = row.standing
    standing = (
        [known.rank, known.best_rank, known.worst_rank, known.tier, known.probability_best] if known else [""] * 5
    )
    numbers = [end for name in names for end in _ends(row.estimates.get(name))]
    trust = [row.trust.level, row.trust.submission]
    return [*standing, row.algorithm, *trust, *numbers, *(column.value(row) for column in COLUMNS), row.missing]


def _ends(estimate: Estimate | None) -> list[object]:
    return ["", "", ""] if estimate is None else [estimate.value, estimate.lower, estimate.upper]


def scores_csv(board: Board) -> str:
    """The long table: algorithm, dataset, seed, score; what `gnomon.evaluation.aggregate` reads."""
    rows = (
        (cell.algorithm, cell.dataset, seed, score)
        for cell in board.cells
        for seed, score in zip(cell.seeds, cell.scores, strict=True)
    )
    return _csv([("algorithm", "dataset", "seed", "score"), *rows])


def _csv(rows: Iterable[Iterable[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([map(_harmless, row) for row in rows])
    return text.getvalue()


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(RISKY) else value


def ranking_latex(board: Board) -> str:
    """A table for booktabs: rank with its interval, algorithm, tier, and each statistic with its interval."""
    names = statistics(board)
    head = ["Rank", "Algorithm", "Tier", *(latex_text(STATISTICS[name].label) for name in names)]
    lines = [rf"\begin{{tabular}}{{rlr{'r' * len(names)}}}", r"\toprule", f"{' & '.join(head)} \\\\", r"\midrule"]
    lines += [f"{' & '.join(_latex_row(row, names))} \\\\" for row in board.rows if row.standing]
    lines += [r"\bottomrule", r"\end{tabular}"]
    rules = f"suite {board.suite}, protocol {board.protocol} {board.protocol_hash[:12]}"
    note = f"% {board.title}: {rules}; brackets hold {100 * LEVEL:.0f} % intervals"
    return "\n".join([note, *lines, ""])


def _latex_row(row: Row, names: Sequence[str]) -> list[str]:
    known = row.standing
    assert known is not None
    ranks = f"{known.rank} [{known.best_rank}, {known.worst_rank}]"
    return [ranks, latex_text(row.algorithm), str(known.tier), *(_latex_number(row.estimates[name]) for name in names)]


def _latex_number(estimate: Estimate) -> str:
    value = f"{estimate.value:.1f}"
    if estimate.lower is None or estimate.upper is None:
        return f"${value}$"
    return f"${value}$ {{\\scriptsize $[{estimate.lower:.1f}, {estimate.upper:.1f}]$}}"


def latex_text(text: str) -> str:
    r"""The text with everything escaped that LaTeX would take for a command.

    >>> latex_text("100 % of a_b")
    '100 \\% of a\\_b'
    """
    return re.sub(r"[\\~^&%$#_{}]", lambda match: LATEX[match[0]], text)
