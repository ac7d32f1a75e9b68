"""What is known of the truth: a ministry's register, a device inventory, a survey, earlier years; with their faults.

Poor and remote schools report less, and schools without internet a little less again: what is missing is not missing
at random. Each fault is one that real registers have; `truth/faults.parquet` lists every one, for tests.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import xlsxwriter

from etl.demo_places import Places, names
from etl.demo_schools import chance

TITLE = ("Ministry of Learning, statistics office", "School register 2026, as of 31 March", "")
BANDS = ((1, 50), (51, 100), (101, 250), (251, 500), (501, 1000), (1001, 3000))
BAND_PROVINCE, FLOPPY_PROVINCE = 6, 4  # one gives enrolment in bands, one spells names anyhow
MISSING = ("", "", "", "N/A", "not known", "-")
LEVEL_FLAGS = {"pre_primary": "PRE", "primary": "PRIM", "lower_secondary": "LOWSEC", "upper_secondary": "UPSEC"}
WORDS: dict[str, dict[object, tuple[str, ...]]] = {
    "school_status": {
        "open": ("Open", "Open", "Open", "OPEN", "operating"), "temporarily_closed": ("Temporarily closed", "Closed (temp.)"),
        "damaged": ("Damaged",), "occupied": ("Occupied",), "used_as_shelter": ("Shelter", "Used as shelter"),
    },
    "facility_type": {
        "school": ("School",), "teacher_training": ("Teachers' college",), "tvet": ("Technical institute",),
        "non_formal": ("Non-formal centre",), "community_learning_centre": ("Community learning centre",),
        "temporary_learning_space": ("Temporary learning space", "Tent school"),
    },
    "school_funding_type": {"public": ("Govt", "Government"), "private": ("Private",), "charitable": ("Mission", "NGO")},
    "settlement": {"city": ("City",), "town": ("Town",), "suburb": ("Outskirts",), "rural": ("Village", "Countryside")},
    "school_area_type": {"urban": ("U", "Urban"), "rural": ("R", "Rural")},
    "community_land": {"none": ("None", "None", "None", ""), "traditional_community": ("Elders' land",), "agrarian_settlement": ("Settlement scheme",)},
    "electricity_type": {"grid": ("Mains",), "solar": ("Solar", "Solar panels"), "generator": ("Generator", "Genset"), "none": ("None",)},
    "connectivity_type": {
        "fiber": ("Optical fibre", "Fibre"), "4g": ("Mobile 4G", "LTE"), "3g": ("Mobile 3G",), "geo": ("VSAT",),
        "leo": ("Low-orbit satellite",), "radio": ("Radio link",),
    },
}  # fmt: skip
YES, NO = ("Yes", "Y", "yes"), ("No", "N", "no")


@dataclass
class Faults:
    """The list of faults made: school, what, and where."""

    rows: list[tuple[str, str]] = field(default_factory=list)

    def add(self, ids: pd.Series, fault: str) -> None:
        """Note a fault of some schools."""
        self.rows += [(str(i), fault) for i in ids]

    def table(self) -> pd.DataFrame:
        """One row a fault."""
        return pd.DataFrame(self.rows, columns=["school_id", "fault"])


def reporting(rng: np.random.Generator, truth: pd.DataFrame, item: float) -> np.ndarray:
    """Which schools report an item: fewer where it is poor, remote and unconnected; `item` lifts or lowers all."""
    score = item + 1.5 * truth["wealth"] - 0.22 * np.minimum(truth["hours"], 8) - 0.5 * ~truth["has_internet"]
    return np.asarray(rng.random(len(truth)) < chance(score.to_numpy()))


def register(rng: np.random.Generator, truth: pd.DataFrame, places: Places, faults: Faults) -> pd.DataFrame:
    """The register's rows as text and numbers, before they are written."""
    out = pd.DataFrame({"EMIS_CODE": truth["school_id"], "SCHOOL_NAME": truth["school_name"]})
    out["PROVINCE"] = _spellings(rng, truth, faults)
    out["DISTRICT"], out["DISTRICT_CODE"] = truth["district_name"], truth["area_id"]
    floppy = truth["province"].eq(FLOPPY_PROVINCE) & (rng.random(len(truth)) < 0.4)
    out.loc[floppy, "DISTRICT"] = out.loc[floppy, "DISTRICT"].str.upper()
    out.loc[floppy & (rng.random(len(truth)) < 0.5), "DISTRICT_CODE"] = ""
    out["LATITUDE"], out["LONGITUDE"] = _coordinates(rng, truth, places, faults)
    for column, name in (
        ("STATUS", "school_status"), ("INSTITUTION", "facility_type"), ("OWNERSHIP", "school_funding_type"),
        ("SETTLEMENT", "settlement"), ("AREA", "school_area_type"), ("COMMUNITY_LAND", "community_land"),
    ):  # fmt: skip
        out[column] = words(rng, truth[name], WORDS[name])
    for level, flag in LEVEL_FLAGS.items():
        teaches = truth["education_level"].eq(level)
        if level in ("primary", "lower_secondary"):
            teaches |= truth["education_level"].eq("combined")
        out[f"TEACHES_{flag}"] = np.where(teaches, "1", "0")
    out = _people(rng, out, truth, faults)
    out = _services(rng, out, truth)
    return _persons(rng, out)


