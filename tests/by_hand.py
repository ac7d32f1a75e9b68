"""The priority list of a place recomputed in plain Python, written apart from the code it checks: slow and simple.

Nothing of `geodata.gaps`, `criteria` or `priority` is used; the defaults of the method are written here as numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pandas as pd

ITEMS = ("bandwidth", "devices", "energy", "poverty", "rural", "displaced", "crisis")
NEED = ITEMS[:3]
WEIGHT = {
    "bandwidth": 0.5,
    "devices": 0.3,
    "energy": 0.2,
    "poverty": 0.4,
    "rural": 0.2,
    "displaced": 0.2,
    "crisis": 0.2,
}
LACKS: dict[str, Callable[[float], bool]] = {
    "bandwidth": lambda x: x > 0.5,
    "devices": lambda x: x > 0.5,
    "energy": lambda x: x > 0.5,
    "poverty": lambda x: x >= 0.8,
    "rural": lambda x: x >= 1,
    "displaced": lambda x: x >= 0.5,
    "crisis": lambda x: x >= 0.6,
}
Row = dict[str, Any]


def rows_of(frame: pd.DataFrame) -> list[Row]:
    """Rows as plain values, None where unknown."""
    return [{str(k): (None if pd.isna(v) else v) for k, v in row.items()} for row in frame.to_dict("records")]


def usable(row: Row) -> bool | None:
    return False if row["has_internet"] is False else row["has_internet_for_learners"]


def devices(row: Row) -> int | None:
    if row["num_computers"] is None or row["num_tablets"] is None:
        return None
    return row["num_computers"] + row["num_tablets"]


def known_items(row: Row) -> dict[str, float | None]:
    """The items on their full standards (the caller sees to it that a speed and an enrolment are known somewhere)."""
    learners, speed = row["num_students"], row["download_speed_measured_mbps"]
    speed = row["download_speed_contracted_mbps"] if speed is None else speed
    bandwidth = None
    if usable(row) is False or row["has_internet"] is False:
        bandwidth = 1.0
    elif speed is not None and learners is not None:
        bandwidth = max(0.0, 1 - speed / max(20, 0.05 * learners))
    have, need = devices(row), None
    if learners is not None and row["num_teachers"] is not None:
        need = math.ceil(learners / 5) + row["num_teachers"] + 1
    device = 1.0 if have == 0 else None
    if have and need is not None:
        device = max(0.0, 1 - have / need)
    displaced = None
    if row["num_students_displaced"] == 0:
        displaced = 0.0
    elif row["num_students_displaced"] is not None and learners:
        displaced = min(1, row["num_students_displaced"] / learners / 0.5)
    return {
        "bandwidth": bandwidth,
        "devices": device,
        "energy": None if row["has_electricity"] is None else 0.0 if row["has_electricity"] else 1.0,
        "poverty": None if row["wealth_percentile"] is None else 1 - row["wealth_percentile"],
        "rural": {"rural": 1.0, "town": 0.5, "suburb": 0.5, "city": 0.0, None: None}[row["settlement"]],
        "displaced": displaced,
        "crisis": None if row["crisis_index"] is None else row["crisis_index"] / 10,
    }


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def some_device(row: Row) -> bool | None:
    if (row["num_computers"] or 0) > 0 or (row["num_tablets"] or 0) > 0:
        return True
    return None if devices(row) is None else False


HINT: dict[str, Callable[[Row], bool | None]] = {"bandwidth": usable, "devices": some_device}


def similar(row: Row) -> tuple[Any, ...]:
    return (row["admin1_id"], row["admin2_id"], row["settlement"], row["school_area_type"], row["education_level"])


def average(place: list[Row], row: Row, value: Callable[[Row], float | None], least: int = 5) -> float:
    """Mean over the schools like this one that know the value, over all where there are too few."""
    near = [v for r in place if similar(r) == similar(row) and (v := value(r)) is not None]
    return mean(near) if len(near) >= least else mean([v for r in place if (v := value(r)) is not None])


def expected(place: list[Row], row: Row, item: str) -> float:
    """What an unknown item of a school is taken to be."""
    hint = HINT.get(item)
    if hint is None:
        return average(place, row, lambda r: known_items(r)[item])

    def among(answer: bool) -> float:
        def value(r: Row) -> float | None:
            return known_items(r)[item] if hint(r) is answer else None

        if not any(value(r) is not None for r in place):
            return average(place, row, lambda r: known_items(r)[item])
        return average(place, row, value)

    told = hint(row)
    chance = average(place, row, lambda r: None if hint(r) is None else float(hint(r))) if told is None else float(told)
    return chance * among(True) + (1 - chance) * among(False)


def ranking(frame: pd.DataFrame) -> dict[str, Row]:
    """School id → items, N, M, score, counts, tier, list and rank."""
    every = rows_of(frame)
    place = [r for r in every if r["school_status"] in (None, "open")]
    used = [i for i in ITEMS if any(known_items(r)[i] is not None for r in place)]
    total = {"need": sum(WEIGHT[i] for i in used if i in NEED), "margin": sum(WEIGHT[i] for i in used if i not in NEED)}
    a, b = math.ceil(5 * len(used) / 7), math.ceil(3 * len(used) / 7)
    out: dict[str, Row] = {}
    for row in every:
        known = known_items(row)
        filled = {i: round(known[i] if known[i] is not None else expected(place, row, i), 9) for i in used}
        need = math.sqrt(sum(WEIGHT[i] * filled[i] ** 2 for i in used if i in NEED) / total["need"])
        margin = math.sqrt(sum(WEIGHT[i] * filled[i] ** 2 for i in used if i not in NEED) / total["margin"])
        told = [i for i in used if known[i] is not None]
        share = sum(WEIGHT[i] / total["need" if i in NEED else "margin"] / 2 for i in told)
        silent = not any(i in NEED for i in told) or not any(i not in NEED for i in told)
        count = sum(LACKS[i](filled[i]) for i in used)
        out[row["school_id"]] = {
            "need": need,
            "marginalisation": margin,
            "priority_score": 100 * math.sqrt(need) * math.sqrt(margin),
            "lacks_count": sum(LACKS[i](round(known[i], 9)) for i in told),
            "lacks_unknown": len(used) - len(told),
            "lacks_expected": count,
            "data_confidence": share,
            "list": "verify_first" if row not in place or silent or round(share, 9) < 0.5 else "ranked",
            "tier": "A" if count >= a else "B" if count >= b else "C",
        }
    order = sorted(
        (s for s in out if out[s]["list"] == "ranked"),
        key=lambda s: (out[s]["tier"], -round(out[s]["priority_score"], 6), s),
    )
    for position, school in enumerate(order, start=1):
        out[school]["priority_rank"] = position
    return out
