"""Uploads to a real server: the client's, the same twice, and those that mean no good."""

import io
import json
import socket
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import uvicorn
from running_server import post, variant

from gnomon.errors import GnomonError
from gnomon.leaderboard.pack import Packed
from gnomon.leaderboard.server.application import make_application
from gnomon.leaderboard.server.projection import catch_up
from gnomon.leaderboard.server.service import Service
from gnomon.leaderboard.server.tokens import make_token
from gnomon.leaderboard.targets import submit
from gnomon.leaderboard.targets.server import post as client_post

Save = Callable[[dict[str, bytes]], Path]


class Serve:
    """Serves with some settings, in threads; `service` is the last that it served."""

    service: Service

    def __init__(self, open_at: Callable[..., Service]) -> None:
        self.open_at = open_at
        self.servers: list[tuple[uvicorn.Server, threading.Thread]] = []

    def __call__(self, **chosen: object) -> str:
        """The address."""
        self.service = self.open_at(**chosen)
        app = make_application(self.service)
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        self.servers.append((server, thread))
        while not server.started:
            time.sleep(0.01)
        return f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"

    def stop(self) -> None:
        for server, thread in self.servers:
            server.should_exit = True
            thread.join()


@pytest.fixture
def serve(open_at: Callable[..., Service]) -> Iterator[Serve]:
    made = Serve(open_at)
    yield made
    made.stop()


def token_of(serve: Serve, account: str = "ada", *scopes: str) -> str:
    return make_token(serve.service, account, scopes or ("read", "submit"), 1)[0]


def inbox(serve: Serve) -> list[str]:
    return sorted(path.name for path in serve.service.settings.inbox.iterdir())


