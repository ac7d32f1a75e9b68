"""The trail: one row an act, hash-chained, refused to be changed or deleted by the database itself.

Revision ID: v0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v0001"
down_revision = None
branch_labels = None
depends_on = None

REFUSED = "The trail is append-only: entries are neither changed nor deleted."
SQLITE = """
CREATE TRIGGER trail_no_{act} BEFORE {act} ON trail
BEGIN SELECT RAISE(ABORT, '{refused}'); END
"""
# INSERT OR REPLACE deletes without asking the trigger above.
SQLITE_REPLACE = """
CREATE TRIGGER trail_no_REPLACE BEFORE INSERT ON trail
WHEN EXISTS (SELECT 1 FROM trail WHERE number = NEW.number OR previous = NEW.previous OR hash = NEW.hash)
BEGIN SELECT RAISE(ABORT, '{refused}'); END
"""
POSTGRESQL = """
CREATE FUNCTION trail_refuses() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{refused}'; END $$
"""


def upgrade() -> None:
    """Make the table and what guards it."""
    op.create_table(
        "trail",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("atlas", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        # Two writers cannot both follow the same entry: the chain stays a line.
        sa.Column("previous", sa.String(64), nullable=False, unique=True),
        sa.Column("hash", sa.String(64), nullable=False, unique=True),
    )
    op.create_index("trail_by_place", "trail", ["atlas", "kind", "number"])
    dialect = op.get_bind().dialect.name
    if dialect == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(SQLITE.format(act=act, refused=REFUSED))
        op.execute(SQLITE_REPLACE.format(refused=REFUSED))
    elif dialect == "postgresql":
        op.execute(POSTGRESQL.format(refused=REFUSED))
        op.execute(
            "CREATE TRIGGER trail_append_only BEFORE UPDATE OR DELETE ON trail FOR EACH ROW EXECUTE FUNCTION trail_refuses()"
        )
        op.execute("CREATE TRIGGER trail_no_truncate BEFORE TRUNCATE ON trail EXECUTE FUNCTION trail_refuses()")


def downgrade() -> None:
    """There is no way back: a trail is not taken apart."""
    raise NotImplementedError(REFUSED)
