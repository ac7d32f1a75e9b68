"""A recipe as TOML that a person goes on editing: tables in order, a remark above each, any text between the quotes.

Only what a recipe holds: texts, numbers, yes and no, lists, and tables in tables.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

BARE = re.compile(r"[A-Za-z0-9_-]+")
WIDTH = 118  # of a remark


def text(value: str) -> str:
    """A TOML basic string: JSON's, with the one character that TOML wants escaped besides."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def key(name: str) -> str:
    """A key, quoted where it has to be."""
    return name if BARE.fullmatch(name) else text(name)


def value(given: Any) -> str:
    """Any value on one line. Raises TypeError for what TOML has no form for, None among it."""
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, str):
        return text(given)
    if isinstance(given, int):
        return str(given)
    if isinstance(given, float):
        return repr(given) if math.isfinite(given) else str(given)
    if isinstance(given, Mapping):
        inside = ", ".join(f"{key(str(k))} = {value(v)}" for k, v in given.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(given, Sequence):
        return f"[{', '.join(map(value, given))}]"
    raise TypeError(f"TOML has no form for {given!r}")


def remark(*lines: str) -> str:
    """Lines behind #, broken at word ends; an empty line stays one. Control characters, which TOML forbids there, leave."""
    plain = ("".join(c for c in " ".join(line.split()) if c.isprintable() or c == " ") for line in lines)
    return "\n".join(f"# {piece}".rstrip() for line in plain for piece in _broken(line))


def _broken(line: str) -> list[str]:
    pieces, now = [], ""
    for word in line.split(" "):
        if now and len(now) + 1 + len(word) > WIDTH:
            pieces.append(now)
            now = word
        else:
            now = f"{now} {word}" if now else word
    return [*pieces, now]


def table(name: str, given: Mapping[str, Any], *, many: bool = False, remarks: Sequence[str] = ()) -> str:
    """A table, or with `many` one of an array of tables: plain keys first, then each table in it under its own header.

    `remarks` stand above the header. What is None is left out.
    """
    kept = {k: v for k, v in given.items() if v is not None}
    inner = {k: v for k, v in kept.items() if isinstance(v, Mapping) and v}
    lines = [remark(*remarks)] if remarks else []
    lines.append(f"[[{name}]]" if many else f"[{name}]")
    lines += [f"{key(k)} = {value(v)}" for k, v in kept.items() if k not in inner]
    for k, v in inner.items():
        lines += ["", f"[{name}.{key(k)}]", *(f"{key(str(n))} = {value(x)}" for n, x in v.items() if x is not None)]
    return "\n".join(lines)
