"""Helpers of the page tests: a small country, its desk, and the words that a person reads on a rendered page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
from dash import Dash, dcc
from dash.development.base_component import Component

from dashboard import page
from dashboard.app import create_app
from geodata.layers import Atlas
from geodata.query import Desk
from geodata.view import View
from tests.factories import atlas, t8

# Words of the code that must never reach a screen; whole words, in any case but for the values of code.
BANNED = re.compile(
    r"\b(?:admin[1-4]|quarantined?|atlas(?:es)?|null|NaN|None|nan|verify_first|num_students|pd\.NA|True|False)\b|<NA>"
)
READ = (
    "children",
    "title",
    "label",
    "description",
    "placeholder",
    "alt",
    "headerName",
    "headerTooltip",
    "aria-label",
    "rowData",
    "data",
)


def eight() -> pd.DataFrame:
    """The eight schools of the worked examples, placed and named, ranked by the method."""
    from geodata.derive import derive
    from geodata.tables import SCHOOLS, empty_columns

    frame = t8()
    frame["school_name"] = [f"School {i}" for i in "ABCDEFGH"]
    frame["admin1_id"] = frame["admin1"].map({"North": "XA-N", "East": "XA-E", "Central": "XA-C"})
    frame["admin2"] = [f"District {i}" for i in (1, 1, 2, 3, 3, 4, 4, 5)]
    frame["admin2_id"] = [f"XA-{i}" for i in (1, 1, 2, 3, 3, 4, 4, 5)]
    frame["latitude"] = [1.0, 1.01, 1.3, 1.5, 1.52, 2.0, 2.01, None]
    frame["longitude"] = [10.0, 10.01, 10.3, 10.5, 10.52, 11.0, 11.01, None]
    frame["school_status"] = ["open", None, "open", "open", "open", "open", "damaged", "open"]
    frame["location_repair"] = ["lost_decimal", *[None] * 7]
    frame["location_in_declared_area"] = pd.array([True, False, *[None] * 6], dtype="boolean")
    frame = empty_columns(frame, SCHOOLS)
    derived = derive(frame)
    for name in derived:
        frame[name] = derived[name]
    return frame


def country(folder: Path, **layers: pd.DataFrame) -> Atlas:
    """The eight schools as a country on disk, with rejected rows, rows out of scope, a conflict and a finding."""
    rejected = pd.DataFrame({"source": ["census"] * 2, "row": pd.Series([4, 9], dtype="Int64"), "check": ["outside", "twice"], "severity": ["reject"] * 2, "reason": ["The point lies outside the country.", "The id 7 stands in row 8 too."], "raw": ['{"id": "7", "name": null}', '{"id": "7"}']})  # fmt: skip
    out = pd.DataFrame({"source": ["census"] * 3, "row": pd.Series([1, 2, 3], dtype="Int64"), "reason": ["temporarily idle", "temporarily idle", "closed for good"], "raw": ["{}"] * 3})  # fmt: skip
    conflicts = pd.DataFrame({"school_id": ["S1"], "column": ["num_students"], "kept": ["180"], "kept_source": ["census"], "other": ["175"], "other_source": ["inventory"], "rule": ["stronger evidence"]})  # fmt: skip
    findings = pd.DataFrame({"school_id": ["S1"], "check": ["girls"], "severity": ["warn"], "reason": ["More girls than learners."]})  # fmt: skip
    return atlas(
        folder,
        eight(),
        **{"quarantine": rejected, "out_of_scope": out, "conflicts": conflicts, "findings": findings, **layers},
    )


@contextmanager
def app_of(place: Atlas, *, tier: str = "government") -> Iterator[tuple[Dash, Desk]]:
    """The dashboard over one country, inside a request."""
    app = create_app([place], tier=tier)
    with app.server.test_request_context("/"):
        yield app, page.served().desk()


def texts(part: Any) -> Iterator[str]:
    """Every text of a component that a person reads or hears."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, dcc.Store):
        return
    elif isinstance(part, Component):
        for name, value in part.to_plotly_json()["props"].items():
            if name in READ or name.startswith("aria-"):
                yield from texts(value)
            elif name == "columnDefs":
                yield from texts([head.get(key) for head in value for key in ("headerName", "headerTooltip")])
    elif isinstance(part, dict):
        yield from texts([value for key, value in part.items() if key not in ("value", "school_id", "tier_kind")])
    elif isinstance(part, list | tuple):
        for item in part:
            yield from texts(item)


def said(part: Any) -> str:
    """All texts of a component, one a line."""
    return "\n".join(texts(part))


def view(query: str = "") -> View:
    """A view from a query."""
    return View.parse(query)
