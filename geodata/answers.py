"""What the desk answers with: a selection, its summary, rows as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd

from geodata.declare import Indicator
from geodata.errors import ViewError
from geodata.fields import FIELDS
from geodata.policy import Policy
from geodata.say import tr
from geodata.view import UNKNOWN, View


@dataclass(frozen=True)
class Selection:
    """Schools of a view in its order: `positions` (int64) in the desk's schools; `total` of `of` schools in all."""

    view: View
    positions: np.ndarray
    of: int

    @property
    def total(self) -> int:
        """Schools that match."""
        return len(self.positions)


@dataclass(frozen=True)
class Summary:
    """What a selection holds, beside the country's totals (`of`, `learners_of`).

    `counts`: schools by value of the shown indicator, with `unknown` last (`known` and `unknown` of a number).
    `learners` is the sum of the known, None where no school reports them; `learners_unknown` counts the schools without.
    """

    indicator: str
    schools: int
    of: int
    counts: dict[str, int]
    learners: int | None
    learners_of: int | None
    learners_unknown: int
    not_located: int
    not_operating: int
    ranked: int
    verify_first: int
    tiers: dict[str, int]


COUNTED = ("num_students", "latitude", "school_status", "list", "tier")  # what a summary counts beside what is shown


def behind(shown: str, indicators: Mapping[str, Indicator], columns: Sequence[str]) -> list[str]:
    """The columns that a summary needs: those it counts, and those behind what is shown."""
    names = [n for n in columns if shown not in indicators or n in indicators[shown].inputs]
    return [*COUNTED, *(n for n in names if n not in COUNTED)]


def summarise(frame: pd.DataFrame, shown: pd.Series, every: pd.DataFrame) -> Summary:
    """The summary of a selection's rows and the values that are shown; `every` holds all schools, for the totals that counts are said of."""
    students = frame["num_students"]
    return Summary(
        indicator=str(shown.name),
        schools=len(frame),
        of=len(every),
        counts=counts(shown),
        learners=_sum(students),
        learners_of=_sum(every["num_students"]),
        learners_unknown=int(students.isna().sum()),
        not_located=int(frame["latitude"].isna().sum()),
        not_operating=int((frame["school_status"].fillna("open") != "open").sum()),
        ranked=int((frame["list"] == "ranked").sum()),
        verify_first=int((frame["list"] == "verify_first").sum()),
        tiers={tier: int((frame["tier"] == tier).sum()) for tier in FIELDS["tier"].allowed},
    )


def shown_values(
    shown: str, frame: pd.DataFrame, indicators: Mapping[str, Indicator], columns: Iterable[str], policy: Policy
) -> pd.Series:
    """What a view shows of each row: an indicator, or a column. Raises ViewError where it names neither."""
    if shown in indicators:
        return indicators[shown].of(frame, policy)
    if shown in frame:
        return frame[shown]
    raise ViewError(
        tr(
            "show={shown} names nothing that can be shown here.{near}",
            shown=shown,
            near=nearest(shown, [*indicators, *columns]),
        )
    )


def _sum(values: pd.Series) -> int | None:
    return int(values.sum()) if values.notna().any() else None


def counts(values: pd.Series) -> dict[str, int]:
    """Schools by value: declared values in their order (zero counts said), `known` of a number, `unknown` last."""
    field = FIELDS.get(str(values.name))
    missing = {UNKNOWN: int(values.isna().sum())}
    if values.dtype == "boolean":
        yes = int(values.fillna(False).sum())
        return {"yes": yes, "no": int(values.notna().sum()) - yes, **missing}
    if field is not None and field.allowed and values.dtype == field.dtype:
        return {**{value: int((values == value).sum()) for value in field.allowed}, **missing}
    return {"known": int(values.notna().sum()), **missing}


def plain_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """A frame's rows as plain Python values, fit for JSON; unknown (NA, NaN, infinite) is None."""
    columns = [_plain(values) for _, values in frame.items()]
    names = [str(name) for name in frame.columns]
    return (
        [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
        if columns
        else [{} for _ in range(len(frame))]
    )


def _plain(values: pd.Series) -> list[Any]:
    if pd.api.types.is_float_dtype(values.dtype):
        numbers = values.to_numpy(dtype="float64", na_value=np.nan)
        return [
            value if ok else None for value, ok in zip(numbers.tolist(), np.isfinite(numbers).tolist(), strict=True)
        ]
    return [None if gone else value for value, gone in zip(values.tolist(), values.isna().tolist(), strict=True)]


def no_school(school_id: str, known: Iterable[str]) -> str:
    """What is said where there is no such school, with the id that is nearest."""
    said = tr("There is no school {school_id!r} here.", school_id=school_id)
    return said + nearest(school_id, known)


def nearest(name: str, allowed: Iterable[str]) -> str:
    """` Did you mean 'x'?`, or nothing where no name is near."""
    near = get_close_matches(name, list(allowed), n=1)
    return tr(" Did you mean {near!r}?", near=near[0]) if near else ""
