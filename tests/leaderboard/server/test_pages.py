"""The pages with forms: who may send them, what every answer carries, and that nothing of a stranger's is markup."""

import re
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from submissions_made_up import accepted, entered

from gnomon.files import write_atomically
from gnomon.leaderboard.server.application import make_application
from gnomon.leaderboard.server.database import writing
from gnomon.leaderboard.server.guards import HEADERS
from gnomon.leaderboard.server.service import Service
from gnomon.leaderboard.server.tables import Submitted, Visit
from gnomon.leaderboard.server.tokens import make_token, revoke_token

HERE = {"Origin": "http://testserver"}
HOSTILE = '<script>alert("x")</script>'


class Browser(TestClient):
    """A browser that is signed in with a new token, of that prefix."""

    def __init__(self, service: Service, account: str, scopes: tuple[str, ...]) -> None:
        super().__init__(make_application(service), follow_redirects=False)
        secret, self.prefix = make_token(service, account, scopes or ("read", "submit"), 1)
        answer = self.post("/account/visit", data={"token": secret}, headers=HERE)
        assert (answer.status_code, answer.headers["location"]) == (303, "/account")
        assert secret not in answer.headers["set-cookie"]


@pytest.fixture
def browser(own: Service) -> Callable[..., Browser]:
    """A browser that is signed in as an account with some scopes."""
    return lambda account="ada", *scopes: Browser(own, account, scopes)


def proof(client: TestClient) -> str:
    """What the account's page puts into its forms."""
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', client.get("/account").text)
    assert found is not None
    return found.group(1)


@pytest.fixture
def id(own: Service) -> str:
    (made,) = accepted(own, 1)
    entered(own, made, "received", "structural")
    return made


def test_a_cookie_is_for_this_site_and_no_script(own: Service) -> None:
    client = TestClient(make_application(own), follow_redirects=False)
    secret, _ = make_token(own, "ada", ["read"], 1)
    cookie = client.post("/account/visit", data={"token": secret}, headers=HERE).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Secure" not in cookie  # the address is http


def test_with_https_the_cookie_is_bound_to_the_host(open_at: Callable[..., Service]) -> None:
    service = open_at(address="https://board.example.org")
    client = TestClient(make_application(service), base_url="https://board.example.org", follow_redirects=False)
    secret, _ = make_token(service, "ada", ["read"], 1)
    origin = {"Origin": "https://board.example.org"}
    answer = client.post("/account/visit", data={"token": secret}, headers=origin)
    assert answer.headers["set-cookie"].startswith("__Host-gnomon=")
    assert "Secure" in answer.headers["set-cookie"]
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert "ada" in client.get("/account").text


def test_a_form_needs_its_proof_and_its_origin(browser: Callable[..., Browser], id: str, own: Service) -> None:
    client, place = browser("eve"), f"/submissions/{id}/flag"
    good = {"reason": "Its seeds were chosen.", "csrf": proof(client)}
    for data, headers in (
        ({**good, "csrf": "0" * 64}, HERE),
        (good, {"Origin": "https://evil.example"}),
        (good, {**HERE, "Sec-Fetch-Site": "cross-site"}),
        (good, {}),
    ):
        assert client.post(place, data=data, headers=headers).status_code == 403
    assert client.post(place, data={"reason": "No proof."}, headers=HERE).status_code == 422
    assert [event.action for event, _ in own.journal.after()].count("submission.flagged") == 0
    done = client.post(place, data=good, headers=HERE)
    assert (done.status_code, done.headers["location"]) == (303, f"/submissions/{id}")
    assert "Its seeds were chosen." in client.get(f"/submissions/{id}").text


def test_the_proof_of_one_browser_is_none_for_another(browser: Callable[..., Browser], id: str) -> None:
    mine, other = browser("ada"), browser("eve")
    data = {"reason": "A mistake of mine.", "csrf": proof(other)}
    assert mine.post(f"/submissions/{id}/withdraw", data=data, headers=HERE).status_code == 403


def test_a_cookie_is_no_token_of_the_api(browser: Callable[..., Browser], id: str) -> None:
    client = browser("ada", "read", "submit", "moderate", "admin")
    assert client.get("/api/v1/account").status_code == 401
    assert client.post(f"/api/v1/submissions/{id}/withdrawal", json={"reason": "By cookie."}).status_code == 401


def test_a_visit_ends_with_its_token_its_time_or_a_word(browser: Callable[..., Browser], own: Service) -> None:
    revoked, late, left = browser("ada"), browser("ada"), browser("ada")
    revoke_token(own, revoked.prefix)
    with writing(own.engine) as session:
        session.execute(update(Visit).where(Visit.token == late.prefix).values(expires=1.0))
    left.post("/account/leave", data={"csrf": proof(left)}, headers=HERE)
    for client in (revoked, late, left):
        assert 'name="token"' in client.get("/account").text


def test_signing_in_needs_a_token_and_is_not_tried_for_ever(ask: TestClient) -> None:
    wrong = {"token": "gnomon_00000000_" + "A" * 43}
    statuses = [ask.post("/account/visit", data=wrong, headers=HERE).status_code for _ in range(31)]
    assert statuses == [401] * 30 + [429]
    assert ask.post("/account/visit", data=wrong).status_code == 403


