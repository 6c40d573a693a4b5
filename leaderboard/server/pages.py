"""The pages that a static site cannot have: the own account, submissions with their forms, the moderators' desk.

They stand in the site's own layout (`leaderboard/site/templates/layout.html`), and need no script.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any

import jinja2
from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response
from fastapi import Path as InPath
from fastapi.responses import HTMLResponse, RedirectResponse

from gnomon.leaderboard.ledger import CHANGES, LEVELS
from gnomon.leaderboard.server import looking, moderation
from gnomon.leaderboard.server.access import Served, address_of, require, service_of, slow_down
from gnomon.leaderboard.server.answers import NewToken, Scope, Text
from gnomon.leaderboard.server.api import further_token
from gnomon.leaderboard.server.layout import served_templates
from gnomon.leaderboard.server.moderation import Decision
from gnomon.leaderboard.server.tokens import SCOPES, Bearer, find_bearer, revoke_token, tokens_of
from gnomon.leaderboard.server.visits import (
    FIELD,
    begin_visit,
    check_form,
    check_origin,
    end_visit,
    form_proof,
    visitor,
)
from gnomon.leaderboard.site.build import Tab, environment
from gnomon.leaderboard.site.pages import Site
from gnomon.leaderboard.tracks import TRACKS

PRIVATE = {"Cache-Control": "no-store"}
pages = APIRouter(include_in_schema=False)
Id = Annotated[str, InPath(pattern="^[0-9a-f]{8,64}$")]


def seen(request: Request, service: Served) -> Bearer | None:
    """Whose browser it is; none where nobody is signed in."""
    return visitor(service, request)


def signed(request: Request, service: Served, proof: Annotated[str, Form(alias=FIELD)]) -> Bearer:
    """Who sends a form of ours; refuses everything else."""
    found = visitor(service, request)
    if found is None:
        raise HTTPException(401, "Sign in first.")
    check_form(service, request, proof)
    slow_down(request, found.account)
    return found


Seen = Annotated[Bearer | None, Depends(seen)]


def sending(scope: str) -> Callable[[Bearer], Bearer]:
    """A dependency: who sends a form of ours, with that scope."""

    def check(found: Annotated[Bearer, Depends(signed)]) -> Bearer:
        require(found, scope)
        return found

    return check


Reader = Annotated[Bearer, Depends(sending("read"))]
Submitter = Annotated[Bearer, Depends(sending("submit"))]
Moderator = Annotated[Bearer, Depends(sending("moderate"))]


def render(request: Request, template: str, title: str, summary: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page in the site's layout."""
    service, depth = service_of(request), request.url.path.strip("/").count("/")
    bearer = visitor(service, request)
    made = templates().get_template(template)
    proof = form_proof(service, request) if bearer else ""
    shown = {"title": title, "summary": summary, "bearer": bearer, "proof": proof, "levels": LEVELS}
    current = request.url.path.split("/")[1]
    content = made.render(root="../" * depth, tabs=tabs(), current=current, **shown, **values)
    return HTMLResponse(content, status, PRIVATE)


@cache
def tabs() -> list[Tab]:
    """The tracks, as the site's navigation lists them."""
    tracks = sorted(TRACKS.values(), key=lambda track: track.id != "quickstart")
    return [*(Tab(track.id, track.title) for track in tracks), *Site(()).tabs]


@cache
def templates() -> jinja2.Environment:
    """The site's templates and ours."""
    made = environment().overlay(loader=served_templates())
    made.filters["moment"] = moment
    return made


def moment(seconds: float) -> str:
    """A time as pages show it.

    >>> moment(0.0)
    '1970-01-01 00:00'
    """
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M}"


@pages.get("/submissions")
def list_submissions(request: Request, service: Served, page: int = 0) -> Response:
    """Every submission, the newest first."""
    page = min(max(page, 0), 10_000)
    rows = looking.submissions(service, page=page)
    title, summary = "Submissions", "What was sent here, the newest first, and how far it can be trusted."
    more = len(rows) == looking.A_PAGE
    return render(request, "submissions.html", title, summary, rows=rows, page=page, has_more=more)


@pages.get("/submissions/{id}")
def show_submission(request: Request, service: Served, id: Id) -> Response:
    """A submission: every change, flag and appeal, and what the visitor can do about it."""
    told = looking.story(service, id)
    found = told.submission
    runs = f"{found.runs} run{'s' * (found.runs != 1)}"
    summary = f"{runs} on the suite {found.suite} under the protocol {found.protocol}, by {found.author}."
    changes = CHANGES[found.state]  # pyright: ignore[reportArgumentType]  # the ledger's
    return render(request, "submission.html", found.algorithm, summary, told=told, changes=changes)