def words(rng: np.random.Generator, values: pd.Series, table: dict[object, tuple[str, ...]]) -> np.ndarray:
    """Each value in one of the ways that clerks write it; unknown stays empty."""
    draw = rng.integers(0, 60, len(values))
    return np.array(
        [table[v][d % len(table[v])] if v in table else "" for v, d in zip(values, draw, strict=True)], object
    )


def yes_no(rng: np.random.Generator, values: pd.Series, known: np.ndarray) -> np.ndarray:
    """Yes and no as clerks write them; where a school did not report, one of the ways to leave it open."""
    said = words(rng, values.astype(bool), {True: YES, False: NO})
    return np.where(known, said, np.array(MISSING, object)[rng.integers(0, len(MISSING), len(said))])


def _spellings(rng: np.random.Generator, truth: pd.DataFrame, faults: Faults) -> pd.Series:
    plain = str.maketrans("áéíóúô", "aeiouo")
    name, draw = truth["province_name"], rng.random(len(truth))
    out = name.mask(draw < 0.18, name.str.upper()).mask(draw > 0.82, name.str.translate(plain))
    out = out.mask((draw > 0.60) & (draw < 0.66), " " + name.str.lower() + " ")
    wrong = (draw > 0.50) & (draw < 0.515)
    # One letter lost, always the same one: the recipe's alias file puts these right.
    out = out.mask(wrong, name.str.slice(0, 3) + name.str.slice(4))
    faults.add(truth.loc[wrong, "school_id"], "province_misspelt")
    return out


def _coordinates(
    rng: np.random.Generator, truth: pd.DataFrame, places: Places, faults: Faults
) -> tuple[pd.Series, pd.Series]:
    """Faulty coordinates, each school with one fault at most; numbers stay numbers, as a spreadsheet has them."""
    lat, lon = truth["latitude"].astype(object), truth["longitude"].astype(object)
    draw, ids = rng.random(len(truth)), truth["school_id"]
    remote = np.clip(0.35 * (1 - truth["wealth"]) * 0.12 + 0.01, 0, 1)  # poor schools give none more often
    seat = places.towns.iloc[truth["district"]]  # the first towns are the seats, in the order of the districts
    at = 0.0

    def some(share: float, fault: str) -> pd.Series:
        nonlocal at
        mask = pd.Series((draw >= at) & (draw < at + share), index=truth.index)
        at += share
        faults.add(ids[mask], fault)
        return mask

    m = some(0.012, "coordinates_swapped")
    lat, lon = lat.mask(m, truth["longitude"]), lon.mask(m, truth["latitude"])
    m = some(0.020, "decimal_point_lost")
    lat = lat.mask(m, (truth["latitude"] * 1e6).round().astype(int).astype(object))
    lon = lon.mask(m, (truth["longitude"] * 1e6).round().astype(int).astype(object))
    m = some(0.018, "degrees_minutes")
    lat, lon = lat.mask(m, _dms(truth["latitude"], "S")), lon.mask(m, _dms(truth["longitude"], "W"))
    m = some(0.008, "zero_zero")
    lat, lon = lat.mask(m, 0), lon.mask(m, 0)
    m = some(0.004, "decimal_comma")
    lat = lat.mask(m, truth["latitude"].map("{:.6f}".format).str.replace(".", ","))
    lon = lon.mask(m, truth["longitude"].map("{:.6f}".format).str.replace(".", ","))
    m = some(0.004, "sign_lost")
    lat = lat.mask(m, -truth["latitude"])
    m = some(0.012, "at_the_district_office")
    lat, lon = lat.mask(m, pd.Series(seat["latitude"].to_numpy())), lon.mask(m, pd.Series(seat["longitude"].to_numpy()))
    m = some(0.006, "wrong_district")
    lat, lon = lat.mask(m, truth["latitude"] + 0.8), lon.mask(m, truth["longitude"] + 0.3)
    m = pd.Series((draw >= at) & (rng.random(len(truth)) < remote), index=truth.index)
    faults.add(ids[m], "no_coordinates")
    return lat.mask(m, ""), lon.mask(m, "")


