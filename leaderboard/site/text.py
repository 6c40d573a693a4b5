"""Numbers, intervals, hashes and file names as the pages print them."""

import re
from hashlib import sha256

from gnomon.evaluation.intervals import LEAST_UNITS, Estimate

HASHED = re.compile(r"-[0-9a-f]{8}$")
UNITS = {3600: "h", 60: "min", 1: "s"}  # seconds, from the longest


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


def slug(name: str) -> str:
    """A file name for a name: the name itself where it is safe in every file system, else what is safe of it, hashed.

    No two names have one file: a name that looks hashed is hashed too.

    >>> slug("td3-bc"), slug("TD3")
    ('td3-bc', 'td3-6f36e71f')
    """
    safe = re.sub(r"[^a-z0-9._-]+", "-", name.lower())[:60].strip("._-")
    if name and name == safe and not HASHED.search(name):
        return name
    return f"{safe}-{sha256(name.encode()).hexdigest()[:8]}".lstrip("-")


def chance(probability: float) -> str:
    """A probability with two digits, and never 0 or 1 where it is neither.

    >>> chance(0.5), chance(0.001), chance(1.0)
    ('0.50', '< 0.01', '1.00')
    """
    if 0 < probability < 0.005:
        return "< 0.01"
    return "> 0.99" if 0.995 < probability < 1 else number(probability, 2)


def duration(seconds: float) -> str:
    """About how long something took, with two digits.

    >>> duration(0.01), duration(3.14), duration(300.0), duration(50_000.0)
    ('< 0.1 s', '3.1 s', '5.0 min', '14 h')
    """
    if seconds < 0.05:
        return "< 0.1 s"
    amount, unit = next((seconds / size, unit) for size, unit in UNITS.items() if seconds >= 1.5 * size or size == 1)
    return f"{number(amount, 0 if amount >= 10 else 1)} {unit}"
