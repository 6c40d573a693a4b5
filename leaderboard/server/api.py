"""The API, `/api/v1`: what `gnomon leaderboard submit --to https://…` speaks, and what the pages' forms do, as JSON.

The upload keeps to the protocol of `gnomon.leaderboard.targets.server`.
"""

import asyncio
import time
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, HTTPException, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from gnomon.leaderboard.ledger import State
from gnomon.leaderboard.server import looking, moderation
from gnomon.leaderboard.server.acceptance import Accepted, accept, check_quota
from gnomon.leaderboard.server.access import Served, allowed, changing
from gnomon.leaderboard.server.answers import (
    AuditLine,
    ChangeLine,
    ComplaintLine,
    Findings,
    JobLine,
    MadeToken,
    NewToken,
    Number,
    OwnAccount,
    Reason,
    Received,
    Refusal,
    Story,
    SubmissionLine,
    TokenLine,
    Verdict,
)
from gnomon.leaderboard.server.tokens import DAY, Bearer, make_token, revoke_token, tokens_of
from gnomon.leaderboard.server.uploads import AGAIN, Slots, uploaded

PREFIX = "/api/v1"
REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": Refusal} for status in (400, 401, 403, 404, 408, 409, 411, 413, 415, 422, 429, 503)
}
BODY = {"required": True, "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}
LONGEST_WAIT = 25.0  # seconds for the turn to be read; the client waits for a minute
api = APIRouter(prefix=PREFIX, responses=REFUSALS)

Id = Annotated[str, Path(pattern="^[0-9a-f]{8,64}$", description="First digits of a submission's id.")]
Page = Annotated[int, Query(ge=0, le=10_000)]
Submitting = Annotated[Bearer, Depends(changing("submit"))]
Moderating = Annotated[Bearer, Depends(changing("moderate"))]


@api.post("/submissions", openapi_extra={"requestBody": BODY}, status_code=201, response_model=Received,
          responses={200: {"model": Received}, 422: {"model": Findings | Refusal}})  # fmt: skip
async def upload(
    request: Request,
    service: Served,
    bearer: Submitting,
    idempotency_key: Annotated[str, Header(pattern="^[0-9a-f]{64}$", description="The submission's id.")],
) -> Response:
    """Send a submission as a zip."""
    slots: Slots = request.app.state.slots
    await run_in_threadpool(check_quota, service, bearer.account)
    with slots.one_of(bearer.account):
        async with uploaded(request, service.settings) as received:
            try:
                async with asyncio.timeout(LONGEST_WAIT):
                    await slots.readers.acquire()
            except TimeoutError as error:
                raise HTTPException(503, "Others are being read; send it again.", {"Retry-After": AGAIN}) from error
            try:
                done = await run_in_threadpool(accept, service, bearer.account, idempotency_key, received)
            finally:
                slots.readers.release()
    return _answer(done, service.settings.address)


def _answer(done: Accepted, address: str) -> Response:
    if done.findings:
        return JSONResponse(Findings(findings=list(done.findings)[:100]).model_dump(), 422)
    said = Received(id=done.id, state=done.state, url=f"{address}/submissions/{done.id[:16]}")
    return JSONResponse(said.model_dump(), 201 if done.is_new else 200)


@api.get("/submissions")
def list_submissions(service: Served, state: State | None = None, page: Page = 0) -> list[SubmissionLine]:
    """List submissions, the newest first."""
    return [SubmissionLine.of(row) for row in looking.submissions(service, state or "", page=page)]


@api.get("/submissions/{id}")
def show_submission(service: Served, id: Id) -> Story:
    """Tell everything on a submission."""
    told = looking.story(service, id)
    return Story(
        submission=SubmissionLine.of(told.submission),
        changes=[ChangeLine.model_validate(change) for change in told.changes],
        complaints=[ComplaintLine.model_validate(complaint) for complaint in told.complaints],
        jobs=[JobLine.model_validate(job) for job in told.jobs],
    )


@api.post("/submissions/{id}/flags", status_code=201)
def flag(service: Served, bearer: Submitting, id: Id, said: Reason) -> Number:
    """Say what is wrong with a submission."""
    return Number(number=moderation.flag(service, bearer, id, said.reason))


@api.post("/submissions/{id}/appeals", status_code=201)
def appeal(service: Served, bearer: Submitting, id: Id, said: Reason) -> Number:
    """Say why the rejection or dispute of the own submission is wrong."""
    return Number(number=moderation.appeal(service, bearer, id, said.reason))


@api.post("/submissions/{id}/withdrawal", status_code=202)
def withdraw(service: Served, bearer: Submitting, id: Id, said: Reason) -> None:
    """Take the own submission back; a moderator can take back any."""
    moderation.ask(service, bearer, id, "withdraw", said.reason)


@api.post("/submissions/{id}/verification", status_code=202)
def verify_again(service: Served, bearer: Moderating, id: Id, said: Reason) -> None:
    """Have a submission verified again."""
    moderation.ask(service, bearer, id, "verify", said.reason)


@api.get("/complaints", dependencies=[Depends(allowed("moderate"))])
def list_complaints(service: Served) -> list[ComplaintLine]:
    """List the flags and appeals that wait for a decision."""
    return [ComplaintLine.model_validate(complaint) for complaint in moderation.open_complaints(service)]


@api.post("/complaints/{number}/decision", status_code=202)
def decide(service: Served, bearer: Moderating, number: Annotated[int, Path(ge=0, le=2**53)], verdict: Verdict) -> None:
    """Uphold or dismiss a flag or an appeal."""
    moderation.decide(service, bearer, number, verdict.decision, verdict.answer)


@api.get("/account")
def show_account(service: Served, bearer: Annotated[Bearer, Depends(allowed("read"))]) -> OwnAccount:
    """Show the own account, its tokens and its last submissions."""
    return OwnAccount(
        account=bearer.account,
        tokens=[TokenLine.model_validate(token) for token in tokens_of(service, bearer.account)],
        submissions=[SubmissionLine.of(row) for row in looking.submissions(service, account=bearer.account)],
    )


@api.post("/account/tokens", status_code=201)
def add_token(service: Served, bearer: Annotated[Bearer, Depends(changing("read"))], wanted: NewToken) -> MadeToken:
    """Make a further token of the own account."""
    secret, prefix = further_token(service, bearer, wanted)
    return MadeToken(token=secret, prefix=prefix)


@api.delete("/account/tokens/{prefix}", status_code=204)
def remove_token(
    service: Served,
    bearer: Annotated[Bearer, Depends(changing("read"))],
    prefix: Annotated[str, Path(pattern="^[0-9a-f]{8}$")],
) -> None:
    """Revoke a token of the own account."""
    revoke_token(service, prefix, bearer.account, bearer.account)


@api.get("/audit", dependencies=[Depends(allowed("admin"))])
def show_audit(service: Served, page: Page = 0) -> list[AuditLine]:
    """Show who did what, the newest first."""
    return [AuditLine.model_validate(row) for row in looking.audit(service, page)]


@api.get("/jobs", dependencies=[Depends(allowed("admin"))])
def show_jobs(service: Served, page: Page = 0) -> list[JobLine]:
    """Show the jobs, the newest first."""
    return [JobLine.model_validate(row) for row in looking.jobs(service, page=page)]


def further_token(service: Served, bearer: Bearer, wanted: NewToken) -> tuple[str, str]:
    """A token that can do no more and lasts no longer than the one that asks; raises HTTPException."""
    if more := set(wanted.scopes) - bearer.scopes:
        raise HTTPException(403, f"The token that asks has not the scope {', '.join(sorted(more))}.")
    days = min(wanted.days, (bearer.expires - time.time()) / DAY)
    return make_token(service, bearer.account, wanted.scopes, days, bearer.account)
