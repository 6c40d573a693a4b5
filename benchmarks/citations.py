"""The works that tasks and formats stand on, read from `citations.bib`; a task names its own in `cites`."""

import re
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("citations.bib")
_ENTRY = re.compile(r"@\w+\{([^,\s]+),.*?\n\}", re.DOTALL)


@cache
def all_citations() -> dict[str, str]:
    """Key → BibTeX entry; an entry of the file ends at the first brace that begins a line.

    >>> all_citations()["fu2020d4rl"].splitlines()[0]
    '@article{fu2020d4rl,'
    """
    return {match[1]: match[0] for match in _ENTRY.finditer(FILE.read_text(encoding="utf-8"))}
