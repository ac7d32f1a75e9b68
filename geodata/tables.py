"""Tables: lists of fields with a key and a geometry. pandera schemas are derived from them, never written twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from geodata.fields import FIELDS, Field, companions
from geodata.vocabulary import Evidence

if TYPE_CHECKING:  # pandera takes longer to load than most commands take: only what checks a table asks for it
    import pandera.pandas as pa


@dataclass(frozen=True)
class Table:
    """One layer's columns. `geometry` is "point", "polygon", "any" or None; `key` columns are unique together."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...] = ()
    geometry: str | None = None

    @property
    def fields(self) -> tuple[Field, ...]:
        """The declared fields, in order."""
        return tuple(FIELDS[name] for name in self.columns)

    @property
    def all_columns(self) -> tuple[str, ...]:
        """Fields with their evidence, source and date companions behind each."""
        return tuple(c for name in self.columns for c in (name, *companions(name)))

    def schema(self) -> pa.DataFrameSchema:
        """A pandera schema: dtype, allowed values and range of every column; a missing column is a failure."""
        import pandera.pandas as pa  # noqa: PLC0415

        columns = {field.name: _column(field, required=field.name not in self.key) for field in self.fields}
        for field in self.fields:
            for companion in companions(field.name):
                allowed = pa.Check.isin([e.value for e in Evidence]) if companion.endswith("_evidence") else None
                columns[companion] = pa.Column("str", allowed, nullable=True)
        return pa.DataFrameSchema(columns, unique=list(self.key) or None, strict=False, ordered=False)


def _column(field: Field, *, required: bool) -> pa.Column:
    import pandera.pandas as pa  # noqa: PLC0415

    checks = []
    if field.allowed:
        checks.append(pa.Check.isin(list(field.allowed)))
    if field.minimum is not None:
        checks.append(pa.Check.ge(field.minimum))
    if field.maximum is not None:
        checks.append(pa.Check.le(field.maximum))
    return pa.Column(field.dtype, checks, nullable=required)


_ADMIN = tuple(f"admin{n}{suffix}" for n in (1, 2, 3, 4) for suffix in ("_id", ""))

# What a register may feed (the left side of `[source.columns]` for `kind = "schools"`).
REGISTER = Table(
    "register",
    (
        *("school_id_govt", "school_id_giga", "school_name", "education_level", "isced_levels", "school_area_type"),
        *("settlement", "school_funding_type", "school_funding_detail", "facility_type", "school_status"),
        *("community_land", "school_year", *_ADMIN, "latitude", "longitude"),
        *("num_students", "num_students_girls", "num_students_boys", "num_students_lower", "num_students_upper"),
        *("num_students_disabled", "num_students_displaced", "num_teachers", "num_teachers_trained_ict"),
        *("num_computers", "num_tablets", "has_computers", "has_computer_lab", "has_internet"),
        *("has_internet_for_learners", "has_broadband", "connectivity_type", "download_speed_contracted_mbps"),
        *("download_speed_measured_mbps", "has_electricity", "electricity_type", "electricity_hours_per_day"),
        *("has_water", "has_sanitation", "has_accessible_infrastructure", "has_accessible_materials"),
        *("has_handwashing", "has_radio", "has_television", "has_telephone", "has_narrowband"),
        *("has_ict_assisted_instruction", "has_internet_assisted_instruction", "num_computers_internet"),
        *("num_students_ict", "num_students_computing", "use_hours_week", "has_content_in_teaching_language"),
    ),
)

CONTEXT_COLUMNS = (
    *(
        "poverty_share",
        "wealth_percentile",
        "crisis_index",
        "attendance_parity_girls",
        "out_of_school_rate",
        "covered_population_share",
        "gini_index",
        "population",
    ),
)

JOIN_COLUMNS = (
    *("cellular_coverage_type", "fiber_node_distance_m", "fiber_line_distance_m"),
    *(f"nearest_{g}_distance_m" for g in ("2g", "3g", "4g", "5g")),
    *(f"in_{g}_coverage" for g in ("2g", "3g", "4g", "5g")),
    *(f"ookla_{k}_{w}" for k in ("fixed", "mobile") for w in ("mbps", "tile_distance_m")),
    *(f"schools_within_{n}km" for n in (1, 2, 3)),
    *(f"pop_within_{n}km" for n in (1, 2, 3)),
)

GAP_COLUMNS = (
    *("num_devices", "download_speed_mbps", "required_bandwidth_mbps", "bandwidth_gap_mbps", "device_need"),
    *("device_gap", "power_gap", "learners_per_computer", "meaningfully_connected", "underserved"),
)

THINGS = ("bandwidth", "devices", "energy", "poverty", "rural", "displaced", "crisis")  # counted for the groups
SCORED_ONLY = ("girls", "out_of_school")  # in the score where area data exist, never counted
ITEMS = (*THINGS, *SCORED_ONLY)

PRIORITY_COLUMNS = (
    *(f"item_{item}" for item in ITEMS),
    *("need", "marginalisation", "priority_score", "tier", "lacks_count", "lacks_unknown", "lacks_expected"),
    *("priority_rank", "priority_reasons", "data_confidence", "list"),
)

# How sure a rank is: drawn lists, see geodata.uncertainty.
BAND_COLUMNS = ("rank_low", "rank_high", "rank_median", "top_chance", "rank_tie")

# Of schools that did not report, from a model with proven skill; never a `has_*` column and never in official tables.
PREDICTED_COLUMNS = (
    *("predicted_internet_for_learners", "predicted_internet_for_learners_set"),
    *("predicted_electricity", "predicted_electricity_set", "survey_value", "survey_reason"),
)

