"""The official workbook: SDG 4.a.1 by level and sector, and the sheets that UIS asks for in A12 and A13, of a whole place.

It is not of a view: official figures are of all schools. What is predicted is never counted.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from geodata import disclosure, official
from geodata.aggregate import indicators
from geodata.errors import ExportError
from geodata.exports.disk import workbook_at
from geodata.exports.formula import safe
from geodata.exports.others import reported_before
from geodata.exports.passport import SYNTHETIC, column_licences
from geodata.exports.result import Result
from geodata.exports.tables import sources_table
from geodata.groupings import NOT_REPORTED
from geodata.official import ICT, LEVELS, SDG, SECTORS
from geodata.query import Desk
from geodata.say import in_english
from geodata.tables import REGISTER, SCHOOLS, empty_columns
from geodata.view import View

HIDDEN = "too few to show"
ONE_SIDED = "only schools without it can be told, so there is no share"
NONE_ANSWERED = "nobody answered"
SUFFIX = "official.xlsx"
RULES = (
    "Numerator: schools with the service. Denominator: schools that answered. Schools that did not answer are counted apart, never as without.",
    "A school counts once at each ISCED level that it offers; the levels add up to more than all schools.",
    "A school of several levels that are not told apart stands in a row of its own. Learners and teachers are not reported level by level: a school of several levels stands once there.",
    "At least and at most: the share if every school that did not answer were without, or with, the service.",
    "Only what is measured or reported counts. Predicted, imputed and inferred values are not reported here.",
    "SDG 4.a.1 says that a service exists, not its quality or working order.",
    "Private is all that is not public. Schools that operate are counted: open, or status not reported.",
)


@in_english
def write_official(desk: Desk, out: Path, *, licence_profile: str = "noncommercial") -> int:
    """Write the official workbook of a desk's whole place; returns how many schools it counts.

    Columns whose licence the profile keeps back are not reported. Raises ExportError where it cannot be written.
    """
    if out.suffix.lower() != ".xlsx":
        raise ExportError(f"{out} is not a workbook: the official tables are written as .xlsx.")
    if not out.parent.is_dir():
        raise ExportError(f"There is no folder {out.parent} to write {out.name} in. Make it first.")
    schools = _allowed(desk, licence_profile)
    counted = official.reported_only(schools, desk.policy)
    part = out.with_name(f".{out.stem}.part.xlsx")
    try:
        _write(desk, schools, counted, licence_profile, part)
        os.replace(part, out)
    except OSError as error:
        raise ExportError(f"{out} could not be written ({error.strerror or error}).") from error
    finally:
        part.unlink(missing_ok=True)
    return len(counted)


def _allowed(desk: Desk, profile: str) -> pd.DataFrame:
    """The schools with the columns that the tier or the licence keeps back unknown."""
    seen = [c for c in REGISTER.all_columns if c in desk.schools]
    licences = {c: column_licences(desk, c) for c in seen}
    kept = disclosure.licensed_columns(seen, licences, disclosure.check_profile(profile))
    return empty_columns(desk.schools[["school_id", *kept]], SCHOOLS)


def _write(desk: Desk, schools: pd.DataFrame, counted: pd.DataFrame, profile: str, path: Path) -> None:
    seen = desk.thresholds
    few = 0 if desk.one_by_one else max(seen.schools, desk.locations.least)
    sdg = official.service_counts(counted, SDG, desk.policy, least=few)
    ict = official.service_counts(counted, ICT, desk.policy, least=few)
    sheets = {
        "SDG 4.a.1": _long(sdg),
        "A12 institutions": _institutions(official.institutions(counted, desk.policy, least=few)),
        "A13 services": _wide(pd.concat([sdg, ict], ignore_index=True)),
        "Teachers and computers": _teaching(
            official.teaching(counted, desk.policy, least=0 if desk.one_by_one else seen.learners, least_schools=few)
        ),
        "Definitions": _definitions(),
    }
    before = reported_before(desk, schools, profile, least=few)
    sheets |= {"Reported before": before} if len(before) else {}
    result = Result(desk, View(), tuple(c for c in REGISTER.columns if c in desk.columns), profile)
    with workbook_at(path) as book:
        styles = {
            "head": book.add_format({"bold": True, "bg_color": "#F1EEE6", "bottom": 1, "text_wrap": True, "valign": "top"}),
            "share": book.add_format({"num_format": "0.0%"}),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
            "plain": book.add_format({"num_format": "#,##0"}),
        }  # fmt: skip
        _pairs(book.add_worksheet("Read me"), _about(desk, schools, counted, result), styles)
        for name, frame in sheets.items():
            _sheet(book.add_worksheet(name), frame, styles, wide=name == "Definitions")
        _sheet(book.add_worksheet("Sources"), sources_table(result), styles, wide=True)


# --- the sheets ---------------------------------------------------------------------------------------------------


def _there(table: pd.DataFrame) -> pd.DataFrame:
    """Without rows of levels and sectors that nobody is in; ISCED 02 to 3, public, private and all always stand."""
    always = table["level"].isin(["pre_primary", "primary", "lower_secondary", "upper_secondary", "all"])
    return table[(always & (table["sector"] != NOT_REPORTED)) | table["hidden"] | (table["institutions"] > 0)]


def _long(table: pd.DataFrame) -> pd.DataFrame:
    """SDG 4.a.1 as a list: one row a service, level and sector."""
    table = _there(table)
    titles = {name: indicator.title for name, indicator in indicators().items()}
    out = pd.DataFrame({
        "Indicator": table["code"].map(str), "Schools with": table["indicator"].map(titles),
        "ISCED level": table["level"].map(lambda x: LEVELS[x][0]), "Level": table["level"].map(lambda x: LEVELS[x][1]),
        "Sector": table["sector"].map(SECTORS), "Schools": table["institutions"],
        "With (numerator)": table["with"], "Answered (denominator)": table["answered"], "Not reported": table["not_reported"],
        "Share": table["share"], "At least": table["lower"], "At most": table["upper"],
    })  # fmt: skip
    hidden = table["hidden"].to_numpy(dtype=bool)
    out["Remark"] = [_remark(*row) for row in zip(hidden, table["answered"], table["one_sided"], strict=True)]
    return out


def _remark(hidden: bool, answered: float, one_sided: bool) -> str:
    return HIDDEN if hidden else NONE_ANSWERED if answered == 0 else ONE_SIDED if one_sided else ""


def _institutions(table: pd.DataFrame) -> pd.DataFrame:
    """A12: rows are levels, columns sectors."""
    rows = [r for r in table.index if r in ("pre_primary", "primary", "lower_secondary", "upper_secondary", "all") or table.loc[r, "all"] != 0]  # fmt: skip
    shown = table.loc[rows]
    head = pd.DataFrame({"ISCED level": [LEVELS[r][0] for r in rows], "Level": [LEVELS[r][1] for r in rows]})
    return pd.concat([head, shown.rename(columns=SECTORS).reset_index(drop=True)], axis=1)


def _wide(table: pd.DataFrame) -> pd.DataFrame:
    """A13: one row a service and level; with, answered and not reported, each for all, public and private."""
    titles = {name: indicator.title for name, indicator in indicators().items()}
    present = set(_there(table)["level"])
    rows = []
    for keys, group in table.groupby(["code", "indicator", "level"], sort=False):
        code, name, level = map(str, keys)  # type: ignore[arg-type]
        if level not in present:
            continue
        by = group.set_index("sector").to_dict("index")
        isced, words = LEVELS[level]
        row: dict[str, Any] = {"Code": code, "Schools with": titles[name], "ISCED level": isced, "Level": words}
        for column, said in (("with", "With"), ("answered", "Answered"), ("not_reported", "Not reported")):
            row |= {f"{said}, {SECTORS[s].lower()}": by[s][column] for s in ("all", "public", "private")}
        all_ = by["all"]
        row["Remark"] = HIDDEN if any(p["hidden"] for p in by.values()) else ONE_SIDED if all_["one_sided"] and all_["answered"] else ""  # fmt: skip
        rows.append(row)
    return pd.DataFrame(rows)


_TEACHING = {
    "teachers": ("Teachers", "Trained to teach with ICT (ED8)"),
    "computers": ("Learners", "Computers (ED4bis)"),
    "taught_with_ict": ("Learners", "In grades taught with ICT (ED44)"),
    "taught_computing": ("Learners", "In grades taught computing (ED45)"),
}


def _teaching(table: pd.DataFrame) -> pd.DataFrame:
    """Teachers and computers as a list: one row a pair, level and sector in which some school is."""
    parts = []
    for pair, (of, part) in _TEACHING.items():
        frame = pd.DataFrame({
            "What": part, "ISCED level": table["level"].map(lambda x: LEVELS[x][0]), "Level": table["level"].map(lambda x: LEVELS[x][1]),
            "Sector": table["sector"].map(SECTORS), f"{part}": table[f"{pair}_part"], "Of": of, "All": table[f"{pair}_of"],
            "Schools that report both": table[f"{pair}_schools"], "Schools that do not": table[f"{pair}_not_reported"],
        }).rename(columns={part: "Number"})  # fmt: skip
        hidden = frame["Schools that report both"].isna()
        frame["Remark"] = [HIDDEN if h else "" for h in hidden]
        if not (table[f"{pair}_schools"] > 0).any():
            frame = frame[(table["level"] == "all") & (table["sector"] == "all")].assign(Remark=NONE_ANSWERED)
        count = frame["Schools that report both"] + frame["Schools that do not"]
        parts.append(frame[count.isna() | (count > 0)])
    return pd.concat(parts, ignore_index=True)


def _definitions() -> pd.DataFrame:
    declared = indicators()
    return pd.DataFrame(
        [
            {
                "Code": s.code,
                "Title": declared[s.indicator].title,
                "Definition": declared[s.indicator].definition,
                "Reference": declared[s.indicator].reference,
                "Columns of the register": ", ".join(declared[s.indicator].inputs),
            }
            for s in (*SDG, *ICT)
        ]
    )


def _about(desk: Desk, schools: pd.DataFrame, counted: pd.DataFrame, result: Result) -> dict[str, str]:
    """What the workbook is, the synthetic notice first."""
    place, dates = desk.place, sorted({str(s.get("date") or "") for s in result.sources if s["used_here"]} - {""})
    others = ", ".join(f"{n:,} {kind.replace('_', ' ')}" for kind, n in official.left_out(schools).items())
    said = [f"{SYNTHETIC}." if desk.atlas.synthetic else "", str(place.get("disclaimer", ""))]
    notice = {"Notice": " ".join(filter(None, said))} if any(said) else {}
    return {
        **notice,
        "Title": f"{desk.atlas.name}: schools with services, for SDG 4.a.1 and UIS A12 and A13",
        "Place": f"{desk.atlas.name} ({place.get('iso3', '')})",
        "Dates of the sources": ", ".join(dates) or "not stated",
        "Schools counted": f"{len(counted):,} of {len(schools):,} places in the data",
        "Not counted": f"{len(schools) - len(counted):,} places that do not operate or are no schools"
        + (f" (operating: {others})" if others else ""),
        "Data version": desk.atlas.version,
        "Recipe": str(desk.atlas.manifest.get("recipe_sha256") or ""),
        "Licence": result.passport["data_licence"],
        "Attribution": result.passport["attribution"],
        "Shown to": f"the {desk.tier} tier",
        **{f"Rule {i}": text for i, text in enumerate(RULES, start=1)},
        "Made with": "First Mile. A helper for the questionnaire, not the questionnaire itself.",
    }


# --- cells --------------------------------------------------------------------------------------------------------

_SHARES = ("Share", "Share reported", "At least", "At most")


def _pairs(sheet: Any, pairs: Mapping[str, str], styles: Mapping[str, Any]) -> None:
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 110, styles["wrap"])
    for row, (key, value) in enumerate(pairs.items()):
        sheet.write_string(row, 0, key, styles["head"])
        sheet.write_string(row, 1, safe(value), styles["wrap"])


def _sheet(sheet: Any, frame: pd.DataFrame, styles: Mapping[str, Any], *, wide: bool = False) -> None:
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(frame), 1), max(len(frame.columns) - 1, 0))
    for i, name in enumerate(frame.columns):
        text = not pd.api.types.is_numeric_dtype(frame[name])
        sheet.set_column(i, i, 36 if wide else 24 if text and name not in ("ISCED level", "Of") else 12, styles["wrap"] if wide else None)  # fmt: skip
        sheet.write_string(0, i, str(name), styles["head"])
        for row, value in enumerate(frame[name].tolist(), start=1):
            if value is None or value == "" or (isinstance(value, float) and value != value):  # noqa: PLR0124 - NaN
                continue
            if isinstance(value, str):
                sheet.write_string(row, i, safe(value), styles["wrap"] if wide else None)
            else:
                sheet.write_number(row, i, value, styles["share"] if name in _SHARES else styles["plain"])