def test_a_new_token_is_shown_once(browser: Callable[..., Browser]) -> None:
    client = browser("ada")
    made = client.post("/account/tokens", data={"csrf": proof(client), "scopes": "submit", "days": "7"}, headers=HERE)
    found = re.search(r"gnomon_([0-9a-f]{8})_[\w-]{43}", made.text)
    assert found is not None
    assert made.headers["cache-control"] == "no-store"
    after = client.get("/account").text
    assert found.group(1) in after
    assert found.group(0) not in after
    data = {"csrf": proof(client), "prefix": found.group(1)}
    assert client.post("/account/revoke", data=data, headers=HERE).status_code == 303
    assert "revoked" in client.get("/account").text


def test_a_moderator_decides_on_a_page(browser: Callable[..., Browser], id: str, own: Service) -> None:
    eve, moderator = browser("eve"), browser("moe", "moderate", "submit", "read")
    flagged = {"reason": "Its seeds were chosen.", "csrf": proof(eve)}
    eve.post(f"/submissions/{id}/flag", data=flagged, headers=HERE)
    assert eve.get("/moderation").status_code == 403
    desk = moderator.get("/moderation").text
    number = re.search(r'action="complaints/(\d+)"', desk)
    assert number is not None
    data = {"decision": "dismissed", "answer": "They were not.", "csrf": proof(moderator)}
    assert moderator.post(f"/complaints/{number.group(1)}", data=data, headers=HERE).status_code == 303
    assert "Nothing waits." in moderator.get("/moderation").text
    assert "Dismissed: They were not." in eve.get(f"/submissions/{id}").text


@pytest.mark.parametrize(
    "path", ["/healthz", "/account", "/submissions", "/nothing", "/api/v1/submissions", "/api/v1/nothing", "/page.html"]
)
def test_every_answer_has_the_headers(ask: TestClient, own: Service, path: str) -> None:
    write_atomically(own.settings.pages / "page.html", "<p>A page.</p>")
    answer = ask.get(path)
    for name, value in HEADERS.items():
        if (path, name) != ("/page.html", "Cross-Origin-Resource-Policy"):
            assert answer.headers[name] == value
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "server" not in answer.headers


def test_pages_of_the_site_are_its_files(ask: TestClient, own: Service) -> None:
    write_atomically(own.settings.pages / "index.html", "<p>The board.</p>")
    answer = ask.get("/")
    assert answer.content == b"<p>The board.</p>"
    assert answer.headers["cache-control"] == "no-cache"
    assert ask.get("/", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    assert ask.get("/../settings.toml").status_code == 404
    assert ask.get("/%2e%2e/settings.toml").status_code == 404
    assert ask.get("/static/style.css").status_code == 200
    assert ask.get("/server.css").status_code == 200


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("ledger.jsonl", 200),
        ("ledger.pub", 200),
        (".ledger.jsonl.lock", 404),
        ("reports/%2e%2e/ledger.pub", 404),
        ("%2e%2e/server/journal.jsonl", 404),
        ("submissions/0000000000000001/submission.json", 404),
    ],
)
def test_of_the_register_only_what_proves_it_is_given(ask: TestClient, id: str, name: str, status: int) -> None:
    answer = ask.get(f"/register/{name}")
    assert answer.status_code == status
    if status == 200:
        assert "attachment" in answer.headers["content-disposition"]
        assert answer.headers["content-security-policy"].startswith("sandbox")


def test_what_strangers_write_is_text(browser: Callable[..., Browser], id: str, own: Service) -> None:
    with writing(own.engine) as session:
        session.execute(update(Submitted).values(algorithm=HOSTILE, author=HOSTILE, reason=HOSTILE, suite=HOSTILE))
    client = browser("moe", "moderate", "submit", "read")
    data = {"reason": HOSTILE, "csrf": proof(client)}
    client.post(f"/submissions/{id}/flag", data=data, headers=HERE)
    for path in ("/submissions", f"/submissions/{id}", "/moderation", f"/submissions/{HOSTILE}"):
        page = client.get(path).text
        assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in client.get(f"/submissions/{id}").text


def test_bodies_that_are_no_uploads_are_small(ask: TestClient, bearer: Callable[..., dict[str, str]], id: str) -> None:
    mine = bearer("ada")
    large = ask.post(f"/api/v1/submissions/{id}/flags", content=b" " * 70_000, headers=mine)
    assert large.status_code == 413
    assert ask.post("/account/visit", data={"token": "x" * 70_000}, headers=HERE).status_code == 413


def test_one_address_cannot_ask_for_ever(open_at: Callable[..., Service]) -> None:
    client = TestClient(make_application(open_at(requests_a_second=1, burst=5)))
    statuses = [client.get("/healthz").status_code for _ in range(7)]
    assert statuses == [200] * 5 + [429] * 2


def test_metrics_count_what_happened(ask: TestClient, bearer: Callable[..., dict[str, str]], id: str) -> None:
    ask.get(f"/api/v1/submissions/{id}")
    text = ask.get("/metrics", headers=bearer("pro", "metrics")).text
    counted = 'gnomon_requests_total{method="GET",route="/api/v1/submissions/{id}",status="200"} 1.0'
    assert counted in text
    assert 'gnomon_submissions{state="structural"} 1.0' in text
    assert 'gnomon_jobs{state="queued"} 2.0' in text  # to verify, and to publish
    assert id not in text
