"""The demonstration country: a fictional place, seeded, as raw files with the faults of real ones.

The ordinary build (`etl/recipes/demo.toml`) makes its data from these files; `truth/` holds what they were made from,
for tests alone. How inequality comes about is told in docs/demonstration.md. The same seed gives the same bytes.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from etl.demo_faults import WORDS, Faults, register, reporting, spoiled, words, write_register
from etl.demo_land import make_land
from etl.demo_layers import (
    coverage,
    fibre_nodes,
    tower_sites,
    write_boundaries,
    write_context,
    write_coverage,
    write_nodes,
    write_population,
    write_tiles,
    write_towers,
)
from etl.demo_people import write_ages
from etl.demo_places import Places, make_places
from etl.demo_reach import write_promises, write_terrain
from etl.demo_schools import chance, make_schools, make_setting
from etl.demo_use import add_use, write_return, write_signal

SEED = 20260101
SCHOOLS = 6000
LEVEL_WORDS = {
    "pre_primary": "Nursery",
    "primary": "Primary School",
    "lower_secondary": "Junior Secondary School",
    "upper_secondary": "Senior Secondary School",
    "combined": "Basic School",
}
KIND_WORDS = {
    "teacher_training": "Teachers' College",
    "tvet": "Technical Institute",
    "non_formal": "Learning Centre",
    "community_learning_centre": "Community Learning Centre",
    "temporary_learning_space": "Temporary Learning Space",
}


def write_demo(folder: Path | str, *, seed: int = SEED, schools: int = SCHOOLS) -> None:
    """Write the raw files of the demonstration country into `folder`, and the truth into `folder/truth`.

    `schools` is the number of schools that exist; the register has somewhat more rows (closed, planned, twice).
    """
    folder = Path(folder)
    (folder / "truth").mkdir(parents=True, exist_ok=True)
    # One stream of random numbers a part, so that a change in one part leaves the others as they are.
    rng = [np.random.default_rng([seed, part]) for part in range(12)]
    land = make_land(rng[0])
    places = make_places(rng[1], land)
    nodes = fibre_nodes(rng[2], places)
    fibre = nodes[nodes["medium"] == "Fibre optic"]
    sites = tower_sites(rng[9], land, places)
    reached = coverage(rng[9], land, sites)
    setting = make_setting(land, places)
    truth = named(make_schools(rng[3], (land, places, setting), fibre, reached, count=schools), places)
    truth = add_use(np.random.default_rng([seed, 72]), truth)
    faults = Faults()
    rows = spoiled(rng[5], register(rng[4], truth, places, faults), faults)
    write_register(folder, rows)
    write_inventory(folder, rng[6], truth, faults)
    write_survey(folder, rng[7], truth, faults)
    write_earlier_years(folder, rng[8], truth)
    write_return(folder, np.random.default_rng([seed, 73]), truth)
    write_signal(folder, places, reached)
    write_towers(folder, rng[9], sites)
    write_coverage(folder, reached)
    write_tiles(folder, rng[10], places, reached)
    write_nodes(folder, nodes)
    write_population(folder, places.people_middle)
    write_boundaries(folder, land, places)
    write_terrain(folder, np.random.default_rng([seed, 74]), land)
    write_promises(folder, np.random.default_rng([seed, 75]), truth)
    areas = write_context(folder, rng[11], places, truth)
    children = write_ages(folder, np.random.default_rng([seed, 71]), areas)
    truth.to_parquet(folder / "truth" / "schools.parquet", index=False)
    areas.to_parquet(folder / "truth" / "areas.parquet", index=False)
    children.to_parquet(folder / "truth" / "children.parquet", index=False)
    faults.table().to_parquet(folder / "truth" / "faults.parquet", index=False)


def named(schools: pd.DataFrame, places: Places) -> pd.DataFrame:
    """Ids (province, district, number within it: leading zeros) and names after the nearest town, numbered where needed."""
    out = schools.sort_values(["area_id", "town", "town_km"], kind="stable").reset_index(drop=True)
    out["school_id"] = out["area_id"] + (out.groupby("area_id").cumcount() + 1).map("{:04d}".format)
    town = places.towns["name"].to_numpy()[out["town"]]
    kind = out["facility_type"].map(KIND_WORDS).fillna(out["education_level"].map(LEVEL_WORDS))
    number = out.groupby([town, kind]).cumcount() + 1
    out["school_name"] = town + " " + kind + np.where(number > 1, " No. " + number.astype(str), "")
    return out


def write_inventory(folder: Path, rng: np.random.Generator, truth: pd.DataFrame, faults: Faults) -> None:
    """Devices room by room: semicolons, Windows-1252, decimal commas, several rows a school, some of no known school."""
    known = np.flatnonzero(
        reporting(rng, truth, 1.7) & (truth["facility_type"] != "temporary_learning_space").to_numpy()
    )
    parts = []
    for room, share in (("Salle A", 0.6), ("Bibliothèque", 0.4)):
        first = np.ceil(truth[["num_computers", "num_tablets"]].to_numpy()[known] * 0.6).astype(int)
        rest = truth[["num_computers", "num_tablets"]].to_numpy()[known] - first
        count = first if share > 0.5 else rest
        keep = (count.sum(axis=1) > 0) | (share > 0.5)
        parts.append(
            pd.DataFrame(
                {
                    "Code école": truth["school_id"].to_numpy()[known][keep],
                    "Salle": room,
                    "Ordinateurs": count[keep, 0],
                    "Tablettes": count[keep, 1],
                    "Âge moyen": np.round(rng.gamma(4, 1.1, int(keep.sum())), 1),
                    "Responsable": "(removed)",
                }
            )
        )
    table = pd.concat(parts).sort_values("Code école", kind="stable")
    lost = table.sample(45, random_state=int(rng.integers(2**31))).copy()
    lost["Code école"] = [f"99990{i:03d}" for i in range(45)]
    faults.add(lost["Code école"], "device_row_of_no_school")
    pd.concat([table, lost]).to_csv(
        folder / "devices.csv", sep=";", decimal=",", index=False, encoding="cp1252", lineterminator="\r\n"
    )


def write_survey(folder: Path, rng: np.random.Generator, truth: pd.DataFrame, faults: Faults) -> None:
    """A second source: visits with a speed test at some 2,000 schools, fewer in poor country; it knows better than the
    register, which says of some schools what was true a year ago."""
    visited = truth[rng.random(len(truth)) < np.clip(0.22 + 0.3 * truth["wealth"], 0, 1)]
    visited = visited[visited["school_status"] == "open"]
    changed = rng.random(len(visited)) < 0.08
    online = visited["has_internet"].to_numpy() & ~changed  # a line that was cut since the register's date
    faults.add(visited.loc[changed & visited["has_internet"], "school_id"], "survey_disagrees")
    kbps = np.round(visited["download_speed_measured_mbps"].fillna(0) * 1000)
    pupils = np.where(visited["has_internet_for_learners"] & online, "1", "0")
    table = pd.DataFrame(
        {
            "ref": "TLV-" + visited["school_id"],
            "visited": "2026-05",
            "online": np.where(online, "1", "0"),
            "pupils_online": np.where(rng.random(len(visited)) < 0.08, "9", pupils),
            "down_kbps": np.where(online & (rng.random(len(visited)) < 0.9), kbps.astype("Int64").astype(str), ""),
            "link": np.where(online, words(rng, visited["connectivity_type"], WORDS["connectivity_type"]), ""),
        }
    )
    table.to_csv(folder / "survey.csv", index=False, encoding="utf-8-sig", lineterminator="\n")


def write_earlier_years(folder: Path, rng: np.random.Generator, truth: pd.DataFrame) -> None:
    """Short registers of 2022 and 2024: fewer schools had power and internet then, the richer ones first."""
    for year, lag in ((2022, 2.4), (2024, 1.2)):
        had = chance(3.4 - lag * 1.6 + 1.2 * truth["wealth"].to_numpy())
        online = truth["has_internet"].to_numpy() & (rng.random(len(truth)) < had)
        power = truth["has_electricity"].to_numpy() & (rng.random(len(truth)) < np.minimum(1, had + 0.25))
        known = reporting(rng, truth, 1.6)
        learners = np.round(truth["num_students"] * (1 - 0.018 * (2026 - year) + rng.normal(0, 0.05, len(truth))))
        table = pd.DataFrame(
            {
                "EMIS_CODE": truth["school_id"],
                "SCHOOL_NAME": truth["school_name"],
                "PROVINCE": truth["province_name"],
                "DISTRICT": truth["district_name"],
                "DISTRICT_CODE": truth["area_id"],
                "ENROLMENT": learners.astype(int),
                "ELECTRICITY": np.where(known, np.where(power, "Yes", "No"), ""),
                "INTERNET": np.where(known, np.where(online, "Yes", "No"), ""),
            }
        )
        table.to_csv(folder / f"register_{year}.csv", index=False, lineterminator="\n")
