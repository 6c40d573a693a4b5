"""Files that everybody may have: the site's pages, and of the register what proves them."""

import re
from pathlib import Path

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import FileResponse
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from gnomon.leaderboard.server.access import service_of
from gnomon.leaderboard.submission import FILE_NAME, MANIFEST

OPEN = re.compile(
    rf"ledger\.(jsonl|pub)|reports/[0-9a-f]{{16}}/[0-9]+\.json|submissions/[0-9a-f]{{16}}/({MANIFEST}|{FILE_NAME.pattern})",
    re.ASCII,
)
HARMLESS = {"Content-Security-Policy": "sandbox; default-src 'none'", "Cache-Control": "no-cache"}
register_files = APIRouter(include_in_schema=False)


class Site(StaticFiles):
    """The pages. Badges and figures may be shown by other sites; browsers ask each time whether a page is new."""

    def file_response(self, *arguments: object, **options: object) -> Response:
        answer = super().file_response(*arguments, **options)  # pyright: ignore[reportArgumentType]
        answer.headers["Cache-Control"] = "no-cache"
        answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return answer


@register_files.get("/server.css")
def stylesheet() -> FileResponse:
    """What the pages with forms need beside the site's style."""
    return FileResponse(Path(__file__).parent / "templates" / "server.css", media_type="text/css")


@register_files.get("/register/{name:path}")
def register_file(request: Request, name: str) -> FileResponse:
    """The ledger, its key, a report, or a file of a submission: always to be saved, never to be shown."""
    folder = service_of(request).register.folder
    if not OPEN.fullmatch(name) or not (folder / name).is_file():
        raise HTTPException(404, "The register has no such file.")
    return FileResponse(folder / name, 200, HARMLESS, "application/octet-stream", filename=name.rpartition("/")[2])
