"""Schools of the demonstration country, as they truly are: who has what follows from where they stand, and from luck.

The mechanism is stated in docs/demonstration.md; its numbers are the constants here. Nothing in this file is seen by
the build: `etl.demo_faults` and `etl.demo_layers` write what a ministry, a survey and operators would know of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy import ndimage
from scipy.spatial import cKDTree

from etl.demo_land import BOX, COARSE, KM, MIDDLE, Flags, Floats, Land, cell_of, plane
from etl.demo_places import Places

LEVELS = ("pre_primary", "primary", "lower_secondary", "upper_secondary", "combined")
MEDIAN_LEARNERS = {"pre_primary": 45, "primary": 165, "lower_secondary": 260, "upper_secondary": 340, "combined": 300}


@dataclass(frozen=True)
class Setting:
    """Where troubles are: numbers of districts, and the camps' towns as longitude and latitude."""

    border: tuple[int, int]  # districts that shelter displaced people
    flood: int  # the district under water this year
    highland: tuple[int, int]  # land of traditional communities
    camps: Floats  # longitude, latitude


def make_setting(land: Land, places: Places) -> Setting:
    """Border districts are those nearest the neighbour; the flood takes a populous district on a large river."""
    abroad = np.asarray(ndimage.distance_transform_edt(land.ours | ~land.land)) * KM / COARSE
    count = len(places.districts)
    everywhere = np.where(land.ours, places.district_coarse, count)
    index = np.arange(count)
    size = ndimage.sum(land.ours, everywhere, index)
    near = ndimage.sum(abroad < 12, everywhere, index)  # length of the land border, in cells
    seat_people = places.towns["people"].to_numpy()[:count]
    border = np.argsort(-np.sqrt(near) * np.sqrt(seat_people), kind="stable")[:2]
    river = np.asarray(ndimage.maximum(land.river, everywhere, index))
    wet = river * np.sqrt(seat_people) * ~np.isin(index, [0, *border])
    high = np.asarray(ndimage.mean(land.height, everywhere, index)) * np.log(size) * ~np.isin(index, border)
    towns = places.towns
    row, column = cell_of(towns["longitude"], towns["latitude"], COARSE)
    camps = []
    for district in border:
        mine = np.flatnonzero((towns["district"] == district).to_numpy())
        close = mine[np.argsort(abroad[row[mine], column[mine]], kind="stable")[:2]]
        camps += [(towns["longitude"][i], towns["latitude"][i]) for i in close]
    return Setting(
        border=(int(border[0]), int(border[1])),
        flood=int(np.argmax(wet)),
        highland=tuple(int(i) for i in np.argsort(-high, kind="stable")[:2]),  # type: ignore[arg-type]
        camps=np.array(camps),
    )


def make_schools(
    rng: np.random.Generator,
    world: tuple[Land, Places, Setting],
    fibre: pd.DataFrame,
    reached: dict[str, Flags],
    *,
    count: int,
) -> pd.DataFrame:
    """The whole truth, one row a school; `fibre` has the places of fibre nodes, `reached` the cells with a signal."""
    land, places, setting = world
    schools = _placed(rng, places, count)
    schools = _surroundings(schools, land, places, setting, fibre)
    schools["signal"] = _signal(schools, reached)
    schools = _kinds(rng, schools, setting)
    schools = _people(rng, schools)
    schools = _services(rng, schools)
    return _devices(rng, schools)


def chance(score: npt.ArrayLike) -> Floats:
    """Logistic: a score of 0 is even odds."""
    return np.asarray(1 / (1 + np.exp(-np.asarray(score))))


def _placed(rng: np.random.Generator, places: Places, count: int) -> pd.DataFrame:
    """Places where people are, with their district; sparse country has more (smaller) schools a head."""
    people = places.people_middle
    weight = np.where(places.district_fine[::2, ::2] >= 0, people, 0.0).ravel() ** 0.72
    more = count + count // 10 + 40  # a few fall into the water and are left out
    cell = rng.choice(weight.size, size=more, p=weight / weight.sum())
    row, column = np.divmod(cell, people.shape[1])
    lon = np.round(BOX[0] + (column + rng.uniform(0.05, 0.95, more)) / MIDDLE, 6)
    lat = np.round(BOX[3] - (row + rng.uniform(0.05, 0.95, more)) / MIDDLE, 6)
    point, district = shapely.STRtree(places.polygons).query(shapely.points(lon, lat), predicate="within")
    keep = point[:count]
    return pd.DataFrame({"longitude": lon[keep], "latitude": lat[keep], "district": district[:count]})


