"""Tokens: what is stored, what lets nobody in, and that no log has one."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from gnomon.errors import UsageError
from gnomon.leaderboard.server.database import reading, writing
from gnomon.leaderboard.server.service import Service
from gnomon.leaderboard.server.tables import Token
from gnomon.leaderboard.server.tokens import SECRET, find_bearer, make_token, revoke_token

Bearing = Callable[..., dict[str, str]]


def test_a_token_has_256_random_bits_and_only_its_hash_is_stored(service: Service) -> None:
    secret, prefix = make_token(service, "ada", ["read", "submit"], 30)
    assert SECRET.fullmatch(secret)
    assert len(secret.removeprefix(f"gnomon_{prefix}_")) == 43  # base64 of 32 bytes
    found = find_bearer(service, secret)
    assert found is not None
    assert (found.account, found.scopes) == ("ada", {"read", "submit"})
    with reading(service.engine) as session:
        row = session.get_one(Token, prefix)
        assert row.used is not None
        assert secret not in str(row.__dict__)
    assert secret.rpartition("_")[2] not in service.journal.path.read_text()


def test_every_part_of_a_token_counts(service: Service) -> None:
    secret, prefix = make_token(service, "ada", ["read"], 30)
    _, other = make_token(service, "eve", ["admin"], 30)
    last = "A" if secret[-1] != "A" else "B"
    for wrong in (
        "",
        "gnomon_",
        secret[:-1] + last,
        secret.replace(prefix, other),
        f"{secret} ",
        secret + "\n",
        "ü" * 60,
    ):
        assert find_bearer(service, wrong) is None


def test_revoked_and_expired_tokens_let_nobody_in(service: Service) -> None:
    revoked, first = make_token(service, "ada", ["read"], 30)
    expired, second = make_token(service, "ada", ["read"], 30)
    revoke_token(service, first)
    revoke_token(service, first)
    with writing(service.engine) as session:
        session.execute(update(Token).where(Token.prefix == second).values(expires=1.0))
    assert find_bearer(service, revoked) is find_bearer(service, expired) is None
    assert [event.action for event, _ in service.journal.after()].count("token.revoked") == 1


@pytest.mark.parametrize(
    ("account", "scopes", "days", "sentence"),
    [
        ("Ada", ["read"], 1, "is no name of an account"),
        ("worker", ["read"], 1, "is no name of an account"),
        ("ada", ["root"], 1, "root is no scope"),
        ("ada", [], 1, "Nothing is no scope"),
        ("ada", ["read"], 0, "up to 3660 days"),
    ],
)
def test_wrong_wishes_are_sentences(own: Service, account: str, scopes: list[str], days: float, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        make_token(own, account, scopes, days)


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/api/v1/account", "read"),
        ("POST", "/api/v1/submissions", "submit"),
        ("POST", "/api/v1/submissions/abcdef01/flags", "submit"),
        ("POST", "/api/v1/submissions/abcdef01/verification", "moderate"),
        ("GET", "/api/v1/complaints", "moderate"),
        ("GET", "/api/v1/audit", "admin"),
        ("GET", "/api/v1/jobs", "admin"),
        ("GET", "/metrics", "metrics"),
    ],
)
def test_each_way_in_asks_for_its_scope(ask: TestClient, bearer: Bearing, method: str, path: str, scope: str) -> None:
    others = [other for other in ("read", "submit", "moderate", "admin", "metrics") if other != scope]
    unknown = ask.request(method, path)
    assert (unknown.status_code, unknown.headers["www-authenticate"]) == (401, "Bearer")
    refused = ask.request(method, path, headers=bearer("ada", *others))
    assert refused.status_code == 403
    assert f"scope {scope}" in refused.json()["detail"]
    assert ask.request(method, path, headers=bearer("ada", scope)).status_code not in (401, 403)


def test_a_further_token_can_do_no_more_and_lasts_no_longer(ask: TestClient, bearer: Bearing) -> None:
    mine = bearer("ada", "read", "submit")  # for a day
    assert ask.post("/api/v1/account/tokens", json={"scopes": ["admin"]}, headers=mine).status_code == 403
    made = ask.post("/api/v1/account/tokens", json={"scopes": ["submit"], "days": 300}, headers=mine)
    assert made.status_code == 201
    tokens = ask.get("/api/v1/account", headers=mine).json()["tokens"]
    first, second = sorted(tokens, key=lambda token: token["created"])
    assert second["expires"] <= first["expires"] + 1
    assert second["prefix"] == made.json()["prefix"]


def test_nobody_revokes_what_is_anothers(ask: TestClient, bearer: Bearing) -> None:
    prefix = bearer("ada")["Authorization"].split("_")[1]
    assert ask.delete(f"/api/v1/account/tokens/{prefix}", headers=bearer("eve")).status_code == 400
    mine = bearer("ada")
    assert ask.delete(f"/api/v1/account/tokens/{prefix}", headers=mine).status_code == 204
    revoked = [one["prefix"] for one in ask.get("/api/v1/account", headers=mine).json()["tokens"] if one["revoked"]]
    assert revoked == [prefix]