@pages.post("/submissions/{id}/flag")
def flag(service: Served, id: Id, reason: Annotated[Text, Form()], bearer: Submitter) -> Response:
    """Flag it."""
    moderation.flag(service, bearer, id, reason)
    return _to(f"/submissions/{id}")


@pages.post("/submissions/{id}/appeal")
def appeal(service: Served, id: Id, reason: Annotated[Text, Form()], bearer: Submitter) -> Response:
    """Appeal."""
    moderation.appeal(service, bearer, id, reason)
    return _to(f"/submissions/{id}")


@pages.post("/submissions/{id}/withdraw")
def withdraw(service: Served, id: Id, reason: Annotated[Text, Form()], bearer: Submitter) -> Response:
    """Withdraw it."""
    moderation.ask(service, bearer, id, "withdraw", reason)
    return _to(f"/submissions/{id}")


@pages.post("/submissions/{id}/verify")
def verify(service: Served, id: Id, reason: Annotated[Text, Form()], bearer: Moderator) -> Response:
    """Have it verified again."""
    moderation.ask(service, bearer, id, "verify", reason)
    return _to(f"/submissions/{id}")


@pages.get("/moderation")
def desk(request: Request, service: Served, bearer: Seen) -> Response:
    """What waits for a moderator."""
    if bearer is None or "moderate" not in bearer.scopes:
        raise HTTPException(403, "Sign in with a token that has the scope moderate.")
    complaints, failed = moderation.open_complaints(service), looking.jobs(service, "failed")
    summary = "Flags and appeals that wait for a decision, and jobs that could not be done."
    return render(request, "moderation.html", "Moderation", summary, complaints=complaints, failed=failed)


@pages.post("/complaints/{number}")
def decide(
    service: Served,
    number: Annotated[int, InPath(ge=0, le=2**53)],
    decision: Annotated[Decision, Form()],
    answer: Annotated[Text, Form()],
    bearer: Moderator,
) -> Response:
    """Decide on a flag or an appeal."""
    moderation.decide(service, bearer, number, decision, answer)
    return _to("/moderation")


@pages.get("/account")
def account(request: Request, service: Served, bearer: Seen) -> Response:
    """The own account, or the form to sign in."""
    return _account(request, service, bearer)


@pages.post("/account/visit")
def sign_in(request: Request, service: Served, token: Annotated[str, Form(max_length=200)]) -> Response:
    """Show a token, and get a cookie."""
    check_origin(service, request)
    slow_down(request, f"sign in {address_of(request)}")
    bearer = find_bearer(service, token.strip())
    if bearer is None:
        raise HTTPException(401, "There is no such token, or it was revoked, or it has expired.")
    answer = _to("/account")
    begin_visit(service, bearer, answer)
    return answer


@pages.post("/account/leave", dependencies=[Depends(signed)])
def sign_out(request: Request, service: Served) -> Response:
    """Forget this browser."""
    answer = _to("/account")
    end_visit(service, request, answer)
    return answer


@pages.post("/account/tokens")
def add_token(
    request: Request,
    service: Served,
    scopes: Annotated[list[Scope], Form(min_length=1, max_length=5)],
    days: Annotated[float, Form(gt=0, le=3660)],
    bearer: Reader,
) -> Response:
    """Make a token, and show it this once."""
    secret, _ = further_token(service, bearer, NewToken(scopes=scopes, days=days))
    return _account(request, service, bearer, secret)


@pages.post("/account/revoke")
def remove_token(service: Served, prefix: Annotated[str, Form(pattern="^[0-9a-f]{8}$")], bearer: Reader) -> Response:
    """Revoke a token."""
    revoke_token(service, prefix, bearer.account, bearer.account)
    return _to("/account")


def _account(request: Request, service: Served, bearer: Bearer | None, secret: str = "") -> Response:
    if bearer is None:
        return render(request, "sign_in.html", "Account", "Sign in with a token of the keeper of this server.")
    own = tokens_of(service, bearer.account)
    rows = looking.submissions(service, account=bearer.account)
    summary = (
        f"Signed in with the token {bearer.prefix}: it may {', '.join(SCOPES[one] for one in sorted(bearer.scopes))}."
    )
    shown = {"tokens": own, "rows": rows, "secret": secret, "scopes": SCOPES}
    return render(request, "account.html", bearer.account, summary, **shown)


def _to(path: str) -> Response:
    return RedirectResponse(path, 303, PRIVATE)
