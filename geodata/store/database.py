"""The database under the trail: an engine for a path or a SQLAlchemy address, its settings, its migrations.

SQLite is opened in WAL mode with a busy timeout, and a writer takes its lock at once (BEGIN IMMEDIATE), so that several
server processes write one after the other. Readers take no lock.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import StaticPool

from geodata.errors import StoreError

BUSY_SECONDS = 10
HEAD = "v0002"
READS: dict[str, Any] = {"reads": True}  # execution option: no writer's lock
TEXTS = ("at", "kind", "atlas", "version", "code", "who", "role", "reason", "data", "previous", "hash")
TRAIL = sa.table("trail", sa.column("number", sa.Integer), *(sa.column(name, sa.Text) for name in TEXTS))
MEND = (
    "Mend the folder's permissions or free space on the disk, or set FIRSTMILE_STORE to a file that may be written "
    "or to a database's address."
)


def address_of(where: str | Path | None) -> URL:
    """The SQLAlchemy address of a path or an address; None is a store in memory. Raises StoreError where it is neither."""
    if where is None:
        return make_url("sqlite://")
    text = str(where)
    if "://" not in text:
        return URL.create("sqlite", database=str(Path(text).absolute()))
    try:
        return make_url(text)
    except ArgumentError:
        raise _unreadable() from None


def _unreadable() -> StoreError:
    return StoreError(
        "The store's address cannot be read. Give a path, or an address such as postgresql+psycopg://host/name."
    )


def engine_for(address: URL) -> Engine:
    """An engine, not yet connected. Raises StoreError where the database's driver is not installed."""
    more: dict[str, Any] = {}
    if address.get_backend_name() == "sqlite":
        more["connect_args"] = {"timeout": BUSY_SECONDS, "check_same_thread": False}
        if not address.database:
            more["poolclass"] = StaticPool
    try:
        engine = sa.create_engine(address, **more)
    except (ImportError, sa.exc.NoSuchModuleError) as error:
        raise StoreError(
            f"The store is a {address.get_backend_name()} database, and its driver is not installed ({error}). "
            "Install it beside First Mile, such as `pip install psycopg[binary]` for postgresql+psycopg://…"
        ) from None
    except ArgumentError:
        raise _unreadable() from None
    if address.get_backend_name() == "sqlite":
        _as_wished(engine, in_memory=not address.database)
    return engine


def _as_wished(engine: Engine, *, in_memory: bool) -> None:
    @sa.event.listens_for(engine, "connect")
    def _open(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where SQLAlchemy says, not at the first write
        if not in_memory:
            connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        reads = connection.get_execution_options().get("reads")
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def migrate(engine: Engine) -> None:
    """Bring the tables to the newest form; does nothing where they are. Several processes may do so at once."""
    with engine.connect().execution_options(**READS) as connection:
        if sa.inspect(connection).has_table("alembic_version"):
            held = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
            if held == HEAD:
                return
    config = Config()
    config.set_main_option("script_location", "geodata.store:migrations")
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(5276001)"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def said(error: Exception) -> str:
    """The database's own short words of an error, without SQL and links."""
    cause = getattr(error, "orig", None) or error
    text = str(cause).splitlines()[0] if str(cause) else type(cause).__name__
    return text if isinstance(cause, sqlite3.Error) else f"{type(cause).__name__}: {text}"
