"""Answers that browsers may keep: an address names the build, so what it answers never changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Response, request

from geodata.say import language

if TYPE_CHECKING:
    from geodata.query import Desk

YEAR = 365 * 24 * 3600


def json_reply(content: Any) -> Response:
    """JSON text of plain values; every number that is not finite must have become None before."""
    return Response(
        json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False), mimetype="application/json"
    )


@cache
def code() -> str:
    """A hash of the code that makes the answers: a new version of First Mile asks afresh."""
    root = Path(__file__).resolve().parents[1]
    files = sorted([*(root / "dashboard").rglob("*.py"), *(root / "geodata").rglob("*.py")])
    return sha256(b"".join(f.read_bytes() for f in files)).hexdigest()[:8]


def stamp(desk: Desk) -> str:
    """What stands in an address for everything that its answer depends on beside the query: build, code, tier and language."""
    return f"{desk.atlas.version}-{code()}-{desk.tier}-{language().code}"


def cached(desk: Desk, asked: str, make: Callable[[], Response]) -> Response:
    """The reply of `make`, to be kept for good where the address names the present build; 304 where it is held already."""
    fresh = asked == stamp(desk)
    tag = sha256(f"{stamp(desk)} {request.full_path}".encode()).hexdigest()[:20]
    reply = Response(status=304) if tag in request.if_none_match else make()
    reply.set_etag(tag)
    who = "public" if desk.tier == "public" else "private"  # a cache that many share keeps nothing that not all may see
    reply.headers["Cache-Control"] = f"{who}, max-age={YEAR}, immutable" if fresh else f"{who}, no-cache"
    return reply
