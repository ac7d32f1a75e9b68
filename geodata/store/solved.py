"""A cache of what was solved (sweeps, plans), kept in the store so that it is at hand after a restart and for every worker.

    cached(store, name)               # the data, or None: solve it, then
    cache(store, name, data)

No record and no promise: the oldest go when there are too many, and what is damaged is as good as not there.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from geodata.costing.unit import PriceBook
from geodata.errors import StoreError
from geodata.plan.basis import basis
from geodata.plan.frozen import freeze, thaw
from geodata.plan.result import Plan
from geodata.plan.terms import Terms
from geodata.query import Desk
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
MOST_SCHOOLS = 50_000  # of a plan
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


# --- plans ------------------------------------------------------------------------------------------------------------


def plan_name(desk: Desk, terms: Terms, book: PriceBook) -> str:
    """The name of the plan that a tier gets of these data under these terms and prices."""
    atlas = desk.atlas
    return name_of("plan", place=atlas.slug, version=atlas.version, tier=desk.tier, terms=terms.key, prices=book.key)


def cached_plan(store: Store, desk: Desk, terms: Terms, book: PriceBook) -> Plan | None:
    """A plan that was solved before, its options made anew; None where it is not there."""
    held = cached(store, plan_name(desk, terms, book))
    if held is None:
        return None
    try:
        plan = thaw(held)
    except (KeyError, TypeError, ValueError):
        return None
    return replace(plan, terms=terms, book=book, options=basis(desk, terms, book).options)


def cache_plan(store: Store, desk: Desk, plan: Plan) -> bool:
    """Keep a plan; whether it was kept. In a very large country packing one takes longer than is worth it."""
    if len(plan.schools) > MOST_SCHOOLS:
        return False
    return cache(store, plan_name(desk, plan.terms, plan.book), freeze(plan))


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