def _surroundings(
    schools: pd.DataFrame, land: Land, places: Places, setting: Setting, fibre: pd.DataFrame
) -> pd.DataFrame:
    """District, density, distances in km, travel time and wealth of each school's place."""
    out, lon, lat = schools.copy(), schools["longitude"], schools["latitude"]
    xy = plane(lon, lat)
    table = places.districts
    for name in ("name", "area_id", "province", "province_id", "province_name"):
        out["district_name" if name == "name" else name] = table[name].to_numpy()[out["district"]]
    density = ndimage.uniform_filter(places.people_middle, 5) / 0.745  # people a km2, over some 20 km2
    row, column = cell_of(lon, lat, MIDDLE)
    out["density"] = density[row, column]
    near = cKDTree(plane(places.towns["longitude"], places.towns["latitude"])).query(xy)
    out["town"], out["town_km"] = near[1], near[0]
    town_people = places.towns["people"].to_numpy()[near[1]]
    out["settlement"] = np.select(
        [
            (out["density"] >= 1200) & (town_people >= 45_000),
            out["density"] >= 800,
            (out["density"] >= 280) & (town_people >= 45_000),
            (out["density"] >= 330),
        ],
        ["city", "town", "suburb", "town"],
        "rural",
    )
    ways = shapely.get_coordinates(shapely.segmentize(places.roads, 0.01))
    out["road_km"] = cKDTree(plane(ways[:, 0], ways[:, 1])).query(xy)[0]
    out["fibre_km"] = cKDTree(plane(fibre["longitude"], fibre["latitude"])).query(xy)[0]
    out["camp_km"] = cKDTree(plane(setting.camps[:, 0], setting.camps[:, 1])).query(xy)[0]
    row, column = cell_of(lon, lat, COARSE)
    out["hours"], out["wealth"] = places.hours[row, column], places.wealth[row, column]
    out["river"] = ndimage.maximum_filter(land.river, 3)[row, column]
    return out


def _signal(schools: pd.DataFrame, reached: dict[str, Flags]) -> Any:
    """The newest mobile generation at each place, `none` where there is no signal."""
    row, column = cell_of(schools["longitude"], schools["latitude"], MIDDLE)
    newest = sorted(reached, reverse=True)
    return np.select([reached[g][row, column] for g in newest], newest, "none")


def _kinds(rng: np.random.Generator, schools: pd.DataFrame, setting: Setting) -> pd.DataFrame:
    """Level, funding, kind, status and community land."""
    out, n = schools.copy(), len(schools)
    urban = out["settlement"].ne("rural").to_numpy()
    shares = np.where(urban[:, None], [0.13, 0.44, 0.17, 0.16, 0.10], [0.07, 0.71, 0.11, 0.04, 0.07])
    out["education_level"] = np.array(LEVELS)[(rng.random((n, 1)) > shares.cumsum(axis=1)).sum(axis=1).clip(0, 4)]
    out["school_area_type"] = np.where(urban, "urban", "rural")
    private = rng.random(n) < np.where(urban, 0.09 + 0.22 * out["wealth"], 0.03)
    charitable = rng.random(n) < np.where(urban, 0.05, 0.07)
    out["school_funding_type"] = np.select([private, charitable], ["private", "charitable"], "public")
    kind = rng.random(n)
    out["facility_type"] = np.select(
        [kind < 0.006, kind < 0.020, kind < 0.034, kind < 0.045],
        ["teacher_training", "tvet", "non_formal", "community_learning_centre"],
        "school",
    )
    border = out["district"].isin(setting.border).to_numpy()
    camp = (out["camp_km"] < 9).to_numpy() & border
    out.loc[camp & (rng.random(n) < 0.45), "facility_type"] = "temporary_learning_space"
    out.loc[out["facility_type"].isin(["teacher_training", "tvet"]), "education_level"] = "upper_secondary"
    out["school_status"] = _status(rng, out, setting)
    high = out["district"].isin(setting.highland).to_numpy() & ~urban
    out["community_land"] = np.select(
        [high & (rng.random(n) < 0.55), ~urban & (rng.random(n) < 0.03)],
        ["traditional_community", "agrarian_settlement"],
        "none",
    )
    return out


