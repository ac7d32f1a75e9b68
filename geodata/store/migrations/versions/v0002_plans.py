"""Plans: documents too long for the trail, named by their own hash; and a cache of what was solved.

A document is written once and never changed: the database refuses it, and the trail's entry holds its hash. The cache is
no record: what is damaged or gone is solved again.

Revision ID: v0002
Revises: v0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v0002"
down_revision = "v0001"
branch_labels = None
depends_on = None

REFUSED = "Documents are append-only: they are neither changed nor deleted."
SQLITE = """
CREATE TRIGGER documents_no_{act} BEFORE {act} ON documents
BEGIN SELECT RAISE(ABORT, '{refused}'); END
"""
# INSERT OR REPLACE deletes without asking the trigger above.
SQLITE_REPLACE = """
CREATE TRIGGER documents_no_REPLACE BEFORE INSERT ON documents
WHEN EXISTS (SELECT 1 FROM documents WHERE sha256 = NEW.sha256)
BEGIN SELECT RAISE(ABORT, '{refused}'); END
"""
POSTGRESQL = """
CREATE FUNCTION documents_refuses() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{refused}'; END $$
"""


def upgrade() -> None:
    """Make both tables, and what guards the documents. The trail is not touched."""
    op.create_table(
        "documents",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "solved",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index("solved_by_turn", "solved", ["turn"])
    dialect = op.get_bind().dialect.name
    if dialect == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(SQLITE.format(act=act, refused=REFUSED))
        op.execute(SQLITE_REPLACE.format(refused=REFUSED))
    elif dialect == "postgresql":
        op.execute(POSTGRESQL.format(refused=REFUSED))
        op.execute(
            "CREATE TRIGGER documents_append_only BEFORE UPDATE OR DELETE ON documents FOR EACH ROW EXECUTE FUNCTION documents_refuses()"
        )
        op.execute(
            "CREATE TRIGGER documents_no_truncate BEFORE TRUNCATE ON documents EXECUTE FUNCTION documents_refuses()"
        )


def downgrade() -> None:
    """There is no way back: signed lists are not taken apart."""
    raise NotImplementedError(REFUSED)
