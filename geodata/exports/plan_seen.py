"""What of a plan a tier may be handed: schools one by one or not, money exact or rounded, lengths that would tell a place.

Two facts of a plan tell more than they seem to. The length of a fibre link, and so its price, is a distance to a known
node: where locations are coarse, lengths, sentences that name them and what fibre costs at one school are kept back, and
all money is rounded to two digits. Where schools are not shown one by one, neither are plans: sums by place remain, small
ones hidden as everywhere else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from geodata import disclosure
from geodata.disclosure import Tier
from geodata.errors import DisclosureError
from geodata.exports.passport import SYNTHETIC, column_licences, under
from geodata.licences import reconciled
from geodata.options.table import COLUMNS as OPTIONS
from geodata.plan.result import Plan
from geodata.query import Desk

MONEY = (
    "capital",
    "yearly",
    "link_cost",
    "link_low",
    "line_low",
    "line",
    "line_high",
    "compared_cost",
    "link_high",
    "power_cost",
    "device_cost",
    "training_cost",
    "cost",
    "cost_low",
    "cost_high",
)
# What would undo a coarse location: lengths, what they begin at, sentences that may name either.
TELLS_PLACE = ("distance_m", "along_road", "from_id", "break_even_m", "relay_of", "way_why", "why")
# Where devices go, school by school, is not published before they are there (methods 6.2); nor who promised what.
NOT_PUBLIC = ("device_cost", "committed_by")
BY_LENGTH = ("fibre",)  # ways whose price is a length
NAMED = ("school_name", "admin1", "admin2", "latitude", "longitude")
# Columns that the choice rests on, and kinds of sources that options rest on: their licences hold over the plan.
RESTS_ON = (
    "priority_score",
    "num_students",
    "has_internet",
    "has_internet_for_learners",
    "download_speed_mbps",
    "has_electricity",
    "device_gap",
    "school_status",
)
NETWORK = ("nodes", "cells", "coverage", "roads", "lines", "fibre_lines", "terrain", "commitments", "prices")
DIGITS = 2


@dataclass(frozen=True)
class Handed:
    """A plan as a tier is handed it. `lots`: those of `geodata.lots`, or None; `curve`: the budgets that were solved;
    `said` holds further pairs for the first sheet: the command, the scenario's name and hash."""

    desk: Desk
    plan: Plan
    profile: str = "noncommercial"
    lots: Any = None
    curve: pd.DataFrame | None = None
    said: dict[str, str] = field(default_factory=dict)

    @cached_property
    def sources(self) -> list[dict[str, Any]]:
        """The sources of the manifest, each with `used_here`: whether the plan rests on it."""
        declared = self.desk.atlas.manifest.get("columns", {})
        feeding = {name for c in (*NAMED, *RESTS_ON) for name in declared.get(c, {}).get("sources", ())}
        every = self.desk.atlas.manifest.get("sources", [])
        return [{**s, "used_here": not feeding or s.get("name") in feeding or s.get("kind") in NETWORK} for s in every]

    @cached_property
    def licences(self) -> tuple[str, ...]:
        """The licences that a plan with the names and places of its schools stands under."""
        columns = [text for c in (*NAMED, *RESTS_ON) for text in column_licences(self.desk, c)]
        network = [str(s.get("licence") or "") for s in self.sources if s.get("kind") in NETWORK]
        return tuple(dict.fromkeys(filter(None, [*columns, *network])))

    @property
    def torn(self) -> bool:
        """Whether it is made from data whose licences cannot stand together: then it is not for publication."""
        return not reconciled(self.licences)

    @property
    def learners(self) -> bool:
        """Whether learners are counted; else schools are, and nothing is said of learners."""
        return self.plan.unit == "learners"

    @property
    def rows(self) -> bool:
        """Whether schools stand in it one by one."""
        return self.desk.one_by_one and not (self.torn and self.desk.tier == Tier.PUBLIC)

    @property
    def exact(self) -> bool:
        """Whether lengths and money stand as they were computed."""
        return self.desk.locations.exact and self.rows

    @property
    def passport(self) -> dict[str, str]:
        """Licence, attribution, notice and version, as every file says them."""
        return {**under(self.sources), "notice": " ".join(self.notices), "data_version": self.desk.atlas.version}

    @property
    def notices(self) -> list[str]:
        """Sentences that stand in every file of the plan."""
        desk, provisional = self.desk, self.plan.book.provisional
        said = [f"{SYNTHETIC}."] if desk.atlas.synthetic else []
        if provisional:
            said.append(f"{len(provisional)} of {len(self.plan.book.costs)} prices are provisional: no national quote stands behind them.")  # fmt: skip
        said += filter(None, [desk.kept_back_note, desk.location_note, self.kept_back, str(desk.place.get("disclaimer", ""))])  # fmt: skip
        return said

    @property
    def kept_back(self) -> str:
        """What of the plan this tier is not handed, in a sentence; empty where it is handed all."""
        if not self.desk.one_by_one:
            return "Schools are not named one by one here, because places are at high risk: sums by place alone, small ones hidden, money rounded."  # fmt: skip
        if not self.rows:
            return f"Schools are left out of this public file: it is made from data whose licences cannot stand together ({', '.join(self.licences)})."  # fmt: skip
        said = []
        if not self.exact:
            said.append("Lengths of links, and what fibre costs at one school, are kept back, because they would tell where it lies; other money is rounded to two digits, so sums do not add up to the last.")  # fmt: skip
        if self.desk.tier == Tier.PUBLIC:
            said.append("What devices cost at one school, and who has promised what, is not public.")
        if self.torn:
            said.append(f"Made from data whose licences cannot stand together ({', '.join(self.licences)}): for use inside your organisation, not for publication.")  # fmt: skip
        return " ".join(said)

    @cached_property
    def terms(self) -> dict[str, Any]:
        """The terms as plain data. Decisions of officers name schools and reasons: others than the government get their number."""
        held = self.plan.terms.as_data()
        if self.desk.tier != Tier.GOVERNMENT:
            held |= {k: f"{len(held[k])} decisions of officers, not shown" for k in ("must", "never") if held[k]}
        return held

    @cached_property
    def schools(self) -> pd.DataFrame:
        """The plan's rows, chosen ones first, with name, place and group of each school, as the tier may see them; no row where it sees none."""
        order = {"chosen": 0, "left_out": 1, "no_way": 2}
        mine = self.plan.schools.assign(_first=self.plan.schools["decision"].map(order).fillna(3))
        mine = mine.sort_values(["_first", "year", "school_id"], kind="stable").drop(columns="_first")
        if self.lots is not None:
            mine["lot"] = mine["school_id"].map(self.lots.schools.set_index("school_id")["lot"]).fillna("")
        found = self._known(mine.reset_index(drop=True))
        return found if self.rows else found.iloc[:0]

    def _known(self, mine: pd.DataFrame) -> pd.DataFrame:
        derived = self.desk.derived(self.plan.terms.policy)
        seen = self.desk.schools
        two = len(self.desk.place.get("levels", ())) > 1 or seen["admin2"].notna().any()
        about = pd.DataFrame({c: seen[c] for c in ("school_id", *NAMED) if c in seen and (c != "admin2" or two)})
        about["tier"], about["priority_rank"] = derived["tier"], derived["priority_rank"]
        about = mine[["school_id"]].merge(about, on="school_id", how="left", validate="one_to_one")
        return self.told(pd.concat([about, mine.drop(columns="school_id")], axis=1))

    @cached_property
    def options(self) -> pd.DataFrame:
        """The options of every school, as the tier may see them; no row where it sees no school by itself."""
        found = self.plan.options.reset_index(drop=True)
        found = found if "school_id" in found else pd.DataFrame(columns=list(OPTIONS))  # a frozen plan keeps none
        return self.told(found if self.rows else found.iloc[:0])

    def told(self, frame: pd.DataFrame) -> pd.DataFrame:
        """A table with a row a school (and way), without what this tier may not be told."""
        hidden = [*(NOT_PUBLIC if self.desk.tier == Tier.PUBLIC else ()), *(() if self.exact else TELLS_PLACE)]
        out = frame.drop(columns=[c for c in hidden if c in frame])
        return out if self.exact else rounded_money(out)

    def sums(self, frame: pd.DataFrame) -> pd.DataFrame:
        """A table of sums, rounded where single schools' money would show through them."""
        return frame if self.exact else rounded_money(frame)


