"""Tokens: `gnomon_PREFIX_SECRET`, where the secret has 256 random bits. The database has the SHA-256 of the whole.

A plain hash is enough: what is hashed cannot be guessed (NIST SP 800-63B, 5.1.2.2, asks for salt and stretching below
112 bits). The prefix is public; it finds the row, and people tell their tokens apart by it.
"""

import hmac
import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from sqlalchemy import select, update

from gnomon.errors import UsageError
from gnomon.leaderboard.server.database import reading, writing
from gnomon.leaderboard.server.projection import record
from gnomon.leaderboard.server.service import Service
from gnomon.leaderboard.server.tables import Account, Token

SCOPES = {
    "read": "see the own account",
    "submit": "send, flag, appeal and withdraw",
    "moderate": "decide on flags and appeals, withdraw, verify again",
    "admin": "see the audit log and the jobs",
    "metrics": "read /metrics",
}
ACCOUNT = re.compile(r"[a-z0-9][a-z0-9-]{1,38}[a-z0-9]", re.ASCII)
RESERVED = ("worker", "keeper")
SECRET = re.compile(r"gnomon_([0-9a-f]{8})_[A-Za-z0-9_-]{43}", re.ASCII)
LONGEST_DAYS = 3660
DAY = 86_400
NOTE_USE_EVERY = 60.0  # seconds


@dataclass(frozen=True)
class Bearer:
    """Who shows a token, and what it allows."""

    account: str
    prefix: str
    scopes: frozenset[str]
    expires: float


def make_token(
    service: Service, account: str, scopes: Sequence[str], days: float, actor: str = "keeper"
) -> tuple[str, str]:
    """Make a token, and the account where it is new; the token itself, which nobody can see again, and its prefix.

    Raises:
        UsageError: the account's name or a scope is none, or the days are out of range.
    """
    _check(account, scopes, days)
    prefix, now = secrets.token_hex(4), time.time()
    secret = f"gnomon_{prefix}_{secrets.token_urlsafe(32)}"
    with writing(service.engine) as session:
        if session.get(Account, account) is None:
            session.add(Account(name=account, created=now))
            session.flush()
        granted = " ".join(sorted(set(scopes)))
        session.add(
            Token(
                prefix=prefix,
                digest=digest_of(secret),
                account=account,
                scopes=granted,
                created=now,
                expires=now + days * DAY,
            )
        )
    record(service, actor, "token.made", prefix, account=account, scopes=granted)
    return secret, prefix


def _check(account: str, scopes: Sequence[str], days: float) -> None:
    if not ACCOUNT.fullmatch(account) or account in RESERVED:
        raise UsageError(f"{account!r} is no name of an account; write 3 to 40 of a-z, 0-9 and - like ada-lovelace.")
    unknown = ", ".join(sorted(set(scopes) - SCOPES.keys()))
    if not scopes or unknown:
        raise UsageError(f"{unknown or 'Nothing'} is no scope; there are {', '.join(SCOPES)}.")
    if not 0 < days <= LONGEST_DAYS:
        raise UsageError(f"A token lasts up to {LONGEST_DAYS} days.")


def find_bearer(service: Service, secret: str) -> Bearer | None:
    """Who a token stands for; none where it is unknown, expired or revoked."""
    matched, now = SECRET.fullmatch(secret), time.time()
    if matched is None:
        return None
    with reading(service.engine) as session:
        token = session.get(Token, matched.group(1))
    if token is None or not hmac.compare_digest(token.digest, digest_of(secret)) or not is_valid(token, now):
        return None
    _note_use(service, token, now)
    return bearer_of(token)


def is_valid(token: Token, now: float) -> bool:
    """Whether it is neither revoked nor expired."""
    return token.revoked is None and token.expires > now


def bearer_of(token: Token) -> Bearer:
    """What a row allows."""
    return Bearer(token.account, token.prefix, frozenset(token.scopes.split()), token.expires)


def digest_of(secret: str) -> str:
    """What is stored of a secret."""
    return sha256(secret.encode()).hexdigest()


def _note_use(service: Service, token: Token, now: float) -> None:
    if token.used is None or now - token.used > NOTE_USE_EVERY:
        with writing(service.engine) as session:
            session.execute(update(Token).where(Token.prefix == token.prefix).values(used=now))


def tokens_of(service: Service, account: str | None = None) -> list[Token]:
    """The tokens of an account, or of all, the newest first."""
    query = select(Token).order_by(Token.created.desc())
    with reading(service.engine) as session:
        return list(session.scalars(query if account is None else query.where(Token.account == account)))


def revoke_token(service: Service, prefix: str, account: str | None = None, actor: str = "keeper") -> None:
    """Revoke a token, and end the visits that began with it; twice is once.

    Raises:
        UsageError: there is no such token, or the account has none of that prefix.
    """
    wanted = select(Token).where(Token.prefix == prefix)
    with writing(service.engine) as session:
        token = session.scalars(wanted if account is None else wanted.where(Token.account == account)).first()
        if token is None:
            raise UsageError(f"There is no token {prefix!r}.")
        is_new, token.revoked = token.revoked is None, token.revoked or time.time()
    if is_new:
        record(service, actor, "token.revoked", prefix, account=token.account)


def token_row(token: Token) -> dict[str, object]:
    """What tables show of a token."""
    return {
        "token": token.prefix,
        "account": token.account,
        "scopes": token.scopes,
        "expires": _day(token.expires),
        "revoked": _day(token.revoked),
        "used": _day(token.used),
    }


def _day(seconds: float | None) -> str:
    return "" if seconds is None else datetime.fromtimestamp(seconds, UTC).date().isoformat()
