"""From boards to a folder of pages that opens from disk and from any static host."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gnomon.evaluation import intervals
from gnomon.files import canonical_json, locked, write_atomically
from gnomon.leaderboard.board import Board
from gnomon.leaderboard.entrants import LADDER
from gnomon.leaderboard.site import links, text
from gnomon.leaderboard.site.columns import COLUMNS
from gnomon.leaderboard.site.rewards import percent

if TYPE_CHECKING:
    import jinja2

    from gnomon.leaderboard.site.pages import File, Site

HERE = Path(__file__).parent
WRITTEN = "site.json"  # what the last build wrote, so that the next removes what is no page any more


@dataclass(frozen=True)
class Tab:
    """A page of the site, as the navigation lists it."""

    track: str
    title: str


def tabs_of(boards: Sequence[Board]) -> list[Tab]:
    """One a track."""
    return [Tab(board.track, board.title) for board in boards if not board.part_of]


def build_site(site: "Site | Sequence[Board]", folder: Path) -> Path:
    """Write every page, picture and table of a site, and return the path of `index.html`, the overview.

    Equal sites give equal bytes, and what is written already is left alone. Pages of an earlier build that are none any
    more are removed; any other file stays as it is.

    Args:
        site: what the pages show, or its boards alone.
        folder: made where it is missing.
    """
    from gnomon.leaderboard.site.pages import PAGES, Site

    shown = site if isinstance(site, Site) else Site(tuple(site))
    files: dict[str, bytes] = {f"static/{file.name}": file.read_bytes() for file in sorted((HERE / "static").iterdir())}
    for make in PAGES.values():
        files |= {name: content.encode() if isinstance(content, str) else content for name, content in make(shown)}
    with locked(folder / ".site.lock"):
        _remove_all_but(files, folder)
        for name, content in files.items():
            _write(folder / name, content)
        write_atomically(folder / WRITTEN, canonical_json(sorted(files)))
    return folder / "index.html"


def _write(path: Path, content: bytes) -> None:
    """Replace a file at once. Unlike `write_atomically` it does not wait for the disk: pages can be made again."""
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_bytes(content)
    temporary.replace(path)


def _remove_all_but(kept: Iterable[str], folder: Path) -> None:
    """Remove what an earlier build wrote into the folder and this one does not."""
    if not (folder / WRITTEN).is_file():
        return
    for name in sorted(set(json.loads((folder / WRITTEN).read_bytes())) - set(kept)):
        path = (folder / name).resolve()
        if path.is_relative_to(folder.resolve()):
            path.unlink(missing_ok=True)


def page(site: "Site", name: str, template: str, **values: Any) -> "File":
    """A page of the site from a template.

    Args:
        site: for the navigation.
        name: of the file, relative to the site's folder.
        template: its file.
        values: what the template needs; `title` and `summary` at least.
    """
    made = environment().get_template(template)
    return name, made.render(root="../" * name.count("/"), tabs=site.tabs, **values)


@cache
def environment() -> "jinja2.Environment":
    """The templates with their filters: what stands in a page is escaped, and a missing value is an error.

    `layout.html` takes `title` and `summary`, and where they differ from what stands here: `root`, which leads from the
    page to the site's folder, `tabs` and `current`, the tracks and which of them the page is of.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(root="", tabs=(), current="", intervals=intervals, ladder=LADDER, links=links, columns=COLUMNS)
    made.filters.update(number=text.number, span=text.span, short_hash=text.short_hash, identity=text.identity)
    made.filters.update(chance=text.chance, duration=text.duration, shade=shade, pretty=_pretty, percent=percent)
    return made


def shade(probability: float) -> str:
    """The class of a cell of the matrix: from `beats-0` at ½ or less to `beats-5` at 1.

    >>> shade(0.5), shade(0.51), shade(1.0)
    ('beats-0', 'beats-1', 'beats-5')
    """
    return f"beats-{max(0, -int((0.5 - probability) * 10 // 1))}"


def _pretty(config: dict[str, object]) -> str:
    return json.dumps(config, indent=2, sort_keys=True, ensure_ascii=False)
