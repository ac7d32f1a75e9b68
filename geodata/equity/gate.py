"""A gate's verdict, and the facts that gates judge (methods 5.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from geodata.arrays import Floats
from geodata.equity import said
from geodata.equity.groups import Members, dimension
from geodata.equity.incidence import Incidence
from geodata.equity.tally import Marks
from geodata.policy import Policy
from geodata.say import tr

Verdict = Literal["pass", "warn", "inconclusive"]
Lines = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Gate:
    """One gate's verdict: a sentence, its arithmetic line by line, and the threshold it was held against."""

    name: str
    title: str
    verdict: Verdict
    sentence: str
    lines: Lines = ()
    threshold: str = ""
    certain: bool = True

    @property
    def asks_reason(self) -> bool:
        """Whether a written reason is asked for."""
        return self.verdict == "warn"


@dataclass(frozen=True)
class Facts:
    """What the gates judge: marks and people of each row, members by dimension, wealth of each row's place."""

    marks: Marks
    people: Floats
    wealth: Floats
    members: Mapping[str, Members]
    incidence: Incidence | None
    unit: str
    word: tuple[str, str]
    first_said: str


def too_unknown(facts: Facts, name: str, policy: Policy) -> str:
    """Why nothing can be concluded by a dimension; empty where it can."""
    if name not in facts.members:
        title = dimension(name).title if name != "region" else facts.word[0][:1].upper() + facts.word[0][1:]
        return tr("{title}: not known here for anyone, so nothing can be concluded.", title=title)
    share = facts.members[name].unknown_share
    if share > policy.number("gate_group_unknown_max"):
        title = facts.members[name].dimension.title
        return tr(
            "{title}: not reported for {share} of {units}, so nothing can be concluded.",
            title=title,
            share=said.percent(share),
            units=f"{facts.unit}s",
        )
    return ""
