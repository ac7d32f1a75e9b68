"""ISCED levels as open sources write them, and the house's word for them."""

from __future__ import annotations

import re
from collections.abc import Sequence

LEVELS = {0: "pre_primary", 1: "primary", 2: "lower_secondary", 3: "upper_secondary"}


def isced(written: str | None) -> tuple[int, ...]:
    """The levels of "1;2", "1-3", "0,1", "ISCED 1": from least to greatest; nothing where it is written in any other way."""
    levels: set[int] = set()
    for part in re.split(r"[;,/&]", re.sub(r"(?i)isced|levels?", "", written or "")):
        found = re.fullmatch(r"\s*0?([0-8])(?:\.0)?\s*(?:[-–]\s*0?([0-8]))?\s*", part)
        if not found:
            return ()
        first, last = int(found[1]), int(found[2] or found[1])
        levels |= set(range(min(first, last), max(first, last) + 1))
    return tuple(sorted(levels))


def level_of(levels: Sequence[int]) -> str | None:
    """The house's word for ISCED levels; None without any."""
    if not levels:
        return None
    if set(levels) == {2, 3}:
        return "secondary"
    if min(levels) >= 4:
        return "post_secondary"
    return LEVELS.get(levels[0]) if len(levels) == 1 else "combined"


def span(levels: Sequence[int]) -> str:
    """Every level in order, as `isced_levels` has them: `1`, `1-2-3`."""
    return "-".join(map(str, levels))
