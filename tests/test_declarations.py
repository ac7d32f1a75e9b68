"""Every declaration: what it needs exists, it says its unit and where it comes from, and unknown in is unknown out."""

from __future__ import annotations

import inspect

import pandas as pd
import pytest

from geodata.aggregate import roll_up
from geodata.declare import Criterion, Indicator, found
from geodata.derive import derive
from geodata.fields import FIELDS
from geodata.policy import NUMBERS
from geodata.tables import GAP_COLUMNS, ITEMS, PRIORITY_COLUMNS, SCHOOLS, THINGS
from geodata.vocabulary import Sensitivity
from tests.factories import schools, t8

INDICATORS = found(Indicator, "geodata.indicators")
CRITERIA = found(Criterion, "geodata.criteria")
indicators = pytest.mark.parametrize("indicator", INDICATORS.values(), ids=INDICATORS)
criteria = pytest.mark.parametrize("criterion", CRITERIA.values(), ids=CRITERIA)

# It asks whether a count is missing, so a missing count is an answer.
ABOUT_MISSING = {"sex_not_reported"}


def unknown_place(rows: int = 3) -> pd.DataFrame:
    return schools(school_id=[f"s{i}" for i in range(rows)])


def test_the_named_indicators_are_all_there() -> None:
    assert {
        "internet_for_learners", "internet", "learners_with_internet", "girls_with_internet", "boys_with_internet",
        "meaningfully_connected", "underserved", "broadband", "bandwidth_gap", "covered_4g", "covered_not_connected",
        "learners_per_computer", "learners_per_computer_equipped", "no_device", "device_gap", "teachers_trained",
        "electricity", "computers", "accessible", "water", "sanitation", "poverty", "girls", "sex_not_reported",
    } <= set(INDICATORS)  # fmt: skip


@indicators
def test_indicator_says_what_it_is(indicator: Indicator) -> None:
    assert indicator.inputs, "an indicator reads columns"
    assert not set(indicator.inputs) - set(SCHOOLS.columns)
    others = {
        indicator.numerator,
        indicator.denominator,
        indicator.weight,
        indicator.among,
        indicator.largest,
        *indicator.needs,
    }
    assert not others - {""} - set(SCHOOLS.columns)
    for text in (indicator.title, indicator.unit, indicator.definition, indicator.reference):
        assert text.strip()
    assert indicator.definition.endswith(".")
    assert (indicator.compute.__doc__ or "").strip()
    assert (indicator.rollup == "ratio_of_sums") == bool(indicator.numerator and indicator.denominator)
    assert indicator.name.isidentifier()


@indicators
def test_indicator_of_unknown_is_unknown(indicator: Indicator) -> None:
    if indicator.name in ABOUT_MISSING:
        pytest.skip("asks whether a count is missing")
    frame = unknown_place()
    before = frame.copy()
    values = indicator.of(frame)
    assert values.isna().all()
    assert values.index.equals(frame.index)
    assert values.name == indicator.name
    pd.testing.assert_frame_equal(frame, before)


@indicators
def test_indicator_of_unknown_rolls_up_to_unknown(indicator: Indicator) -> None:
    if indicator.name in ABOUT_MISSING or indicator.rollup == "none":
        pytest.skip("never unknown, or not rolled up")
    frame = unknown_place()
    area = roll_up(frame, pd.Series("x", index=frame.index), indicators=[indicator.name]).loc["x"]
    assert pd.isna(area[indicator.name])
    assert area[f"{indicator.name}_known"] == 0
    if indicator.rollup == "share" and not indicator.weight:
        assert (
            area[f"{indicator.name}_unknown"],
            area[f"{indicator.name}_lower"],
            area[f"{indicator.name}_upper"],
        ) == (3, 0, 1)


@indicators
def test_indicator_titles_are_plain(indicator: Indicator) -> None:
    words = indicator.title.lower()
    assert not any(bad in words for bad in ("null", "admin", "pupil", "_", "%"))


def test_titles_are_told_apart() -> None:
    titles = [i.title for i in INDICATORS.values()]
    assert len(titles) == len(set(titles))


@criteria
def test_criterion_says_what_it_is(criterion: Criterion) -> None:
    assert criterion.weight in NUMBERS
    assert criterion.cutoff in NUMBERS if criterion.counted else not criterion.cutoff
    assert criterion.item in PRIORITY_COLUMNS
    for function in (criterion.compute, criterion.given, criterion.standard):
        if function:
            named = set(inspect.signature(function).parameters) - {"policy"}
            assert named <= set(SCHOOLS.all_columns)
            assert (function.__doc__ or "").strip()
    for text in (
        criterion.title,
        criterion.lacks,
        criterion.has,
        criterion.unknown,
        criterion.definition,
        criterion.reference,
    ):
        assert text.strip()
    said = (criterion.lacks, criterion.lacks_in_part, criterion.has, criterion.unknown, criterion.unknown_in_part)
    assert not any(";" in text for text in said), "reasons are parted by semicolons"


def test_criteria_are_the_seven_in_order() -> None:
    assert tuple(CRITERIA) == ITEMS
    assert tuple(name for name, c in CRITERIA.items() if c.counted) == THINGS
    assert [c.pillar for c in CRITERIA.values()] == ["need"] * 3 + ["marginalisation"] * 6
    assert [c.name for c in CRITERIA.values() if c.counted and not c.inclusive] == [
        *("bandwidth", "devices", "energy"),
    ]


def test_words_of_criteria_are_told_apart() -> None:
    said = [w for c in CRITERIA.values() for w in (c.lacks, c.lacks_in_part, c.unknown, c.unknown_in_part) if w]
    assert len(said) == len(set(said))


@criteria
def test_sensitive_inputs_make_a_sensitive_criterion(criterion: Criterion) -> None:
    inputs = set(inspect.signature(criterion.compute).parameters) - {"policy"}
    assert criterion.sensitive == any(FIELDS[name].sensitivity == Sensitivity.SENSITIVE for name in inputs)
    assert criterion.sensitive == (FIELDS[criterion.item].sensitivity == Sensitivity.SENSITIVE)


def test_derive_gives_its_columns_with_their_dtypes_and_values() -> None:
    derived = derive(t8())
    assert tuple(derived.columns) == (*GAP_COLUMNS, *PRIORITY_COLUMNS)
    for name, column in derived.items():
        field = FIELDS[str(name)]
        assert str(column.dtype) == field.dtype, name
        known = column.dropna()
        assert not field.allowed or set(known) <= set(field.allowed)
        assert field.minimum is None or (known >= field.minimum).all()
        assert field.maximum is None or (known <= field.maximum).all()


def test_derive_of_unknown_scores_nothing_and_lists_all_to_verify() -> None:
    derived = derive(unknown_place())
    assert derived["list"].eq("verify_first").all()
    assert derived.drop(columns=["list", "priority_reasons", "data_confidence"]).isna().all().all()
    assert derived["data_confidence"].eq(0).all()


def test_derive_of_no_school_is_empty() -> None:
    empty = t8().iloc[:0]
    derived = derive(empty)
    assert derived.empty
    assert tuple(derived.columns) == (*GAP_COLUMNS, *PRIORITY_COLUMNS)
    assert roll_up(empty.assign(**derived), empty["admin1"]).empty


def test_derive_needs_only_the_columns_it_reads_and_ignores_what_it_made() -> None:
    frame = t8()
    once = derive(frame)
    pd.testing.assert_frame_equal(derive(frame.assign(**once)), once)
    few = frame[["school_id", "has_internet_for_learners", "has_electricity", "wealth_percentile"]]
    assert derive(few)["priority_rank"].notna().any()
