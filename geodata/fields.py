"""Every column once: name, kind, unit, allowed values or range, definition, reference, sensitivity.

A declaration file: it may be long. Tables (`tables.py`) are lists of these names; schemas, the data dictionary, the
screens' labels and the export columns all come from here. Units live in the name (`_mbps`, `_m`, `_share`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from geodata import vocabulary as v

Kind = Literal["id", "text", "code", "yesno", "count", "number", "share", "degrees", "date", "json"]

# The pandas dtype of each kind: counts and yes/no are nullable, so that unknown never turns into 0 or False.
DTYPES: dict[str, str] = {
    "id": "str",
    "text": "str",
    "code": "str",
    "date": "str",
    "json": "str",
    "yesno": "boolean",
    "count": "Int64",
    "number": "float64",
    "share": "float64",
    "degrees": "float64",
}


@dataclass(frozen=True)
class Field:
    """One column. `title` is what the screen calls it; `evidence` asks for `<name>_evidence/_source/_date` beside it."""

    name: str
    kind: Kind
    title: str
    definition: str
    unit: str = ""
    values: type[StrEnum] | None = None
    minimum: float | None = None
    maximum: float | None = None
    reference: str = ""
    sensitivity: v.Sensitivity = v.Sensitivity.OPEN
    evidence: bool = False
    derived: bool = False

    @property
    def dtype(self) -> str:
        """The pandas dtype that a column of this field has in a layer."""
        return DTYPES[self.kind]

    @property
    def allowed(self) -> tuple[str, ...]:
        """Allowed values of a coded column, empty otherwise."""
        return tuple(member.value for member in self.values) if self.values else ()


GIGA = "Giga school master schema"
UIS = "UIS Guide to Measuring ICT in Education (2009)"
SDG = "SDG indicator 4.a.1 metadata"
ITU = "ITU Connectivity Planning Platform input schema"
SENSITIVE = v.Sensitivity.SENSITIVE

_ALL: list[Field] = [
    # --- identity -----------------------------------------------------------------------------------------------
    Field("school_id", "id", "School id", "Unique id in this country's data: the register's own id where it has one."),
    Field(
        "school_id_govt",
        "id",
        "Ministry id",
        "Identifier given by the ministry; text, leading zeros kept.",
        reference=GIGA,
    ),
    Field("school_id_giga", "id", "Giga id", "Identifier given by Giga (UUID).", reference=GIGA),
    Field("school_name", "text", "School", "Name as the register has it.", reference=GIGA),
    Field(
        "education_level",
        "code",
        "Level",
        "Level of education taught (ISCED 2011).",
        values=v.EducationLevel,
        reference="ISCED 2011",
    ),
    Field("isced_levels", "text", "ISCED levels", "All ISCED 2011 levels taught, such as 1-2.", reference="ISCED 2011"),
    Field(
        "school_area_type",
        "code",
        "Urban or rural",
        "National definition of urban and rural.",
        values=v.SchoolArea,
        reference=GIGA,
    ),
    Field(
        "settlement",
        "code",
        "Settlement",
        "Degree of urbanisation of the place.",
        values=v.Settlement,
        reference="Applying the Degree of Urbanisation (2021)",
    ),
    Field("school_funding_type", "code", "Funding", "Who funds the school.", values=v.Funding, reference=GIGA),
    Field(
        "school_funding_detail",
        "text",
        "Run by",
        "The register's own word for who runs the school (federal, state, municipal …).",
    ),
    Field(
        "facility_type",
        "code",
        "Kind of place",
        "Schools, teacher training, TVET, non-formal, community and temporary learning spaces.",
        values=v.FacilityType,
    ),
    Field(
        "school_status",
        "code",
        "Status",
        "Whether the school operates; emergencies stay visible.",
        values=v.SchoolStatus,
    ),
    Field(
        "community_land",
        "code",
        "Community land",
        "Land with a special legal or community status.",
        values=v.CommunityLand,
        sensitivity=SENSITIVE,
    ),
    Field("school_year", "text", "Year of the record", "School year or year of the census that the record describes."),
    Field("source_name", "text", "Register", "The source in the recipe that the school's record comes from."),
    # --- place --------------------------------------------------------------------------------------------------
    *(
        Field(
            f"admin{n}{suffix}",
            "id" if suffix else "text",
            f"Level {n} area{' id' if suffix else ''}",
            f"Area of level {n} that the school belongs to; the recipe names the level.",
            reference=GIGA,
        )
        for n in (1, 2, 3, 4)
        for suffix in ("_id", "")
    ),
    Field(
        "latitude",
        "degrees",
        "Latitude",
        "North of the equator, WGS 84.",
        "degrees",
        minimum=-90,
        maximum=90,
        evidence=True,
    ),
    Field("longitude", "degrees", "Longitude", "East of Greenwich, WGS 84.", "degrees", minimum=-180, maximum=180),
    Field(
        "location_repair",
        "text",
        "How the location was repaired",
        "Name of the repair that made the coordinates usable; empty where the register's own stand.",
    ),
    Field(
        "location_in_declared_area",
        "yesno",
        "Location agrees with the declared area",
        "Whether the point lies in the area that the register names.",
    ),
    Field(
        "location_shared_by",
        "count",
        "Schools at this very point",
        "Schools with exactly the same coordinates, this one included.",
        "schools",
        minimum=1,
        derived=True,
    ),
    # --- people -------------------------------------------------------------------------------------------------
    Field(
        "num_students",
        "count",
        "Learners",
        "Learners enrolled.",
        "learners",
        minimum=0,
        maximum=20_000,
        evidence=True,
        reference=GIGA,
    ),
    Field(
        "num_students_girls",
        "count",
        "Girls",
        "Girls enrolled.",
        "learners",
        minimum=0,
        maximum=20_000,
        evidence=True,
        reference=GIGA,
    ),
    Field(
        "num_students_boys",
        "count",
        "Boys",
        "Boys enrolled.",
        "learners",
        minimum=0,
        maximum=20_000,
        evidence=True,
        reference=GIGA,
    ),
    Field(
        "num_students_lower",
        "count",
        "Learners, at least",
        "Lower end of the enrolment band, where enrolment comes in bands.",
        "learners",
        minimum=0,
    ),
    Field(
        "num_students_upper",
        "count",
        "Learners, at most",
        "Upper end of the enrolment band, where enrolment comes in bands.",
        "learners",
        minimum=0,
    ),
    Field(
        "num_students_disabled",
        "count",
        "Learners with disabilities",
        "Learners reported with disabilities.",
        "learners",
        minimum=0,
        sensitivity=SENSITIVE,
        evidence=True,
    ),
    Field(
        "num_students_displaced",
        "count",
        "Displaced learners",
        "Refugee, asylum-seeking, returned and internally displaced learners.",
        "learners",
        minimum=0,
        sensitivity=SENSITIVE,
        evidence=True,
    ),
    Field(
        "num_teachers",
        "count",
        "Teachers",
        "Teachers at the school.",
        "teachers",
        minimum=0,
        maximum=2_000,
        evidence=True,
        reference=GIGA,
    ),
    Field(
        "num_teachers_trained_ict",
        "count",
        "Teachers trained to use ICT",
        "Teachers qualified or trained to teach with ICT (ED8).",
        "teachers",
        minimum=0,
        evidence=True,
        reference=UIS,
    ),
    # --- devices ------------------------------------------------------------------------------------------------
    Field(
        "num_computers",
        "count",
        "Computers",
        "Working desktops and laptops for pedagogical use.",
        "computers",
        minimum=0,
        maximum=5_000,
        evidence=True,
        reference=UIS,
    ),
    Field(
        "num_tablets",
        "count",
        "Tablets",
        "Working tablets for pedagogical use.",
        "tablets",
        minimum=0,
        maximum=5_000,
        evidence=True,
        reference=GIGA,
    ),
    Field(
        "num_devices",
        "count",
        "Devices",
        "Computers and tablets for pedagogical use, added by the rule that the policy names.",
        "devices",
        minimum=0,
        derived=True,
    ),
    Field(
        "has_computers",
        "yesno",
        "Any computer",
        "Any computer for pedagogical use, where the register says yes or no but gives no count.",
        evidence=True,
        reference=SDG + " (c)",
    ),
    Field(
        "has_computer_lab", "yesno", "Computer room", "The school has a computer room.", evidence=True, reference=GIGA
    ),
    # --- internet -----------------------------------------------------------------------------------------------
    Field(
        "has_internet",
        "yesno",
        "Internet",
        "The school has a working internet connection, whoever uses it.",
        evidence=True,
        reference=UIS + ", ED5",
    ),
    Field(
        "has_internet_for_learners",
        "yesno",
        "Internet for learners",
        "Internet for pedagogical purposes, usable by learners.",
        evidence=True,
        reference=SDG + " (b)",
    ),
    Field(
        "has_broadband", "yesno", "Broadband", "The connection is broadband by the national definition.", evidence=True
    ),
    Field(
        "connectivity_type",
        "code",
        "Connection type",
        "Deepest known node of the connectivity type classification.",
        values=v.Technology,
        evidence=True,
        reference="ITU connectivity type classification",
    ),
    Field(
        "download_speed_contracted_mbps",
        "number",
        "Contracted download",
        "Download speed of the contract.",
        "Mbps",
        minimum=0,
        maximum=100_000,
        evidence=True,
        reference=GIGA,
    ),
    Field(
        "download_speed_measured_mbps",
        "number",
        "Measured download",
        "Median download speed measured in school hours.",
        "Mbps",
        minimum=0,
        maximum=100_000,
        evidence=True,
    ),
    Field(
        "download_speed_mbps",
        "number",
        "Download speed",
        "Best evidence of the download speed: measured, else contracted.",
        "Mbps",
        minimum=0,
        maximum=100_000,
        evidence=True,
        derived=True,
    ),
    # --- teaching with ICT, and other media ----------------------------------------------------------------------
    Field("has_radio", "yesno", "Radio", "A radio used for education.", evidence=True, reference=UIS + ", ED1"),
    Field(
        "has_television",
        "yesno",
        "Television",
        "A television used for education.",
        evidence=True,
        reference=UIS + ", ED2",
    ),
    Field(
        "has_telephone",
        "yesno",
        "Telephone",
        "A telephone facility at the school, fixed or mobile.",
        evidence=True,
        reference=UIS + ", ED3",
    ),
    Field(
        "has_narrowband",
        "yesno",
        "Fixed narrowband",
        "A fixed connection slower than broadband (dial-up, ISDN) is in use, beside or instead of broadband.",
        evidence=True,
        reference=UIS + ", ED5 by type",
    ),
    Field(
        "has_ict_assisted_instruction",
        "yesno",
        "Teaching with computers",
        "Computer-assisted instruction: teachers or learners use computers in lessons.",
        evidence=True,
        reference=UIS + ", ED22",
    ),
    Field(
        "has_internet_assisted_instruction",
        "yesno",
        "Teaching with the internet",
        "Internet-assisted instruction: the internet is used in lessons.",
        evidence=True,
        reference=UIS + ", ED23",
    ),
    Field(
        "num_computers_internet",
        "count",
        "Computers on the internet",
        "Working computers for pedagogical use that are connected to the internet.",
        "computers",
        minimum=0,
        maximum=5_000,
        evidence=True,
        reference=UIS + ", ED25 and ED27",
    ),
    Field(
        "num_students_ict",
        "count",
        "Learners taught with ICT",
        "Learners in grades with ICT-assisted instruction.",
        "learners",
        minimum=0,
        maximum=20_000,
        evidence=True,
        reference=UIS + ", ED44",
    ),
    Field(
        "num_students_computing",
        "count",
        "Learners taught computing",
        "Learners in grades where basic computer skills (or computing) are taught.",
        "learners",
        minimum=0,
        maximum=20_000,
        evidence=True,
        reference=UIS + ", ED45",
    ),
    Field(
        "use_hours_week",
        "number",
        "Hours of use a week",
        "Hours a week in which learners use computers or the internet in lessons, all grades together.",
        "hours per week",
        minimum=0,
        maximum=168,
        evidence=True,
        reference="UNESCO Qingdao Declaration (2015), 16",
    ),
    Field(
        "has_content_in_teaching_language",
        "yesno",
        "Content in the language of teaching",
        "Digital teaching content in the language that lessons are held in. Context: it decides over nothing.",
        evidence=True,
        reference="UNESCO Qingdao Declaration (2015), 7",
    ),
    # --- power and the rest of SDG 4.a.1 ------------------------------------------------------------------------
    Field(
        "has_electricity",
        "yesno",
        "Electricity",
        "Regularly and readily available electricity.",
        evidence=True,
        reference=SDG + " (a)",
    ),
    Field(
        "electricity_type",
        "code",
        "Source of electricity",
        "Main source of electricity.",
        values=v.ElectricityType,
        evidence=True,
        reference=GIGA,
    ),
    Field(
        "electricity_hours_per_day",
        "number",
        "Hours of electricity",
        "Hours of electricity a day.",
        "hours per day",
        minimum=0,
        maximum=24,
        evidence=True,
    ),
    Field("has_water", "yesno", "Drinking water", "Basic drinking water.", evidence=True, reference=SDG + " (e)"),
    Field(
        "has_sanitation",
        "yesno",
        "Single-sex toilets",
        "Basic single-sex sanitation.",
        evidence=True,
        reference=SDG + " (f)",
    ),
    Field(
        "has_accessible_infrastructure",
        "yesno",
        "Accessible buildings",
        "Infrastructure adapted for students with disabilities.",
        evidence=True,
        reference=SDG + " (d)",
    ),
    Field(
        "has_accessible_materials",
        "yesno",
        "Accessible materials",
        "Materials adapted for students with disabilities.",
        evidence=True,
        reference=SDG + " (d)",
    ),
    Field(
        "has_handwashing",
        "yesno",
        "Handwashing",
        "Basic handwashing: water and soap at the school.",
        evidence=True,
        reference=SDG + " (g)",
    ),
    # --- what the joins add -------------------------------------------------------------------------------------
    Field(
        "cellular_coverage_type",
        "code",
        "Best mobile signal",
        "Best generation whose coverage polygon holds the school. A signal is not a connection.",
        values=v.Coverage,
        evidence=True,
        derived=True,
        reference=GIGA,
    ),
    Field(
        "fiber_node_distance_m",
        "number",
        "Distance to fibre",
        "Great-circle distance to the nearest fibre node.",
        "m",
        minimum=0,
        maximum=20_050_000,
        derived=True,
        reference=GIGA,
    ),
    *(
        Field(
            f"nearest_{g.lower()}_distance_m",
            "number",
            f"Distance to a {g} site",
            f"Great-circle distance to the nearest {g} cell site.",
            "m",
            minimum=0,
            maximum=20_050_000,
            derived=True,
            reference=GIGA,
        )
        for g in ("2G", "3G", "4G", "5G")
    ),
    *(
        Field(
            f"in_{g.lower()}_coverage",
            "yesno",
            f"Inside {g} coverage",
            f"Whether the school lies inside a {g} coverage polygon.",
            derived=True,
            reference="SDG indicator 9.c.1, at the school",
        )
        for g in ("2G", "3G", "4G", "5G")
    ),
    *(
        Field(
            f"ookla_{kind}_{what}",
            "number",
            f"{kind.capitalize()} {label} nearby",
            f"{definition} in the {kind} speed tile at the school, or the nearest within the stated distance. Not the school's own line.",
            unit,
            minimum=0,
            derived=True,
            reference="Ookla open data",
        )
        for kind in ("fixed", "mobile")
        for what, label, definition, unit in (
            ("mbps", "download speed", "Mean download speed", "Mbps"),
            ("tile_distance_m", "speed tile distance", "Distance to the tile's centre", "m"),
        )
    ),
    *(
        Field(
            f"schools_within_{n}km",
            "count",
            f"Schools within {n} km",
            f"Other schools within {n} km.",
            "schools",
            minimum=0,
            derived=True,
            reference=GIGA,
        )
        for n in (1, 2, 3)
    ),
    *(
        Field(
            f"pop_within_{n}km",
            "number",
            f"People within {n} km",
            f"Population of the raster cells whose centres lie within {n} km.",
            "people",
            minimum=0,
            derived=True,
            reference=GIGA,
        )
        for n in (1, 2, 3)
    ),
    # --- context, mostly by area --------------------------------------------------------------------------------
    Field(
        "poverty_share",
        "share",
        "Share in poverty",
        "Share of the area's people in poverty.",
        "share",
        minimum=0,
        maximum=1,
        evidence=True,
    ),
    Field(
        "wealth_percentile",
        "share",
        "Wealth percentile",
        "Population-weighted percentile of wealth within the country (0 poorest).",
        "share",
        minimum=0,
        maximum=1,
        evidence=True,
    ),
    Field(
        "crisis_index",
        "number",
        "Crisis risk",
        "INFORM risk of the area.",
        "0 to 10",
        minimum=0,
        maximum=10,
        evidence=True,
        reference="INFORM, JRC",
    ),
    Field(
        "covered_population_share",
        "share",
        "People with a mobile signal",
        "Share of the area's people who live within reach of the mobile signal that the source names. Where people live, not where schools are.",
        "share",
        minimum=0,
        maximum=1,
        evidence=True,
        reference="SDG indicator 9.c.1",
    ),
    Field("gini_index", "number", "Gini index", "Inequality of income in the area.", "0 to 1", minimum=0, maximum=1),
    Field("population", "number", "People", "People living in the area.", "people", minimum=0),
    # --- gaps (derived) -----------------------------------------------------------------------------------------
    Field(
        "required_bandwidth_mbps",
        "number",
        "Bandwidth needed",
        "Download speed that the connectivity standard asks for.",
        "Mbps",
        minimum=0,
        derived=True,
    ),
    Field(
        "bandwidth_gap_mbps",
        "number",
        "Bandwidth gap",
        "Bandwidth needed less bandwidth held, never below 0.",
        "Mbps",
        minimum=0,
        derived=True,
    ),
    Field(
        "device_need",
        "count",
        "Devices needed",
        "Devices that the device ratio asks for, with teachers' and office devices.",
        "devices",
        minimum=0,
        derived=True,
    ),
    Field(
        "device_gap",
        "count",
        "Device gap",
        "Devices needed less devices held, never below 0.",
        "devices",
        minimum=0,
        derived=True,
    ),
    Field(
        "power_gap",
        "number",
        "Power gap",
        "0 reliable electricity, 0.5 unreliable or generator only, 1 none.",
        "0 to 1",
        minimum=0,
        maximum=1,
        derived=True,
    ),
    Field(
        "learners_per_computer",
        "number",
        "Learners for each computer",
        "Learners divided by computers.",
        "learners per computer",
        minimum=0,
        derived=True,
        reference=UIS + ", ED4bis",
    ),
    Field(
        "meaningfully_connected",
        "yesno",
        "Meaningfully connected",
        "Internet for learners, electricity and the bandwidth needed, all three.",
        derived=True,
    ),
    Field(
        "underserved",
        "yesno",
        "Underserved",
        "No internet for learners, or below the bandwidth standard, or a device gap, or no electricity.",
        derived=True,
    ),
    # --- priority (derived) -------------------------------------------------------------------------------------
    *(
        Field(f"item_{name}", "number", title, definition, "0 to 1", minimum=0, maximum=1, derived=True)
        for name, title, definition in (
            ("bandwidth", "Bandwidth gap, 0 to 1", "Share of the bandwidth needed that is missing."),
            ("devices", "Device gap, 0 to 1", "Share of the devices needed that is missing."),
            ("energy", "Power gap, 0 to 1", "0 reliable, 0.5 unreliable, 1 no electricity."),
            ("poverty", "Poverty, 0 to 1", "1 less the wealth percentile of the place."),
            ("rural", "Remoteness, 0 to 1", "1 rural, 0.5 town or suburb, 0 city."),
            ("crisis", "Crisis risk, 0 to 1", "INFORM risk divided by 10."),
        )
    ),
    Field(
        "item_displaced",
        "number",
        "Displacement, 0 to 1",
        "Share of displaced learners against one half.",
        "0 to 1",
        minimum=0,
        maximum=1,
        derived=True,
        sensitivity=SENSITIVE,
    ),
    Field(
        "need",
        "number",
        "Service gap score",
        "Power mean of the bandwidth, device and power items.",
        "0 to 1",
        minimum=0,
        maximum=1,
        derived=True,
    ),
    Field(
        "marginalisation",
        "number",
        "Marginalisation score",
        "Power mean of the poverty, remoteness, displacement and crisis items.",
        "0 to 1",
        minimum=0,
        maximum=1,
        derived=True,
    ),
    Field(
        "priority_score",
        "number",
        "Priority score",
        "100 × need^α × marginalisation^(1−α).",
        "0 to 100",
        minimum=0,
        maximum=100,
        derived=True,
    ),
    Field(
        "tier",
        "code",
        "Priority group",
        "A lacks 5 or more of the things in use, B 3 or 4, C fewer (in proportion where fewer are in use).",
        values=v.Tier,
        derived=True,
    ),
    Field(
        "lacks_count",
        "count",
        "Things lacking",
        "Things that the school is known to lack.",
        "things",
        minimum=0,
        derived=True,
    ),
    Field(
        "lacks_unknown",
        "count",
        "Things not reported",
        "Things in use that are not reported for the school.",
        "things",
        minimum=0,
        derived=True,
    ),
    Field(
        "lacks_expected",
        "count",
        "Things lacking, the not reported judged by similar schools",
        "Things past their cut-off, each not reported one taken as the average of similar schools; decides the group.",
        "things",
        minimum=0,
        derived=True,
    ),
    Field(
        "priority_rank",
        "count",
        "Rank",
        "Order in the list: group, then score, then id. Empty in the verify first list.",
        "",
        minimum=1,
        derived=True,
    ),
    Field(
        "priority_reasons",
        "text",
        "Main reasons",
        "The things that put the school where it is, largest first, in words.",
        derived=True,
    ),
    Field(
        "data_confidence",
        "share",
        "Share of the score that is reported",
        "Weight share of the items in use that are measured, reported or inferred.",
        "share",
        minimum=0,
        maximum=1,
        derived=True,
    ),
    Field(
        "list",
        "code",
        "List",
        "Ranked, or verify first where too much is unknown to rank.",
        values=v.ListName,
        derived=True,
    ),
    # --- predicted for schools that nobody reported -------------------------------------------------------------
    Field(
        "predicted_internet_for_learners",
        "share",
        "Predicted: chance of internet for learners",
        "Chance that a school which did not report has internet for learners, from a model that was tested on other "
        "districts. Empty where it is reported and where no model proved itself.",
        "share",
        minimum=0,
        maximum=1,
        derived=True,
    ),
    Field(
        "predicted_internet_for_learners_set",
        "code",
        "Predicted: internet for learners",
        "What the model cannot rule out: yes, no, or either.",
        values=v.PredictedSet,
        derived=True,
    ),
    Field(
        "predicted_electricity",
        "share",
        "Predicted: chance of electricity",
        "Chance that a school which did not report has electricity, from a model that was tested on other districts. "
        "Empty where it is reported and where no model proved itself.",
        "share",
        minimum=0,
        maximum=1,
        derived=True,
    ),
    Field(
        "predicted_electricity_set",
        "code",
        "Predicted: electricity",
        "What the model cannot rule out: yes, no, or either.",
        values=v.PredictedSet,
        derived=True,
    ),
    Field(
        "survey_value",
        "count",
        "Survey first",
        "Order in which to ask the schools whose internet is not reported, 1 first: where an answer would most likely "
        "change what is funded, for what the visit costs.",
        "",
        minimum=1,
        derived=True,
    ),
    Field(
        "survey_reason",
        "text",
        "Why survey this school",
        "What puts the school at its place in the order of the survey, in words.",
        derived=True,
    ),
    # --- areas and series ---------------------------------------------------------------------------------------
    Field("area_id", "id", "Area id", "Identifier of an area, unique over all levels."),
    Field("level", "count", "Level", "0 the whole place, 1 its first level, and so on.", "", minimum=0, maximum=6),
    Field("name", "text", "Name", "Name as the boundary or register has it."),
    Field("parent_id", "id", "Part of", "The area of the level above."),
    Field("num_schools", "count", "Schools", "Schools in the area.", "schools", minimum=0, derived=True),
    Field("indicator", "text", "Indicator", "Name of the indicator."),
    Field("date", "date", "Date", "Date or year that the value describes."),
    Field("value", "number", "Value", "Value of the indicator, of the known only.", "as the indicator"),
    Field("known", "number", "Known", "Schools or learners for which it is known.", "schools or learners", minimum=0),
    Field(
        "unknown",
        "number",
        "Not reported",
        "Schools or learners for which it is not reported.",
        "schools or learners",
        minimum=0,
    ),
    Field("lower", "number", "At least", "Value if every unknown were the least that it can be.", "as the indicator"),
    Field("upper", "number", "At most", "Value if every unknown were the most that it can be.", "as the indicator"),
    # --- coverage layers ----------------------------------------------------------------------------------------
    Field("cell_id", "id", "Cell site", "Identifier of the cell site.", reference=ITU),
    Field(
        "radio",
        "code",
        "Generation",
        "Generation of the cell site or coverage polygon.",
        values=v.Generation,
        reference=ITU,
    ),
    Field("node_id", "id", "Node", "Identifier of the transmission node.", reference=ITU),
    Field("transmission_medium", "code", "Medium", "Transmission medium of the node.", values=v.Medium, reference=ITU),
    Field("quadkey", "id", "Quadkey", "Web-mercator tile at zoom 16, text.", reference="Ookla open data"),
    Field("network", "text", "Network", "fixed or mobile.", reference="Ookla open data"),
    Field(
        "avg_download_mbps",
        "number",
        "Mean download",
        "Mean download speed in the tile.",
        "Mbps",
        minimum=0,
        reference="Ookla open data",
    ),
    Field("tests", "count", "Tests", "Speed tests in the tile.", "tests", minimum=0, reference="Ookla open data"),
    # --- rows that did not get in -------------------------------------------------------------------------------
    Field("source", "text", "Source", "Name of the source in the recipe."),
    Field("row", "count", "Row", "Row in the source file, the first data row is 1.", "", minimum=1),
    Field("check", "text", "Check", "Name of the check that failed."),
    Field("severity", "code", "Severity", "What the check did.", values=v.Severity),
    Field("reason", "text", "Reason", "The fault in a sentence."),
    Field("raw", "json", "Original values", "The row as it was read, without personal data.", sensitivity=SENSITIVE),
]

FIELDS: dict[str, Field] = {field.name: field for field in _ALL}
if len(FIELDS) != len(_ALL):
    raise ValueError("a field is declared twice")

EVIDENCE_SUFFIXES = ("_evidence", "_source", "_date")


def companions(name: str) -> tuple[str, ...]:
    """The evidence, source and date columns that stand beside a column, none where it needs none."""
    return tuple(name + suffix for suffix in EVIDENCE_SUFFIXES) if FIELDS[name].evidence else ()
