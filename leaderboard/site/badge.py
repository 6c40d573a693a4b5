"""A badge: a small picture for a README that says where an algorithm stands, with how sure that is."""

from xml.etree.ElementTree import Element, SubElement, tostring

from gnomon.evaluation.statistics import STATISTICS
from gnomon.leaderboard.board import Board, Row
from gnomon.leaderboard.site.standalone import ACCENT, INK, NAMESPACE
from gnomon.leaderboard.site.text import number, shorten

HEIGHT, PAD, LETTER = 22, 8, 6.7  # pixels; a letter of 12 pixels is about so wide
FONT = {"font-family": "system-ui, 'Liberation Sans', Helvetica, Arial, sans-serif", "font-size": "12"}


def badge(board: Board, row: Row) -> str:
    """The badge as SVG: track on the left; rank with its interval, statistic and trust on the right."""
    left, right = f"gnomon {shorten(board.title, 24)}", standing(board, row)
    widths = [round(2 * PAD + LETTER * len(text)) for text in (left, right)]
    size = {"width": str(sum(widths)), "height": str(HEIGHT)}
    label = f"{row.algorithm}: {left}, {right}"
    made = Element("svg", {"xmlns": NAMESPACE, "role": "img", "aria-label": label, **size, **FONT})
    SubElement(made, "title").text = label
    SubElement(made, "rect", {**size, "rx": "3", "fill": INK})
    right_side = {"x": str(widths[0]), "width": str(widths[1]), "height": str(HEIGHT)}
    SubElement(made, "rect", {**right_side, "rx": "3", "fill": ACCENT})
    _write(made, PAD, widths[0] - 2 * PAD, left)
    _write(made, widths[0] + PAD, widths[1] - 2 * PAD, right)
    return tostring(made, encoding="unicode") + "\n"


def standing(board: Board, row: Row) -> str:
    """Rank with its interval, statistic and level of trust; that it is not ranked, where it is not."""
    if row.standing is None:
        return f"not ranked · {row.trust.level}"
    value = row.estimates[board.statistic].value
    ranks = f"{row.standing.rank} [{row.standing.best_rank}, {row.standing.worst_rank}]"
    return f"rank {ranks} · {STATISTICS[board.statistic].label} {number(value)} · {row.trust.level}"


def _write(parent: Element, x: int, width: int, text: str) -> None:
    place = {"x": str(x), "y": "15", "textLength": str(width), "lengthAdjust": "spacingAndGlyphs", "fill": "#ffffff"}
    SubElement(parent, "text", place).text = text
