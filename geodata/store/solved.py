"""A cache of what was solved (sweeps, plans), kept in the store so that it is at hand after a restart and for every worker.

    cached(store, name)               # the data, or None: solve it, then
    cache(store, name, data)

No record and no promise: the oldest go when there are too many, and what is damaged is as good as not there.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from geodata.errors import StoreError
from geodata.store.chain import canonical
from geodata.store.code import code_version
from geodata.store.trail import Store

SOLVED = sa.table(
    "solved",
    sa.column("name", sa.Text),
    sa.column("turn", sa.Integer),
    sa.column("size", sa.Integer),
    sa.column("sha256", sa.Text),
    sa.column("body", sa.LargeBinary),
)
MOST_ROWS = 400
MOST_BYTES = 64_000_000  # of all, compressed
MOST_ONE = 16_000_000  # larger ones are not kept: they would push out all others


def name_of(kind: str, **what: Any) -> str:
    """The name of something solved: what it is, the data's version, the terms and prices, and the code that solves it."""
    return sha256(canonical({"kind": kind, "code": code_version(), **what}).encode()).hexdigest()


def cached(store: Store, name: str) -> Any:
    """What was solved under this name, as plain data; None where it is not there, or damaged, or the store cannot be read."""
    asked = sa.select(SOLVED.c.sha256, SOLVED.c.body).where(SOLVED.c.name == name)
    try:
        with store.explained("read"), store.reading() as connection:
            row = connection.execute(asked).one_or_none()
    except StoreError:
        return None
    if row is None or sha256(row.body).hexdigest() != row.sha256:
        return None
    try:
        return json.loads(zlib.decompress(row.body))["held"]
    except (zlib.error, ValueError, KeyError):
        return None


def cache(store: Store, name: str, data: Mapping[str, Any] | list[Any]) -> bool:
    """Keep something under its name; whether it was kept. A store that cannot be written is no fault: it is solved again.

    Raises StoreError for what JSON cannot hold.
    """
    body = zlib.compress(canonical({"held": data}).encode(), 3)
    if len(body) > MOST_ONE:
        return False
    try:
        with store.explained("written"), store.writing() as connection:
            _write(connection, name, body)
    except (StoreError, IntegrityError):
        return False
    return True


def _write(connection: sa.Connection, name: str, body: bytes) -> None:
    connection.execute(sa.delete(SOLVED).where(SOLVED.c.name == name))
    turn = (connection.execute(sa.select(sa.func.max(SOLVED.c.turn))).scalar() or 0) + 1
    held = {"name": name, "turn": turn, "size": len(body), "sha256": sha256(body).hexdigest(), "body": body}
    connection.execute(sa.insert(SOLVED).values(**held))
    rows = connection.execute(sa.select(SOLVED.c.name, SOLVED.c.size).order_by(SOLVED.c.turn.desc())).all()
    total = 0
    for place, row in enumerate(rows, 1):
        total += row.size
        if place > MOST_ROWS or total > MOST_BYTES:
            connection.execute(sa.delete(SOLVED).where(SOLVED.c.name == row.name))
