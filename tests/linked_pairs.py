"""The pairs with a known answer (`linked_pairs.txt`) as two sources, and how well a linking finds them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import cos, radians
from pathlib import Path

import numpy as np
import pandas as pd

FILE = Path(__file__).with_suffix(".txt")
METRES = 111_195.0  # of a degree of latitude
APART = 0.54  # degrees between cases: 60 km
SIDE = 14  # cases in a row
WEST, SOUTH = 20.0, -4.0
_SCHOOL = re.compile(r"^(?P<name>.*?)\s*@(?P<at>\S+)(?:\s+#(?P<area>[^^]*?))?(?:\s+\^(?P<level>\S+))?$")


@dataclass(frozen=True)
class Known:
    """Two sources, the ids that are one school, those of a case that are not, and the kind of each id of the other source."""

    register: pd.DataFrame
    other: pd.DataFrame
    same: set[tuple[str, str]]
    different: set[tuple[str, str]]
    kind: dict[str, str]


def known_pairs() -> Known:
    """The whole set; cases lie in a grid, far from each other."""
    rows: tuple[list[dict[str, object]], list[dict[str, object]]] = ([], [])
    same: set[tuple[str, str]] = set()
    different: set[tuple[str, str]] = set()
    kind: dict[str, str] = {}
    lines = [x for x in FILE.read_text("utf-8").splitlines() if x.strip() and not x.startswith("#")]
    for number, line in enumerate(lines):
        what, left, right, *no = [part.strip() for part in line.split("|")]
        sides = [[_row(text, number, side, k) for k, text in enumerate(half.split(" ; "))] for side, half in (("a", left), ("b", right))]  # fmt: skip
        for side, found in zip(rows, sides, strict=True):
            side.extend(row for row in found if row)
        for m, one in enumerate(sides[0]):
            for n, other in enumerate(sides[1]):
                if one and other:
                    pair = (str(one["school_id"]), str(other["school_id"]))
                    (same if m == n and not no else different).add(pair)
                    kind[pair[1]] = what
    return Known(pd.DataFrame(rows[0]), pd.DataFrame(rows[1]), same, different, kind)


def _row(text: str, case: int, side: str, k: int) -> dict[str, object] | None:
    text = text.strip()
    if text == "-":
        return None
    found = _SCHOOL.match(text)
    assert found, text
    south, west = SOUTH + APART * (case // SIDE), WEST + APART * (case % SIDE)
    lat, lon = np.nan, np.nan
    if found["at"] == "swap":
        lat, lon = west, south
    elif found["at"] != "-":
        east, north = map(float, found["at"].split(","))
        lat, lon = south + north / METRES, west + east / METRES / cos(radians(south))
    return {
        "school_id": f"{side}{case:03}-{k}", "school_name": found["name"], "latitude": lat, "longitude": lon,
        "admin1": (found["area"] or "").strip() or None, "education_level": found["level"],
    }  # fmt: skip


def measured(pairs: dict[str, str], same: set[tuple[str, str]]) -> tuple[float, float]:
    """Precision and recall of links (other id → register id) against the pairs that are one school."""
    linked = {(school, other) for other, school in pairs.items()}
    right = len(linked & same)
    return right / max(len(linked), 1), right / max(len(same), 1)
