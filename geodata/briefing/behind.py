"""Who is left behind: groups side by side with their parity index, and the fifths by wealth (methods 8.1, item 5; 5.1).

All figures come from the equity audit and its tables, so that the brief says what the page Equity says; groups too
small for the tier have no number.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from geodata.briefing import said
from geodata.briefing.parts import Bar, Chart
from geodata.briefing.scope import Scope
from geodata.equity import tables
from geodata.equity.audit import Audit
from geodata.equity.groups import FIFTHS
from geodata.equity.selection import audit_of, can_audit, reader
from geodata.say import joined, told, tr, written

Rows = dict[str, dict[Any, Any]]
POINTS = 0.02  # a gap that is told of
PAIRS = ("location", "sex", "wealth", "disability", "displaced")
INDEX = {"location": "LPIA", "sex": "GPIA", "wealth": "WPIA"}  # names of the adjusted parity indices of SDG 4.5.1


def audited(scope: Scope) -> Audit | None:
    """The audit of the scope's schools; None where there is none, or this tier may not see what it rests on."""
    if not scope.schools or np.isnan(scope.schools) or "internet_for_learners" not in can_audit(scope.desk):
        return None
    return audit_of(scope.desk, scope.view)


def parity(scope: Scope, found: Audit | None) -> Chart | None:
    """Pairs of groups: who of each is without. The title names the widest certain gap."""
    if found is None:
        return None
    bars: list[Bar] = []
    best: tuple[float, str] = (0.0, "")
    for name in PAIRS:
        table = _table(scope, found, name)
        if table is None:
            continue
        pair = _pair(found, name, table)
        bars += pair
        gap, text = _gap(table)
        best = max(best, (gap, text), key=lambda g: g[0])
    if not bars:
        return None
    title = best[1] or tr("No gap between groups is certain here")
    return Chart(title, _of(found), tuple(bars), unit=tr("without usable internet"), source=_source(scope), label_head=tr("Group"), value_head=tr("Without usable internet"))  # fmt: skip


def _of(found: Audit) -> str:
    if found.unit == "learner":
        return tr("Share of learners in schools without usable internet, of those whose school reports it")
    return tr("Share of schools without usable internet for learners, of those that report it")


def _source(scope: Scope) -> str:
    source, date = scope.origin(("has_internet_for_learners", "num_students"))
    return tr("Source: {source}, {date}", source=source, date=date) if source else ""


def _table(scope: Scope, found: Audit, name: str) -> Rows | None:
    """The rows of a dimension by its groups' own names, as the tier may read them; None where it is not known."""
    by = found.of(name)
    if by is None:
        return None
    table = tables.of_dimension(found, by, reader(scope.desk), scope.desk.policy)
    return dict(zip([g.name for g in by.groups], table.to_dict("records"), strict=True))


def _pair(found: Audit, name: str, table: Rows) -> list[Bar]:
    """The bars of one dimension: the group behind with its index, then the one it is compared with."""
    by = found.of(name)
    names = [g for g in (by.dimension.behind, by.dimension.ahead) if g in table] if by is not None else []
    if len(names) < 2:
        return []
    bars = [_bar(f"{name}.{g}", said.capital(told(str(table[g]["group"]))), table[g]) for g in names]
    index = table[names[0]]["index"]
    if name in INDEX and not said.unknown(index):
        reach = _reach(table[names[0]])
        note = tr("{name} {index}", name=INDEX[name], index=written(float(index), 2)) + (f" ({reach})" if reach else "")
        bars[0] = replace(bars[0], note=note)
    return bars


def _reach(row: dict[Any, Any]) -> str:
    low, high = row["index_lower"], row["index_upper"]
    if said.unknown(low) or said.unknown(high) or round(float(low), 2) == round(float(high), 2):
        return ""
    return tr("{low} to {high}", low=written(float(low), 2), high=written(float(high), 2))


def _bar(key: str, label: str, row: dict[Any, Any]) -> Bar:
    if bool(row["hidden"]):
        return Bar(key, label, said.too_few(), hidden=True)
    if row["band"]:
        return Bar(key, label, told(str(row["band"])))
    if said.unknown(row["value"]):
        return Bar(key, label, said.not_reported())
    value, low, high = (float(row[c]) for c in ("value", "lower", "upper"))
    reach = said.between(low, high) if said.wide(low, high) else ""
    text = said.share_said(value)
    return Bar(key, label, tr("{share} ({range})", share=text, range=reach) if reach else text, value, low, high)


def _gap(table: Rows) -> tuple[float, str]:
    """How wide the gap of a dimension is and the finding it makes, where it is certain; (0, "") otherwise."""
    rows = [r for r in table.values() if r["certain"] in (tables.CERTAIN, tables.OF_THOSE) and not r["hidden"]]
    row = next((r for r in rows if not said.unknown(r["value"])), None)
    ahead = next((r for r in table.values() if row is not None and r["group"] == row["against"]), None)
    if row is None or ahead is None or said.unknown(ahead["value"]):
        return 0.0, ""
    behind, other = float(row["value"]), float(ahead["value"])
    if behind - other < POINTS:
        return 0.0, ""
    names = {"group": said.capital(told(str(row["group"]))), "against": told(str(row["against"]))}
    return behind - other, tr("{group}: {share} are without, against {other} ({against})", share=said.share_said(behind), other=said.share_said(other), **names)  # fmt: skip


def quintiles(scope: Scope, found: Audit | None) -> Chart | None:
    """The fifths by wealth of the place; None where wealth is not known."""
    table = _table(scope, found, "wealth") if found is not None else None
    if found is None or table is None:
        return None
    bars = [_bar(f"fifth.{k}", said.capital(told(str(table[g]["group"]))), table[g]) for k, g in enumerate(FIFTHS, 1) if g in table]  # fmt: skip
    ends = [float(table[g]["value"]) if g in table else float("nan") for g in (FIFTHS[0], FIFTHS[-1])]
    if sum(not said.unknown(b.value) for b in bars) < 2:
        return None  # one fifth alone compares nothing
    if any(said.unknown(e) for e in ends):
        title = tr("By wealth of the place")
    elif ends[0] >= ends[1]:
        title = tr("Poorest places: {poor} without; least poor: {rich}", poor=said.share_said(ends[0]), rich=said.share_said(ends[1]))  # fmt: skip
    else:
        title = tr("Least poor places: {rich} without; poorest: {poor}", poor=said.share_said(ends[0]), rich=said.share_said(ends[1]))  # fmt: skip
    return Chart(title, _of(found), tuple(bars), unit=tr("without usable internet"), source=_source(scope), label_head=tr("Fifth by wealth of the place"), value_head=tr("Without usable internet"))  # fmt: skip


def left_behind(scope: Scope, found: Audit | None) -> tuple[str, ...]:
    """Sentences: what is not known of whom."""
    if found is None:
        return (tr("Who is left behind cannot be told here: nothing is known of schools and their internet."),)
    wanted = {d.name: d for d in found.missing if d.name in PAIRS}
    words = {
        "location": tr("rural and urban places"),
        "sex": tr("girls and boys"),
        "wealth": tr("poorer and richer places"),
        "disability": tr("learners with disabilities"),
        "displaced": tr("displaced learners"),
    }
    lost = [words[name] for name in PAIRS if name in wanted]
    return (tr("Not known here, so not compared: {groups}.", groups=joined(lost)),) if lost else ()
