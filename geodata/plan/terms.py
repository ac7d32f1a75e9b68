"""The terms of a plan: everything that decides it besides the data and the prices. Same terms, data, prices: same plan."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

from geodata.costing.unit import Case
from geodata.policy import POLICY, Policy

WAYS = ("fibre", "cellular", "microwave", "satellite", "cluster")


@dataclass(frozen=True)
class Terms:
    """Terms of a plan. Amounts are in the currency of the price book.

    `policy` holds every policy number (plan, cost, reach, standards, weights). `budget` is given year by year and its
    length is the years of building. `recurrent_ceiling`: most that running costs may reach in each year, or empty.
    `group_floors`: least share of the underserved of a group, such as `{"displaced": 0.5}`. `must` and `never` are
    decisions of officers, each with its reason: school id → reason. `closed_areas`: areas where a shock forbids fixed
    building; schools there get rapid options. `no_training`: the written reason, where a plan has no training line.
    """

    budget: tuple[float, ...]
    policy: Policy = POLICY
    ways: tuple[str, ...] = WAYS
    prices: str = ""  # name of the price book
    case: Case = "mid"
    recurrent_ceiling: tuple[float, ...] = ()
    group_floors: tuple[tuple[str, float], ...] = ()
    must: tuple[tuple[str, str], ...] = ()
    never: tuple[tuple[str, str], ...] = ()
    include_committed: bool = False
    include_private: bool = False
    shared_fibre: bool = False
    shocked: tuple[str, ...] = ()  # area ids
    shock: str = ""  # what happened, in words: flood, lost power …
    devices: bool = True
    training: bool = True
    no_training: str = ""
    area: str = ""  # plan only inside this area
    only: tuple[str, ...] = ()  # plan only over these schools, by id; all where empty

    @classmethod
    def of(cls, policy: Policy, budget: float | tuple[float, ...], **more: Any) -> Terms:
        """Terms from one budget, divided evenly over the policy's years of building, or from one a year."""
        years = round(policy.number("plan_years"))
        each = budget if isinstance(budget, tuple) else (float(budget) / years,) * years
        return cls(budget=tuple(float(b) for b in each), policy=policy, **more)

    def with_(self, **changed: Any) -> Terms:
        """A copy with some terms changed."""
        return replace(self, **changed)

    @property
    def total(self) -> float:
        """The budget of all years."""
        return sum(self.budget)

    def number(self, name: str) -> float:
        """A policy number of the plan."""
        return self.policy.number(name)

    def as_data(self) -> dict[str, Any]:
        """The terms as plain data (JSON); the policy as what differs from the defaults."""
        held = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "policy"}
        if not self.only:  # plans made before schools could be named keep their hash
            del held["only"]
        return {**held, "policy": dict(self.policy.changes())}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Terms:
        """Terms from `as_data`, also after a round through JSON."""
        held = {k: _tuples(v) for k, v in data.items() if k != "policy"}
        return cls(policy=POLICY.with_values(data.get("policy") or {}), **held)

    @cached_property
    def key(self) -> str:
        """SHA-256 of the canonical terms."""
        text = json.dumps(self.as_data(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def _tuples(value: Any) -> Any:
    return tuple(_tuples(v) for v in value) if isinstance(value, list | tuple) else value
