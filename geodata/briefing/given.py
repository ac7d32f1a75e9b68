"""What people give a brief: the ministry's official figure, and the decisions that are asked for."""

from __future__ import annotations

import pandas as pd

from geodata.briefing.parts import Decision, Official
from geodata.errors import ViewError
from geodata.say import tr

MOST = 6  # decisions of one brief
LONGEST = 240  # characters of one


def share_of(text: str) -> float:
    """ "62 %", "62%" or "0.62" as 0.62. Raises ViewError for what is no share."""
    plain = text.replace("\u00a0", " ").replace(",", ".").strip()
    percent = plain.endswith("%")
    try:
        value = float(plain.removesuffix("%").strip())
    except ValueError:
        value = -1.0
    value = value / 100 if percent else value
    if not 0 <= value <= 1:
        raise ViewError(tr("{text!r} is no share: write 62% or 0.62.", text=text))
    return value


def officials(table: pd.DataFrame) -> dict[str, Official]:
    """Official figures by area id (empty: the whole country) from a table with the columns share and source, and, where
    there are such, area, date, of and definition. Raises ViewError where a column is missing or a share is none."""
    missing = [c for c in ("share", "source") if c not in table]
    if missing:
        raise ViewError(tr("The table of official figures needs the columns share and source; it has {there}.", there=", ".join(map(str, table.columns))))  # fmt: skip
    out = {}
    for row in table.fillna("").astype("str").to_dict("records"):
        text = {k: str(row.get(k, "")).strip() for k in ("area", "share", "source", "date", "of", "definition")}
        out[text["area"]] = Official(share_of(text["share"]), text["source"], text["date"], text["of"], text["definition"])  # fmt: skip
    return out


def decisions(table: pd.DataFrame) -> tuple[Decision, ...]:
    """Decisions from a table with the column asked (or decision), and owner and date where they are known."""
    column = next((c for c in ("asked", "decision") if c in table), None)
    if column is None:
        raise ViewError(tr("The table of decisions needs the column decision; it has {there}.", there=", ".join(map(str, table.columns))))  # fmt: skip
    rows = table.fillna("").astype("str").to_dict("records")
    kept = [r for r in rows if str(r[column]).strip()]
    if len(kept) > MOST:
        raise ViewError(tr("A brief asks for {most} decisions at most; there are {n}.", most=MOST, n=len(kept)))
    return tuple(Decision(str(r[column]).strip()[:LONGEST], str(r.get("owner", "")).strip()[:80], str(r.get("date", "")).strip()[:40]) for r in kept)  # fmt: skip
