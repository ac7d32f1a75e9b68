"""The contents of a brief, in the order of methods 8.1, for a country, an area or a group: one noun, made by one function.

    brief = brief_of(desk, View(), area="BR17")
    brief.finding          # "6 of 10 learners …"

Pure: nothing is read from disk but through the desk, nothing is written. Files are made by `geodata.exports.briefs`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from geodata.briefing.assemble import parts_of
from geodata.briefing.method import status
from geodata.briefing.parts import (
    Approval,
    Bar,
    Chart,
    Covered,
    Decision,
    Figure,
    First,
    Mapped,
    Need,
    Official,
    Planned,
    Shape,
    Sheet,
    Source,
    Step,
    Stop,
    Year,
)
from geodata.plan.result import Plan
from geodata.query import Desk
from geodata.view import View

__all__ = [
    "Approval",
    "Bar",
    "Brief",
    "Chart",
    "Covered",
    "Decision",
    "Figure",
    "First",
    "Mapped",
    "Need",
    "Official",
    "Planned",
    "Shape",
    "Sheet",
    "Source",
    "Step",
    "Stop",
    "Year",
    "approved",
    "brief_of",
]


@dataclass(frozen=True)
class Brief:
    """Everything that a brief says. Texts are in `language`; lists are empty, and `planned` is None, where nothing is known."""

    # 1 what this is
    title: str
    place: str
    area: str  # id; empty for the whole country
    area_name: str
    level: str  # the recipe's word: "municipality"; empty for the whole country
    version: str  # hash of the data
    code: str
    made: str  # date of the data, in words
    synthetic: bool
    tier: str
    risk: str
    language: str
    direction: str  # ltr or rtl
    approval: Approval | None
    status: str  # "DRAFT, not approved", or who signed and when
    notices: tuple[str, ...]  # synthetic, kept back, disclaimers of risk: at the head of every page
    schools: int
    schools_text: str
    unit: str  # "learners" or "schools": what the finding counts
    covered: tuple[Covered, ...]
    # 2 to 11
    finding: str
    numbers: tuple[Figure, ...]
    mapped: Mapped | None
    parity: Chart | None
    quintiles: Chart | None
    left_behind: tuple[str, ...]  # sentences
    ladder: tuple[Step, ...]
    ladder_said: str
    first_title: str
    first: tuple[First, ...]  # schools, where they may be shown one by one
    first_areas: tuple[First, ...]
    first_note: str
    planned: Planned | None
    plan_said: str  # a sentence: what the plan says, or why there is none
    need_money: tuple[Need, ...]
    need_said: str
    financing: tuple[str, ...]
    unknown: tuple[str, ...]
    surveys: tuple[str, ...]
    decisions: tuple[Decision, ...]
    decided: bool  # whether somebody wrote the decisions down; else they are the questions that the figures leave open
    method: tuple[str, ...]
    sources: tuple[Source, ...]
    licence: str
    attribution: str
    disclaimer: str
    key: str = ""  # SHA-256 of what decides the contents: a sign-off holds for it
    annex: tuple[Sheet, ...] = ()

    @property
    def approved(self) -> bool:
        """Whether somebody's sign-off of exactly this is recorded."""
        return self.approval is not None


def brief_of(
    desk: Desk,
    view: View | None = None,
    *,
    area: str = "",
    plan: Plan | None = None,
    solved: Sequence[Plan] = (),
    official: Official | None = None,
    decisions: Sequence[Decision] = (),
    approval: Approval | None = None,
    annex: bool = False,
    title: str = "",
    schools: Sequence[str] = (),
    groups: Mapping[str, str] | None = None,
) -> Brief:
    """The brief of a country, of an area (its id) or of a group (`schools`, named `title`), as the desk's tier may see it.

    `plan`: the plan that is told of, and `solved` plans of other budgets under the same terms, the stops of its curve.
    `groups`: school id → name of its group, for shares of need and money by group in place of areas. Said in the language
    that is spoken (`geodata.say`). Raises ViewError for an area that is not here, DisclosureError for what the tier may not ask.
    """
    told = parts_of(
        desk,
        view or View(),
        area=area,
        plan=plan,
        solved=solved,
        official=official,
        decisions=decisions,
        approval=approval,
        annex=annex,
        title=title,
        schools=schools,
        groups=groups,
    )
    return Brief(**told)


def approved(brief: Brief, by: Approval) -> Brief:
    """The same brief, approved; said in the language that is spoken."""
    return replace(brief, approval=by, status=status(by))
