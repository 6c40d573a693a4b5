"""What every request passes: the rate of its address, bounds on its body, headers for its answer, and the counters."""

import asyncio
import time
from math import ceil
from typing import Any

from fastapi import HTTPException
from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gnomon.leaderboard.server.metrics import Metrics
from gnomon.leaderboard.server.rates import Rate
from gnomon.leaderboard.server.settings import Settings

UPLOADS = "/api/v1/submissions"
SMALL = 64 << 10  # bytes of every body that is no upload
PATIENCE = 15.0  # seconds without a byte
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
A_YEAR = "max-age=31536000"


class Guards:
    """Stands before the application; files of the site and everything else alike."""

    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics) -> None:
        self.app, self.settings, self.metrics = app, settings, metrics
        self.rate = Rate(settings.requests_a_second, settings.burst)
        self.headers = HEADERS | ({"Strict-Transport-Security": A_YEAR} if settings.is_secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answered = _Answer(self.headers, send)
        begun = time.perf_counter()
        try:
            await self._guarded(scope, receive, answered)
        finally:
            self.metrics.count(scope, answered.status, time.perf_counter() - begun)

    async def _guarded(self, scope: Scope, receive: Receive, answered: "_Answer") -> None:
        who = scope["client"][0] if scope["client"] else ""
        if seconds := self.rate.take(who):
            refused = JSONResponse({"detail": "Too many requests."}, 429, {"Retry-After": str(ceil(seconds))})
            await refused(scope, receive, answered)
            return
        most = self.settings.largest_upload if scope["path"].endswith(UPLOADS) else SMALL
        await self.app(scope, _Body(receive, most), answered)


class _Answer:
    """Adds the headers, and notes the status."""

    def __init__(self, headers: dict[str, str], send: Send) -> None:
        self.headers, self.send, self.status = headers, send, 500

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            found = MutableHeaders(scope=message)
            for name, value in self.headers.items():
                found.setdefault(name, value)
        await self.send(message)


class _Body:
    """Gives up a body that is too long or does not come."""

    def __init__(self, receive: Receive, most: int) -> None:
        self.receive, self.left, self.is_open = receive, most, True

    async def __call__(self) -> Message:
        if not self.is_open:
            return await self.receive()  # waits for the end of the connection
        try:
            message: dict[str, Any] = dict(await asyncio.wait_for(self.receive(), PATIENCE))
        except TimeoutError as error:
            raise HTTPException(408, f"No byte came for {PATIENCE:g} s.") from error
        self.left -= len(message.get("body", b""))
        self.is_open = message.get("more_body", False)
        if self.left < 0:
            raise HTTPException(413, "The request's body is too large.")
        return message
