"""What becomes of a brief that the console command was asked for: its plan, its files, their record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firstmile_say import say, steps, stop, unheard, warn

if TYPE_CHECKING:
    import pandas as pd

    from geodata.briefing.contents import Approval, Brief, Decision, Official
    from geodata.briefing.groups import Grouping
    from geodata.plan.result import Plan
    from geodata.query import Desk
    from geodata.store import Store


@dataclass(frozen=True)
class Asked:
    """What the command was asked for, as typed; the rest is worked out of it once."""

    atlas: Path
    area: str
    level: int
    grouping: Path | None
    name_column: str
    lang: str
    tier: str
    budget: str
    scenario: Path | None
    official: str
    official_source: str
    decisions: Path | None
    crest: Path | None
    letterhead: str
    annex: bool
    approved_by: str
    reason: str
    purpose: str
    who: str
    store: str

    @cached_property
    def desk(self) -> Desk:
        """The desk of the tier, under its agreement where it needs one."""
        from geodata.disclosure import check_agreement
        from geodata.layers import open_atlas
        from geodata.query import Desk
        from geodata.say import LANGUAGES

        if self.lang not in LANGUAGES:
            stop(f"--lang is {self.lang!r}; it must be one of {', '.join(LANGUAGES)}.")
        desk = Desk(open_atlas(self.atlas), tier=self.tier)
        check_agreement(self.tier, desk.risk, desk.atlas.name, self.purpose)
        return desk

    @cached_property
    def trail(self) -> Store | None:
        """The trail; it must be there where what is not public leaves, or something is approved."""
        from firstmile_trail import trail_of

        return trail_of(self.store, self.atlas, must=self.tier != "public" or bool(self.approved_by))

    @cached_property
    def picture(self) -> bytes | None:
        """The crest, looked at."""
        if self.crest is None:
            return None
        from geodata.exports.crests import checked

        if not self.crest.is_file():
            stop(f"There is no file {self.crest}.")
        image = self.crest.read_bytes()
        checked(image)
        return image

    @cached_property
    def asked_for(self) -> tuple[Decision, ...]:
        """The decisions that are asked for."""
        from geodata.briefing.given import decisions

        return decisions(table_in(self.decisions)) if self.decisions is not None else ()

    @cached_property
    def officials(self) -> dict[str, Official]:
        """Official figures by area id; the country's own under the empty id."""
        from geodata.briefing.contents import Official
        from geodata.briefing.given import officials, share_of

        if not self.official:
            return {}
        path = Path(self.official)
        if path.suffix.lower() == ".csv":
            return officials(table_in(path))
        return {self.area: Official(share_of(self.official), self.official_source)}

    @cached_property
    def plans(self) -> tuple[Plan | None, tuple[Plan, ...]]:
        """The plan that is told of and those of the other stops; none where no budget or scenario is named."""
        if not self.budget and self.scenario is None:
            return None, ()
        from firstmile_plan import terms_asked
        from geodata.plan.stops import budgets

        with steps() as progress, unheard():
            terms, book = terms_asked(self.desk, self.budget, None, self.scenario, "", [], {"case": "", "area": "", "no_training": ""})  # fmt: skip
            progress("Solving budgets")
            made = {b: _solved(self, terms, book, b) for b in budgets(self.desk, terms, book)}
        plan = made.get(terms.total) or _solved(self, terms, book, terms.total)
        if plan.choice.status == "infeasible":
            warn("No plan keeps all of the limits; the brief says so.")
        return plan, tuple(made.values())

    def brief(self, area: str, title: str = "", schools: Sequence[str] = (), groups: Grouping | None = None) -> Brief:
        """One brief, approved where it is recorded so."""
        from geodata.briefing.contents import approved, brief_of
        from geodata.say import speaking

        plan, solved = self.plans
        with speaking(self.lang):
            made = brief_of(
                self.desk, area=area, plan=plan, solved=solved, official=None if title else self.officials.get(area),
                decisions=self.asked_for, annex=self.annex, title=title, schools=schools,
                groups=groups.of if groups is not None else None,
            )  # fmt: skip
            found = _approval(self, made)
            return approved(made, found) if found is not None else made


def _solved(asked: Asked, terms: Any, book: Any, amount: float) -> Plan:
    """The plan of one budget, from the store where it was solved before."""
    from geodata.plan.basis import basis
    from geodata.plan.make import plan_on
    from geodata.plan.stops import at
    from geodata.store.solved import cache_plan, cached_plan

    here = terms if amount == terms.total else at(terms, amount)
    found = cached_plan(asked.trail, asked.desk, here, book) if asked.trail is not None else None
    if found is None:
        found = plan_on(basis(asked.desk, here, book), here, {})
        if asked.trail is not None:
            cache_plan(asked.trail, asked.desk, found)
    return found


def _approval(asked: Asked, brief: Brief) -> Approval | None:
    from geodata.store.briefs import approval

    return approval(asked.trail, asked.desk.atlas.slug, brief) if asked.trail is not None else None


def table_in(path: Path) -> pd.DataFrame:
    """A CSV with every value as text."""
    import pandas as pd

    if not path.is_file():
        stop(f"There is no file {path}.")
    try:
        return pd.read_csv(path, dtype=str, encoding="utf-8-sig", sep=None, engine="python")
    except (ValueError, UnicodeDecodeError) as error:
        stop(f"{path} could not be read as a table ({error}). Save it as CSV in UTF-8.")


# --- one ----------------------------------------------------------------------------------------------------------


def write_one(asked: Asked, out: Path) -> None:
    """Write one brief, recorded before it stands at its place."""
    from geodata.exports.briefs import FORMATS, write_brief
    from geodata.store.briefs import sign

    if out.suffix.removeprefix(".").lower() not in FORMATS:
        stop(f"{out} ends in no format of a brief: {', '.join(f'.{f}' for f in FORMATS)}.")
    made = asked.brief(asked.area)
    if asked.approved_by and asked.trail is not None:
        sign(asked.trail, _signing(asked), made, who=asked.approved_by, reason=asked.reason)
        made = asked.brief(asked.area)
    size = write_brief(made, out, letterhead=asked.letterhead, crest=asked.picture)
    record(asked, out, made.schools, made.area)
    note = " Synthetic demonstration data." if made.synthetic else ""
    say(f"{made.finding}")
    say(f"Wrote {out} ({size / 1000:,.0f} kB). {made.status}.{note}")


def _signing(asked: Asked) -> Desk:
    """The desk at which a brief is approved: nobody approves as a visitor, a public brief neither."""
    from geodata.query import Desk

    return asked.desk if asked.tier != "public" else Desk(asked.desk.atlas, tier="government")


def record(asked: Asked, path: Path, rows: int, area: str) -> None:
    """Record one file; one that must be recorded and cannot be is taken back."""
    from geodata.errors import StoreError
    from geodata.store import acts
    from geodata.view import View

    if asked.trail is None:
        return
    try:
        acts.record_export(
            asked.trail, asked.desk.atlas, view=View(area=area), columns=None, tier=asked.tier,
            licence_profile="noncommercial", purpose=asked.purpose, rows=rows, sha256=acts.file_hash(path),
            file=path.name, who=asked.who,
        )  # fmt: skip
    except StoreError as error:
        if asked.tier != "public":
            path.unlink(missing_ok=True)
            raise
        warn(f"Not recorded: {error}")
