"""Alembic's entry: the migrations run over the connection that opens the store, in its transaction."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