def _status(rng: np.random.Generator, schools: pd.DataFrame, setting: Setting) -> np.ndarray:
    """The flood damages schools by the river and fills those beside it; armed groups hold some near the border."""
    n, draw = len(schools), rng.random(len(schools))
    flood = schools["district"].eq(setting.flood).to_numpy()
    wet = np.where(schools["river"] > 0.45, 1.7, 0.6)
    border = schools["district"].isin(setting.border).to_numpy()
    closed = rng.random(n) < 0.012
    return np.select(
        [
            flood & (draw < 0.16 * wet),
            flood & (draw < 0.30 * wet),
            flood & (draw < 0.40 * wet),
            border & (draw < 0.045),
            border & (draw < 0.08),
            closed,
        ],
        ["damaged", "used_as_shelter", "temporarily_closed", "occupied", "temporarily_closed", "temporarily_closed"],
        "open",
    )


def _people(rng: np.random.Generator, schools: pd.DataFrame) -> pd.DataFrame:
    """Learners (log-normal), girls, displaced and disabled learners, teachers."""
    out, n = schools.copy(), len(schools)
    size = out["settlement"].map({"city": 2.5, "suburb": 1.9, "town": 1.6, "rural": 0.72}).to_numpy()
    median = out["education_level"].map(MEDIAN_LEARNERS).to_numpy() * size
    total = np.maximum(np.round(np.exp(rng.normal(np.log(median), 0.5))), 6).astype(int)
    camp = (out["camp_km"] < 15).to_numpy() & (out["settlement"].notna()).to_numpy() & (out["camp_km"] > 0).to_numpy()
    border = camp & (out["camp_km"] < 15).to_numpy()
    share = np.where(border, np.clip(0.75 - 0.04 * out["camp_km"] + rng.normal(0, 0.12, n), 0, 0.95), 0.0)
    share = np.where(~border & (rng.random(n) < 0.12), rng.uniform(0, 0.06, n), share)
    total = np.round(total * (1 + 0.8 * share)).astype(int)
    # Poor and remote places keep girls from secondary school.
    secondary = out["education_level"].isin(["lower_secondary", "upper_secondary"]).to_numpy()
    loss = secondary * (0.13 * (1 - out["wealth"]) + 0.022 * np.minimum(out["hours"], 6))
    girls = rng.binomial(total, np.clip(0.495 - loss, 0.2, 0.6))
    ratio = 22 + 16 * (1 - out["wealth"]) + rng.normal(0, 3, n)
    teachers = np.maximum(np.round(total / np.clip(ratio, 12, 60)), 1).astype(int)
    return out.assign(
        num_students=total,
        num_students_girls=girls,
        num_students_boys=total - girls,
        num_students_displaced=rng.binomial(total, share),
        num_students_disabled=rng.binomial(total, np.clip(0.02 + 0.035 * out["wealth"], 0, 1)),
        num_teachers=teachers,
        num_teachers_trained_ict=rng.binomial(teachers, chance(-1.9 + 2.6 * out["wealth"])),
        displaced_share=share,
    )


