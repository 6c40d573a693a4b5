"""Who asks, and whether they may: what the routes depend on."""

from collections.abc import Callable
from math import ceil
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from gnomon.leaderboard.server.rates import Rate
from gnomon.leaderboard.server.service import Service
from gnomon.leaderboard.server.tokens import SCOPES, Bearer, find_bearer

AUTHENTICATE = {"WWW-Authenticate": "Bearer"}
_scheme = HTTPBearer(auto_error=False, description="gnomon leaderboard token create ACCOUNT --scope submit")


def service_of(request: Request) -> Service:
    """The service that the application serves."""
    return request.app.state.service


Served = Annotated[Service, Depends(service_of)]


def bearer(service: Served, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_scheme)]) -> Bearer:
    """Who shows the token of the header; refuses with 401 where there is none that counts."""
    found = find_bearer(service, credentials.credentials) if credentials else None
    if found is None:
        raise HTTPException(401, "Send a token that is neither expired nor revoked.", AUTHENTICATE)
    return found


def allowed(scope: str) -> Callable[[Bearer], Bearer]:
    """A dependency that refuses with 403 a token without the scope."""
    assert scope in SCOPES

    def check(found: Annotated[Bearer, Depends(bearer)]) -> Bearer:
        require(found, scope)
        return found

    return check


def require(found: Bearer, scope: str) -> None:
    """Refuse with 403 who has not the scope; raises HTTPException."""
    if scope not in found.scopes:
        raise HTTPException(403, f"The token has not the scope {scope}: it may not {SCOPES[scope]}.")


def slow_down(request: Request, who: str) -> None:
    """Refuse with 429 who changes too much in a minute; raises HTTPException."""
    rate: Rate = request.app.state.changes
    if seconds := rate.take(who):
        raise HTTPException(429, "Too many changes in a minute.", {"Retry-After": str(ceil(seconds))})


def address_of(request: Request) -> str:
    """The address that asks."""
    return request.client.host if request.client else ""


def changing(scope: str) -> Callable[[Request, Bearer], Bearer]:
    """A dependency as `allowed`, for what changes something."""

    def check(request: Request, found: Annotated[Bearer, Depends(allowed(scope))]) -> Bearer:
        slow_down(request, found.account)
        return found

    return check