def _dms(values: pd.Series, hemisphere: str) -> pd.Series:
    seconds = (values.abs() * 3600).round().astype(int)
    parts = zip(seconds // 3600, seconds // 60 % 60, seconds % 60, strict=True)
    return pd.Series([f"{d}°{m:02d}'{s:02d}\"{hemisphere}" for d, m, s in parts], index=values.index)


def _counts(rng: np.random.Generator, values: pd.Series, known: np.ndarray) -> np.ndarray:
    """Counts; what is not known is empty, or 99999 as the old software writes it."""
    gap = np.array([None, 99999], object)[(rng.random(len(values)) < 0.3).astype(int)]
    return np.where(known, values.astype(object), gap)


def _people(rng: np.random.Generator, out: pd.DataFrame, truth: pd.DataFrame, faults: Faults) -> pd.DataFrame:
    out, known = out.copy(), reporting(rng, truth, 3.4)
    out["ENROLMENT"] = _counts(rng, truth["num_students"], known)
    wrong = known & (rng.random(len(truth)) < 0.012)
    girls = truth["num_students_girls"] + wrong * rng.integers(5, 25, len(truth))
    out["GIRLS"] = _counts(rng, girls, known & (rng.random(len(truth)) < 0.95))
    out["BOYS"] = _counts(rng, truth["num_students_boys"], known & (rng.random(len(truth)) < 0.95))
    faults.add(truth.loc[wrong, "school_id"], "girls_and_boys_are_not_all")
    banded = truth["province"].eq(BAND_PROVINCE) & known
    band = np.searchsorted([high for _, high in BANDS[:-1]], truth["num_students"])
    labels = np.array([f"{low}-{high}" for low, high in BANDS], object)
    out.loc[banded, "ENROLMENT"] = labels[band[banded]]
    out.loc[banded, ["GIRLS", "BOYS"]] = None
    faults.add(truth.loc[banded, "school_id"], "enrolment_in_bands")
    disabled = reporting(rng, truth, 0.3)
    first = rng.binomial(truth["num_students_disabled"], 0.45)
    out["DISABLED_GIRLS"] = _counts(rng, pd.Series(first), disabled)
    out["DISABLED_BOYS"] = _counts(rng, truth["num_students_disabled"] - first, disabled)
    out["DISPLACED"] = _counts(rng, truth["num_students_displaced"], reporting(rng, truth, 1.8))
    teachers = reporting(rng, truth, 3.0)
    out["TEACHERS"] = _counts(rng, truth["num_teachers"], teachers)
    out["TEACHERS_ICT"] = _counts(rng, truth["num_teachers_trained_ict"], teachers & reporting(rng, truth, 1.0))
    return out


def _services(rng: np.random.Generator, out: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    out, power, online = out.copy(), reporting(rng, truth, 2.6), reporting(rng, truth, 2.0)
    out["ELECTRICITY"] = yes_no(rng, truth["has_electricity"], power)
    out["POWER_SOURCE"] = np.where(power, words(rng, truth["electricity_type"], WORDS["electricity_type"]), "")
    hours = power & reporting(rng, truth, 1.2)
    out["POWER_HOURS"] = truth["electricity_hours_per_day"].where(hours)
    out["INTERNET"] = yes_no(rng, truth["has_internet"], online)
    out["INTERNET_LEARNERS"] = yes_no(rng, truth["has_internet_for_learners"], online & reporting(rng, truth, 2.2))
    linked = online & truth["has_internet"].to_numpy()
    out["CONNECTION"] = np.where(linked, words(rng, truth["connectivity_type"], WORDS["connectivity_type"]), "")
    speed = linked & (rng.random(len(truth)) < 0.82)
    out["CONTRACT_KBPS"] = (truth["download_speed_contracted_mbps"] * 1000).where(speed)
    other = reporting(rng, truth, 2.4)
    out["WATER"] = yes_no(rng, truth["has_water"], other)
    second = truth["has_sanitation"] | (rng.random(len(truth)) < 0.2)
    out["TOILET_GIRLS"], out["TOILET_BOYS"] = yes_no(rng, truth["has_sanitation"], other), yes_no(rng, second, other)
    out["RAMPS"] = yes_no(rng, truth["has_accessible_infrastructure"], reporting(rng, truth, 0.6))
    out["LACKS_ADAPTED_BOOKS"] = yes_no(rng, ~truth["has_accessible_materials"], reporting(rng, truth, -0.6))
    out["COMPUTER_ROOM"] = yes_no(rng, truth["has_computer_lab"], reporting(rng, truth, 2.0))
    return out


def _persons(rng: np.random.Generator, out: pd.DataFrame) -> pd.DataFrame:
    """Heads' names and telephones, all invented (+999 is no country's code): a build must drop them."""
    first, last = names(rng, 80), names(rng, 160)
    n = len(out)
    who = [f"{first[i][:5]} {last[j]}" for i, j in zip(rng.integers(0, 80, n), rng.integers(0, 160, n), strict=True)]
    phones = [f"+999 5{p:03d} {q:04d}" for p, q in zip(rng.integers(0, 999, n), rng.integers(0, 9999, n), strict=True)]
    return out.assign(HEAD_NAME=who, HEAD_PHONE=phones)


def spoiled(rng: np.random.Generator, rows: pd.DataFrame, faults: Faults) -> pd.DataFrame:
    """The rows in the register's order, with schools that are gone, planned ones, repeated ids and a line of totals."""
    gone = rows.sample(70, random_state=int(rng.integers(2**31))).copy()
    gone["EMIS_CODE"] = [f"{c[:4]}9{i:03d}" for i, c in enumerate(gone["EMIS_CODE"])]
    gone["STATUS"] = np.where(np.arange(70) < 52, "Closed for good", "Planned")
    twice = rows.sample(18, random_state=int(rng.integers(2**31))).copy()
    twice["SCHOOL_NAME"] += " (copy)"
    faults.add(twice["EMIS_CODE"], "id_stands_twice")
    out = pd.concat([rows, gone]).sort_values("EMIS_CODE", kind="stable")
    total = {"SCHOOL_NAME": "TOTAL", "STATUS": "", "ENROLMENT": 1_234_567}
    return pd.concat([out, twice, pd.DataFrame([total])], ignore_index=True).astype(object)


def write_register(folder: Path, rows: pd.DataFrame) -> None:
    """The workbook: three lines of title, then the columns; a second sheet with notes. No clock time stands in it."""
    with xlsxwriter.Workbook(folder / "register.xlsx", {"constant_memory": False}) as book:
        book.set_properties({"created": dt.datetime(2026, 1, 1), "title": "Synthetic demonstration data"})
        sheet = book.add_worksheet("Register")
        for line, text in enumerate(TITLE):
            sheet.write_string(line, 0, text)
        sheet.write_row(3, 0, list(rows.columns))
        for line, row in enumerate(rows.itertuples(index=False), start=4):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    if value:
                        sheet.write_string(line, column, value)
                elif value is not None and value == value:  # noqa: PLR0124  (not NaN)
                    sheet.write_number(line, column, value)
        notes = book.add_worksheet("Notes")
        notes.write_string(0, 0, "Synthetic demonstration data: country, schools and persons are invented.")