SCHOOLS = Table(
    "schools",
    (
        *("school_id", *REGISTER.columns, "source_name", "location_repair", "location_in_declared_area"),
        *("location_shared_by", *CONTEXT_COLUMNS, *JOIN_COLUMNS, *GAP_COLUMNS, *PRIORITY_COLUMNS),
        *BAND_COLUMNS,
        *PREDICTED_COLUMNS,
    ),
    key=("school_id",),
    geometry="point",
)

AREAS = Table(
    "areas",
    ("area_id", "level", "name", "parent_id", "num_schools", *CONTEXT_COLUMNS),
    key=("area_id",),
    geometry="polygon",
)

SERIES = Table("series", ("area_id", "school_id", "indicator", "date", "value", "known", "unknown", "lower", "upper"))
CELLS = Table("cells", ("cell_id", "radio", "latitude", "longitude"), geometry="point")
NODES = Table("nodes", ("node_id", "transmission_medium", "latitude", "longitude"), geometry="point")
LINES = Table("lines", ("line_id", "transmission_medium", "line_status"), geometry="any")
COVERAGE = Table("coverage", ("radio",), geometry="polygon")
BENCHMARKS = Table(
    "benchmarks",
    ("source", "indicator", "title", "education_level", "unit", "date", "value", "note", "source_code"),
)
MEASUREMENTS = Table(
    "measurements",
    ("school_id_govt", "school_id_giga", "measured_on", "test_method", "test_download_mbps", "tests", "tests_failed"),
)
TILES = Table("tiles", ("quadkey", "network", "avg_download_mbps", "tests"))
WEALTH = Table("wealth", ("quadkey", "latitude", "longitude", "relative_wealth"), geometry="point")
CHILDREN_COLUMNS = (
    "children",
    *(
        f"children_{level}{girls}"
        for level in ("primary", "lower_secondary", "upper_secondary")
        for girls in ("", "_girls")
    ),
    *("out_of_school_lower", "out_of_school_upper", "underserved_children_lower", "underserved_children_upper"),
)
NEAREST = ("primary", "secondary", "connected", "maybe_connected")
PEOPLE = Table(
    "people",
    (
        *("hexagon", "latitude", "longitude", *(f"admin{n}_id" for n in (1, 2, 3, 4)), "people", *CHILDREN_COLUMNS),
        *(f"nearest_{n}_{unit}" for n in NEAREST for unit in ("minutes", "m")),
        *("device_seats_per_child", "schools_seats_unknown", "wealth_percentile"),
        *("need_class", "need_unsure", "marginalisation_class"),
    ),
    key=("hexagon",),
)
UNSERVED = Table(
    "unserved",
    (
        *("hexagons", "latitude", "longitude", *(f"admin{n}_id" for n in (1, 2, 3, 4)), "people", "children"),
        *("children_primary", "out_of_school_lower", "out_of_school_upper"),
        *(f"{end}_primary_{unit}" for end in ("nearest", "farthest") for unit in ("minutes", "m")),
        *("nearest_town", "town_distance_m", "town_direction", "schools_not_located", "wealth_percentile"),
    ),
    key=("hexagons",),
)
PEOPLE_AREAS = Table(
    "people_areas",
    (
        *("area_id", "level", "people", *CHILDREN_COLUMNS, "learners_enrolled", "schools_without_learners"),
        "enrolment_exceeds_children",
    ),
    key=("area_id",),
)
# What could connect each school: the best few candidates a way (etl.reach). A school without a row of a way has nothing
# near enough to have been looked at, or no location; what was given at all says the manifest's `planning`.
REACH = Table(
    "reach",
    ("school_id", "way", "from_id", "from_kind", "distance_m", "along_road_m", "sight", "generation"),
)
NEIGHBOURS = Table("neighbours", ("school_id", "other_id", "distance_m", "along_road_m"), key=("school_id", "other_id"))
COMMITMENTS = Table(
    "commitments", ("school_id", "funder", "scope", "status", "from_date", "until_date", "source", "row")
)
TOWNS = Table("towns", ("town_name", "latitude", "longitude"), geometry="point")
QUARANTINE = Table("quarantine", ("source", "row", "check", "severity", "reason", "raw"))
OUT_OF_SCOPE = Table("out_of_scope", ("source", "row", "reason", "raw"))

TABLES: dict[str, Table] = {
    t.name: t
    for t in (
        SCHOOLS,
        AREAS,
        SERIES,
        CELLS,
        NODES,
        LINES,
        COVERAGE,
        BENCHMARKS,
        TILES,
        MEASUREMENTS,
        WEALTH,
        QUARANTINE,
        OUT_OF_SCOPE,
        PEOPLE,
        UNSERVED,
        PEOPLE_AREAS,
        TOWNS,
        REACH,
        NEIGHBOURS,
        COMMITMENTS,
    )
}


def empty_columns(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The frame with every column of the table, those it lacks wholly unknown, in the table's order and dtypes."""
    out: dict[str, pd.Series] = {}
    blanks: dict[str, pd.Series] = {}  # one of each dtype: most of a hundred columns are blank, the frame copies them
    for name in table.all_columns:
        dtype: Any = FIELDS[name].dtype if name in FIELDS else "str"
        if name not in frame:
            if dtype not in blanks:
                blanks[dtype] = pd.Series(None, index=frame.index, dtype=dtype)
            out[name] = blanks[dtype]
        elif frame[name].dtype == object and dtype == "float64":
            out[name] = frame[name].astype("Float64").astype("float64")
        else:
            out[name] = frame[name].astype(dtype)
    rest = {name: frame[name] for name in frame.columns if name not in out}
    return pd.DataFrame({**out, **rest}, index=frame.index)
