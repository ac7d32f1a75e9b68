"""Score and group of single schools of a whole country in plain Python, whatever the country reports.

Written apart from the code it checks: nothing of `geodata` is used but the policy's numbers, which are data. Where
`by_hand` takes the full standards for granted, this follows the lower standards that a country's data may call for.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

Row = dict[str, Any]
COLUMNS = (
    *("school_id", "school_status", "admin1_id", "admin2_id", "settlement", "school_area_type", "education_level"),
    *("num_students", "num_students_lower", "num_students_upper", "num_teachers", "pop_within_1km", "num_computers"),
    *("num_tablets", "has_computers", "has_internet", "has_internet_for_learners", "download_speed_measured_mbps"),
    *("download_speed_contracted_mbps", "has_electricity", "electricity_type", "electricity_hours_per_day"),
    *("num_students_displaced", "wealth_percentile", "crisis_index", "attendance_parity_girls", "out_of_school_rate"),
    *("predicted_internet_for_learners", "predicted_electricity"),
)
NEED, MARGIN = ("bandwidth", "devices", "energy"), ("poverty", "rural", "displaced", "crisis")
OPTIONAL = ("girls", "out_of_school")
LACKS: dict[str, Callable[[float], bool]] = {
    **dict.fromkeys(NEED, lambda x: x > 0.5),
    "poverty": lambda x: x >= 0.8,
    "rural": lambda x: x >= 1,
    "displaced": lambda x: x >= 0.5,
    "crisis": lambda x: x >= 0.6,
}


class Country:
    """A country's rows with their known items; `told[item]` is the yes/no behind an item, `chance[item]` a predicted one."""

    def __init__(self, frame: pd.DataFrame, policy: Mapping[str, Any]) -> None:
        self.policy = {k: float(v) for k, v in policy.items() if not isinstance(v, str)}
        part = frame[[c for c in COLUMNS if c in frame]]
        plain = part.astype(object).where(part.notna(), None).to_dict("records")
        self.rows: list[Row] = [{c: row.get(c) for c in COLUMNS} for row in plain]
        self.at = {row["school_id"]: n for n, row in enumerate(self.rows)}
        usable = self._usable()
        some = [self._some_device(r) for r in self.rows]
        power = [self._power(r) for r in self.rows]
        self.told = {"bandwidth": usable, "devices": some, "energy": power}
        self.chance = {
            "bandwidth": [r["predicted_internet_for_learners"] for r in self.rows],
            "energy": [r["predicted_electricity"] for r in self.rows],
        }
        known = {"bandwidth": self._bandwidth(usable), "devices": self._devices(some), "energy": self._energy(power)}
        known |= {name: [circumstance(name, r, self.policy) for r in self.rows] for name in (*MARGIN, *OPTIONAL)}
        self.known = {n: [None if v is None else round(v, 9) for v in values] for n, values in known.items()}
        self.open = [r["school_status"] in (None, "open") for r in self.rows]
        self.used = [
            n for n in self.known if any(v is not None for v, o in zip(self.known[n], self.open, strict=True) if o)
        ]
        self.similar: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        for n, row in enumerate(self.rows):
            if self.open[n]:
                self.similar[_kind(row)].append(n)

    # --- services ---------------------------------------------------------------------------------------------------

    def _usable(self) -> list[bool | None]:
        if any(r["has_internet_for_learners"] is not None for r in self.rows):
            return [False if r["has_internet"] is False else r["has_internet_for_learners"] for r in self.rows]
        return [r["has_internet"] for r in self.rows]

    def _required(self, row: Row) -> float | None:
        def by_learners(n: float) -> float:
            return max(20.0, round(0.05 * n, 9))

        low, high = row["num_students_lower"], row["num_students_upper"]
        if row["num_students"] is not None:
            return by_learners(row["num_students"])
        if low is not None and high is not None and by_learners(low) == by_learners(high):
            return by_learners(low)
        people = row["pop_within_1km"]
        return None if people is None else min(15_000.0, max(20.0, round(2 * people * 0.025, 9)))

    def _bandwidth(self, usable: list[bool | None]) -> list[float | None]:
        needed = [self._required(r) for r in self.rows]
        if all(n is None for n in needed):
            needed = [20.0] * len(needed)
        partial: list[float | None] = []
        for row, may, need in zip(self.rows, usable, needed, strict=True):
            measured = row["download_speed_measured_mbps"]
            speed = row["download_speed_contracted_mbps"] if measured is None else measured
            connected = may is not False and row["has_internet"] is not False
            told = connected and speed is not None and need is not None
            partial.append(min(1.0, max(0.0, 1 - speed / need)) if told else None)
        if all(p is None for p in partial):
            return [None if may is None else 1.0 - may for may in usable]
        return [1.0 if may is False or row["has_internet"] is False else p for row, may, p in zip(self.rows, usable, partial, strict=True)]  # fmt: skip

    def _held(self, row: Row) -> int | None:
        computers, tablets = row["num_computers"], row["num_tablets"]
        if computers is None and row["has_computers"] is False:
            computers = 0
        return None if computers is None or tablets is None else computers + tablets

    def _some_device(self, row: Row) -> bool | None:
        if (row["num_computers"] or 0) > 0 or (row["num_tablets"] or 0) > 0 or row["has_computers"] is True:
            return True
        return False if self._held(row) == 0 else None

    def _devices(self, some: list[bool | None]) -> list[float | None]:
        teachers = any(r["num_teachers"] is not None for r in self.rows)
        partial: list[float | None] = []
        for row, any_at_all in zip(self.rows, some, strict=True):
            own = row["num_teachers"] if teachers else 0
            have = self._held(row)
            told = any_at_all is not False and have is not None and row["num_students"] is not None and own is not None
            if told:
                need = math.ceil(row["num_students"] / self.policy["device_ratio"]) + own + 1
                partial.append(max(0.0, 1 - have / need))
            else:
                partial.append(None)
        if all(p is None for p in partial):
            return [None if s is None else 1.0 - s for s in some]
        return [1.0 if s is False else p for s, p in zip(some, partial, strict=True)]

    def _power(self, row: Row) -> bool | None:
        if row["has_electricity"] is not None:
            return bool(row["has_electricity"])
        return None if row["electricity_type"] is None else row["electricity_type"] != "none"

    def _energy(self, power: list[bool | None]) -> list[float | None]:
        out: list[float | None] = []
        for row, on in zip(self.rows, power, strict=True):
            hours = row["electricity_hours_per_day"]
            weak = row["electricity_type"] == "generator" or (
                hours is not None and hours < self.policy["school_hours_per_day"]
            )
            out.append(None if on is None else 1.0 if on is False else 0.5 if weak else 0.0)
        return out

    # --- what is not reported ---------------------------------------------------------------------------------------

    def _mean(self, n: int, value: Callable[[int], float | None]) -> float | None:
        """Over the schools like this one that know, over all that operate where fewer than five do."""
        near = [v for m in self.similar[_kind(self.rows[n])] if (v := value(m)) is not None]
        if len(near) >= self.policy["similar_schools_min"]:
            return sum(near) / len(near)
        every = [v for m, here in enumerate(self.open) if here and (v := value(m)) is not None]
        return sum(every) / len(every) if every else None

    def expected(self, n: int, item: str) -> float:
        known, told = self.known[item], self.told.get(item)
        whole = self._mean(n, lambda m: known[m])
        assert whole is not None
        if told is None or all(t is None for t in told):
            return whole
        if_yes = self._mean(n, lambda m: known[m] if told[m] is True else None)
        if_no = self._mean(n, lambda m: known[m] if told[m] is False else None)
        chance = None if told[n] is None else float(bool(told[n]))
        if chance is None:
            chance = self.chance.get(item, [None] * len(known))[n]
        if chance is None:
            chance = self._mean(n, lambda m: None if told[m] is None else float(bool(told[m])))
        assert chance is not None
        return chance * (whole if if_yes is None else if_yes) + (1 - chance) * (whole if if_no is None else if_no)

    # --- one school -------------------------------------------------------------------------------------------------

    def side(self, n: int, names: tuple[str, ...], optional: tuple[str, ...] = ()) -> tuple[float, dict[str, float]]:
        """The power mean of one side, and the items that it stands on."""
        values = {i: self.known[i][n] if self.known[i][n] is not None else round(self.expected(n, i), 9) for i in (*names, *optional) if i in self.used}  # fmt: skip
        extra = {i: self.policy[f"weight_{i}"] for i in optional if i in values}
        base = {i: self.policy[f"weight_{i}"] for i in names if i in values}
        left = 1 - sum(extra.values())
        weights = {**{i: left * w / sum(base.values()) for i, w in base.items()}, **extra}
        return math.sqrt(sum(w * values[i] ** 2 for i, w in weights.items())), values

    def school(self, school_id: str) -> Row:
        """Need, marginalisation, score, things lacking and group of one school."""
        n = self.at[school_id]
        need, services = self.side(n, NEED)
        margin, around = self.side(n, MARGIN, OPTIONAL)
        things = [i for i in self.used if i in LACKS]
        count = sum(LACKS[i]({**services, **around}[i]) for i in things)
        a, b = (math.ceil(t * len(things) / 7) for t in (5, 3))
        return {
            "need": need,
            "marginalisation": margin,
            "priority_score": 100 * math.sqrt(need * margin),
            "lacks_expected": count,
            "lacks_count": sum(LACKS[i](v) for i in things if (v := self.known[i][n]) is not None),
            "lacks_unknown": sum(self.known[i][n] is None for i in things),
            "tier": "A" if count >= a else "B" if count >= b else "C",
        }


def circumstance(name: str, row: Row, policy: Mapping[str, float]) -> float | None:
    """What is known of one thing about where a school stands."""
    if name == "rural":
        scale = {"rural": 1.0, "town": 0.5, "suburb": 0.5, "city": 0.0}
        national = {"rural": 1.0, "urban": 0.0}.get(row["school_area_type"])
        return scale.get(row["settlement"], national)
    if name == "displaced":
        count, learners = row["num_students_displaced"], row["num_students"]
        if count == 0:
            return 0.0
        return min(1.0, count / learners / 0.5) if count is not None and learners else None
    column = {"poverty": "wealth_percentile", "crisis": "crisis_index", "girls": "attendance_parity_girls", "out_of_school": "out_of_school_rate"}[name]  # fmt: skip
    value = row[column]
    if value is None:
        return None
    return {"poverty": 1 - value, "crisis": value / 10, "girls": max(0.0, 1 - value), "out_of_school": min(1.0, value / 0.5)}[name]  # fmt: skip


def _kind(row: Row) -> tuple[Any, ...]:
    return tuple(row[c] for c in ("admin1_id", "admin2_id", "settlement", "school_area_type", "education_level"))
