"""Every policy number by name: value, unit, range, reference. A recipe or a screen may override it; nothing else may.

`POLICY.with_values({"device_ratio": 10})` gives a changed copy; unknown names and values out of bounds raise
PolicyError with the nearest right name. Defaults marked "planning value" are value judgements to be discussed in the
country before they decide over money (methods, section 9).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType

from geodata.errors import PolicyError

Value = float | str
PLANNING = "planning value"


@dataclass(frozen=True)
class PolicyNumber:
    """One number (or choice) that a person may set. `group` says where the screen shows it."""

    name: str
    value: Value
    title: str
    definition: str
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    reference: str = PLANNING
    group: str = "standards"

    def check(self, value: Value) -> Value:
        """The value, converted; raises PolicyError where it is not allowed."""
        if self.choices:
            if str(value) not in self.choices:
                raise PolicyError(
                    f"{self.title} ({self.name}) is {value!r}; it must be one of {', '.join(self.choices)}."
                )
            return str(value)
        try:
            number = float(value)
        except (TypeError, ValueError):
            raise PolicyError(f"{self.title} ({self.name}) is {value!r}; it must be a number.") from None
        low = self.minimum if self.minimum is not None else float("-inf")
        high = self.maximum if self.maximum is not None else float("inf")
        if not low <= number <= high:
            raise PolicyError(f"{self.title} ({self.name}) is {number:g}; it must lie from {low:g} to {high:g}.")
        return number


ITU = "ITU and UN aspirational targets for 2030 (2022)"
GIGA = "Giga cost model default (2023)"
CPP = "ITU Connectivity Planning Platform (2026)"

_ALL = [
    PolicyNumber(
        "bandwidth_tier",
        "T1",
        "Connectivity standard",
        "T0 10 Mbps a school; T1 the larger of 20 Mbps and 50 kbps a learner; "
        "T2 100 kbps a learner; T3 1 Mbps a learner, none below 20 Mbps.",
        choices=("T0", "T1", "T2", "T3"),
        reference=ITU,
    ),
    PolicyNumber(
        "bandwidth_floor_t0_mbps",
        10,
        "Floor of T0",
        "Bandwidth of the legacy floor.",
        "Mbps",
        0,
        10_000,
        reference=GIGA,
    ),
    PolicyNumber(
        "bandwidth_floor_mbps", 20, "Least bandwidth a school", "Floor of T1 to T3.", "Mbps", 0, 10_000, reference=ITU
    ),
    PolicyNumber(
        "bandwidth_per_learner_t1_mbps",
        0.05,
        "Bandwidth a learner, T1",
        "50 kbps a learner.",
        "Mbps per learner",
        0,
        100,
        reference=ITU,
    ),
    PolicyNumber(
        "bandwidth_per_learner_t2_mbps",
        0.1,
        "Bandwidth a learner, T2",
        "100 Mbps for 1,000 users.",
        "Mbps per learner",
        0,
        100,
        reference="FCC/SETDA short-term goal",
    ),
    PolicyNumber(
        "bandwidth_per_learner_t3_mbps",
        1.0,
        "Bandwidth a learner, T3",
        "1 Gbps for 1,000 users.",
        "Mbps per learner",
        0,
        100,
        reference="FCC long-term goal",
    ),
    PolicyNumber(
        "data_allowance_gb",
        200,
        "Least data a month",
        "Data allowance of the standard.",
        "GB per month",
        0,
        1e6,
        reference=ITU,
    ),
    PolicyNumber(
        "device_ratio",
        5,
        "Learners for each device",
        "Learners who share one device.",
        "learners per device",
        0.5,
        1000,
    ),
    PolicyNumber(
        "devices_per_teacher", 1, "Devices for each teacher", "Devices for each teacher.", "devices per teacher", 0, 10
    ),
    PolicyNumber(
        "devices_administrative", 1, "Office devices a school", "Devices for the school's office.", "devices", 0, 100
    ),
    PolicyNumber(
        "device_rule",
        "computers_and_tablets",
        "What counts as a device",
        "Computers alone, or computers and tablets.",
        choices=("computers", "computers_and_tablets"),
    ),
    PolicyNumber("device_life_years", 4, "Life of a device", "Years until a device is replaced.", "years", 1, 20),
    PolicyNumber(
        "device_loss_share", 0.05, "Devices lost a year", "Share of devices lost or broken each year.", "share", 0, 1
    ),
    PolicyNumber(
        "disability_prevalence",
        0.10,
        "Learners with disabilities, where not reported",
        "Planning prevalence; always shown apart from reported counts.",
        "share",
        0,
        1,
        reference="UNICEF (2021), 1 in 10 children",
    ),
    PolicyNumber(
        "school_hours_per_day",
        5,
        "School hours a day",
        "Hours of electricity that a school day needs.",
        "hours per day",
        0.5,
        24,
    ),
    PolicyNumber("solar_device_w", 30, "Power of a device", "Power drawn by one device.", "W", 0, 1000, group="power"),
    PolicyNumber("solar_device_hours", 5, "Hours a device runs", "Hours a day.", "hours per day", 0, 24, group="power"),
    PolicyNumber(
        "solar_link_w", 75, "Power of a satellite terminal", "Power drawn by the link.", "W", 0, 1000, group="power"
    ),
    PolicyNumber("solar_link_hours", 8, "Hours the link runs", "Hours a day.", "hours per day", 0, 24, group="power"),
    PolicyNumber(
        "solar_wifi_w", 20, "Power of Wi-Fi", "Power drawn by the access points.", "W", 0, 1000, group="power"
    ),
    PolicyNumber("solar_wifi_hours", 8, "Hours the Wi-Fi runs", "Hours a day.", "hours per day", 0, 24, group="power"),
    PolicyNumber(
        "solar_peak_sun_hours",
        5,
        "Peak sun hours",
        "From a map of sunshine where there is one.",
        "hours per day",
        0.5,
        12,
        group="power",
    ),
    PolicyNumber(
        "solar_performance_ratio",
        0.75,
        "Performance ratio",
        "Share of the panel's rated output that is usable.",
        "share",
        0.1,
        1,
        group="power",
    ),
    PolicyNumber(
        "solar_autonomy_days", 1, "Days without sun", "Days the battery bridges.", "days", 0, 10, group="power"
    ),
    PolicyNumber(
        "solar_depth_of_discharge",
        0.8,
        "Depth of discharge",
        "Usable share of the battery.",
        "share",
        0.1,
        1,
        group="power",
    ),
    PolicyNumber(
        "solar_battery_efficiency",
        0.9,
        "Battery efficiency",
        "Share of the energy that comes out again.",
        "share",
        0.1,
        1,
        group="power",
    ),
    PolicyNumber(
        "solar_usd_per_w",
        3,
        "Price of solar power",
        "Total installed price.",
        "USD per W",
        0,
        100,
        reference="Giga cost model, Rwanda",
        group="power",
    ),
    PolicyNumber(
        "demand_population_share",
        0.25,
        "Share of people who use the link",
        "Only where enrolment is unknown.",
        "share",
        0,
        1,
        reference=CPP,
        group="demand",
    ),
    PolicyNumber(
        "demand_concurrent_share",
        0.10,
        "Users at the same time",
        "Only where enrolment is unknown.",
        "share",
        0,
        1,
        reference=CPP,
        group="demand",
    ),
    PolicyNumber(
        "demand_mbps_per_user",
        2,
        "Bandwidth a user",
        "Only where enrolment is unknown.",
        "Mbps",
        0,
        1000,
        reference=CPP,
        group="demand",
    ),
    PolicyNumber(
        "demand_maximum_mbps",
        15_000,
        "Most bandwidth a place",
        "Only where enrolment is unknown.",
        "Mbps",
        0,
        1e6,
        reference=CPP,
        group="demand",
    ),
    PolicyNumber("weight_bandwidth", 0.5, "Weight of bandwidth", "Within the service gap.", "", 0, 1, group="weights"),
    PolicyNumber("weight_devices", 0.3, "Weight of devices", "Within the service gap.", "", 0, 1, group="weights"),
    PolicyNumber("weight_energy", 0.2, "Weight of power", "Within the service gap.", "", 0, 1, group="weights"),
    PolicyNumber("weight_poverty", 0.4, "Weight of poverty", "Within marginalisation.", "", 0, 1, group="weights"),
    PolicyNumber("weight_rural", 0.2, "Weight of remoteness", "Within marginalisation.", "", 0, 1, group="weights"),
    PolicyNumber(
        "weight_displaced", 0.2, "Weight of displacement", "Within marginalisation.", "", 0, 1, group="weights"
    ),
    PolicyNumber("weight_crisis", 0.2, "Weight of crisis risk", "Within marginalisation.", "", 0, 1, group="weights"),
    PolicyNumber(
        "power_mean_p",
        2,
        "Power of the mean",
        "1 lets a strength make up for a lack; higher keeps one severe lack visible.",
        "",
        1,
        10,
        reference="OECD/JRC Handbook (2008); UNDP HPI used 3",
        group="method",
    ),
    PolicyNumber(
        "alpha",
        0.5,
        "Weight of the service gap",
        "Exponent of the service gap against marginalisation.",
        "",
        0,
        1,
        group="weights",
    ),
    PolicyNumber(
        "cutoff_need",
        0.5,
        "A service is lacking above",
        "An item above this counts as lacking.",
        "0 to 1",
        0,
        1,
        group="method",
    ),
    PolicyNumber(
        "cutoff_poverty",
        0.8,
        "A place is poor from",
        "Poverty item from which a school counts as poor.",
        "0 to 1",
        0,
        1,
        group="method",
    ),
    PolicyNumber(
        "cutoff_rural",
        1.0,
        "A place is remote from",
        "Remoteness item from which a school counts as remote.",
        "0 to 1",
        0,
        1,
        group="method",
    ),
    PolicyNumber(
        "cutoff_displaced",
        0.5,
        "Displacement counts from",
        "Displacement item from which it counts.",
        "0 to 1",
        0,
        1,
        group="method",
    ),
    PolicyNumber(
        "cutoff_crisis",
        0.6,
        "Crisis counts from",
        "Crisis item (INFORM ÷ 10) from which it counts.",
        "0 to 1",
        0,
        1,
        group="method",
    ),
    PolicyNumber(
        "displaced_full_share",
        0.5,
        "Displaced share that counts in full",
        "Share of displaced learners at which the item is 1.",
        "share",
        0.01,
        1,
        group="method",
    ),
    PolicyNumber(
        "tier_a_from",
        5,
        "Group A from",
        "Things lacking, of seven.",
        "things",
        1,
        7,
        reference="Alkire–Foster dual cut-off",
        group="method",
    ),
    PolicyNumber(
        "tier_b_from",
        3,
        "Group B from",
        "Things lacking, of seven.",
        "things",
        1,
        7,
        reference="Alkire–Foster dual cut-off",
        group="method",
    ),
    PolicyNumber(
        "verify_first_below",
        0.5,
        "Verify first below",
        "Schools with a smaller reported share stand in the verify first list.",
        "share",
        0,
        1,
        group="method",
    ),
    PolicyNumber(
        "similar_schools_min",
        5,
        "Similar schools needed",
        "A thing not reported is judged by at least so many similar schools (district, settlement, level), else by all.",
        "schools",
        1,
        1000,
        group="method",
    ),
    PolicyNumber(
        "size_small_below",
        100,
        "A school is small below",
        "Only for tables by size.",
        "learners",
        1,
        10_000,
        group="method",
    ),
    PolicyNumber(
        "size_large_from",
        400,
        "A school is large from",
        "Only for tables by size; from here the standard asks for more than its floor.",
        "learners",
        1,
        20_000,
        group="method",
    ),
    PolicyNumber(
        "headline_coverage_min",
        0.5,
        "Least coverage for a headline",
        "Below it no headline is shown.",
        "share",
        0,
        1,
        group="method",
    ),
    PolicyNumber(
        "headline_coverage_full",
        0.8,
        "Coverage for a plain headline",
        "Between the two, a headline stands with its bounds.",
        "share",
        0,
        1,
        group="method",
    ),
    PolicyNumber(
        "stale_connectivity_years", 2, "Connectivity is stale after", "Years.", "years", 0, 50, group="method"
    ),
    PolicyNumber("stale_devices_years", 3, "Devices are stale after", "Years.", "years", 0, 50, group="method"),
    PolicyNumber("stale_electricity_years", 5, "Electricity is stale after", "Years.", "years", 0, 50, group="method"),
    PolicyNumber(
        "speed_tile_max_distance_m",
        2000,
        "Nearest speed tile within",
        "A farther tile says nothing about the place.",
        "m",
        0,
        50_000,
        group="joins",
    ),
    PolicyNumber(
        "suppress_learners_below",
        10,
        "Smallest count of learners shown",
        "Smaller counts are hidden in the public tier.",
        "learners",
        0,
        100,
        reference="NCES SLDS Brief 3 (2010)",
        group="disclosure",
    ),
    PolicyNumber(
        "suppress_learners_below_partner",
        5,
        "Smallest count of learners shown to partners",
        "Smaller counts are hidden in the partner tier.",
        "learners",
        0,
        100,
        reference="NCES SLDS Brief 3 (2010): thresholds from 5 to 30 in use",
        group="disclosure",
    ),
    PolicyNumber(
        "suppress_schools_below",
        3,
        "Smallest count of schools shown",
        "Smaller groups are hidden in the public and partner tiers.",
        "schools",
        0,
        100,
        group="disclosure",
    ),
    PolicyNumber(
        "suppress_special_below",
        10,
        "Smallest count of learners with a disability or displaced",
        "Smaller counts are hidden in the public and partner tiers.",
        "learners",
        0,
        100,
        reference="NCES SLDS Brief 3 (2010)",
        group="disclosure",
    ),
    PolicyNumber(
        "percent_from",
        20,
        "Percentages are told of",
        "Of fewer, only a band is told.",
        "learners or schools",
        0,
        1000,
        reference="NCES SLDS Brief 3 (2010)",
        group="disclosure",
    ),
    PolicyNumber(
        "differencing_min_step",
        3,
        "Schools between two answers",
        "Where schools are not shown one by one, two answers differ by no school or by so many.",
        "schools",
        1,
        100,
        group="disclosure",
    ),
    PolicyNumber(
        "staff_shown_from",
        10,
        "Smallest count of teachers shown",
        "Smaller counts of a school's staff are hidden from the public, except in places of low risk.",
        "teachers",
        0,
        1000,
        group="disclosure",
    ),
    PolicyNumber(
        "conformal_alpha",
        0.1,
        "Share of predicted sets that may be wrong",
        "1 less the share of schools whose true answer a predicted set must hold.",
        "share",
        0.01,
        0.5,
        reference="Vovk, Gammerman and Shafer (2005); methods 5b",
        group="prediction",
    ),
    PolicyNumber(
        "prediction_skill_min",
        0.05,
        "Least skill of a model",
        "Brier skill over the share among the other districts, tested on whole districts left out; no prediction at or below it.",
        "",
        0,
        1,
        group="prediction",
    ),
    PolicyNumber(
        "prediction_coverage_slack",
        0.03,
        "Coverage may miss its aim by",
        "A model is not used where its sets hold the true answer less often than promised by more than this.",
        "share",
        0,
        0.5,
        group="prediction",
    ),
    PolicyNumber(
        "prediction_folds",
        5,
        "Parts of the test",
        "Groups of whole districts, each left out once.",
        "parts",
        2,
        20,
        group="prediction",
    ),
    PolicyNumber(
        "prediction_known_min",
        100,
        "Reported schools needed",
        "With fewer reported schools no model is tried.",
        "schools",
        20,
        100000,
        group="prediction",
    ),
    PolicyNumber(
        "prediction_districts_min",
        10,
        "Districts needed",
        "With reported schools in fewer districts a model cannot be tested on districts it has not seen.",
        "districts",
        2,
        1000,
        group="prediction",
    ),
    PolicyNumber(
        "prediction_train_max",
        12000,
        "Most schools to learn from",
        "A larger country's model learns from so many reported schools, drawn by their ids.",
        "schools",
        500,
        1000000,
        group="prediction",
    ),
    PolicyNumber(
        "prediction_group_min",
        50,
        "Least schools of a settlement for sets of its own",
        "Smaller kinds of settlement are calibrated together.",
        "schools",
        9,
        10000,
        group="prediction",
    ),
    PolicyNumber(
        "prediction_isotonic_min",
        1000,
        "Schools for a free calibration",
        "From so many schools on, chances are calibrated by isotonic regression, below by a logistic curve (Platt).",
        "schools",
        50,
        1000000,
        reference="methods 5b",
        group="prediction",
    ),
    PolicyNumber(
        "prediction_seed",
        20260101,
        "Seed of prediction",
        "Draws of the models and of the random tenth of the survey.",
        "",
        0,
        2147483647,
        group="prediction",
    ),
    PolicyNumber(
        "survey_benefit",
        10000,
        "Benefit of connecting a school that lacks it",
        "What a connection is worth at a school without one; the same for every school, so that small ones are not passed over.",
        "cost units",
        0,
        1000000000.0,
        reference="methods 5b, E7.3",
        group="prediction",
    ),
    PolicyNumber(
        "survey_project_cost",
        6000,
        "Cost of connecting a school",
        "What is spent, in vain where the school was connected already.",
        "cost units",
        0,
        1000000000.0,
        reference="methods 5b, E7.3",
        group="prediction",
    ),
    PolicyNumber(
        "survey_visit_cost",
        40,
        "Cost of asking one school",
        "A visit once the team is in the district.",
        "cost units",
        0.01,
        1000000000.0,
        group="prediction",
    ),
    PolicyNumber(
        "survey_trip_cost",
        400,
        "Cost of going to a district",
        "Shared by the schools of a district that are asked on one trip.",
        "cost units",
        0,
        1000000000.0,
        group="prediction",
    ),
    PolicyNumber(
        "survey_trip_schools",
        10,
        "Schools asked on one trip",
        "Most schools that share the way to a district.",
        "schools",
        1,
        1000,
        group="prediction",
    ),
    PolicyNumber(
        "survey_line_share",
        0.2,
        "Share of schools that can be funded",
        "Where the funding line lies in the ranked list.",
        "share",
        0.01,
        1,
        group="prediction",
    ),
    PolicyNumber(
        "survey_line_band",
        0.1,
        "Near the funding line",
        "A rank within so much of the line, up or down, may be decided by an answer.",
        "share of the line",
        0.01,
        1,
        reference="methods 5b",
        group="prediction",
    ),
    PolicyNumber(
        "survey_random_share",
        0.1,
        "Random share of the survey",
        "Kept random, so that the test of predictions stays fair.",
        "share",
        0,
        1,
        reference="methods 5b",
        group="prediction",
    ),
    PolicyNumber(
        "audit_learners_min",
        30,
        "Learners that a group needs",
        "The audit gives no figure of a group with fewer.",
        "learners",
        1,
        1000,
        reference="Methods 5.2; OECD/PISA reports groups of 30 students or more",
        group="equity",
    ),
    PolicyNumber(
        "audit_schools_min",
        3,
        "Schools that a group needs",
        "The audit gives no figure of a group with fewer.",
        "schools",
        1,
        100,
        group="equity",
    ),
    PolicyNumber(
        "audit_first",
        100,
        "Schools served first",
        "Schools at the top of the list that the audit takes as served; 0 means group A.",
        "schools",
        0,
        100_000,
        group="equity",
    ),
    PolicyNumber(
        "gate_targeting_min",
        1.0,
        "Poorest fifth's targeting ratio",
        "Its share of the newly served against its share of the unserved; a lower one warns.",
        "ratio",
        0,
        5,
        group="equity",
    ),
    PolicyNumber(
        "gate_region_min",
        0.5,
        "A region's share of its need",
        "Each region's share of the newly served against its share of the unserved; a lower one warns.",
        "ratio",
        0,
        1,
        group="equity",
    ),
    PolicyNumber(
        "gate_parity_tolerance",
        0.005,
        "Parity may worsen by",
        "A smaller change of a parity index does not warn.",
        "index",
        0,
        0.2,
        group="equity",
    ),
    PolicyNumber(
        "gate_false_connected_max",
        0.10,
        "Difference in false connected",
        "Between groups, in the share of unconnected schools that the prediction calls connected; a greater one warns.",
        "share",
        0,
        1,
        group="equity",
    ),
    PolicyNumber(
        "gate_group_unknown_max",
        0.20,
        "Groups may be unreported for",
        "Where more have no reported group, the audit by that group is inconclusive.",
        "share",
        0,
        1,
        group="equity",
    ),
    PolicyNumber(
        "parity_band",
        0.03,
        "Parity lies within",
        "A parity index of 1 more or less this counts as parity.",
        "index",
        0,
        0.5,
        reference="UIS, SDG indicator 4.5.1: 0.97 to 1.03",
        group="equity",
    ),
    PolicyNumber(
        "entry_age_primary",
        6,
        "Entry age of primary school",
        "Official age at which primary school begins.",
        "years",
        3,
        10,
        reference="UIS: official entrance age and theoretical duration; the country's own belongs in the recipe",
        group="people",
    ),
    PolicyNumber(
        "years_primary",
        6,
        "Years of primary school",
        "Official duration.",
        "years",
        1,
        10,
        reference="UIS: official entrance age and theoretical duration; the country's own belongs in the recipe",
        group="people",
    ),
    PolicyNumber(
        "years_lower_secondary",
        3,
        "Years of lower secondary school",
        "Official duration.",
        "years",
        1,
        8,
        reference="UIS: official entrance age and theoretical duration; the country's own belongs in the recipe",
        group="people",
    ),
    PolicyNumber(
        "years_upper_secondary",
        3,
        "Years of upper secondary school",
        "Official duration.",
        "years",
        1,
        8,
        reference="UIS: official entrance age and theoretical duration; the country's own belongs in the recipe",
        group="people",
    ),
    PolicyNumber(
        "people_hexagon_resolution",
        7,
        "Resolution of the hexagons of people",
        "H3 resolution; a coarser one is taken where a hexagon would hold fewer than two cells of the raster.",
        "",
        4,
        9,
        group="people",
    ),
    PolicyNumber(
        "travel_offroad_kmh",
        3,
        "Speed off the road",
        "On foot, across country.",
        "km/h",
        0.5,
        60,
        reference="methods, section 7",
        group="people",
    ),
    PolicyNumber(
        "travel_road_kmh",
        5,
        "Speed on a road",
        "On foot along a road; a recipe may set that of a school bus.",
        "km/h",
        0.5,
        120,
        reference="methods, section 7",
        group="people",
    ),
    PolicyNumber(
        "travel_primary_minutes",
        30,
        "Longest way to a primary school",
        "Farther places count as having no school.",
        "minutes",
        1,
        240,
        reference="methods, section 7",
        group="people",
    ),
    PolicyNumber(
        "travel_secondary_minutes",
        60,
        "Longest way to a secondary school",
        "Also the limit of reach of device seats.",
        "minutes",
        1,
        240,
        reference="methods, section 7",
        group="people",
    ),
    PolicyNumber(
        "straight_primary_m",
        3000,
        "Longest way to a primary school, in a straight line",
        "In place of minutes where no roads are given.",
        "m",
        100,
        50000,
        reference="methods, section 7",
        group="people",
    ),
    PolicyNumber(
        "straight_secondary_m",
        5000,
        "Longest way to a secondary school, in a straight line",
        "In place of minutes where no roads are given.",
        "m",
        100,
        100000,
        reference="methods, section 7",
        group="people",
    ),
    PolicyNumber(
        "reach_outer_weight",
        0.5,
        "Weight of farther seats",
        "Of device seats beyond the limit of primary schools and within that of secondary schools; nearer ones weigh 1.",
        "",
        0,
        1,
        reference="Luo and Qi (2009); methods, section 7",
        group="people",
    ),
    PolicyNumber(
        "catchment_margin_minutes",
        10,
        "Schools as good as the nearest",
        "Children are taken to go to the nearest school, or to one that is no more minutes farther than this.",
        "minutes",
        0,
        120,
        group="people",
    ),
    PolicyNumber(
        "catchment_margin_m",
        1000,
        "Schools as good as the nearest, in a straight line",
        "In place of minutes where no roads are given.",
        "m",
        0,
        20000,
        group="people",
    ),
    PolicyNumber(
        "road_gap_m",
        100,
        "Gap in a road",
        "An end of a road this near to another road is joined to it.",
        "m",
        0,
        5000,
        group="people",
    ),
    PolicyNumber(
        "poorest_below_percentile",
        0.3333,
        "Poorest places",
        "Wealth percentile below which a place is among the poorest.",
        "0 to 1",
        0,
        1,
        group="people",
    ),
    PolicyNumber(
        "richest_from_percentile",
        0.6667,
        "Richest places",
        "Wealth percentile from which a place is among the richest.",
        "0 to 1",
        0,
        1,
        group="people",
    ),
]

NUMBERS: Mapping[str, PolicyNumber] = MappingProxyType({number.name: number for number in _ALL})


@dataclass(frozen=True)
class Policy(Mapping[str, Value]):
    """A full set of policy numbers; hashable, so that what depends on it can be cached."""

    items_: tuple[tuple[str, Value], ...]

    def __getitem__(self, name: str) -> Value:
        try:
            return dict(self.items_)[name]
        except KeyError:
            raise PolicyError(_unknown(name)) from None

    def __iter__(self) -> Iterator[str]:
        return iter(dict(self.items_))

    def __len__(self) -> int:
        return len(self.items_)

    def number(self, name: str) -> float:
        """A numeric policy value."""
        return float(self[name])

    def with_values(self, values: Mapping[str, Value]) -> Policy:
        """A copy with some values changed; raises PolicyError for an unknown name or a value out of bounds."""
        changed = dict(self.items_)
        for name, value in values.items():
            if name not in NUMBERS:
                raise PolicyError(_unknown(name))
            changed[name] = NUMBERS[name].check(value)
        return Policy(tuple(sorted(changed.items())))

    def changes(self, base: Policy | None = None) -> dict[str, Value]:
        """The values that differ from another policy (by default: from the defaults)."""
        reference = base or POLICY
        return {name: value for name, value in self.items() if value != reference[name]}


def _unknown(name: str) -> str:
    near = get_close_matches(name, NUMBERS, n=1)
    return f"There is no policy number {name!r}." + (f" Did you mean {near[0]!r}?" if near else "")


POLICY = Policy(tuple(sorted((number.name, number.check(number.value)) for number in _ALL)))
