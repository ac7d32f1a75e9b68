"""Answers spoilt in the ways that answers are: cells of another type, columns gone, half files, other encodings.

`spoilt(body, rng)` knows JSON, CSV, gzip, ZIP and Parquet from their bytes and spoils what is inside them; whatever the
seed, it gives bytes that a service might send on its worst day.
"""

from __future__ import annotations

import gzip
import io
import json
import random
import zipfile
from typing import Any

import pandas as pd
import pyarrow as pa

WORDS: tuple[Any, ...] = (
    None, "", " ", "nan", "-", "null", "Unknown", 0, -1, 1, 2**63, -(2**70), 1e308, -1e-308, 0.1, float("nan"), True,
    False, [], {}, [None], [[]], {"a": {}}, ["x", 1], "١٢٣", "Ñandú 学校 مدرسة", "\u0000", "\ud800", "=1+1", "1,5", "1e5",
    "0,0", "2025-02-30", "9999-99-99T99:99:99Z", "0001-01-01", "P" * 3000, "'\";--", "\n\r\t", "POINT (0 0)", "NaN",
    "Infinity", "-0", "1_000", "½", "²", "１２", " 12 ", "+7", "0x10", "NA",
)  # fmt: skip


def spoilt(body: bytes, rng: random.Random) -> bytes:
    """The body with something wrong in it."""
    if not body or rng.random() < 0.06:
        return _bytes(body, rng)
    if body[:2] == b"\x1f\x8b":
        return gzip.compress(spoilt(gzip.decompress(body), rng), mtime=0)
    if body[:4] == b"PK\x03\x04":
        return _zip(body, rng)
    if body[:4] == b"PAR1":
        return _parquet(body, rng)
    try:
        value = json.loads(body.decode("utf-8-sig"))
    except ValueError:
        return _table(body, rng)
    for _ in range(rng.choice((1, 1, 2, 4, 12))):
        value = _value(value, rng)
    return json.dumps(value).encode()


def _value(value: Any, rng: random.Random) -> Any:
    """One place somewhere in a JSON value changed."""
    if isinstance(value, dict) and value and rng.random() < 0.93:
        out = dict(value)
        name = rng.choice(list(out))
        roll = rng.random()
        if roll < 0.08:
            del out[name]
        elif roll < 0.12:
            out[f"{name}_2"] = out.pop(name)
        elif roll < 0.16:
            out[name.upper()] = out.pop(name)
        else:
            out[name] = _value(out[name], rng)
        return out
    if isinstance(value, list) and value and rng.random() < 0.95:
        out_list = list(value)
        at = rng.randrange(len(out_list))
        roll = rng.random()
        if roll < 0.05:
            del out_list[at]
        elif roll < 0.1:
            out_list.append(out_list[at])
        elif roll < 0.12:
            return []
        else:
            out_list[at] = _value(out_list[at], rng)
        return out_list
    if isinstance(value, str) and value and rng.random() < 0.25:
        return value[: rng.randrange(len(value))] + rng.choice(("", "�", " ", "x", ",", ";"))
    return rng.choice(WORDS)


def _table(body: bytes, rng: random.Random) -> bytes:
    """A CSV (or any text) with a column renamed or gone, cells of another kind, lines broken, repeated, joined."""
    lines = body.decode("utf-8", "replace").split("\n")
    if len(body) > 200_000 or "," not in lines[0]:
        return _bytes(body, rng)
    for _ in range(rng.choice((1, 2, 5))):
        at = 0 if rng.random() < 0.3 else rng.randrange(len(lines))
        cells = lines[at].split(",")
        roll = rng.random()
        if roll < 0.5:
            cells[rng.randrange(len(cells))] = str(rng.choice(WORDS)).replace("\ud800", "?")
        elif roll < 0.6:
            del cells[rng.randrange(len(cells))]
        elif roll < 0.7:
            cells += ["more", "cells"]
        elif roll < 0.8:
            cells[rng.randrange(len(cells))] = '"open'
        elif roll < 0.9:
            cells = cells * 2
        else:
            cells = []
        lines[at] = ",".join(cells)
    return "\n".join(lines).encode()


def _bytes(body: bytes, rng: random.Random) -> bytes:
    """Bytes cut, flipped, repeated, in another encoding."""
    at = rng.randrange(len(body)) if body else 0
    text = body[:200_000].decode("utf-8", "replace")
    return rng.choice(
        (
            lambda: body[:at],
            lambda: body[:at] + bytes([rng.randrange(256)]) + body[at + 1 :],
            lambda: body[:at] + rng.randbytes(40) + body[at + 40 :],
            lambda: text.encode("utf-16"),
            lambda: text.encode("cp1252", "replace"),
            lambda: b"\xef\xbb\xbf" + body,
            lambda: body + body,
            lambda: b"\x00" * 100 + body,
            lambda: b"[]",
            lambda: b"{}",
            lambda: b"null",
            lambda: b"0",
            lambda: b'"text"',
            lambda: b'[{"message": [{"id": "120", "value": "Invalid value"}]}]',
            lambda: b"<?xml version='1.0'?><ows:ExceptionReport/>",
            lambda: b"[" * 5000,
        )
    )()


def _zip(body: bytes, rng: random.Random) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as given, zipfile.ZipFile(out, "w") as made:
        names = given.namelist()
        chosen = rng.choice(names) if names else ""
        for name in names:
            content = given.read(name)
            if name == chosen and rng.random() < 0.15:
                continue
            made.writestr(name, spoilt(content, rng) if name == chosen else content)
    return out.getvalue()


def _parquet(body: bytes, rng: random.Random) -> bytes:
    table = pa.BufferReader(body)
    frame = pd.read_parquet(table)
    name = rng.choice(list(frame.columns))
    roll = rng.random()
    if roll < 0.2:
        frame = frame.drop(columns=name)
    elif roll < 0.35:
        frame = frame.rename(columns={name: name.upper()})
    elif roll < 0.5:
        frame = frame.iloc[:0]
    elif roll < 0.7:
        frame[name] = None
    else:
        frame[name] = [str(rng.choice(WORDS)).replace("\ud800", "?") for _ in range(len(frame))]
    out = io.BytesIO()
    frame.to_parquet(out)
    return out.getvalue()
