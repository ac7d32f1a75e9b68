"""What a brief is made of: frozen, in words that are ready to be set, with the numbers beside them that charts are drawn from.

Every text is in the reader's language already, and every number stands as the one text that all formats show, so that
PDF, PPTX, DOCX, HTML and screen cannot disagree. Numbers beside texts are for lengths of bars and places on lines alone;
NaN is unknown, and what is hidden from the reader's tier is NaN too and says so in words.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

NAN = float("nan")


@dataclass(frozen=True)
class Figure:
    """One number with all that must travel with it. `low` and `high` are texts, empty where there are no bounds."""

    key: str
    title: str
    value: str
    unit: str = ""
    low: str = ""
    high: str = ""
    range: str = ""  # the bounds as words: "between 42 % and 71 %"; empty where they say no more than the value
    source: str = ""
    date: str = ""
    coverage: str = ""  # "reported by 86 % of schools"
    note: str = ""
    number: float = NAN  # a share from 0 to 1 where `is_share`
    number_low: float = NAN
    number_high: float = NAN
    is_share: bool = True

    @property
    def known(self) -> bool:
        """Whether there is a number to show at all."""
        return self.number == self.number


@dataclass(frozen=True)
class Bar:
    """One row of a chart: a label and a value in words, and the numbers that its bar is drawn from."""

    key: str
    label: str
    text: str
    value: float = NAN
    low: float = NAN
    high: float = NAN
    note: str = ""
    hidden: bool = False  # too few to show


@dataclass(frozen=True)
class Chart:
    """Bars of one kind. `title` states the finding; `unit` says what the numbers are; `most` is the end of the axis."""

    title: str
    subtitle: str
    bars: tuple[Bar, ...]
    unit: str = ""
    most: float = 1.0
    source: str = ""
    note: str = ""
    label_head: str = ""  # heads of the table that stands beside the chart
    value_head: str = ""


@dataclass(frozen=True)
class Sheet:
    """A table in words. `numeric` says which columns are set to the end of their cell."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...] = ()
    note: str = ""
    key: str = ""


@dataclass(frozen=True)
class Covered:
    """One item of the coverage bar: how many schools (or learners) it is reported for."""

    key: str
    label: str
    text: str
    known: float
    unknown: float

    @property
    def share(self) -> float:
        """Share that is reported, 0 to 1; 0 where there is nothing."""
        whole = self.known + self.unknown
        return self.known / whole if whole > 0 else 0.0


@dataclass(frozen=True)
class Step:
    """One step from the official figure to a connection that is fast enough; shares are of schools that operate."""

    key: str  # official, any, learners, power, meaningful
    title: str
    value: str
    range: str
    counts: str  # "1,204 yes, 310 no, 96 not reported"
    difference: str  # what explains the difference from the step before, in a sentence
    number: float = NAN
    low: float = NAN
    high: float = NAN
    source: str = ""
    date: str = ""


@dataclass(frozen=True)
class Official:
    """The ministry's own figure. `share` is from 0 to 1; `of` says of what (schools by default)."""

    share: float
    source: str
    date: str = ""
    of: str = ""
    definition: str = ""


@dataclass(frozen=True)
class Shape:
    """One area (or hexagon) of the map: geometry in degrees, the class that it is drawn in, its number in words."""

    key: str
    label: str
    text: str
    klass: int = -1  # 0 … len(classes)-1 from least to most without; -1 not reported or too few
    value: float = NAN
    hidden: bool = False
    outside: bool = False  # beside the area of the brief: drawn as ground alone
    geometry: Any = field(default=None, compare=False)


@dataclass(frozen=True)
class Mapped:
    """The map: what it shows, its classes in words, and how exactly it may be drawn."""

    title: str
    subtitle: str
    shapes: tuple[Shape, ...]
    classes: tuple[str, ...]
    unknown: str = ""
    contested: tuple[Any, ...] = ()
    alt: str = ""
    note: str = ""
    source: str = ""


@dataclass(frozen=True)
class First:
    """One area or school that comes first: its band of ranks, who learns there, and why."""

    key: str
    name: str
    band: str  # "3rd to 7th"; empty for areas that are ordered by learners
    where: str
    learners: str
    why: str
    number: float = NAN


@dataclass(frozen=True)
class Stop:
    """One solved budget of the curve. Amounts in the plan's currency; `frozen` where it is the plan that is kept."""

    budget: float
    budget_text: str
    reached: float
    reached_text: str
    schools: float = NAN
    schools_text: str = ""
    plain: float = NAN  # reached where all learners count alike (λ = 0), at the same budget
    plain_text: str = ""
    frozen: bool = False


@dataclass(frozen=True)
class Year:
    """One year's money, in words and amounts."""

    year: int
    label: str
    capital: float
    running: float
    capital_text: str
    running_text: str


@dataclass(frozen=True)
class Need:
    """Share of need beside share of money of one region or group."""

    key: str
    name: str
    need: float
    money: float
    need_text: str
    money_text: str
    learners: str = ""
    amount: str = ""


@dataclass(frozen=True)
class Planned:
    """What a budget buys. `stops` are solved budgets and nothing between them; the one that is `frozen` is this plan."""

    title: str
    sentence: str
    budget: str
    reached: str
    schools: str
    currency: str
    unit: str  # learners or schools, in words
    stops: tuple[Stop, ...]
    mix: tuple[Bar, ...]
    years: tuple[Year, ...]
    equity: str  # the price of equity, in a sentence
    plain: str  # against a plan that counts all learners alike
    provisional: str = ""  # says so where prices have no national quote
    terms: str = ""  # hash of terms
    key: str = ""  # hash of data, terms and prices
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Decision:
    """A decision that is asked for. Owner and date are empty lines to fill in where nobody gave them."""

    asked: str
    owner: str = ""
    date: str = ""


@dataclass(frozen=True)
class Approval:
    """A recorded sign-off: who, when, and the hash of its record. Without one a brief is a draft."""

    name: str
    date: str
    record: str = ""
    role: str = ""


@dataclass(frozen=True)
class Source:
    """One source: its title, publisher, date and licence."""

    name: str
    publisher: str
    date: str
    licence: str
