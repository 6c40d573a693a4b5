"""Accounts, their tokens and the browsers that have shown one: what no file of the server can bring back."""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0001", None, None, None


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "accounts",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("created", sa.Float(53), nullable=False),
    )
    op.create_table(
        "tokens",
        sa.Column("prefix", sa.String(16), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sa.Column("account", sa.String(64), sa.ForeignKey("accounts.name"), nullable=False, index=True),
        sa.Column("scopes", sa.String(200), nullable=False),
        sa.Column("created", sa.Float(53), nullable=False),
        sa.Column("expires", sa.Float(53), nullable=False),
        sa.Column("revoked", sa.Float(53)),
        sa.Column("used", sa.Float(53)),
    )
    op.create_table(
        "visits",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("token", sa.String(16), sa.ForeignKey("tokens.prefix"), nullable=False, index=True),
        sa.Column("expires", sa.Float(53), nullable=False),
    )


def downgrade() -> None:
    """Drop them, the accounts with them."""
    for table in ("visits", "tokens", "accounts"):
        op.drop_table(table)
