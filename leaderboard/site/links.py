"""Where the pages and files of a ranking lie, relative to the site's folder."""

from gnomon.leaderboard.board import Board
from gnomon.leaderboard.site.text import slug


def ranking(board: Board) -> str:
    """The page of the ranking."""
    return f"{board.track}.html"


def data(board: Board) -> str:
    """The whole board as JSON."""
    return f"{board.track}.json"


def of(board: Board, name: str) -> str:
    """A file of the ranking, such as `compare.html` or `ranking.csv`."""
    return f"{board.track}/{name}"


def algorithm(board: Board, name: str) -> str:
    """The page of an algorithm in the ranking."""
    return f"{board.track}/algorithms/{slug(name)}.html"


def badge(board: Board, name: str) -> str:
    """The badge of an algorithm in the ranking."""
    return f"{board.track}/badges/{slug(name)}.svg"


def dataset(board: Board, id: str) -> str:
    """The page of a dataset in the ranking."""
    return f"{board.track}/datasets/{id}.html"
