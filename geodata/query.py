"""The desk: what the dashboard and the exports ask of one country's data.

A desk answers from a `View` (the query part of the address) and never changes: schools that match, in order; their
rows; counts; areas and hexagons rolled up; one school; a search. It shows what its tier may see and nothing else:
columns that may not be seen are not there at all. One desk may be shared by the threads of a server.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache, partial
from typing import Any

import pandas as pd

from geodata import disclosure, keptback
from geodata.aggregate import columns_of
from geodata.answers import Selection, Summary, behind, no_school, plain_rows, shown_values, summarise
from geodata.choosing import Chooser
from geodata.counting import FINEST, by_area, resolution_of, rolled
from geodata.declare import Criterion, Indicator, found
from geodata.errors import ViewError
from geodata.guarded import Guard, Ways
from geodata.hexagons import cells
from geodata.layers import Atlas
from geodata.places import LEVELS, Places, area_of_each, areas_of, places
from geodata.policy import POLICY, Policy
from geodata.priority import Scoring
from geodata.ranked import Progress, Ranked
from geodata.say import told, tr
from geodata.searching import Finder
from geodata.seen import DERIVED, basis, everything, kept_back, kept_back_words, kept_policies
from geodata.suppress import guard_breakdown
from geodata.tables import BAND_COLUMNS, SCHOOLS
from geodata.view import View

SHOWN = "internet_for_learners"


class Desk:
    """One country's data as a tier sees it. The default tier is the public one, so that forgetting it leaks nothing."""

    def __init__(self, atlas: Atlas, *, tier: str = "public") -> None:
        self.atlas = atlas
        self.tier = disclosure.check_tier(tier)
        self._kept = kept = kept_policies(atlas)
        self._select = lru_cache(maxsize=8 * kept)(self._select_fresh)
        self._cells = lru_cache(maxsize=8)(self._cells_fresh)

    # --- what there is ------------------------------------------------------------------------------------------

    @cached_property
    def place(self) -> dict[str, Any]:
        """The recipe's words about the place: name, levels, disclaimer, risk, language."""
        return dict(self.atlas.manifest.get("place") or {})

    @property
    def disclaimer(self) -> str:
        """The sentence on boundaries and names, in the language spoken now where it is the usual one."""
        return told(str(self.place.get("disclaimer") or ""))

    @cached_property
    def risk(self) -> str:
        """Risk class of the place; medium where it is not set."""
        return str(self.place.get("risk") or "medium")

    @cached_property
    def locations(self) -> disclosure.Coarseness:
        """How exactly this tier sees locations here."""
        return disclosure.locations(self.risk, self.tier)

    @property
    def location_note(self) -> str:
        """What is not shown as it is known: how exactly locations stand, and small counts; empty where nothing is kept back."""
        notes = keptback.location_note(self.locations), keptback.small_note(self.tier, self.risk, self.policy)
        return " ".join(filter(None, notes))

    @cached_property
    def policy(self) -> Policy:
        """The country's own policy: the defaults with the recipe's numbers over them."""
        return POLICY.with_values(self.atlas.manifest.get("policy") or {})

    @cached_property
    def _everything(self) -> pd.DataFrame:
        return everything(self.atlas, exact=self.locations.exact)

    @cached_property
    def whole(self) -> pd.DataFrame:
        """Every column that this tier's numbers may rest on; what it may not see is unknown. Exact places are among them,
        so no row of it may leave (see `schools`)."""
        return basis(self._everything, self.tier, self.risk, self.policy)

    @cached_property
    def kept_back(self) -> tuple[Criterion, ...]:
        """Criteria that something is known of here and that this tier may not see: they count for nothing in its ranking."""
        return kept_back(self._everything, self.whole)

    @property
    def kept_back_note(self) -> str:
        """A sentence on what the ranking of this tier leaves out; empty where it leaves out nothing."""
        return kept_back_words(self.kept_back, self.tier)

    @property
    def one_by_one(self) -> bool:
        """Whether this tier sees schools one by one; otherwise areas and hexagons alone."""
        return self.locations.rows

    @cached_property
    def schools(self) -> pd.DataFrame:
        """The schools as this tier may see them, without the derived columns (see `derived`); index from 0."""
        columns = [c for c in self.whole.columns if c not in DERIVED and c not in BAND_COLUMNS]
        frame = self.whole[disclosure.visible_columns(columns, self.tier, self.risk)].copy()
        exact = frame["latitude"], frame["longitude"]
        frame["latitude"], frame["longitude"] = disclosure.coarsen(*exact, self.locations)
        return frame

    @cached_property
    def columns(self) -> list[str]:
        """All columns that this tier may see, evidence and derived ones included, in the table's order."""
        extra = [c for c in self.whole.columns if c not in SCHOOLS.all_columns]
        return disclosure.visible_columns([*SCHOOLS.all_columns, *extra], self.tier, self.risk)

    @cached_property
    def places(self) -> Places:
        """The areas of all levels."""
        return places(self.atlas, self.whole, self.place)

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        """The declared indicators whose inputs this tier may see, by name."""
        every = found(Indicator, "geodata.indicators")
        seen = {i: all(disclosure.may_see(c, self.tier, self.risk) for c in i.inputs) for i in every.values()}
        return {name: i for name, i in every.items() if seen[i]}

    # --- which schools, in which order --------------------------------------------------------------------------

    def derived(self, policy: Policy | None = None) -> pd.DataFrame:
        """Gap and priority columns under a policy (the country's own by default), on the schools' index."""
        return self._ranked.derived(policy or self.policy)

    def bands(self, policy: Policy | None = None, progress: Progress | None = None) -> pd.DataFrame:
        """How sure each rank is (BAND_COLUMNS), on the schools' index: the build's own, or drawn anew for another policy.

        Unknown for schools that are not ranked. The first call for a policy draws the list many times and may take
        seconds in a large country; after that it is kept. `progress(done, of)` hears how far it is, and may end it.
        """
        return self._ranked.bands(policy or self.policy, progress)

    def scoring(self, policy: Policy | None = None) -> Scoring:
        """The place scored under a policy: items, expectations and weights behind the derived columns, none of them hidden."""
        return self._ranked.scoring(policy or self.policy)

    def select(self, view: View) -> Selection:
        """The schools of a view, in its order, ties by id; `priority_rank` puts the verify first list after the ranked.
        Raises ViewError where the view names an area that is not here, DisclosureError where it asks by a hidden column."""
        disclosure.check_view(view, self.tier, self.risk)
        if view.kept and not view.ids:
            raise ViewError(tr("This address names a list that is kept on a server of First Mile; open it there."))
        chosen = self._select(View(**{**view.__dict__, "screen": (), "plans": ()}))
        if self._guard is not None and chosen.total:
            self._guard.let_through(view, chosen.total)
        return chosen

    def frame(self, view: View, columns: Sequence[str] | None = None, start: int = 0, stop: int | None = None) -> pd.DataFrame:  # fmt: skip
        """Rows of a view as a frame, in its order; visible columns only; the index holds the schools' positions.

        With all columns, or where one of BAND_COLUMNS is named, likely ranks are drawn for another policy: name columns.
        Raises DisclosureError where this tier may not see schools one by one.
        """
        disclosure.one_by_one(self.tier, self.risk, self.atlas.name)
        return self._rows(view, columns or self.columns, start, stop)

    def _rows(self, view: View, columns: Sequence[str] | None = None, start: int = 0, stop: int | None = None) -> pd.DataFrame:  # fmt: skip
        positions = self.select(view).positions[start:stop]
        found = self._values(view.policy_over(self.policy), columns or ())
        names = [c for c in (columns or self.columns) if c in found]
        return pd.DataFrame({c: found[c].iloc[positions] for c in names}, index=pd.Index(positions))

    def _values(self, policy: Policy, named: Sequence[str] = ()) -> dict[str, pd.Series]:
        """The columns by name. Likely ranks are there where they are at hand, or `named`: then they are drawn."""
        drawn = set(named) & set(BAND_COLUMNS)
        bands = self._ranked.bands(policy) if drawn else self._ranked.bands_at_hand(policy)
        return {str(c): v for part in (self.derived(policy), self.schools, bands) for c, v in part.items()}

    def rows(self, view: View, start: int = 0, stop: int | None = None, columns: Sequence[str] | None = None) -> list[dict[str, Any]]:  # fmt: skip
        """Rows `start` to `stop` of a view as plain values fit for JSON: text, numbers, True and False; None is unknown."""
        return plain_rows(self.frame(view, columns, start, stop))

    # --- counts -------------------------------------------------------------------------------------------------

    def summary(self, view: View, indicator: str | None = None) -> Summary:
        """Counts of a selection; of all schools where it says `of`. `indicator` is the view's `show`
        by default: an indicator's name, or a column's."""
        shown = indicator or view.shown("show", SHOWN)
        frame = self._rows(view, behind(shown, self.indicators, self.columns))
        values = shown_values(shown, frame, self.indicators, self.columns, view.policy_over(self.policy))
        return summarise(frame, values, self.schools)

    def areas(self, view: View, level: int, indicator: str | None = None) -> pd.DataFrame:
        """The selection rolled up to every area of a level, those without a school too (num_schools 0).
        Columns: area_id, level, name, parent_id and what `aggregate.roll_up` gives, for one indicator or for all. Where
        this tier may not see so few schools of an area, all but their number is unknown. Raises ViewError for a level
        that is not here.
        """
        if level not in range(len(LEVELS) + 1):
            raise ViewError(tr("There is no level {level} of areas; the last is {last}.", level=level, last=len(LEVELS)))  # fmt: skip
        table = self.places.of_level(level)
        if self._guard is not None:
            return by_area(table, self._guard.levels(view, indicator))
        return by_area(table, self._roll_up(view, area_of_each(self.whole, self.places, level), indicator))

    def hexagons(self, view: View, resolution: int, indicator: str | None = None) -> pd.DataFrame:
        """The located schools of a selection rolled up to H3 cells; index `cell` (text), columns as `roll_up`.

        Where this tier may not see points, cells are no finer than it may see, and those with too few schools are left out.
        """
        if self._guard is not None:
            counts = self._guard.hexagons(view, indicator)
        else:
            counts = self._roll_up(view, self._cells(resolution_of(resolution, self.locations)), indicator)
        counts.index.name = "cell"
        return counts[counts["num_schools"] >= self.locations.least]

    def _roll_up(self, view: View, by: pd.Series, indicator: str | None) -> pd.DataFrame:
        policy = view.policy_over(self.policy)
        positions = self.select(view).positions
        frame = self._ranked.frame(policy)
        if indicator in self.indicators:
            frame = frame[[c for c in frame.columns if c in columns_of(self.indicators[str(indicator)])]]
        frame = frame.iloc[positions]
        return rolled(frame, by.iloc[positions], policy, self.indicators, indicator)

    def guarded(self, frame: pd.DataFrame) -> pd.DataFrame:
        """A table of groups (as `breakdown` gives it) as this tier may read it: where every school stands by itself the
        table says no more than its rows, and nothing is hidden; else small groups are (`suppress.guard_breakdown`)."""
        return guard_breakdown(frame, "government" if self.one_by_one else self.tier, self.policy)

    @property
    def thresholds(self) -> disclosure.Thresholds:
        """The smallest counts that this tier is shown here, of what it does not see school by school."""
        return disclosure.thresholds("government" if self.one_by_one else self.tier, self.policy)

    @cached_property
    def _guard(self) -> Guard | None:
        """What schools that are not shown one by one may still be told of together; None where each is shown."""
        if self.one_by_one:
            return None
        ways = Ways(lambda view: self._select(view).positions, self._roll_up, self.indicators)
        table, finest = areas_of(self.whole, self.places), self._cells(resolution_of(FINEST, self.locations))
        guard = partial(Guard, seen=self.thresholds, how=self.locations, tier=self.tier, ways=ways)
        return guard(table, finest, self.places.parents)

    # --- one school, and the search box -------------------------------------------------------------------------

    def school(self, school_id: str, view: View | None = None, columns: Sequence[str] | None = None) -> dict[str, Any]:
        """Everything that may be seen of one school (or of `columns`), as plain values, ranked as the view's policy ranks it.

        Raises ViewError where there is no such school, DisclosureError where none may be seen by itself.
        """
        disclosure.one_by_one(self.tier, self.risk, self.atlas.name)
        position = self._by_id.get(school_id)
        if position is None:
            raise ViewError(no_school(school_id, self._by_id))
        found = self._values((view or View()).policy_over(self.policy))
        names = [c for c in self.columns if c in found and (columns is None or c in columns)]
        return plain_rows(pd.DataFrame({c: found[c].iloc[[position]] for c in names}))[0]

    def search(self, text: str, limit: int = 10) -> list[dict[str, Any]]:
        """Areas and schools whose name or id holds all words of a text, best match first, areas before schools.
        Each is a dict: kind ("area" or "school"), id, name, level (of an area), part_of (its area above, or the
        school's areas, smallest first), latitude and longitude (of a school; None where unknown or hidden).
        """
        return self._finder.search(text, limit)

    # --- made once, kept ----------------------------------------------------------------------------------------

    @cached_property
    def _by_id(self) -> dict[str, int]:
        return {school: i for i, school in enumerate(self.whole["school_id"])}

    @cached_property
    def _ranked(self) -> Ranked:
        visible = disclosure.visible_columns(DERIVED, self.tier, self.risk)
        return Ranked(self.whole, self.policy, visible, self._kept)

    @cached_property
    def _finder(self) -> Finder:
        schools = self.schools if self.one_by_one else self.schools.iloc[:0]
        return Finder(schools, self.places)

    @cached_property
    def _chooser(self) -> Chooser:
        return Chooser(self.schools, self._finder.lines, self._ranked, self._kept)

    def _select_fresh(self, view: View) -> Selection:
        areas = self.places.column(view.area) if view.area else ()
        return self._chooser.select(view, view.policy_over(self.policy), areas)

    def _cells_fresh(self, resolution: int) -> pd.Series:
        return cells(self.whole["latitude"], self.whole["longitude"], resolution)
