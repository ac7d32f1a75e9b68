"""Words and components: unknown is said and drawn, numbers are exact in tables, shapes always have a word."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plotly.utils import PlotlyJSONEncoder

from dashboard import components as c
from dashboard import words


def text(component: object) -> str:
    """The JSON of a component, as the browser gets it."""
    return json.dumps(component, cls=PlotlyJSONEncoder, ensure_ascii=False)


@pytest.mark.parametrize("value", [None, float("nan"), np.nan, pd.NA, pd.NaT, "", "  "])
def test_what_says_nothing_is_unknown(value: object) -> None:
    assert words.unknown(value)
    assert words.exact(value) == words.rounded(value) == words.of_ten(value) == words.yesno(value) == "not reported"
    assert words.said("num_students", value) == words.said("has_internet", value) == "not reported"


@pytest.mark.parametrize("value", [0, False, 0.0, "0", "NA", np.int64(0), np.bool_(False)])
def test_zero_no_and_namibia_are_known(value: object) -> None:
    assert not words.unknown(value)


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "0"), (7460, "7,460"), (1204, "1,204"), (7460.0, "7,460"), (1234567, "1,234,567"), (12.5, "12.5"), (0.001, "0.001"), (99.999, "100"), (-1.5, "-1.5"), (float("inf"), "not reported")],
)  # fmt: skip
def test_exact_numbers(value: float, said: str) -> None:
    assert words.exact(value) == said


def test_whole_metres_keep_their_zeros() -> None:
    assert words.said("nearest_4g_distance_m", 7460.4) == "7,460 m"
    assert words.said("pop_within_1km", 1000.0) == "1,000 people"


@given(st.integers(min_value=-(10**9), max_value=10**9))
def test_whole_numbers_are_said_exactly(number: int) -> None:
    assert int(words.exact(number).replace(",", "")) == number


@given(st.floats(min_value=0.001, max_value=1e9))
def test_rounded_numbers_are_within_a_twentieth(number: float) -> None:
    assert float(words.rounded(number).replace(",", "")) == pytest.approx(number, rel=0.05)


@pytest.mark.parametrize(
    ("share", "said"),
    [(0, "none"), (1, "all"), (0.6, "6 of 10"), (0.03, "3 of 100"), (0.97, "97 of 100"), (0.002, "2 of 1,000"), (0.9999, "more than 999 of 1,000"), (0.0001, "fewer than 1 of 1,000")],
)  # fmt: skip
def test_shares_in_words(share: float, said: str) -> None:
    assert words.of_ten(share) == said


@given(st.floats(min_value=0, max_value=1))
def test_none_and_all_are_said_only_of_none_and_all(share: float) -> None:
    assert (words.of_ten(share) == "none") == (share == 0)
    assert (words.of_ten(share) == "all") == (share == 1)
    assert (words.percent(share) == "0 %") == (share == 0)
    assert (words.percent(share) == "100 %") == (share == 1)


def test_bounds_in_words() -> None:
    assert words.bounds_of_ten(0.52, 0.66) == "5–7 of 10"
    assert words.bounds_of_ten(0.5, 0.5) == "5 of 10"
    assert words.bounds_of_ten(0.61, 0.63) == "61 % to 63 %"


@given(st.integers(0, 1000), st.integers(0, 1000), st.integers(0, 1000))
def test_said_bounds_hold_the_known_share(yes: int, no: int, unknown: int) -> None:
    if not yes + no + unknown:
        return
    low, high = yes / (yes + no + unknown), (yes + unknown) / (yes + no + unknown)
    said = words.bounds_of_ten(low, high)
    if said.endswith("of 10") and "–" in said:
        first, last = said.removesuffix(" of 10").split("–")
        assert int(first) / 10 <= low + 1e-9
        assert int(last) / 10 >= high - 1e-9


@pytest.mark.parametrize(("n", "said"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (12, "12th"), (113, "113th"), (1203, "1,203rd"), (None, "not ranked")])  # fmt: skip
def test_ordinals(n: int | None, said: str) -> None:
    assert words.ordinal(n) == said


def test_levels_are_called_as_the_country_calls_them() -> None:
    place = {"name": "Testland", "levels": ["state", "municipality"], "levels_plural": ["states", "municipalities"]}
    assert words.level(place, 2) == "municipality"
    assert words.level(place, 2, many=True) == "municipalities"
    assert words.title("admin2", place) == "Municipality"
    assert words.title("admin2_id", place) == "Municipality code"


def test_every_code_has_words_without_underscores() -> None:
    from geodata.fields import FIELDS

    for field in FIELDS.values():
        for value in field.allowed:
            assert "_" not in words.said(field.name, value)


@pytest.mark.parametrize("kind", ["measured", "reported", "inferred", "predicted", "imputed", "unknown"])
def test_evidence_is_said_in_words(kind: str) -> None:
    assert ("not reported" if kind == "unknown" else kind) in text(c.evidence_chip(kind))


def test_unnamed_evidence_counts_as_not_reported() -> None:
    assert "not reported" in text(c.evidence_chip(None))
    assert "not reported" in text(c.evidence_chip("hearsay"))


def test_marks_have_shape_word_and_state() -> None:
    drawn = text(c.marks([c.Mark("internet", "lacks"), c.Mark("power", "has"), c.Mark("devices", "unknown")]))
    for part in ("■", "●", "○", "internet", ": lacks", ": does not lack", ": not reported"):
        assert part in drawn


def test_the_badge_says_its_arithmetic() -> None:
    assert "lacks 5 of 7 things" in text(c.tier_badge("A", 5, 7))
    assert "1 not reported" in text(c.tier_badge("A", 5, 7, 1))
    assert "Verify first" in text(c.tier_badge(None, 2, 7, 5))


def test_the_source_line() -> None:
    assert "School Census · 2023 · 86 % reported" in text(c.source_line("School Census", "2023", 0.86))
    assert "not reported" in text(c.source_line(None))


def test_an_empty_result_says_what_to_relax() -> None:
    drawn = text(
        c.empty_state("No school matches", [("Any status: 12 schools", "/prioritise")], kept="There are 20 schools")
    )
    assert "relax" in drawn
    assert "Any status: 12 schools" in drawn
    assert "There are 20 schools." in drawn


def test_tables_have_captions_and_headers() -> None:
    drawn = text(c.table(("School", "Learners"), [("A", "10")], caption="Two", numeric=(1,)))
    assert '"type": "Caption"' in drawn
    assert drawn.count('"scope": "col"') == 2
