"""The application: guards, API, the pages with forms, and the site's files."""

from pathlib import Path

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from gnomon import __version__
from gnomon.errors import GnomonError, UsageError
from gnomon.leaderboard.plain_text import shown
from gnomon.leaderboard.server.access import Served, allowed
from gnomon.leaderboard.server.api import PREFIX, api
from gnomon.leaderboard.server.files import Site, register_files
from gnomon.leaderboard.server.guards import Guards
from gnomon.leaderboard.server.health import health
from gnomon.leaderboard.server.metrics import Metrics
from gnomon.leaderboard.server.pages import pages, render
from gnomon.leaderboard.server.rates import Rate
from gnomon.leaderboard.server.service import Service
from gnomon.leaderboard.server.uploads import Slots
from gnomon.leaderboard.site import build

STATIC = Path(build.__file__).parent / "static"  # of the site: there before the first page is written
OPENAPI = f"{PREFIX}/openapi.json"


def make_application(service: Service) -> FastAPI:
    """What uvicorn serves."""
    settings, metrics = service.settings, Metrics()
    app = FastAPI(title="gnomon leaderboard", version=__version__, openapi_url=OPENAPI, docs_url=None, redoc_url=None)
    app.state.service, app.state.metrics = service, metrics
    app.state.slots = Slots(settings.uploads_at_once)
    app.state.changes = Rate(settings.changes_a_minute / 60, settings.changes_a_minute)
    app.add_middleware(Guards, settings=settings, metrics=metrics)
    for kind, answer in REFUSED.items():
        app.add_exception_handler(kind, answer)
    for router in (api, pages, register_files):
        app.include_router(router)
    _add_telling(app)
    app.mount("/static", Site(directory=STATIC), name="static")
    app.mount("/", Site(directory=settings.pages, html=True), name="site")
    return app


def _add_telling(app: FastAPI) -> None:
    @app.get("/healthz", include_in_schema=False)
    def healthz(service: Served) -> Response:
        parts = health(service)
        return JSONResponse(parts, 200 if parts["database"] and parts["disk"] else 503, {"Cache-Control": "no-store"})

    @app.get("/metrics", include_in_schema=False, dependencies=[Depends(allowed("metrics"))])
    def metrics(service: Served) -> Response:
        return PlainTextResponse(app.state.metrics.text(service))


def _refusal(request: Request, status: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
    """JSON for programs, a page for people."""
    if request.url.path.startswith((PREFIX, "/metrics", "/register/")):
        return JSONResponse({"detail": sentence}, status, headers)
    answer = render(request, "refusal.html", "That did not work", sentence, status)
    answer.headers.update(headers or {})
    return answer


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _refusal(request, error.status_code, str(error.detail), dict(error.headers or {}))


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"][1:]) or "the body"
    return _refusal(request, 422, shown(f"{place}: {first['msg']}."))


def _wrong(request: Request, error: Exception) -> Response:
    return _refusal(request, 400, str(error))


def _failed(request: Request, error: Exception) -> Response:
    return _refusal(request, 500, str(error))


def _unreachable(_: Request, __: Exception) -> Response:
    return JSONResponse({"detail": "The database does not answer."}, 503, {"Retry-After": "10"})


def _gone(_: Request, __: Exception) -> Response:
    return Response(status_code=400)  # nobody reads it


REFUSED = {
    HTTPException: _http,
    RequestValidationError: _invalid,
    UsageError: _wrong,
    GnomonError: _failed,
    OperationalError: _unreachable,
    ClientDisconnect: _gone,
}
