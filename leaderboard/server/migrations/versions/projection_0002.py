"""What is made of the ledger and the journal: it can be dropped, and made again."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0002", "0001", None, None
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _must(name: str, kind: Any, index: bool = False) -> "sa.Column[Any]":
    return sa.Column(name, kind, nullable=False, index=index)


def upgrade() -> None:
    """Make the six tables."""
    op.create_table(
        "submissions",
        sa.Column("id", sa.String(64), primary_key=True),
        _must("account", sa.String(64), index=True),
        _must("archive", sa.String(64)),
        _must("accepted", sa.Float(53), index=True),
        _must("algorithm", sa.String(100)),
        _must("suite", sa.String(100)),
        _must("protocol", sa.String(100)),
        _must("author", sa.String(200)),
        _must("runs", sa.BigInteger()),
        _must("score", sa.Float(53)),
        _must("state", sa.String(20), index=True),
        _must("since", sa.Float(53)),
        _must("reason", sa.Text()),
    )
    op.create_table(
        "changes",
        sa.Column("sequence", sa.BigInteger(), primary_key=True, autoincrement=False),
        _must("subject", sa.String(64), index=True),
        _must("state", sa.String(20)),
        _must("reason", sa.Text()),
        _must("time", sa.Float(53)),
        _must("hash", sa.String(64)),
        _must("evidence", sa.JSON()),
    )
    op.create_table(
        "complaints",
        sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False),
        _must("kind", sa.String(10)),
        _must("subject", sa.String(64), index=True),
        _must("account", sa.String(64)),
        _must("reason", sa.Text()),
        _must("time", sa.Float(53)),
        _must("decision", sa.String(10)),
        _must("answer", sa.Text()),
        _must("moderator", sa.String(64)),
    )
    op.create_table(
        "audit",
        sa.Column("sequence", sa.BigInteger(), primary_key=True, autoincrement=False),
        _must("time", sa.Float(53)),
        _must("actor", sa.String(64), index=True),
        _must("action", sa.String(40)),
        _must("subject", sa.String(64), index=True),
        _must("detail", sa.JSON()),
    )
    _make_jobs()
    progress = op.create_table(
        "progress",
        sa.Column("source", sa.String(20), primary_key=True),
        _must("position", sa.BigInteger()),
        _must("head", sa.String(64)),
    )
    rows = [{"source": source, "position": 0, "head": ""} for source in ("journal", "ledger", "queue")]
    op.bulk_insert(progress, rows)


def _make_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("number", NUMBER, primary_key=True),
        _must("kind", sa.String(20)),
        _must("subject", sa.String(64), index=True),
        _must("reason", sa.Text()),
        sa.Column("event", sa.BigInteger(), unique=True),
        _must("state", sa.String(10)),
        _must("attempts", sa.BigInteger()),
        _must("created", sa.Float(53)),
        _must("not_before", sa.Float(53)),
        _must("worker", sa.String(100)),
        _must("lease_until", sa.Float(53)),
        _must("error", sa.Text()),
    )
    op.create_index("jobs_by_state", "jobs", ["state", "not_before"])


def downgrade() -> None:
    """Drop them."""
    for table in ("progress", "jobs", "audit", "complaints", "changes", "submissions"):
        op.drop_table(table)
