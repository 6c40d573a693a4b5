"""The tables of the database. Times are seconds since 1970, UTC."""

from sqlalchemy import JSON, BigInteger, Float, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NUMBER = BigInteger().with_variant(Integer(), "sqlite")  # where alone it counts up by itself


class Table(DeclarativeBase):
    """What all tables have in common."""

    type_annotation_map = {float: Float(53), int: BigInteger}  # noqa: RUF012  # SQLAlchemy's way to say it


class Account(Table):
    """Somebody who has tokens."""

    __tablename__ = "accounts"
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    created: Mapped[float]


class Token(Table):
    """What somebody shows to be let in: its SHA-256, never itself.

    Attributes:
        prefix: by which people tell tokens apart.
        scopes: apart by spaces.
    """

    __tablename__ = "tokens"
    prefix: Mapped[str] = mapped_column(String(16), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    account: Mapped[str] = mapped_column(ForeignKey("accounts.name"), index=True)
    scopes: Mapped[str] = mapped_column(String(200))
    created: Mapped[float]
    expires: Mapped[float]
    revoked: Mapped[float | None]
    used: Mapped[float | None]


class Visit(Table):
    """A browser that has shown a token, by the SHA-256 of its cookie."""

    __tablename__ = "visits"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    token: Mapped[str] = mapped_column(ForeignKey("tokens.prefix"), index=True)
    expires: Mapped[float]


class Submitted(Table):
    """A submission, and its last state.

    Attributes:
        account: who sent it; empty where it came by another way than this server.
        archive: SHA-256 of the zip that was sent; empty likewise.
        state: the ledger's; `received` too where it is accepted and the worker has not entered it yet.
    """

    __tablename__ = "submissions"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    account: Mapped[str] = mapped_column(String(64), index=True)
    archive: Mapped[str] = mapped_column(String(64))
    accepted: Mapped[float] = mapped_column(index=True)
    algorithm: Mapped[str] = mapped_column(String(100))
    suite: Mapped[str] = mapped_column(String(100))
    protocol: Mapped[str] = mapped_column(String(100))
    author: Mapped[str] = mapped_column(String(200))
    runs: Mapped[int]
    score: Mapped[float]
    state: Mapped[str] = mapped_column(String(20), index=True)
    since: Mapped[float]
    reason: Mapped[str] = mapped_column(Text)


class Change(Table):
    """An entry of the ledger."""

    __tablename__ = "changes"
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    subject: Mapped[str] = mapped_column(String(64), index=True)
    state: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    time: Mapped[float]
    hash: Mapped[str] = mapped_column(String(64))
    evidence: Mapped[dict[str, str]] = mapped_column(JSON)


class Complaint(Table):
    """A flag of anybody, or an appeal of the author; its number is that of its line in the journal."""

    __tablename__ = "complaints"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(10))
    subject: Mapped[str] = mapped_column(String(64), index=True)
    account: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)
    time: Mapped[float]
    decision: Mapped[str] = mapped_column(String(10), default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    moderator: Mapped[str] = mapped_column(String(64), default="")


class Audit(Table):
    """A line of the journal."""

    __tablename__ = "audit"
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    time: Mapped[float]
    actor: Mapped[str] = mapped_column(String(64), index=True)
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(64), index=True)
    detail: Mapped[dict[str, str | int | float]] = mapped_column(JSON)


class Job(Table):
    """Something that a worker does.

    Attributes:
        event: the line of the journal that asked for it; none where nobody did.
        state: queued, running, done or failed.
        worker: who has it, as long as its lease lasts.
    """

    __tablename__ = "jobs"
    __table_args__ = (Index("jobs_by_state", "state", "not_before"),)
    number: Mapped[int] = mapped_column(NUMBER, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(64), index=True)
    reason: Mapped[str] = mapped_column(Text, default="")
    event: Mapped[int | None] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(String(10), default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    created: Mapped[float]
    not_before: Mapped[float] = mapped_column(default=0.0)
    worker: Mapped[str] = mapped_column(String(100), default="")
    lease_until: Mapped[float] = mapped_column(default=0.0)
    error: Mapped[str] = mapped_column(Text, default="")


class Progress(Table):
    """How far a file has been read into the tables; its row is the lock of whoever reads on.

    Attributes:
        source: journal or ledger, or queue, which is only a lock.
        position: entries of the ledger, bytes of the journal.
        head: hash of the last entry that was read.
    """

    __tablename__ = "progress"
    source: Mapped[str] = mapped_column(String(20), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)
    head: Mapped[str] = mapped_column(String(64), default="")
