"""BibTeX of an entry of a board: which algorithm, in which ranking, from which runs."""

import re

from gnomon.leaderboard.board import Board, Row
from gnomon.leaderboard.site.tables import latex_text
from gnomon.leaderboard.site.text import slug


def entry_bibtex(board: Board, row: Row) -> str:
    """An entry of type misc; of runs that nobody submitted it names no author.

    The note has what the entry is known by: protocol, source and submission.
    """
    hashes = [f"protocol {board.protocol} {board.protocol_hash[:12]}", f"source {row.digest[:12]}"]
    if row.trust.submission:
        hashes.append(f"submission {row.trust.submission}, level {row.trust.level}")
    fields = {
        "title": f"{{{latex_text(row.algorithm)}}} on the track {latex_text(board.title)} of gnomon",
        "author": f"{{{latex_text(row.trust.author)}}}" if row.trust.author else "",
        "year": row.finished[:4],
        "note": "; ".join(hashes),
    }
    key = re.sub(r"[^A-Za-z0-9-]+", "-", f"gnomon-{board.track}-{slug(row.algorithm)}")
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@misc{{{key},\n{lines}\n}}"
