"""The fairness audit of built countries as Markdown: `python scripts/audit.py ATLAS...`.

With `--write FILE` the part of a document between its two marks is replaced, so that its figures are always those that
were measured: `python scripts/audit.py atlases/tocantins atlases/maracanau --write docs/equity.md`.
"""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

from geodata.equity import said, tables  # noqa: E402
from geodata.equity.audit import Audit, audit  # noqa: E402
from geodata.equity.selection import audit_of, can_audit  # noqa: E402
from geodata.layers import open_atlas  # noqa: E402
from geodata.query import Desk  # noqa: E402
from geodata.view import View  # noqa: E402
from scripts.docs import table  # noqa: E402

START, END = "<!-- measured: scripts/audit.py -->", "<!-- end of measured -->"
HIDDEN = 5  # one school in so many is made silent
COMPARED = ("location", "land", "wealth", "sex", "disability", "sector")


def country(folder: Path) -> str:
    """The audit of one country: by group, what the unknown could change, the list's checks."""
    desk = Desk(open_atlas(folder), tier="government")
    parts = [f"## {desk.atlas.name}\n"]
    parts += [
        _indicator(desk, name)
        for name in can_audit(desk)
        if name in ("internet_for_learners", "meaningfully_connected")
    ]
    parts += [_silent(desk), _checks(audit_of(desk, View()))]
    return "\n".join(parts)


def _indicator(desk: Desk, name: str) -> str:
    found = audit_of(desk, View(), name)
    groups = tables.groups(found)
    rows = [_row(r) for r in groups.to_dict("records") if not found.places or r["by"] != found.places.dimension.title]
    heads = ("By", "Group", *(("Schools",) if found.unit == "learner" else ()), f"{found.unit.capitalize()}s", "Not reported", "Left out", "Against", "Gap", "If all unreported are without", "If all have it", "Gap lies in", "Parity index", "Verdict")  # fmt: skip
    measures = [
        (
            m["measure"],
            said.index(m["value"], 4),
            *(said.index(m[k], 4) if not math.isnan(m[k]) else "–" for k in ("lower", "upper")),
        )
        for m in tables.measures(found).to_dict("records")
        if not math.isnan(m["value"])
    ]
    missing = ", ".join(d.title.lower() for d in found.missing) or "none"
    title = f"### {found.title}: who is left out, in {found.unit}s\n"
    return "\n".join(
        [
            title,
            table(heads, rows),
            f"Not known here: {missing}.\n",
            table(("Measure", "Value", "Least", "Most"), measures),
        ]
    )


def _row(r: dict[str, Any]) -> tuple[str, ...]:
    share = "–" if math.isnan(r["lower"]) else _range(r["value"], r["lower"], r["upper"], said.percent)
    gap = [said.points(r[k]) if not math.isnan(r[k]) else "–" for k in ("gap", "gap_if_no", "gap_if_yes")]
    ends = [said.points(r[k]) for k in ("gap_lower", "gap_upper")]
    span = "–" if math.isnan(r["gap_lower"]) else ends[0] if ends[0] == ends[1] else " to ".join(ends)
    index = "–" if math.isnan(r["index"]) else _range(r["index"], r["index_lower"], r["index_upper"], said.index)
    of_schools = (f"{r['schools']:,.0f}",) if r["unit"] == "learners" else ()
    counts = (*of_schools, f"{r['people']:,.0f}", f"{r['unknown']:,.0f}")
    return (r["by"], r["group"], *counts, share, r["against"] or "–", *gap, span, index, r["certain"] or "–")


def _range(value: float, low: float, high: float, say: Any) -> str:
    ends = say(low) if say(low) == say(high) else f"{say(low)} to {say(high)}"
    return ends if math.isnan(value) else say(value) if ends == say(value) else f"{say(value)} ({ends})"


def silent(desk: Desk) -> tuple[Audit, Audit]:
    """The audit as it is, and with one school in five (by the order of ids) made silent about its internet."""
    frame = desk.frame(View())
    place = np.argsort(np.argsort(frame["school_id"].to_numpy()))
    some = pd.Series(place % HIDDEN == 0, index=frame.index)
    less = frame.assign(**{c: frame[c].mask(some) for c in ("has_internet", "has_internet_for_learners")})
    return audit(frame, desk.policy), audit(less, desk.policy)


def _silent(desk: Desk) -> str:
    truth, told = silent(desk)
    rows = []
    for name in COMPARED:
        one, other = truth.of(name), told.of(name)
        for real, gap in zip(one.gaps, other.gaps, strict=True) if one and other else ():
            inside = gap.points.lower <= real.points.value <= gap.points.upper
            say = other.dimension.say if other else str
            rows.append((f"{say(gap.behind)} against {say(gap.ahead)}", said.points(real.points.value), said.points(gap.points.value), f"{said.points(gap.points.lower)} to {said.points(gap.points.upper)}", tables.sure(gap), "yes" if inside else "NO"))  # fmt: skip
    if truth.concentration and told.concentration:
        e, f = truth.concentration.erreygers, told.concentration.erreygers
        rows.append(("Erreygers' index", said.index(e.value, 3), said.index(f.value, 3), f"{said.index(f.lower, 3)} to {said.index(f.upper, 3)}", "certain" if f.sign_certain else "not certain", "yes" if f.lower <= e.value <= f.upper else "NO"))  # fmt: skip
    heads = ("Gap", "All answers", "With one in five silent", "Lies in", "Verdict", "Holds the true gap")
    return "\n".join([f"### If one school in {HIDDEN} had not answered\n", table(heads, rows)])


def _checks(found: Audit) -> str:
    rows = [(g.title, g.verdict, g.sentence, "yes" if g.certain else "no") for g in found.gates]
    return "\n".join(
        [
            f"### Checks of the list, if {found.first_words} were served\n",
            table(("Check", "Verdict", "Why", "Certain"), rows),
        ]
    )


def main() -> None:
    """Print the audits, or write them into a document."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("atlas", nargs="+", type=Path, help="built data of a country")
    arguments.add_argument("--write", type=Path, help="a document with the two marks")
    given = arguments.parse_args()
    text = "\n".join(country(folder) for folder in given.atlas)
    if given.write is None:
        sys.stdout.write(text + "\n")
        return
    before, rest = given.write.read_text("utf-8").split(START)
    _, after = rest.split(END)
    given.write.write_text(f"{before}{START}\n\n{text}\n{END}{after}", "utf-8")


if __name__ == "__main__":
    main()