def test_the_client_and_the_server_speak_the_same(
    serve: Serve, packed: Packed, save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, id = serve(address="https://board.example.org"), packed.submission.id
    monkeypatch.setenv("GNOMON_TOKEN", token_of(serve))
    path = save(packed.files)
    story = f"Its story: https://board.example.org/submissions/{id[:16]}"
    assert submit(path, address) == f"Received: {id[:16]}, received. {story}"
    assert submit(path, address) == f"It was there already: {id[:16]}, received. {story}"
    assert inbox(serve) == [f"{id}.zip"]
    actions = [event.action for event, _ in serve.service.journal.after()]
    assert actions.count("submission.accepted") == 1


@pytest.mark.parametrize(
    ("scopes", "largest", "sentence"),
    [
        (("read",), 256 << 20, "the token may not submit"),
        (("submit",), 1000, "it is too large for it"),
        ((), 256 << 20, "it does not know the token"),
    ],
)
def test_the_client_hears_a_refusal_that_comes_before_its_body_is_read(
    serve: Serve, scopes: tuple[str, ...], largest: int, sentence: str
) -> None:
    address = urlsplit(serve(largest_upload=largest))
    token = token_of(serve, "ada", *scopes) if scopes else "gnomon_none"
    for _ in range(5):
        with pytest.raises(GnomonError, match=sentence):
            client_post(address, token, "ab" * 32, b"PK" + bytes(8 << 20))


def test_the_same_submission_in_other_bytes_is_the_same(serve: Serve, packed: Packed) -> None:
    address, token = serve(), token_of(serve)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in packed.files.items():
            archive.writestr(name, content)
    id, stored = packed.submission.id, variant(packed, 1)
    assert post(address, token, id, buffer.getvalue()).status == 201
    again = post(address, token_of(serve, "eve"), id, variant(packed, 0)[1])
    assert again.status == 409  # its note makes it another submission
    assert stored[0] in json.loads(post(address, token, id, stored[1]).body)["detail"]
    assert inbox(serve) == [f"{id}.zip"]


def bomb() -> bytes:
    """Ten members of 60 MB of zeros each: 600 kB that would be 600 MB."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(10):
            archive.writestr(f"outcomes/{number:016x}.jsonl", bytes(60_000_000))
    return buffer.getvalue()


def slip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("../../evil.json", b"{}")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (bomb, "would unpack to more than 256 MiB"),
        (slip, "leads out of the submission"),
        (lambda: b"\x80\x04\x95pickle.", "a pickle, which is never opened"),
        (lambda: b"", "is empty"),
        (lambda: b"PK\x03\x04" + b"\xff" * 3000, "truncated zip"),
    ],
    ids=["bomb", "slip", "pickle", "empty", "cut"],
)
def test_what_is_no_submission_is_refused_with_findings(
    serve: Serve, content: Callable[[], bytes], sentence: str
) -> None:
    answer = post(serve(), token_of(serve), "ab" * 32, content())
    assert answer.status == 422
    assert sentence in str(json.loads(answer.body)["findings"])
    assert inbox(serve) == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "application/octet-stream"}, 415),
        ({"Idempotency-Key": "AB" * 32}, 422),
        ({"Idempotency-Key": "../../etc/passwd"}, 422),
        ({"Authorization": "Basic YTpi"}, 401),
    ],
)
def test_odd_headers_are_refused(serve: Serve, headers: dict[str, str], status: int) -> None:
    answer = post(serve(), token_of(serve), "ab" * 32, b"PK", **headers)
    assert (answer.status, "detail" in json.loads(answer.body)) == (status, True)


def spoken(address: str, token: str, lines: bytes, *pieces: bytes, pause: float = 0.0) -> bytes:
    """What a server answers to a request that is written by hand; nothing where it hangs up."""
    place = urlsplit(address)
    head = f"POST /api/v1/submissions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n".encode()
    head += b"Content-Type: application/zip\r\nIdempotency-Key: " + b"ab" * 32 + b"\r\n" + lines + b"\r\n\r\n"
    with socket.create_connection((place.hostname or "", place.port or 0), timeout=30) as connection:
        connection.sendall(head)
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(pause)
        return connection.recv(65536)


def test_a_body_without_its_length_is_refused(serve: Serve) -> None:
    address, token = serve(), token_of(serve)
    assert b" 411 " in spoken(address, token, b"Transfer-Encoding: chunked", b"2\r\nPK\r\n0\r\n\r\n")


def test_a_body_that_is_longer_than_it_says_is_cut_there(serve: Serve) -> None:
    address, token = serve(), token_of(serve)
    assert b" 422 " in spoken(address, token, b"Content-Length: 4", b"PK\x03\x04" + b"x" * 5000)
    assert inbox(serve) == []


def test_a_body_that_never_comes_is_given_up(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gnomon.leaderboard.server.guards.PATIENCE", 0.3)
    address, token = serve(), token_of(serve)
    assert b" 408 " in spoken(address, token, b"Content-Length: 100", b"PK")
    assert inbox(serve) == []


def test_a_body_that_drips_is_given_up(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gnomon.leaderboard.server.uploads.GRACE", 0.5)
    address, token = serve(slowest_upload=1 << 20), token_of(serve)
    assert b" 408 " in spoken(address, token, b"Content-Length: 100", *[b"P"] * 8, pause=0.1)
    assert inbox(serve) == []


def test_who_hangs_up_leaves_nothing(serve: Serve) -> None:
    address, token = serve(), token_of(serve)
    place = urlsplit(address)
    with socket.create_connection((place.hostname or "", place.port or 0)) as connection:
        connection.sendall(
            f"POST /api/v1/submissions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n".encode()
        )
        connection.sendall(b"Content-Type: application/zip\r\nContent-Length: 99\r\nIdempotency-Key: " + b"ab" * 32)
        connection.sendall(b"\r\n\r\nPK")
        time.sleep(0.3)
    time.sleep(0.5)
    assert inbox(serve) == []


def test_one_account_cannot_have_all_the_slots(serve: Serve) -> None:
    address, token = serve(uploads_at_once=3), token_of(serve)
    place, open_ones = urlsplit(address), []
    for _ in range(2):
        connection = socket.create_connection((place.hostname or "", place.port or 0))
        connection.sendall(
            f"POST /api/v1/submissions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n".encode()
        )
        connection.sendall(b"Content-Type: application/zip\r\nContent-Length: 99\r\nIdempotency-Key: " + b"ab" * 32)
        connection.sendall(b"\r\n\r\nPK")
        open_ones.append(connection)
    time.sleep(0.5)
    third = post(address, token, "ab" * 32, b"PK")
    assert (third.status, third.headers["retry-after"]) == (503, "10")
    assert post(address, token_of(serve, "eve"), "ab" * 32, b"PK").status == 422
    for connection in open_ones:
        connection.close()


def test_the_quota_counts_what_was_accepted_and_not_rejected(serve: Serve, packed: Packed) -> None:
    address, token = serve(submissions_a_day=1), token_of(serve)
    assert post(address, token, "ab" * 32, b"PK").status == 422
    id, content = variant(packed, 1)
    assert post(address, token, id, content).status == 201
    other, more = variant(packed, 2)
    refused = post(address, token, other, more)
    assert refused.status == 429
    assert 86_000 < int(refused.headers["retry-after"]) <= 86_400
    serve.service.register.receive(serve.service.settings.inbox / f"{id}.zip")
    serve.service.register.change(id, "rejected", "For the test.")
    catch_up(serve.service)
    assert post(address, token, other, more).status == 201


def test_many_changes_in_a_minute_are_too_many(serve: Serve) -> None:
    address, token = serve(changes_a_minute=3), token_of(serve)
    statuses = [post(address, token, "ab" * 32, b"").status for _ in range(4)]
    assert statuses == [422, 422, 422, 429]


def test_a_full_disk_is_said_before_a_byte_is_read(serve: Serve) -> None:
    address = serve(free_space=1 << 60)
    answer = post(address, token_of(serve), "ab" * 32, b"PK")
    assert answer.status == 503
    assert "disk is nearly full" in json.loads(answer.body)["detail"]
