"""Numbers, intervals and hashes as the page prints them."""

from gnomon.evaluation.intervals import LEAST_UNITS, Estimate


def number(value: float, digits: int = 1) -> str:
    """A number with a true minus sign, thousands apart, and no negative zero.

    >>> number(-1234.56), number(-0.04)
    ('−1,234.6', '0.0')
    """
    return f"{round(value, digits) + 0.0:,.{digits}f}".replace("-", "−")


def span(estimate: Estimate, digits: int = 1, without: str = "tied") -> str:
    """The interval of an estimate, or why it has none: too few seeds, or `without` where nothing varies.

    >>> span(Estimate("mean", 2.0, -0.5, 4.5, "Student", 3)), span(Estimate("mean", 2.0, None, None, "Student", 2))
    ('[−0.5, 4.5]', 'n<3')
    """
    if estimate.n < LEAST_UNITS:
        return f"n<{LEAST_UNITS}"
    if estimate.lower is None or estimate.upper is None:
        return without
    return f"[{number(estimate.lower, digits)}, {number(estimate.upper, digits)}]"


def shorten(text: str, length: int) -> str:
    """At most `length` characters, the last of them an ellipsis where some are left out.

    >>> shorten("nearest-neighbour", 10)
    'nearest-n…'
    """
    return text if len(text) <= length else f"{text[: length - 1]}…"


def short_hash(digest: str) -> str:
    """The first twelve digits."""
    return digest[:12]


def identity(content_hashes: tuple[str, ...]) -> str:
    """What the content hashes of the runs on one dataset say about its bytes."""
    if not content_hashes:
        return "no runs yet"
    return "same bytes" if len(content_hashes) == 1 else f"same recipe, {len(content_hashes)} builds"
