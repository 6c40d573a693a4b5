"""The server under load while a worker verifies beside it: how long readers and submitters wait.

    make bench

Fifty requests a second for twenty seconds over loopback, at drawn moments and whether or not others were answered:
seven of ten for pages and files of the site, two for pages of submissions, one for the API; and an upload every two
seconds. Seconds are counted from the moment at which a request was due, so that waiting for a busy client or server
counts. Server, worker and this client are processes on one machine. The goal is a 95th percentile below 100 ms on two
cores.
"""

import asyncio
import os
import time
from collections import defaultdict
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pytest
from running_server import killed, packed_at, server, started, until, variant

from gnomon.leaderboard.ledger import read_ledger
from gnomon.leaderboard.pack import Packed
from gnomon.leaderboard.server.service import Service, open_service
from gnomon.leaderboard.server.settings import SETTINGS, read_settings
from gnomon.leaderboard.server.tokens import make_token

A_SECOND, SECONDS, UPLOADS = 50, 20, 10
PATHS = (
    *("/", "/tiny.html", "/ledger.html", "/statistics.html", "/static/style.css", "/tiny.json", "/offline.html"),
    *("/submissions", "/submissions/{id}"),
    "/api/v1/submissions/{id}",
)
pytestmark = [pytest.mark.perf, pytest.mark.timeout(900)]


class Load:
    """Requests at their moments, and how long each took, by kind."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self.client = client
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.statuses: dict[int, int] = defaultdict(int)

    async def at(self, due: float, kind: str, method: str, path: str, **options: Any) -> None:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        answer = await self.client.request(method, path, **options)
        self.seconds[kind].append(time.perf_counter() - due)
        self.statuses[answer.status_code] += 1

    def quantile(self, kind: str, share: float) -> float:
        """In milliseconds."""
        return 1000 * float(np.quantile(self.seconds[kind], share))


async def loaded(url: str, token: str, id: str, packed: Packed) -> Load:
    """Send all of it."""
    draw, begun = np.random.default_rng(0), time.perf_counter() + 0.5
    async with httpx2.AsyncClient(base_url=url, timeout=60) as client:
        load = Load(client)
        dues = begun + np.sort(draw.uniform(0, SECONDS, A_SECOND * SECONDS))
        paths = [PATHS[index].format(id=id[:16]) for index in draw.integers(len(PATHS), size=len(dues))]
        reads = [load.at(due, "read", "GET", path) for due, path in zip(dues, paths, strict=True)]
        await asyncio.gather(*reads, *_uploads(load, begun, token, packed))
    return load


def _uploads(load: Load, begun: float, token: str, packed: Packed) -> Iterator[Coroutine[Any, Any, None]]:
    for number in range(UPLOADS):
        id, content = variant(packed, 100 + number)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/zip", "Idempotency-Key": id}
        due = begun + SECONDS * number / UPLOADS
        yield load.at(due, "upload", "POST", "/api/v1/submissions", content=content, headers=headers)


def test_readers_wait_less_than_a_tenth_of_a_second(tmp_path: Path, home: Path) -> None:
    packed, folder = packed_at(tmp_path / "runs"), tmp_path / "server"
    folder.mkdir()
    (folder / SETTINGS).write_text("submissions_a_day = 1000\nchanges_a_minute = 6000\n")
    service = open_service(read_settings(folder))
    token, _ = make_token(service, "ada", ["submit"], 1)
    id = _received(service, tmp_path / "first.zip", packed)
    worker = started("worker", "--folder", folder)
    try:
        with server(folder) as (url, _):
            until(lambda: (service.settings.pages / "tiny.html").exists(), 300)
            asyncio.run(_first_upload(url, token, packed))
            until(lambda: _is_verifying(service.register.folder), 300)
            load = asyncio.run(loaded(url, token, id, packed))
    finally:
        killed(worker)
    assert set(load.statuses) <= {200, 201}, dict(load.statuses)
    _tell(load)


def _received(service: Service, path: Path, packed: Packed) -> str:
    """A submission of the register, to be looked at."""
    path.write_bytes(variant(packed, 0)[1])
    return service.register.receive(path).id


async def _first_upload(url: str, token: str, packed: Packed) -> None:
    """Give the worker something to do."""
    async with httpx2.AsyncClient(base_url=url, timeout=60) as client:
        await next(iter(_uploads(Load(client), time.perf_counter(), token, packed)))


def _is_verifying(register: Path) -> bool:
    return any(entry.state in ("structural", "reevaluating") for entry in read_ledger(register))


def _tell(load: Load) -> None:
    print(f"\n{os.cpu_count()} cores, {os.getloadavg()[0]:.1f} processes that want one, {A_SECOND} requests a second")
    print("| kind | requests | p50 | p95 | p99 | most |\n| --- | --: | --: | --: | --: | --: |")
    for kind, seconds in sorted(load.seconds.items()):
        figures = " | ".join(f"{load.quantile(kind, share):.0f} ms" for share in (0.5, 0.95, 0.99, 1.0))
        print(f"| {kind} | {len(seconds)} | {figures} |")
