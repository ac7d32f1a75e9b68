"""Methods: every declared number has its entry, formula and reference, and what is shown equals what the functions give."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from dash.development.base_component import Component

from dashboard import cardview, freshness, methodbook
from dashboard.pages import data as data_page
from dashboard.pages import methods as p
from geodata import cards
from geodata.declare import Criterion, Indicator, Method, found
from geodata.formulas import formula_of, worked
from geodata.layers import Atlas
from geodata.policy import NUMBERS
from geodata.query import Desk
from tests.pages import BANNED, app_of, country, said, view

METHODS = found(Method, "geodata.methods")
MITCHELL = ["Details", "Intended use", "Factors", "Metrics", "Evaluation data", "Training data", "Quantitative analyses", "Ethical considerations", "Caveats"]  # fmt: skip


def ids(part: Any) -> list[str]:
    """The anchors of a component, in order."""
    out: list[str] = []
    if isinstance(part, Component):
        out += [part.id] if isinstance(getattr(part, "id", None), str) else []
        out += ids(getattr(part, "children", None))
    elif isinstance(part, list | tuple):
        out += [i for child in part for i in ids(child)]
    return out


def entry(part: Any, anchor: str) -> str:
    """What an entry says, in one line."""
    if isinstance(part, Component):
        if getattr(part, "id", None) == anchor:
            return re.sub(r"\s+", " ", said(part))
        return entry(getattr(part, "children", None), anchor)
    return (
        next((text for child in part if (text := entry(child, anchor))), "") if isinstance(part, list | tuple) else ""
    )


# --- the declarations ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", METHODS)
def test_every_way_of_working_has_text_formula_reference_and_real_numbers(name: str) -> None:
    method = METHODS[name]
    assert all(len(text) > 10 for text in (method.title + method.text, method.formula, method.reference))
    assert set(method.policy) <= set(NUMBERS)
    for line in method.example() if method.example else ():
        assert not re.search(r"\bnan\b|None|inf\b", line), line


def test_every_indicator_and_thing_has_a_formula() -> None:
    for indicator in found(Indicator, "geodata.indicators").values():
        assert len(formula_of(indicator)) > 10
    for criterion in found(Criterion, "geodata.criteria").values():
        assert criterion.formula, criterion.name


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("share_and_bounds", ["3 ÷ 6 = 0.5000", "3 ÷ 8 = 0.3750", "5 ÷ 8 = 0.6250"]),
        ("gap_bandwidth", ["26 − 12 = 14 Mbps"]),
        ("gap_devices", ["93 − 10 = 83 devices"]),
        ("gap_power", ["43 devices", "7.210 kWh a day", "1.923 kWp", "5,768 USD"]),
        ("shapley", ["94.057", "42.918", "internet for learners +12.048; poverty +10.897; displaced learners +8.407", "51.139"]),
        ("stability", ["τ 0.9286", "mean shift 0.25", "0.6667 of the first 3"]),
        ("adjusted_headcount", ["S1 6, S2 6, S3 2, S4 5, S5 7, S6 1, S7 1, S8 1", "0.2839", "M₀ = 0.2473"]),
        ("priority_index", ["= 0.9690", "= 0.9130", "= 94.06"]),
        ("school_age", ["131.60, 130.00, 128.40, 126.72, 125.07, 123.57, together 765.36"]),
        ("underserved_children", ["= 616.11"]),
        ("prediction", ["Brier score 0.1153", "0.539", "AUC 0.96", "0.095"]),
        ("survey_value", ["0.05: 200", "0.3: 1,200", "0.6: 2,400", "0.9: 600"]),
        ("small_cells", ["North: girls hidden, boys hidden", "East: girls hidden, boys hidden", "Central: girls 120, boys 118"]),
    ],
)  # fmt: skip
def test_worked_examples_come_to_the_published_values(name: str, says: list[str]) -> None:
    """E1.2, E2.2, E2.4, E2.6, E3.2, E3.4, E3.5, E3.7, E7.1, E7.3, E8.1, E9.1 and E9.2, as the page tells them."""
    method = METHODS[name]
    assert method.example is not None
    text = " ".join(method.example())
    for words in says:
        assert words in text, text


# --- the page ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    return country(tmp_path_factory.mktemp("place"))


def test_every_number_has_one_entry_with_an_address_of_its_own(small: Atlas) -> None:
    with app_of(small) as (_, desk):
        shown = p.layout(desk, view("p.alpha=0.4"))
        anchors = ids(shown)
        assert len(anchors) == len(set(anchors))
        wanted = [*desk.indicators, *(c.item for c in found(Criterion, "geodata.criteria").values()), *METHODS, *NUMBERS, *(key for key, _ in p.PARTS), "card_index"]  # fmt: skip
        assert set(wanted) <= set(anchors)
        assert not BANNED.search(said(shown)), BANNED.search(said(shown))
        assert entry(shown, "alpha").startswith("Weight of the service gap 0.4 0.5 0.5 0 to 1 ")


def test_deep_links_lead_to_entries(small: Atlas) -> None:
    with app_of(small) as (_, desk):
        link = methodbook.link(view("p.alpha=0.4"), "priority_index", "how")
        path, _, anchor = link.href.partition("#")
        assert path == "/methods?p.alpha=0.4"
        assert anchor in ids(p.layout(desk, view()))


def checked(desk: Desk) -> None:
    """The page of a place says what the functions give, and what a plain count gives."""
    shown = p.layout(desk, view())
    row = desk.areas(view(), 0).iloc[0]
    for indicator in desk.indicators.values():
        if indicator.rollup != "none":
            assert worked(indicator, row) in entry(shown, indicator.name), indicator.name
    here = desk.schools[desk.schools["school_status"].isna() | (desk.schools["school_status"] == "open")]
    # A school without any internet has none for learners, whatever else it says.
    answers = [
        False if at_all is False else told
        for told, at_all in zip(
            *(
                here[c].astype(object).where(here[c].notna(), None)
                for c in ("has_internet_for_learners", "has_internet")
            ),
            strict=True,
        )
    ]
    known, yes = sum(a is not None for a in answers), sum(a is True for a in answers)
    text = entry(shown, "internet_for_learners")
    if known:
        assert f"{yes:,} ÷ {known:,} = " in text, text
    else:
        assert f"Not reported by any of {len(here):,}." in text
    for name in NUMBERS:
        assert NUMBERS[name].title in entry(shown, name)
    assert desk.atlas.version in said(shown)
    assert not BANNED.search(said(shown)), BANNED.search(said(shown))


@pytest.mark.parametrize("name", ["demo", "tocantins", "sao_tome"])
def test_nothing_is_written_by_hand_for_one_place(built: Callable[[str], Atlas], name: str) -> None:
    with app_of(built(name)) as (_, desk):
        checked(desk)


def test_the_first_schools_arithmetic_is_that_of_its_own_page(small: Atlas) -> None:
    from dashboard.about import explanation

    with app_of(small) as (_, desk):
        text = entry(p.layout(desk, view()), "priority_index")
        first = desk.rows(view(), 0, 1, ["school_id"])[0]["school_id"]
        for step in explanation(desk, first, desk.policy).steps:
            assert re.sub(r"\s+", " ", step) in text


# --- cards ---------------------------------------------------------------------------------------------------------


def test_the_index_card_has_every_section_and_counts_what_is_known(small: Atlas) -> None:
    with app_of(small) as (_, desk):
        card = cardview.model_cards(desk, desk.policy)[0]
        assert [title for title, _ in card.sections] == MITCHELL
        factors = " ".join(dict(card.sections)["Factors"])
        # S7 is damaged and counts for nothing; of the seven others S2 does not report electricity.
        assert "Electricity: weight 0.2 in its half; 6 of 7 known." in factors
        assert "Every number of the policy is at its default." in dict(card.sections)["Quantitative analyses"]


def test_a_predictor_card_says_the_verdict_and_never_a_number_that_is_not_there() -> None:
    model = {"target": "internet_for_learners", "title": "Internet for learners", "usable": False, "verdict": "No usable model: skill 0.01 is below 0.05.", "brier_skill": 0.01, "coverage": float("nan"), "n": 100, "by_group": [{"by": "settlement", "group": "rural", "n": 60, "coverage": 0.88}], "features": ["num_students"]}  # fmt: skip
    (card,) = cards.predictor_cards({"name": "X", "version": "1", "models": [model]})
    text = cards.markdown([card], "Cards")
    assert [title for title, _ in card.sections if title != "Verdict"] == MITCHELL
    assert "No usable model: skill 0.01 is below 0.05." in text
    assert "coverage of the sets not worked out" in text
    assert "settlement, rural: n 60; coverage 0.88" in text
    assert "nan" not in text
    assert cards.predictor_cards({"name": "X"}) == []


def test_a_datasheet_for_each_source_conserves_its_rows(built: Callable[[str], Atlas]) -> None:
    place = built("tocantins")
    with app_of(place) as (app, desk):
        sheets = cardview.sheets(desk)
        assert len(sheets) == len(place.manifest["sources"])
        for sheet, source in zip(sheets, place.manifest["sources"], strict=True):
            text = cards.markdown([sheet], "x")
            assert f"{source['rows_read']:,} rows read = {source['rows_accepted']:,} accepted" in text
            assert source["sha256"] in text
            assert "Legal basis and consent: not stated" in text
        reply = app.server.test_client().get(f"/cards/{place.slug}/cards.md")
        assert reply.status_code == 200
        assert all(f"## {sheet.title}" in reply.get_data(as_text=True) for sheet in sheets)


def test_cards_of_the_public_view_name_no_column_that_it_may_not_see(small: Atlas) -> None:
    with app_of(small, tier="public") as (_, desk):
        text = cards.markdown([*cardview.model_cards(desk, desk.policy), *cardview.sheets(desk)], "x")
        assert "Displaced learners: weight" not in text


# --- how old the values are ----------------------------------------------------------------------------------------


def test_old_values_are_counted_and_flagged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.factories import atlas, schools

    frame = schools(
        has_internet=[True, False, None, True], has_internet_date=["2020", "2025-06", None, None],
        num_computers=[1, 2, 3, None], num_computers_date=["2025", "2025", "2025", None],
        has_electricity=[None] * 4, school_name=["A", "B", "C", "D"],
    )  # fmt: skip
    desk = Desk(atlas(tmp_path, frame), tier="government")
    connectivity, devices, power = freshness.ages(desk, desk.policy, datetime.date(2026, 11, 1))
    assert (connectivity.dated, connectivity.undated, connectivity.old) == (2, 1, 1)
    assert (connectivity.oldest, connectivity.newest) == ("2020", "2025-06")
    assert (devices.dated, devices.undated, devices.old) == (3, 0, 0)
    assert (power.dated, power.undated) == (0, 0)
    shown = said(freshness.section(desk, datetime.date(2026, 11, 1)))
    assert "Connectivity: 50 % of the dated values are older than allowed." in shown
    assert "even the newest" not in shown
    desk.atlas.manifest["sources"] = [{"name": "register", "date": "2025-12-31"}]
    later = said(freshness.section(desk, datetime.date(2027, 11, 1)))
    assert "on 31 December 2025, the last day that the sources describe" in later
    assert "By 1 November 2027 even the newest values are older than allowed: connectivity." in later


def test_the_data_page_leads_to_methods_and_trail(small: Atlas) -> None:
    with app_of(small) as (_, desk):
        shown = said(data_page.layout(desk, view()))
        for text in (
            "How every number is worked out",
            "Who built and exported what: the trail",
            "How old the values are",
        ):
            assert text in shown


def test_stale_dates_by_source_only_where_one_source_feeds_the_column() -> None:
    frame = pd.DataFrame({"has_internet": [True, None], "school_id": ["a", "b"]})
    assert freshness._dates(frame, "has_internet", "2024") == {"2024": 1}
    assert freshness._dates(frame, "has_internet", "") == {"": 1}