def _services(rng: np.random.Generator, schools: pd.DataFrame) -> pd.DataFrame:
    """Electricity first, then internet, then internet that learners may use, then how fast it is."""
    out, n = schools.copy(), len(schools)
    wealth, private = out["wealth"].to_numpy(), out["school_funding_type"].eq("private").to_numpy()
    urban = out["school_area_type"].eq("urban").to_numpy()
    upper = out["education_level"].isin(["lower_secondary", "upper_secondary", "combined"]).to_numpy()
    camp = out["facility_type"].eq("temporary_learning_space").to_numpy()
    road, fibre = out["road_km"].to_numpy(), out["fibre_km"].to_numpy()
    power = chance(0.7 + 2.3 * wealth + 1.1 * urban - 0.16 * road - 1.8 * camp + 0.5 * private) > rng.random(n)
    grid = power & (rng.random(n) < chance(0.6 + 1.8 * urban + 1.2 * wealth - 0.20 * road - 2.0 * camp))
    solar = power & ~grid & (rng.random(n) < 0.72)
    source = np.select([grid, solar, power], ["grid", "solar", "generator"], "none")
    hours = np.select(
        [grid, solar, power],
        [rng.normal(11 + 9 * wealth, 3, n), rng.normal(6.5, 1.5, n), rng.normal(3.5, 1.2, n)],
        0.0,
    )
    score = (
        -1.4
        + 2.4 * wealth
        + 0.45 * out["signal"].isin(["4G", "5G"])
        + 0.8 * urban
        + 0.65 * upper
        + 0.9 * private
        - 0.9 * camp
    )
    score += -0.75 * np.log1p(fibre / 4) - 0.10 * np.minimum(road, 12) - 0.9 * out["displaced_share"] + 1.2
    internet = (chance(score) > rng.random(n)) & (power | (rng.random(n) < 0.04))
    learners = internet & (chance(-0.2 + 1.5 * wealth + 0.7 * upper + 0.5 * private) > rng.random(n))
    technology = np.select(
        [
            fibre < 4 + 5 * rng.random(n),
            out["signal"].isin(["4G", "5G"]),
            out["signal"].eq("3G") & (rng.random(n) < 0.7),
        ],
        ["fiber", "4g", "3g"],
        "geo",
    )
    technology = np.where((technology == "4g") & (rng.random(n) < 0.2), "radio", technology)
    leo = (technology == "geo") & (rng.random(n) < 0.3)
    technology = np.where(leo, "leo", technology)
    usual = pd.Series(technology).map({"fiber": 50, "4g": 14, "radio": 20, "geo": 6, "leo": 80, "3g": 3.5}).to_numpy()
    steps = np.array([2, 4, 6, 8, 10, 15, 20, 30, 50, 100, 200])
    wish = usual * np.exp(rng.normal(0.5 * (wealth - 0.5), 0.45, n))
    contracted = steps[np.abs(np.log(wish[:, None] / steps)).argmin(axis=1)].astype(float)
    measured = np.round(contracted * rng.beta(4.0, 2.6 + 1.5 * (1 - wealth)), 2)
    water, toilets = (chance(a + 1.9 * wealth + 0.5 * urban) > rng.random(n) for a in (-0.2, -0.5))
    return out.assign(
        has_electricity=power,
        electricity_type=source,
        electricity_hours_per_day=np.where(power, np.round(np.clip(hours, 0.5, 24) * 2) / 2, 0.0),
        has_internet=internet,
        has_internet_for_learners=learners,
        connectivity_type=pd.Series(technology).where(internet),
        download_speed_contracted_mbps=np.where(internet, contracted, np.nan),
        download_speed_measured_mbps=np.where(internet, np.maximum(measured, 0.1), np.nan),
        has_water=water,
        has_sanitation=toilets,
        has_accessible_infrastructure=chance(-2.4 + 2.2 * wealth) > rng.random(n),
        has_accessible_materials=chance(-3.1 + 2.0 * wealth) > rng.random(n),
    )


def _devices(rng: np.random.Generator, schools: pd.DataFrame) -> pd.DataFrame:
    """Devices follow power, wealth and level; a donor's tablets reached some poor schools."""
    out, n = schools.copy(), len(schools)
    wealth, power = out["wealth"].to_numpy(), out["has_electricity"].to_numpy()
    upper = out["education_level"].isin(["lower_secondary", "upper_secondary", "combined"]).to_numpy()
    any_pc = power & (chance(-1.2 + 2.9 * wealth + 1.2 * upper) > rng.random(n))
    ratio = np.exp(rng.normal(np.log(22 - 14 * wealth), 0.55, n))
    computers = np.where(any_pc, np.maximum(np.round(out["num_students"] / ratio), 1), 0).astype(int)
    donor = (rng.random(n) < np.where(wealth < 0.4, 0.10, 0.05)) & power
    tablets = np.where(donor, rng.choice([10, 20, 24, 30, 40], n), 0)
    return out.assign(num_computers=computers, num_tablets=tablets, has_computer_lab=computers >= 12)