def rounded_money(frame: pd.DataFrame) -> pd.DataFrame:
    """Money to two digits, and none where it is the price of a length."""
    out = frame.copy()
    lengths = out["way"].isin(BY_LENGTH).to_numpy(dtype=bool) if "way" in out and "school_id" in out else None
    for column in out.columns:
        if column not in (*MONEY, "amount") or pd.api.types.is_string_dtype(out[column]):
            continue
        values = pd.to_numeric(out[column]).to_numpy(dtype="float64", na_value=np.nan)
        out[column] = digits(values if lengths is None else np.where(lengths, np.nan, values))
    return out


def digits(values: Any, keep: int = DIGITS) -> Any:
    """Numbers to so many leading digits; 0 and unknown stay."""
    values = np.asarray(values, dtype="float64")
    known = np.isfinite(values) & (values != 0)
    size = np.power(10.0, np.floor(np.log10(np.abs(values), where=known, out=np.zeros_like(values))) - keep + 1)
    return np.where(known, np.round(values / size) * size, values)


def check_profile(handed: Handed) -> None:
    """Raise DisclosureError where the open licence profile asks for a plan made from what may not be used commercially."""
    profile = disclosure.check_profile(handed.profile)
    closed = [text for text in handed.licences if disclosure.non_commercial(text)]
    if profile == disclosure.LicenceProfile.OPEN and closed:
        raise DisclosureError(
            f"This plan rests on data that may not be used commercially ({', '.join(closed)}), so the open licence profile "
            "cannot hand it out. Leave --licence-profile out, or build the country without those sources."
        )
