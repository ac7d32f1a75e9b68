"""What may be asked of a school: one question a fact, in words for whoever answers; nothing about any person.

The texts are marked for translation and said with `tr`. `columns` are the fields that an answer fills.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from geodata.fields import FIELDS
from geodata.say import later

Kind = Literal["place", "yesno", "code", "count"]
UNKNOWN = "unknown"  # an answer that says: nobody knows, or what stands there is wrong and the right value is not known


@dataclass(frozen=True)
class Question:
    """One question. `short` is the title of its column; `codes` the words of the values that it may have."""

    name: str
    kind: Kind
    short: str
    text: str
    hint: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    only_if: str = ""  # asked only where this yes/no question is not answered with no

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that an answer fills."""
        return self.columns or (self.name,)

    @property
    def most(self) -> int:
        """The largest count that is taken for a count."""
        return int(FIELDS[self.name].maximum or 0)


YES_NO = {"yes": later("yes"), "no": later("no")}
NOT_KNOWN = later("not known")
COUNT_HINT = later("A whole number. 0 only where it is really none.")

_ALL = (
    Question(
        "school_status",
        "code",
        later("Status"),
        later("Is the school open?"),
        codes={
            "open": later("open"),
            "temporarily_closed": later("temporarily closed"),
            "damaged": later("damaged"),
            "occupied": later("occupied"),
            "used_as_shelter": later("used as a shelter"),
            "extinct": later("closed for good"),
        },
    ),
    Question(
        "location",
        "place",
        later("Location"),
        later("Where does the school stand?"),
        later(
            "Decimal degrees, taken at the school’s gate: latitude (north is positive), then longitude (east is positive)."
        ),
        columns=("latitude", "longitude"),
    ),
    Question("num_students", "count", later("Learners"), later("How many learners are enrolled?"), COUNT_HINT),
    Question("num_teachers", "count", later("Teachers"), later("How many teachers work there?"), COUNT_HINT),
    Question(
        "has_electricity",
        "yesno",
        later("Electricity"),
        later("Is there electricity that lessons can rely on?"),
        codes=YES_NO,
    ),
    Question(
        "electricity_type",
        "code",
        later("Source of electricity"),
        later("Where does the electricity mainly come from?"),
        codes={
            "grid": later("grid"),
            "solar": later("solar"),
            "generator": later("generator"),
            "other": later("other"),
            "none": later("none"),
        },
        only_if="has_electricity",
    ),
    Question("has_internet", "yesno", later("Internet"), later("Does the school have working internet?"), codes=YES_NO),
    Question(
        "has_internet_for_learners",
        "yesno",
        later("Internet for learners"),
        later("May learners use the internet in lessons?"),
        codes=YES_NO,
        only_if="has_internet",
    ),
    Question(
        "connectivity_type",
        "code",
        later("Connection type"),
        later("How is the school connected?"),
        codes={
            "fiber": later("fibre"),
            "metallic": later("copper or coaxial cable"),
            "2g": later("mobile 2G"),
            "3g": later("mobile 3G"),
            "4g": later("mobile 4G"),
            "5g": later("mobile 5G"),
            "radio": later("microwave link"),
            "leo": later("satellite, low orbit"),
            "geo": later("satellite, geostationary"),
            "unknown_satellite": later("satellite, orbit not reported"),
            "unknown_wireless": later("wireless, kind not reported"),
            "other": later("other"),
        },
        only_if="has_internet",
    ),
    Question(
        "num_computers",
        "count",
        later("Computers"),
        later("How many working computers may learners use?"),
        COUNT_HINT,
    ),
    Question("num_tablets", "count", later("Tablets"), later("How many working tablets may learners use?"), COUNT_HINT),
)
QUESTIONS: dict[str, Question] = {q.name: q for q in _ALL}

# Which question would settle what a check of the build doubts.
DOUBTS: dict[str, tuple[str, ...]] = {
    "not_located": ("location",),
    "outside_declared_area": ("location",),
    "second_position_differs": ("location",),
    "few_decimals": ("location",),
    "shared_location": ("location",),
    "location_zero": ("location",),
    "location_not_a_number": ("location",),
    "sexes_do_not_add_up": ("num_students",),
    "girls_over_learners": ("num_students",),
    "part_over_learners": ("num_students",),
    "no_learners": ("num_students", "school_status"),
    "many_learners": ("num_students",),
    "many_teachers": ("num_teachers",),
    "teachers_over_learners": ("num_teachers", "num_students"),
    "learners_per_teacher": ("num_teachers", "num_students"),
    "trained_over_teachers": ("num_teachers",),
    "many_computers": ("num_computers",),
    "devices_per_learner": ("num_computers", "num_tablets"),
    "computers_no_but_counted": ("num_computers",),
    "computer_room_without_computers": ("num_computers",),
    "learners_online_without_internet": ("has_internet", "has_internet_for_learners"),
    "broadband_without_internet": ("has_internet",),
    "type_without_internet": ("has_internet", "connectivity_type"),
    "speed_without_internet": ("has_internet",),
    "mobile_type_without_coverage": ("connectivity_type",),
    "internet_without_electricity": ("has_electricity", "has_internet"),
    "electricity_without_source": ("has_electricity", "electricity_type"),
    "source_without_electricity": ("has_electricity", "electricity_type"),
    "hours_without_electricity": ("has_electricity",),
    "undated_internet": ("has_internet",),
}


def question_of(column: str) -> Question | None:
    """The question whose answer fills a field; None where nobody is asked for it."""
    return next((q for q in QUESTIONS.values() if column in q.fields or column == q.name), None)
