"""Browsers: who has shown a token gets a cookie, and every form that they send has to prove that it is ours.

The cookie is a random value that no script can read and no other site can make a browser send (HttpOnly,
SameSite=Strict; Secure with https). A form carries an HMAC of it (OWASP, "Cross-Site Request Forgery Prevention",
signed double submit), and the browser has to say that it comes from here (`Origin`, and `Sec-Fetch-Site` where it is).
"""

import hmac
import secrets
import time
from urllib.parse import urlsplit

from fastapi import HTTPException, Request, Response
from sqlalchemy import delete

from gnomon.leaderboard.server.database import reading, writing
from gnomon.leaderboard.server.projection import record
from gnomon.leaderboard.server.service import Service
from gnomon.leaderboard.server.settings import Settings
from gnomon.leaderboard.server.tables import Token, Visit
from gnomon.leaderboard.server.tokens import Bearer, bearer_of, digest_of, is_valid

LASTS = 8 * 3600.0  # seconds
FIELD = "csrf"


def cookie_name(settings: Settings) -> str:
    """With https a name that browsers bind to this host (RFC 6265bis, section 4.1.3.2)."""
    return "__Host-gnomon" if settings.is_secure else "gnomon"


def begin_visit(service: Service, bearer: Bearer, response: Response) -> None:
    """Give a browser its cookie, and forget the visits that are over."""
    cookie, now = secrets.token_urlsafe(32), time.time()
    with writing(service.engine) as session:
        session.execute(delete(Visit).where(Visit.expires < now))
        session.add(Visit(digest=digest_of(cookie), token=bearer.prefix, expires=now + LASTS))
    record(service, bearer.account, "visit.begun", bearer.prefix)
    response.set_cookie(
        cookie_name(service.settings),
        cookie,
        max_age=int(LASTS),
        httponly=True,
        samesite="strict",
        secure=service.settings.is_secure,
    )


def visitor(service: Service, request: Request) -> Bearer | None:
    """Who the browser's cookie stands for; none where it has none, it is old, or its token was revoked."""
    cookie, now = request.cookies.get(cookie_name(service.settings), ""), time.time()
    if not cookie:
        return None
    with reading(service.engine) as session:
        visit = session.get(Visit, digest_of(cookie))
        token = session.get(Token, visit.token) if visit and visit.expires > now else None
    return bearer_of(token) if token and is_valid(token, now) else None


def end_visit(service: Service, request: Request, response: Response) -> None:
    """Forget a browser."""
    cookie = request.cookies.get(cookie_name(service.settings), "")
    with writing(service.engine) as session:
        session.execute(delete(Visit).where(Visit.digest == digest_of(cookie)))
    response.delete_cookie(cookie_name(service.settings), secure=service.settings.is_secure, httponly=True)


def form_proof(service: Service, request: Request) -> str:
    """What a form of this browser has to carry."""
    cookie = request.cookies.get(cookie_name(service.settings), "")
    return hmac.new(cookie.encode(), b"form", "sha256").hexdigest()


def check_form(service: Service, request: Request, proof: str) -> None:
    """Refuse a form that another site made the browser send; raises HTTPException."""
    check_origin(service, request)
    if not hmac.compare_digest(form_proof(service, request).encode(), proof.encode()):
        raise HTTPException(403, "This form is too old; go back, load the page again and send it once more.")


def check_origin(service: Service, request: Request) -> None:
    """Refuse a request that a browser does not say to come from here; raises HTTPException."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin", "")
    ours = {request.headers.get("host", ""), urlsplit(service.settings.address).netloc} - {""}
    if site not in (None, "same-origin") or urlsplit(origin).netloc not in ours:
        raise HTTPException(403, "This form was sent from another site.")
