"""The school's sheets of a pack: every value that may leave, with its evidence, source and date, some schools a file.

A page opened from a disk loads a file of sheets when a school of it is opened, so the list is there at once however
large the country is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dashboard import about, sheet
from dashboard.packing import table
from dashboard.packing.listed import Listed
from geodata.fields import EVIDENCE_SUFFIXES, FIELDS, companions
from geodata.say import later
from geodata.tables import JOIN_COLUMNS

EACH = 250  # schools a file
PREDICTED = ("predicted_internet_for_learners", "predicted_electricity", "survey_value", "survey_reason")
RANKED = ("priority_rank", "rank_low", "rank_high", "priority_score", "tier", "lacks_count", "lacks_unknown", "lacks_expected", "data_confidence", "need", "marginalisation", "required_bandwidth_mbps", "bandwidth_gap_mbps", "device_need", "device_gap", "power_gap", "underserved", "meaningfully_connected")  # fmt: skip


def themes(listed: Listed) -> list[tuple[str, list[str]]]:
    """The parts of a sheet and their columns, as the page School has them, without those of which nothing is known here."""
    known = listed.known
    levels = len(listed.desk.place.get("levels", ()))
    parts = [
        *sheet.THEMES,
        (later("Gaps and place in the list"), RANKED),
        (later("Leaning of a model; counts as not reported"), PREDICTED),
    ]
    named = [(title, [c for c in columns if c in known and not sheet.beyond(c, levels)]) for title, columns in parts]
    placed = {c for _, columns in named for c in columns}
    rest = [
        c
        for c in listed.frame.columns
        if c in known and c not in placed and _own(c) and not c.endswith(EVIDENCE_SUFFIXES)
    ]
    return [(title, columns) for title, columns in [*named, (later("Also in the record"), rest)] if columns]


def _own(name: str) -> bool:
    """Whether a column stands on a sheet by itself: what only joins or folds others does not."""
    return (
        name in FIELDS and not name.startswith(("admin", "item_", "school_name", "list")) and not name.endswith("_set")
    )


def computed(listed: Listed) -> list[str]:
    """Columns that are worked out here from others."""
    return [
        c
        for _, columns in themes(listed)
        for c in columns
        if FIELDS[c].derived and c not in (*JOIN_COLUMNS, "school_id", "source_name")
    ]


def fed(listed: Listed) -> dict[str, tuple[str, str]]:
    """Source and date of columns that carry none of their own; nothing of what is computed here."""
    told = about.fed(listed.desk, {})
    plain = [c for c in listed.frame.columns if c in FIELDS and not companions(c)]
    own = {c for c in plain if FIELDS[c].derived and c not in JOIN_COLUMNS}
    return {c: (told[c][0] or "", told[c][1] or "") for c in plain if c in told and c not in own}


def content(listed: Listed) -> Iterator[tuple[int, dict[str, Any]]]:
    """The files of sheets in the order of the list: (number, what it holds)."""
    wanted = [c for _, columns in themes(listed) for c in columns]
    frame = listed.frame
    names = dict.fromkeys(n for c in wanted for n in (c, *(c + end for end in EVIDENCE_SUFFIXES)) if n in frame)
    held = {name: table.column(frame[name]) for name in names}
    for number, start in enumerate(range(0, len(frame), EACH)):
        part = {name: one.packed(start, start + EACH) for name, one in held.items()}
        yield number, {"k": number, "columns": {name: one for name, one in part.items() if one is not table.NOTHING}}
